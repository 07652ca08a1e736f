"""A channel's sign-in in a block: made by one command, found by runs on machines that share no ledger."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from support.prefect_server import Server
from support.terminal import Terminal
from support.youtube_harness import posted, published

from blocks import TikTokAccount, YouTubeChannel
from blocks.stored import read_stored
from reelwright.errors import FailureKind, ProviderError
from reelwright.publishing.contract import ChannelEntry, Published
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.youtube import YouTube
from reelwright.settings import Settings
from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET
from reelwright.testing.servers.tiktok import TikTokServer
from reelwright.testing.servers.youtube import CHANNEL, SIGN_IN, YouTubeServer


@pytest.mark.slow
def test_a_run_publishes_with_the_sign_in_of_a_block(at_server: Server, tmp_path: Path) -> None:
    """Nobody has signed in on this machine; where the posts land is the channel's own number."""
    assert at_server.address
    with YouTubeServer() as server:
        YouTubeChannel(api_key=SecretStr(SIGN_IN), base_url=server.url).save("youtube", overwrite=True)
        desk = PublishingDesk(Settings(home=tmp_path), lambda: read_stored().keys)
        entry = ChannelEntry(kind="youtube", base_url=server.url, settings={"settle_seconds": 0})

        async def publish() -> object:
            channel = desk.channel(entry)
            assert isinstance(channel, YouTube)
            try:
                assert channel.account == CHANNEL
                return (await published(channel, posted(channel, tmp_path)))[1]
            finally:
                await channel.aclose()

        outcome = asyncio.run(publish())
        desk.database.close()
        assert len(server.live) == 1
    assert isinstance(outcome, Published)


def test_a_sign_in_that_has_ended_is_told_by_the_check() -> None:
    """With the command that makes a new one."""
    with YouTubeServer() as server:
        server.issuer.revoke()
        block = YouTubeChannel(api_key=SecretStr(SIGN_IN), base_url=server.url)
        with pytest.raises(ProviderError) as caught:
            block.check()
    assert caught.value.kind is FailureKind.AUTH
    assert "reelwright auth youtube --block youtube" in caught.value.hint


def sign_in(terminal: Terminal, platform: str, url: str, prefect: str, *more: str) -> tuple[str, str]:
    """Run `reelwright auth` with a person who agrees; return what it printed, and what it said."""
    names = {"youtube": ("YOUTUBE_CLIENT_ID", "YOUTUBE_CLIENT_SECRET")}
    identity, secret = names.get(platform, ("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"))
    words = [sys.executable, "-m", "flows", "auth", platform, "--block", "kitchen", "--json", "--base-url", url, *more]
    with subprocess.Popen(
        words,
        env=terminal.environment | {identity: CLIENT_ID, secret: CLIENT_SECRET, "PREFECT_API_URL": prefect},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        page = next(found[0] for line in process.stderr if (found := re.search(r"http\S+/auth\S*\?\S+", line)))
        httpx.get(page, follow_redirects=True)
        told, said = process.communicate(timeout=400)
    assert process.returncode == 0, said
    return told, said


@pytest.mark.slow
def test_one_command_signs_in_and_fills_the_block(at_server: Server, tmp_path: Path) -> None:
    """The block's own check takes what it holds."""
    with YouTubeServer() as server:
        told, said = sign_in(Terminal(tmp_path), "youtube", server.url, at_server.address)
        block = YouTubeChannel.load("kitchen")
        assert isinstance(block, YouTubeChannel)
        checked = block.model_copy(update={"base_url": server.url}).check()
    assert json.loads(told)["name"] == "Kitchen Chemistry"
    assert checked == "YouTube takes this key: it publishes on Kitchen Chemistry."
    assert "reelwright-youtube/kitchen" in said


@pytest.mark.slow
def test_tiktoks_block_names_the_sign_in_and_holds_none(
    at_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger keeps it, sealed; the block says under which name, and how the scopes let it post."""
    terminal = Terminal(tmp_path)
    with TikTokServer() as server:
        sign_in(terminal, "tiktok", server.url, at_server.address, "--for", "direct", "--account", "show")
        block = TikTokAccount.load("kitchen")
        assert isinstance(block, TikTokAccount)
        assert (block.account, block.mode) == ("show", "direct")
        monkeypatch.setenv("REELWRIGHT_HOME", terminal.environment["REELWRIGHT_HOME"])
        assert "@bread_daily" in block.model_copy(update={"base_url": server.url}).check()
