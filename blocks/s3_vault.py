"""The shared vault: a bucket, and who may use it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import ConfigDict, Field, SecretStr, model_validator

from reelwright.errors import InvalidInput, StorageError
from reelwright.s3.address import Place

_CHECK_SECONDS = 120
_CHECK = """
import json, sys
from reelwright.errors import ReelwrightError
from reelwright.settings import Settings
try:
    Settings().open_vault().check()
except ReelwrightError as error:
    sys.exit(json.dumps([error.message, error.hint]))
"""


class S3Vault(Block):
    """A vault in a bucket that several machines share."""

    _block_type_name = "Reelwright S3 vault"
    _block_type_slug = "reelwright-s3-vault"
    _documentation_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html"  # type: ignore[assignment]
    _description = (
        "The bucket in which all machines keep finished work: Amazon S3, Cloudflare R2, Ceph, SeaweedFS, any store "
        "that honours conditional writes. Name it `vault` and every run on this server uses it where REELWRIGHT_VAULT "
        "is not set."
    )
    _code_example = """
        from blocks import S3Vault

        S3Vault(bucket="reels", access_key_id="AKIA…", secret_access_key="…").save("vault")
        print(S3Vault.load("vault").check())
    """
    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    usual_name: ClassVar[str] = "vault"

    bucket: str = Field(title="Bucket", description="Its name, without s3://.")
    prefix: str = Field(default="", title="Prefix", description="Folder in the bucket. Empty: the whole bucket.")
    endpoint: str = Field(
        default="",
        title="Endpoint",
        description="The service's URL, e.g. https://ACCOUNT.r2.cloudflarestorage.com. Empty: Amazon's.",
    )
    region: str = Field(default="", title="Region", description="E.g. eu-central-1, or auto. Empty: the machine's own.")
    access_key_id: str = Field(
        default="",
        title="Access key ID",
        description="Empty: each machine's own AWS profile or role, which is better where there is one.",
    )
    secret_access_key: SecretStr | None = Field(
        default=None,
        title="Secret access key",
        description="Of the access key. It is kept encrypted and shown nowhere. The right to delete is not needed.",
    )
    session_token: SecretStr | None = Field(
        default=None, title="Session token", description="Of temporary credentials only; they end by themselves."
    )

    @model_validator(mode="after")
    def _fits(self) -> S3Vault:
        if bool(self.access_key_id) != bool(self.secret_access_key):
            message = "an access key has two halves: give both, or neither"
            raise ValueError(message)
        try:
            Place.parse(self.address)
        except InvalidInput as error:
            raise ValueError(str(error)) from None
        return self

    @property
    def address(self) -> str:
        """The vault's address, as `REELWRIGHT_VAULT` has it: without any key."""
        return str(Place(self.bucket, self.prefix.strip("/"), self.endpoint, self.region))

    def get_credential(self) -> SecretStr | None:
        """Return the secret access key; `None`: the machine's own credentials are used."""
        return self.secret_access_key

    def environment(self) -> dict[str, str]:
        """Return the variables that open this vault, the keys in plain text: for an environment only."""
        keys = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": _plain(self.secret_access_key),
            "AWS_SESSION_TOKEN": _plain(self.session_token),
        }
        return {"REELWRIGHT_VAULT": self.address} | {name: value for name, value in keys.items() if value}

    def check(self) -> str:
        """Test that the store takes the keys and honours conditional writes: a few requests of some bytes.

        It is done in a process of its own, so that the keys reach no other part of this one.

        Raises:
            StorageError: it does not, or it cannot be used at all; the hint says what to do.
        """
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [sys.executable, "-c", _CHECK],
                env={**os.environ, **self.environment(), "REELWRIGHT_HOME": home},
                capture_output=True,
                text=True,
                timeout=_CHECK_SECONDS,
                check=False,
            )
        if done.returncode:
            message, hint = _told(done.stderr)
            raise StorageError(message, hint=hint)
        return f"{self.address} can be a vault: it honours conditional writes."

    async def acheck(self) -> str:
        """Check in an event loop; see `check`."""
        return await asyncio.to_thread(self.check)

    @classmethod
    def get_block_type_slug(cls) -> str:
        """Return the stable name of this kind of block."""
        return str(cls._block_type_slug)


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _told(stderr: str) -> tuple[str, str]:
    try:
        found: Any = json.loads(stderr.strip().splitlines()[-1])
        return str(found[0]), str(found[1])
    except (ValueError, LookupError, TypeError):
        return "The vault's test ended without a word.", "Run `reelwright doctor` with these settings."
