"""YouTube, killed inside its calls: while bytes go, after an answer that nobody read, between what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.youtube_harness import YouTubeHarness

from reelwright.publishing.contract import ChannelEntry, PostOptions, Published
from reelwright.publishing.values import Publication
from reelwright.testing.channel import Newsroom
from reelwright.testing.post import post
from reelwright.testing.releases import episode_in
from reelwright.testing.servers.youtube import PLAYLIST, YouTubeServer

_CALLS = "reelwright.publishing.youtube_calls"
_CHANNEL = "reelwright.publishing.youtube"
STEPS = (
    "reelwright.publishing.youtube_fields:resource_of:return",  # nothing has gone out
    "reelwright.publishing.calls:Calls.checked:call:1",  # YouTube has a session that nobody knows
    f"{_CALLS}:_told:call:3",  # some bytes are there
    f"{_CALLS}:YouTubeCalls._progress:call:1",  # the video is there, and nobody knows its number
    f"{_CHANNEL}:_with_video:call:1",
    "reelwright.publishing.youtube_fields:locked:call",
    f"{_CHANNEL}:YouTube._add_captions:call:1",  # the thumbnail is set
    f"{_CALLS}:YouTubeCalls._progress:call:2",  # the captions are there
    f"{_CALLS}:YouTubeCalls.add_to_playlist:return",
    f"{_CHANNEL}:_with_video:call:2",  # all is done
)
"""Ten instants in the order in which they come."""


class FullHarness(YouTubeHarness):
    """YouTube, with everything that may follow an upload, and an episode of several pieces."""

    def entry(self, platform: YouTubeServer) -> ChannelEntry:
        """Ask for a playlist."""
        options = PostOptions(extra={"playlist": PLAYLIST})
        return super().entry(platform).model_copy(update={"options": options})


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode of some megabytes."""
    return episode_in(tmp_path_factory.mktemp("episode"), seconds=4, grain=60)


@pytest.fixture
def room(tmp_path: Path, episode: Path) -> Iterator[Newsroom]:
    """A home and YouTube."""
    harness = FullHarness()
    with harness.platform(tmp_path) as platform:
        yield Newsroom(harness, platform, tmp_path / "home", episode)


def everything_once(server: YouTubeServer) -> dict[str, Any]:
    """What the channel holds."""
    (video,) = server.live
    return {
        "bytes": len(video.content),
        "thumbnail": bool(video.thumbnail),
        "captions": len(video.captions),
        "in the playlist": server.playlists[PLAYLIST].count(video.id),
        "labelled": video.parts["status"]["containsSyntheticMedia"],
    }


def published_here(room: Newsroom) -> Publication:
    """Publish in this process."""
    desk = room.desk()
    try:
        return asyncio.run(post(desk, room.entry, room.episode, 30))
    finally:
        desk.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("where", STEPS, ids=lambda where: where.partition(":")[2])
def test_killed_at_any_instant_the_video_is_there_once_with_all_that_belongs_to_it(room: Newsroom, where: str) -> None:
    """The next process goes on, from the byte that YouTube had last."""
    assert room.post(crash=where).exit_code == -9, where
    again = room.post()
    assert again.exit_code == 0, again.stderr
    size = (room.episode / "episode.mp4").stat().st_size
    assert size > 2 << 20
    assert everything_once(room.platform) == {
        "bytes": size, "thumbnail": True, "captions": 1, "in the playlist": 1, "labelled": True,
    }  # fmt: skip
    assert (room.platform.created, room.platform.sessions.misaligned) == (1, 0)
    assert [line.state for line in room.rows()] == ["published"]


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", ["put captions", "captions.insert", "playlistItems.insert", "thumbnails.set"])
def test_an_answer_lost_after_the_upload_costs_nothing_twice(room: Newsroom, operation: str, after: bool) -> None:
    """Before or after YouTube has it: each is there once."""
    room.platform.fail(operation, "drop_after" if after else "drop")
    publication = published_here(room)
    held = everything_once(room.platform)
    assert (held["thumbnail"], held["captions"], held["in the playlist"]) == (True, 1, 1)
    assert publication.state == "published"


@pytest.mark.slow
@pytest.mark.parametrize("there", [True, False], ids=["the video is there", "it is not"])
def test_killed_and_the_session_is_forgotten_the_channels_list_decides(room: Newsroom, there: bool) -> None:
    """What is there is found by its marker, and a person is told to look it over; what is not is sent anew."""
    assert room.post(crash=STEPS[3] if there else STEPS[2]).exit_code == -9
    room.platform.sessions.expire()
    done = published_here(room)
    assert (done.state, room.platform.created) == ("published", 1)
    assert isinstance(done.outcome, Published)
    assert ("by its marker" in done.outcome.note) == there
