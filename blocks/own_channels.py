"""Channels that need no platform: a folder on a disk, and a receiver of signed messages."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import httpx
from pydantic import Field, SecretStr, field_validator

from blocks.base import StoredBlock
from reelwright.credentials import address
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.folder import FolderChannel
from reelwright.publishing.webhook import SECRET, key_of_secret

_SECONDS = 20


class Folder(StoredBlock):
    """A folder that episodes are published in."""

    _block_type_name = "Reelwright folder channel"
    _block_type_slug = "reelwright-folder"
    _documentation_url = "https://docs.prefect.io/v3/concepts/blocks"  # type: ignore[assignment]
    _description = (
        "A channel: a folder on a disk, in which each episode gets a folder of its own, whole or not at all. Runs "
        "publish there where their channels name this block, `folder` or whatever you call it."
    )
    _code_example = """
        from blocks import Folder

        Folder(path="/srv/episodes").save("folder")
        print(Folder.load("folder").check())
    """
    usual_name: ClassVar[str] = "folder"

    path: str = Field(
        min_length=1,
        title="Folder",
        description="Its path on the machine that publishes, or on a disk that they share. Made if there is none.",
    )

    def entry(self, name: str) -> ChannelEntry:
        """Return the channel."""
        return self.entry_of("folder", name, path=self.path)

    async def acheck(self) -> str:
        """Write a few bytes there, and take them away again.

        Raises:
            ChannelRefused: nobody may write there, or the disk is full; the hint says what to do.
        """
        folder = FolderChannel(self.usual_name, Path(self.path))
        await folder.check()
        return f"{folder.account} can be a channel: this machine writes there."


class Webhook(StoredBlock):
    """A receiver of signed messages, one for each episode."""

    _block_type_name = "Reelwright webhook channel"
    _block_type_slug = "reelwright-webhook"
    _documentation_url = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"  # type: ignore[assignment]
    _description = (
        "A channel: a program of yours that is told of each episode by a signed message (Standard Webhooks). Runs "
        "tell it where their channels name this block, `webhook` or whatever you call it."
    )
    _code_example = """
        from blocks import Webhook

        Webhook(url="https://cms.example/hooks/episodes", secret="whsec_…").save("webhook")
        print(Webhook.load("webhook").check())
    """
    usual_name: ClassVar[str] = "webhook"
    variables: ClassVar[tuple[str, ...]] = (SECRET,)

    url: str = Field(
        min_length=1,
        title="Address",
        description="Where messages are sent: https, or http where nobody else reads along.",
    )
    secret: SecretStr = Field(
        title="Secret",
        description="Known to sender and receiver, e.g. whsec_ and Base64. It signs each message and is never sent.",
    )
    files_url: str = Field(
        default="",
        title="Address of the files",
        description="Under which the receiver sees the episodes' folders. Empty: it is told their hashes only.",
    )

    @field_validator("url", "files_url", mode="after")
    @classmethod
    def _addresses(cls, url: str) -> str:
        return address(url)

    @field_validator("secret", mode="after")
    @classmethod
    def _readable(cls, secret: SecretStr) -> SecretStr:
        whole = SecretStr(secret.get_secret_value().strip())
        try:
            key_of_secret(whole)
        except InvalidInput as error:
            raise ValueError(str(error)) from None
        return whole

    def get_credential(self) -> SecretStr:
        """Return the secret."""
        return self.secret

    def entry(self, name: str) -> ChannelEntry:
        """Return the channel."""
        return self.entry_of("webhook", name, url=self.url, files_url=self.files_url)

    async def acheck(self) -> str:
        """See that somebody answers at the address. No message is sent: a receiver would take it for an episode.

        Raises:
            ProviderError: nobody answers.
        """
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                answer = await client.head(self.url)
        except httpx.HTTPError as error:
            problem = type(error).__name__
        else:
            return f"The receiver answers (HTTP {answer.status_code}); it sees the secret with the first message."
        raise ProviderError(
            f"Nobody answers at the webhook's address ({problem}).",
            provider="webhook",
            kind=FailureKind.BUSY,
            hint="Start the receiver, or correct the address.",
        )
