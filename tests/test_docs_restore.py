"""The commands that a page gives to back up and to restore, run as they stand there, in a home of a person's."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from reelwright.certificate import signer_of
from reelwright.ledger.database import Database
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens, token_key
from reelwright.settings import Settings
from reelwright.values import Asset

PAGE = (Path(__file__).parents[1] / "docs/pages/operations.md").read_text("utf-8")
ACCOUNT = "youtube/default"


def commands(begin: str) -> str:
    """A block of commands of the page, by how it begins."""
    (block,) = re.findall(rf"^```sh\n({re.escape(begin)}.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def run(block: str, person: Path) -> str:
    """Run commands as a person does in their home; return what they say."""
    environment = os.environ | {"HOME": str(person)}
    done = subprocess.run(
        ["bash", "-euc", block], cwd=person, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tokens(settings: Settings) -> LedgerTokens:
    """The sign-ins in the ledger of a home."""
    return LedgerTokens(Database(settings.ledger_url), token_key(settings.home, settings.token_key))


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """A person's home, with the two tools that the page names."""
    missing = [tool for tool in ("sqlite3", "rsync") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"there is no {' and no '.join(missing)} on this machine")
    return tmp_path


@pytest.fixture
def settings(person: Path) -> Settings:
    """Where this person's work is kept."""
    return Settings(home=person / ".reelwright")


@pytest.fixture
def clip(settings: Settings) -> Asset:
    """Something bought, a sign-in, and a certificate."""
    bought = settings.open_vault().put_bytes(b"a clip that was paid", "video/mp4")
    tokens(settings).put(ACCOUNT, StoredToken(secrets={"refresh_token": "abc"}), seen=0)
    signer_of(settings)
    return bought


def test_what_was_backed_up_is_there_again(person: Path, settings: Settings, clip: Asset) -> None:
    """Ledger, key, bytes and certificate; the copy is for its owner's eyes, and what was there is only put aside."""
    certificate = signer_of(settings).certificate_sha256
    at_work = tokens(settings)  # the ledger is open while it is copied
    run(commands("umask 077"), person)
    assert at_work.get(ACCOUNT) is not None
    names = ("backup", "backup/ledger.db", "backup/token.key", "backup/certificate")
    assert [name for name in names if stat.S_IMODE((person / name).stat().st_mode) & 0o077] == []
    assert run(commands("mv ~/.reelwright"), person) == "ok\n"
    restored = tokens(settings).get(ACCOUNT)
    assert restored is not None
    assert restored.secrets == {"refresh_token": "abc"}
    assert settings.open_vault().path(clip).read_bytes() == b"a clip that was paid"
    assert signer_of(settings).certificate_sha256 == certificate
    assert (person / ".reelwright.lost" / "ledger.db").is_file()
