"""Opening a vault in a bucket: from settings, and with credentials that are missing, wrong or in the wrong place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from servers.s3_stores import SECRET_KEY, Store

from reelwright.errors import InvalidInput, MissingCredential, StorageError
from reelwright.s3.address import Place
from reelwright.settings import Settings
from reelwright.vault import FolderVault
from reelwright.vault_s3 import S3Vault

KEY = "ab" * 32
DATA = b"a clip"


def test_settings_open_the_bucket_they_name(tmp_path: Path) -> None:
    """An address opens a bucket, with its local copies in the home; nothing is asked before the first use."""
    vault = Settings(home=tmp_path, vault="s3://b-cket/shows?region=eu-central-1").open_vault()

    assert repr(vault) == "S3Vault('s3://b-cket/shows?region=eu-central-1')"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_needs_no_boto3(tmp_path: Path) -> None:
    """The embedded default starts without the 0.1 s that boto3 takes to load."""
    code = (
        "import sys; from reelwright.settings import Settings; Settings().open_vault(); print('boto3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "REELWRIGHT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
    assert isinstance(Settings(home=tmp_path).open_vault(), FolderVault)


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch, moto_store: Store, tmp_path: Path) -> None:
    """Without keys, the error says which and where they may stand."""
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(MissingCredential, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile"):
        S3Vault(Place.parse(moto_store.address()), tmp_path).put_bytes(DATA, "video/mp4")


@pytest.mark.slow
@pytest.mark.usefixtures("aws_credentials")
def test_a_wrong_secret_is_told_apart(monkeypatch: pytest.MonkeyPatch, seaweed_store: Store, tmp_path: Path) -> None:
    """A store that checks signatures refuses; the error points to the credentials and repeats none of them."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong" * 8)
    vault = S3Vault(Place.parse(seaweed_store.address()), tmp_path)

    with pytest.raises(StorageError, match="Look after the AWS credentials") as refused:
        vault.put_bytes(DATA, "video/mp4")
    assert "wrong" not in str(refused.value)


@pytest.mark.usefixtures("aws_credentials")
def test_a_bucket_that_is_not_there_is_named(moto_store: Store, tmp_path: Path) -> None:
    """A mistyped bucket is found at the first use."""
    place = Place.parse(moto_store.address().replace("reelwright", "reelwrigth"))

    with pytest.raises(StorageError, match=r"NoSuchBucket.*Create the bucket, or correct REELWRIGHT_VAULT"):
        S3Vault(place, tmp_path).finished("clip-1", KEY)


def test_credentials_in_the_address_are_refused(tmp_path: Path) -> None:
    """Settings are shown and logged: an address with a key is refused, and the key is not repeated."""
    with pytest.raises(InvalidInput, match="holds a credential") as refused:
        Settings(home=tmp_path, vault=f"s3://AKIDX:{SECRET_KEY}@bucket/x").open_vault()
    assert SECRET_KEY not in str(refused.value)
    assert "AWS_ACCESS_KEY_ID" in refused.value.hint
