"""The harnesses of TikTok, Instagram and Facebook: their strict servers, an account, and what can be lost."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.token_store import StoredToken
from reelwright.testing.channel import ChannelHarness
from reelwright.testing.servers.facebook import PAGE, FacebookServer
from reelwright.testing.servers.instagram import USER, InstagramServer
from reelwright.testing.servers.posts import PostServer
from reelwright.testing.servers.tiktok import TikTokServer

_QUICK = {"settle_seconds": 0, "look_after_seconds": 0.05}


class NetworkHarness(ChannelHarness):
    """A platform with a strict server of ours."""

    def posts(self, platform: PostServer) -> int:
        """What people can see, once the platform has finished by itself."""
        platform.settle()
        return len(platform.posts)

    def lose(self, platform: PostServer, loss: str, *, after: bool) -> None:
        """Break the connection of the next such request."""
        platform.fail(loss, "drop_after" if after else "drop")


class TikTokHarness(NetworkHarness):
    """A direct post to everyone by an audited app."""

    kind = "tiktok"
    losses = ("creator_info", "init", "upload", "status")

    def platform(self, folder: Path) -> AbstractContextManager[TikTokServer]:
        """Lend TikTok."""
        del folder
        return TikTokServer()

    def entry(self, platform: TikTokServer) -> ChannelEntry:
        """Name the account."""
        settings = {"mode": "direct", "audited": True, "look_after_seconds": 0.05}
        return ChannelEntry(kind="tiktok", base_url=platform.base_url, settings=settings)

    def prepare(self, desk: PublishingDesk, platform: TikTokServer) -> None:
        """Sign in."""
        if desk.tokens.get("tiktok/default") is None:
            desk.tokens.put("tiktok/default", StoredToken(secrets={"access_token": platform.access_token}), seen=0)


class InstagramHarness(NetworkHarness):
    """A professional account."""

    kind = "instagram"
    losses = ("quota", "container", "upload", "status", "publish", "node", "listing")

    def platform(self, folder: Path) -> AbstractContextManager[InstagramServer]:
        """Lend Instagram."""
        del folder
        return InstagramServer()

    def entry(self, platform: InstagramServer) -> ChannelEntry:
        """Name the account."""
        return ChannelEntry(kind="instagram", base_url=platform.base_url, settings={"user": USER, **_QUICK})

    def environment(self, platform: InstagramServer) -> dict[str, str]:
        """Set the token, as that of a system user is."""
        return {"INSTAGRAM_ACCESS_TOKEN": platform.access_token}


class FacebookHarness(NetworkHarness):
    """A Page."""

    kind = "facebook"
    losses = ("node", "start", "upload", "finish", "status")

    def platform(self, folder: Path) -> AbstractContextManager[FacebookServer]:
        """Lend Facebook."""
        del folder
        return FacebookServer()

    def entry(self, platform: FacebookServer) -> ChannelEntry:
        """Name the Page."""
        return ChannelEntry(kind="facebook", base_url=platform.base_url, settings={"page": PAGE, **_QUICK})

    def environment(self, platform: FacebookServer) -> dict[str, str]:
        """Set the person's token: it opens the Page's."""
        return {"FACEBOOK_ACCESS_TOKEN": platform.person_token}


TIKTOK, INSTAGRAM, FACEBOOK = TikTokHarness(), InstagramHarness(), FacebookHarness()
