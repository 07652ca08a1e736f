"""`reelwright auth`: signing in from a terminal, with the browser here or elsewhere; the doctor who warns."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from support.terminal import Terminal

from flows.commands.doctor import examine_sign_ins
from flows.commands.signing_in import Wish, listed, sign_in
from reelwright.errors import InvalidInput
from reelwright.ledger.database import Database
from reelwright.publishing.contract import now
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens, token_key
from reelwright.settings import Settings
from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET
from reelwright.testing.servers.youtube import CHANNEL, FORCE, YouTubeServer

APP = {"YOUTUBE_CLIENT_ID": CLIENT_ID, "YOUTUBE_CLIENT_SECRET": CLIENT_SECRET}


@pytest.fixture
def google() -> Iterator[YouTubeServer]:
    """Google's sign-in, and YouTube behind it."""
    with YouTubeServer() as server:
        yield server


def signing_in(terminal: Terminal, *arguments: str) -> subprocess.Popen[str]:
    """`reelwright auth youtube …`, waiting for a person."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows", "auth", "youtube", *arguments],
        env=terminal.environment | APP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def page_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The page that it shows, and all that it has said until then."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"http\S+/auth\?\S+", line):
            return found[0], said
    raise AssertionError(said)


@pytest.mark.parametrize("browser", [pytest.param("here", marks=pytest.mark.slow), "elsewhere"])
def test_a_person_signs_in(fresh_terminal: Terminal, google: YouTubeServer, browser: str) -> None:
    """The page on one line; its answer at the door, or pasted; then who it is, and never a token."""
    with signing_in(fresh_terminal, "--base-url", google.url, "--for", "captions", "--json") as process:
        page, said = page_of(process)
        landed = httpx.get(page).headers["location"]
        if browser == "here":
            answer = httpx.get(landed)
            assert (answer.status_code, "Thank you" in answer.text) == (200, True)
            stdout, rest = process.communicate(timeout=400)
        else:
            stdout, rest = process.communicate(f"{landed}\n", timeout=400)
    told = json.loads(stdout)
    assert (process.returncode, told["account"], told["name"]) == (0, "youtube/default", "Kitchen Chemistry")
    assert told["scopes"] == [FORCE]
    assert "Signed in to YouTube as Kitchen Chemistry" in rest
    assert CLIENT_SECRET not in said + rest + stdout
    assert not re.search(r"(access|refresh)-\d", said + rest + stdout)
    (listed,) = fresh_terminal.run("auth", "--json").json
    assert listed == told


@pytest.mark.slow
def test_a_person_who_says_no_is_told_that_nothing_is_stored(fresh_terminal: Terminal, google: YouTubeServer) -> None:
    """In the browser, and in the terminal with a code that a script can tell."""
    google.issuer.denies = "access_denied"
    with signing_in(fresh_terminal, "--base-url", google.url) as process:
        page, _ = page_of(process)
        assert "did not agree" in httpx.get(page, follow_redirects=True).text
        _, said = process.communicate(timeout=400)
    assert process.returncode == 3
    assert "access_denied" in said
    assert "Nobody is signed in" in fresh_terminal.run("auth").stderr


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerTokens]:
    """A home of this process's own, and its tokens."""
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path))
    for name in ("REELWRIGHT_LEDGER", "REELWRIGHT_TOKEN_KEY", *APP):
        monkeypatch.delenv(name, raising=False)
    database = Database(Settings().ledger_url)
    yield LedgerTokens(database, token_key(tmp_path, SecretStr("")))
    database.close()


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(platform="myspace"), "no sign-in at 'myspace'"),
        (Wish(platform="youtube", purpose="everything"), "'everything'"),
        (Wish(platform="facebook", block="page"), "fits in no block"),
        (Wish(platform="youtube"), "YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET"),
        (Wish(platform="youtube", client=Path("no-such.json")), "holds no app"),
    ],
)
def test_what_is_missing_is_said_before_a_page_is_shown(wish: Wish, told: str) -> None:
    """With what is expected, or how to get it."""
    with pytest.raises(InvalidInput, match=re.escape(told)) as refused:
        sign_in(wish)
    assert refused.value.hint


@pytest.mark.slow
def test_googles_own_file_names_the_app(at_home: LedgerTokens, google: YouTubeServer, tmp_path: Path) -> None:
    """And a second sign-in of the same account takes the place of the first."""
    file = tmp_path / "client_secret.json"
    file.write_text(json.dumps({"installed": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}}), "utf-8")
    at_home.put("youtube/de", StoredToken(secrets={"access_token": "old"}), seen=0)
    google.issuer.denies = ""
    terminal = Terminal(tmp_path)
    terminal.environment["REELWRIGHT_HOME"] = str(tmp_path)
    with signing_in(terminal, "--base-url", google.url, "--client", str(file), "--account", "de") as process:
        page, _ = page_of(process)
        httpx.get(page, follow_redirects=True)
        process.communicate(timeout=400)
    held = at_home.get("youtube/de")
    assert held
    assert (held.version, held.secrets["account_id"], held.secrets["client_id"]) == (2, CHANNEL, CLIENT_ID)


def test_the_doctor_warns_a_week_ahead(at_home: LedgerTokens) -> None:
    """By account, with the command that mends it."""
    assert examine_sign_ins().detail == "nobody is signed in to a platform"
    good = StoredToken(secrets={"access_token": "x"}, account_name="Kitchen")
    at_home.put("youtube/default", good, seen=0)
    assert examine_sign_ins().state == "works"
    at_home.put("tiktok/default", good.model_copy(update={"refresh_until": now() + timedelta(days=6)}), seen=0)
    finding = examine_sign_ins()
    assert finding.state == "limited"
    assert "reelwright auth tiktok" in finding.detail
    assert [one.warning != "" for one in listed()] == [True, False]
