"""Buckets and who may use them: the vault that machines share, and a bucket that episodes are published in."""

from __future__ import annotations

import asyncio
from abc import ABC
from typing import ClassVar, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from blocks.base import StoredBlock
from reelwright.credentials import address
from reelwright.errors import InvalidInput
from reelwright.publishing.contract import ChannelEntry
from reelwright.s3.address import Keys, Place


class BucketBlock(StoredBlock, ABC):
    """A bucket, or a folder in it."""

    used_as: ClassVar[str]
    """What for, as the check says it."""

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
    def _fits(self) -> Self:
        if bool(self.access_key_id) != bool(self.secret_access_key):
            message = "an access key has two halves: give both, or neither"
            raise ValueError(message)
        try:
            Place.parse(self.address)
        except InvalidInput as error:
            raise ValueError(str(error)) from None
        return self

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.bucket, self.prefix.strip("/"), self.endpoint, self.region)

    @property
    def address(self) -> str:
        """The address, as `REELWRIGHT_VAULT` has it: without any key."""
        return str(self.place)

    @property
    def keys(self) -> Keys | None:
        """Who may use it; `None`: the machine itself."""
        if self.secret_access_key is None:
            return None
        return Keys(self.access_key_id, self.secret_access_key, self.session_token)

    async def acheck(self) -> str:
        """Test that the store takes the keys and honours conditional writes: a few requests of some bytes.

        Raises:
            StorageError: it does not, or it cannot be used at all; the hint says what to do.
            MissingCredential: no keys are given here, and this machine has none.
        """
        from reelwright.s3.bucket import Bucket  # noqa: PLC0415 - loads boto3
        from reelwright.s3.start_up import refuse_unconditional  # noqa: PLC0415

        await asyncio.to_thread(refuse_unconditional, Bucket(self.place, self.keys))
        return f"{self.address} can be {self.used_as}: it honours conditional writes."


class S3Vault(BucketBlock):
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
    usual_name: ClassVar[str] = "vault"
    used_as: ClassVar[str] = "a vault"

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

    def stored_key(self, name: str) -> None:
        """Return nothing: a vault's keys open the vault alone."""
        del name


class S3Bucket(BucketBlock):
    """A bucket that episodes are published in."""

    _block_type_name = "Reelwright S3 channel"
    _block_type_slug = "reelwright-s3"
    _documentation_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html"  # type: ignore[assignment]
    _description = (
        "A channel: the bucket in which finished episodes lie for a website, an app or an editor. Runs publish there "
        "where their channels name this block, `s3` or whatever you call it. The store must honour conditional writes."
    )
    _code_example = """
        from blocks import S3Bucket

        S3Bucket(bucket="episodes", region="eu-central-1", public_url="https://cdn.example").save("s3")
        print(S3Bucket.load("s3").check())
    """
    usual_name: ClassVar[str] = "s3"
    variables: ClassVar[tuple[str, ...]] = ("REELWRIGHT_S3_KEYS",)
    used_as: ClassVar[str] = "a channel"

    public_url: str = Field(
        default="",
        title="Public address",
        description="Under which people see the folder: a CDN, a website. Empty: the object's own address is told.",
    )

    @field_validator("public_url", mode="after")
    @classmethod
    def _public(cls, url: str) -> str:
        return address(url)

    def get_credential(self) -> SecretStr | None:
        """Return the keys as a channel's `api_key` has them; `None`: the machine's own are used."""
        return self.keys.written if self.keys else None

    def entry(self, name: str) -> ChannelEntry:
        """Return the channel."""
        return self.entry_of("s3", name, address=self.address, public_url=self.public_url)


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
