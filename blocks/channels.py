"""Channels on YouTube: a whole sign-in in a block, for machines that share no ledger."""

from __future__ import annotations

import json
from typing import ClassVar, Self

from pydantic import Field, SecretStr

from blocks.vendor import Probe, VendorBlock
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.remote.auth import Auth, bearer
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.oauth import SignInNeeded, renew
from reelwright.publishing.oauth_providers import YOUTUBE, stored_credentials
from reelwright.publishing.token_store import StoredToken


class YouTubeChannel(VendorBlock):
    """A channel on YouTube."""

    _block_type_name = "Reelwright YouTube channel"
    _block_type_slug = "reelwright-youtube"
    _documentation_url = "https://developers.google.com/youtube/v3/guides/auth/installed-apps"  # type: ignore[assignment]
    _description = (
        "A sign-in to a YouTube channel, for machines that share no ledger with the one where a person signed in. Name "
        "it `youtube` and runs use it where nobody has signed in. `reelwright auth youtube --block youtube` makes it."
    )
    _code_example = """
        from pathlib import Path

        from blocks import YouTubeChannel

        YouTubeChannel(api_key=Path("sign-in.json").read_text()).save("youtube")
        print(YouTubeChannel.load("youtube").check())
    """
    vendor: ClassVar[str] = "YouTube"
    usual_name: ClassVar[str] = "youtube"
    variables: ClassVar[tuple[str, ...]] = ("YOUTUBE_CREDENTIALS",)
    usual_url: ClassVar[str] = "https://www.googleapis.com"
    probe: ClassVar[Probe] = Probe("youtube/v3/channels", {"part": "snippet", "mine": "true"})

    api_key: SecretStr = Field(
        title="Sign-in",
        description="JSON with client_id, client_secret, refresh_token and account_id, the channel's id.",
    )

    @classmethod
    def of_sign_in(cls, token: StoredToken, account: str) -> Self:
        """Return the block of a sign-in: whole, so that it needs no ledger."""
        del account
        names = ("client_id", "client_secret", "refresh_token", "account_id")
        kept = {name: token.secrets[name] for name in names if name in token.secrets}
        return cls(api_key=SecretStr(json.dumps({"type": "authorized_user", **kept})))

    def entry(self, name: str) -> ChannelEntry:
        """Return the channel."""
        return self.entry_of("youtube", name, base_url=self.base_url)

    def authorise(self) -> Auth:
        """Return nothing: the key here is no access token, and is sent to the token end-point only."""
        return bearer(None)

    async def acheck(self) -> str:
        """Get an access token and ask for the channel's name; see `check`. It takes one unit of the day's quota."""
        try:
            token = await renew(YOUTUBE.at(self.base_url), stored_credentials(YOUTUBE, self.api_key))
        except (InvalidInput, SignInNeeded) as error:
            problem = error
        else:
            access = token.secrets["access_token"]
            transport = self.transport()
            transport.auth = bearer(SecretStr(access))
            try:
                answer = await transport.get(self.probe.path, query=self.probe.query)
            finally:
                await transport.aclose()
            titles = [str(item.get("snippet", {}).get("title", "")) for item in answer.fields.get("items", ())]
            return f"YouTube takes this key: it publishes on {titles[0] if titles else 'no channel'}."
        raise ProviderError(
            problem.message,
            provider=self.vendor,
            kind=FailureKind.AUTH,
            hint=f"Check the key: make it with `reelwright auth youtube --block youtube`. {problem.hint}".strip(),
        )
