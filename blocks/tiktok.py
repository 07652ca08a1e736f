"""TikTok accounts. The sign-in itself lies in the ledger, for it changes at each use; the block names it."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator

from blocks.base import StoredBlock
from reelwright.credentials import address
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.token_store import StoredToken
from reelwright.settings import Settings


class TikTokAccount(StoredBlock):
    """A TikTok account that episodes are published on."""

    _block_type_name = "Reelwright TikTok account"
    _block_type_slug = "reelwright-tiktok"
    _documentation_url = "https://developers.tiktok.com/doc/content-posting-api-get-started"  # type: ignore[assignment]
    _description = (
        "A channel: a TikTok account. Runs publish there where their channels name this block, `tiktok` or whatever "
        "you call it. TikTok's sign-in changes each time that it is used, so it is kept sealed in the ledger, where "
        "one process at a time renews it; `reelwright auth tiktok --block tiktok` signs in and makes this block, which "
        "names it. Machines that publish there share the ledger and REELWRIGHT_TOKEN_KEY."
    )
    _code_example = """
        from blocks import TikTokAccount

        TikTokAccount(mode="inbox").save("tiktok")
        print(TikTokAccount.load("tiktok").check())
    """
    usual_name: ClassVar[str] = "tiktok"

    account: str = Field(
        default="default",
        min_length=1,
        title="Sign-in",
        description="Its name in the ledger, as `reelwright auth tiktok --account NAME` gave it. Usually: default.",
    )
    mode: Literal["inbox", "direct"] = Field(
        default="inbox",
        title="How it is posted",
        description="As a draft in the app's inbox, which a person finishes, or directly.",
    )
    audited: bool = Field(
        default=False,
        title="TikTok has audited the app",
        description="An app that has not been audited posts to nobody but the account itself.",
    )
    base_url: str = Field(
        default="", title="Address", description="Where the API is. Leave it empty for the usual address."
    )

    @field_validator("base_url", mode="after")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url)

    @classmethod
    def of_sign_in(cls, token: StoredToken, account: str) -> Self:
        """Return the block of a sign-in that is kept in the ledger under a name."""
        return cls(account=account, mode="direct" if "video.publish" in token.scopes else "inbox")

    def entry(self, name: str) -> ChannelEntry:
        """Return the channel."""
        made = self.entry_of("tiktok", name, base_url=self.base_url, mode=self.mode, audited=self.audited)
        return made.model_copy(update={"account": self.account})

    async def acheck(self) -> str:
        """Renew the sign-in if that is due, and ask TikTok something that costs nothing.

        Raises:
            ChannelRefused: a person must sign in, or TikTok cannot be reached; the hint says what to do.
        """
        from reelwright.publishing.desk import PublishingDesk  # noqa: PLC0415 - loads SQLAlchemy
        from reelwright.publishing.tiktok import TikTok  # noqa: PLC0415

        desk = PublishingDesk(Settings())
        try:
            channel = desk.channel(self.entry(self.usual_name))
            try:
                told = await channel.check() if isinstance(channel, TikTok) else ""
            finally:
                await channel.aclose()
        finally:
            desk.database.close()
        return f"TikTok takes this sign-in: {told}."
