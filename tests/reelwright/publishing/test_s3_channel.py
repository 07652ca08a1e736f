"""A bucket as a channel, on real servers: checksums, content types, conditions that hold, and links that end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers.s3_proxy import Faults, S3Proxy
from servers.s3_stores import Store

from reelwright.publishing.contract import Channel, ChannelEntry, ChannelRefused, Handle, Post, PostOptions, Published
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.release import read_release
from reelwright.publishing.rules import KnownError
from reelwright.publishing.s3 import RULES, S3Channel
from reelwright.settings import Settings
from reelwright.testing.releases import episode_in

pytestmark = pytest.mark.usefixtures("aws_credentials")
MARKER = "rw0123456789ab"


@pytest.fixture(params=["moto", pytest.param("seaweedfs", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    """Each server; SeaweedFS checks signatures and checksums, and takes ten seconds to start."""
    made: Store = request.getfixturevalue("moto_store" if request.param == "moto" else "seaweed_store")
    return made


@pytest.fixture
def line(store: Store) -> Iterator[S3Proxy]:
    """A line to the store that can go wrong."""
    with S3Proxy(store.endpoint) as proxy:
        yield proxy


def channel_at(store: Store, line: S3Proxy, home: Path, prefix: str = "") -> S3Channel:
    """A channel with a prefix of its own, or the named one."""
    settings = {"address": store.address(prefix, endpoint=line.url)}
    desk = PublishingDesk(Settings(home=home, stored_keys=False))
    channel = desk.channel(ChannelEntry(kind="s3", settings=settings))
    desk.database.close()
    assert isinstance(channel, S3Channel)
    return channel


def post_for(channel: Channel, episode: Path) -> Post:
    """An episode as it would lie there, where this machine has it."""
    return channel.prepare(read_release(episode), PostOptions(), marker=MARKER)


async def sent(channel: Channel, post: Post) -> Handle:
    """Open, upload, submit."""
    handle = await channel.open(post)
    handle = await channel.upload(handle, post, lambda _sent, _of: None)
    return await channel.submit(handle, post)


def test_an_episode_lies_there_whole_with_its_types_and_what_is_said(
    store: Store, line: S3Proxy, tmp_path: Path, episodes: Path
) -> None:
    """Another tool reads it: the bytes, the content types, the AI label, no credential anywhere."""
    channel = channel_at(store, line, tmp_path, "show")
    post = post_for(channel, episode_in(episodes / "s3"))
    handle = asyncio.run(sent(channel, post))
    seen = asyncio.run(channel.look(handle, post))
    prefix = f"show/{handle.remote_id}"
    video = store.client.get_object(Bucket=store.bucket, Key=f"{prefix}/episode.mp4")
    told = json.load(store.client.get_object(Bucket=store.bucket, Key=f"{prefix}/post.json")["Body"])
    assert isinstance(seen, Published)
    assert seen.url == f"s3://{store.bucket}/{prefix}/episode.mp4"
    assert (video["ContentType"], video["ContentLength"]) == ("video/mp4", post.video.size_bytes)
    assert (told["made_with_ai"], told["sha256"], told["marker"]) == (True, post.video.sha256, MARKER)
    assert "tbp9" not in json.dumps(told) + handle.model_dump_json()


def test_what_lies_there_is_never_overwritten(store: Store, line: S3Proxy, tmp_path: Path, episodes: Path) -> None:
    """The same bytes are ours, whoever sent them; other bytes are refused, and stay."""
    channel = channel_at(store, line, tmp_path, "kept")
    post = post_for(channel, episode_in(episodes / "s3"))
    first = asyncio.run(sent(channel, post))
    assert asyncio.run(sent(channel, post)).remote_id == first.remote_id
    key = f"kept/{first.remote_id}/episode.mp4"
    store.client.put_object(Bucket=store.bucket, Key=key, Body=b"somebody else's")
    with pytest.raises(ChannelRefused, match="another object") as raised:
        asyncio.run(sent(channel, post))
    assert raised.value.refused.person_should
    assert store.client.get_object(Bucket=store.bucket, Key=key)["Body"].read() == b"somebody else's"


def test_a_store_that_ignores_conditions_is_refused_before_the_episode_is_sent(
    moto_store: Store, tmp_path: Path, episodes: Path
) -> None:
    """It could lose or overwrite a post: nothing of the episode goes there."""
    with S3Proxy(moto_store.endpoint, Faults(ignores=lambda seen: seen.writes)) as line:
        channel = channel_at(moto_store, line, tmp_path, "ignored")
        with pytest.raises(ChannelRefused, match="in spite of If-None-Match") as raised:
            asyncio.run(sent(channel, post_for(channel, episode_in(episodes / "s3"))))
    assert "conditional writes" in raised.value.refused.person_should
    assert not [key for key in moto_store.keys("ignored") if "episode" in key]


def test_a_link_opens_the_video_and_a_changed_one_does_not(
    store: Store, line: S3Proxy, tmp_path: Path, episodes: Path
) -> None:
    """Signed for a time; SeaweedFS checks the signature, moto does not."""
    channel = channel_at(store, line, tmp_path)
    post = post_for(channel, episode_in(episodes / "s3"))
    link = channel.link(asyncio.run(sent(channel, post)))
    assert len(httpx.get(link).content) == post.video.size_bytes
    if store.kind == "seaweedfs":
        assert httpx.get(link.replace("Expires=604800", "Expires=604799")).status_code == 403


NAMED = [
    (name, error)
    for error in RULES.errors
    for name in error.name.split(", ")
    if error.status not in {None, 412}  # those are no refusals of a store: the tests above have them
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "error"), NAMED, ids=[name for name, _ in NAMED])
def test_every_documented_error_says_what_to_do(
    moto_store: Store, tmp_path: Path, episodes: Path, name: str, error: KnownError
) -> None:
    """As the store words it over the wire: its kind, its name, the next step; nothing was written."""
    with S3Proxy(moto_store.endpoint) as line:
        channel = channel_at(moto_store, line, tmp_path, f"refused-{name}")
        post = post_for(channel, episode_in(episodes))
        handle = asyncio.run(channel.open(post))
        assert error.status
        line.faults.refuses = (error.status, name)
        with pytest.raises(ChannelRefused) as caught:
            asyncio.run(channel.upload(handle, post, lambda _sent, _of: None))
    assert (caught.value.refused.kind, caught.value.hint) == (error.kind, error.person_should)
    assert name in caught.value.refused.reason
    assert not [key for key in moto_store.keys(f"refused-{name}") if key.endswith("episode.mp4")]


@pytest.mark.parametrize("harm", ["lost_answers", "cut_uploads"])
def test_a_line_that_breaks_leaves_one_whole_episode(
    store: Store, line: S3Proxy, tmp_path: Path, episodes: Path, harm: str
) -> None:
    """A write that is sent again meets its own object, and takes it for what it is."""
    channel = channel_at(store, line, tmp_path, f"broken-{harm}")
    post = post_for(channel, episode_in(episodes / "s3"))
    handle = asyncio.run(channel.open(post))
    setattr(line.faults, harm, 2)
    handle = asyncio.run(channel.upload(handle, post, lambda _sent, _of: None))
    asyncio.run(channel.submit(handle, post))
    assert len([key for key in store.keys(f"broken-{harm}") if key.endswith("post.json")]) == 1
    assert isinstance(asyncio.run(channel.look(handle, post)), Published)
