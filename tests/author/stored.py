"""Blocks from Python: a script that stores a studio's accounts once, and programs that use what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from pydantic import SecretStr

from blocks import (
    ALL,
    LTX,
    XAI,
    Anthropic,
    Ark,
    ElevenLabs,
    FacebookPage,
    Fal,
    Folder,
    Gemini,
    InstagramAccount,
    Kling,
    MiniMax,
    OpenAIEndpoint,
    Replicate,
    Runway,
    S3Bucket,
    S3Vault,
    TikTokAccount,
    VertexAI,
    Webhook,
    YouTubeChannel,
)
from reelwright.errors import FailureKind, ProviderError
from reelwright.publishing.contract import ChannelEntry


async def store_hosts(keys: Mapping[str, SecretStr], account: str) -> None:
    """Store the hosts of many models: the cloud's, and the gateway in the house, which asks for no key."""
    await OpenAIEndpoint(api_key=keys["openai"]).asave("openai", overwrite=True)
    await OpenAIEndpoint(base_url="http://gpu-1:8000/v1").asave("house-gpu", overwrite=True)
    await Gemini(api_key=keys["gemini"]).asave("gemini", overwrite=True)
    await VertexAI(api_key=SecretStr(account)).asave("vertex-ai", overwrite=True)
    await Anthropic(api_key=keys["anthropic"]).asave("anthropic", overwrite=True)
    await Fal(api_key=keys["fal"]).asave("fal", overwrite=True)
    await Replicate(api_key=keys["replicate"]).asave("replicate", overwrite=True)


async def store_makers(keys: Mapping[str, SecretStr]) -> list[str]:
    """Store those vendors whose keys work, and say of each what its check told; it costs nothing."""
    told = []
    for block in (
        Kling(api_key=keys["kling"]),
        Ark(api_key=keys["ark"], base_url="https://ark.cn-beijing.volces.com/api/v3"),
        MiniMax(api_key=keys["minimax"]),
        Runway(api_key=keys["runway"]),
        XAI(api_key=keys["xai"]),
        LTX(api_key=keys["ltx"]),
        ElevenLabs(api_key=keys["elevenlabs"]),
    ):
        try:
            told.append(assert_type(await block.acheck(), str))
        except ProviderError as error:
            told.append(f"{block.vendor}: {'another key' if error.kind is FailureKind.AUTH else error.message}")
        else:
            await block.asave(block.usual_name, overwrite=True)
    return told


def channels(keys: Mapping[str, SecretStr]) -> dict[str, ChannelEntry | None]:
    """Return the channels that these blocks are, as a recipe would write them; `None`: on which account?"""
    youtube = YouTubeChannel(api_key=keys["youtube"])
    instagram = InstagramAccount(api_key=keys["meta"], user="17841400000000000")
    page = FacebookPage(api_key=keys["meta"])
    assert_type(youtube.entry("youtube"), ChannelEntry)
    assert_type(page.entry("facebook"), ChannelEntry | None)
    return {
        "science": youtube.entry("science"),
        "drafts": TikTokAccount(mode="inbox").entry("drafts"),
        "reels": instagram.entry("reels"),
        "page": page.entry("page"),
        "archive": Folder(path="/srv/episodes").entry("archive"),
        "website": S3Bucket(bucket="episodes", public_url="https://cdn.example").entry("website"),
        "cms": Webhook(url="https://cms.example/hooks", secret=keys["webhook"]).entry("cms"),
    }


def variables_of_a_worker() -> dict[str, str]:
    """Return what opens the shared vault: for the environment of a process that reads no blocks."""
    vault = S3Vault.load("vault")
    return assert_type(vault.environment(), dict[str, str])


async def key_of(name: str) -> SecretStr:
    """Return a stored key for another program of ours."""
    kept = assert_type(await Kling.aload(name), Kling)
    return kept.api_key


def kinds() -> list[str]:
    """Name every kind of block, as the page of the UI lists them."""
    return [assert_type(kind.get_block_type_slug(), str) for kind in ALL]


def wrong(keys: Mapping[str, SecretStr]) -> None:
    """What an editor underlines."""
    Kling()  # type: ignore[call-arg]  # its key
    Folder(path="/srv", bucket="episodes")  # type: ignore[call-arg]  # no such field
    Fal(api_key=keys["fal"]).chek()  # type: ignore[attr-defined]
    S3Vault(bucket="reels").keys.written  # type: ignore[union-attr]  # noqa: B018 - the machine's own may be used
    Webhook(url="https://cms.example", secret=keys["webhook"]).entry()  # type: ignore[call-arg]
