"""YouTube: whatever breaks, one episode is one video; what became of it is read, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.youtube_harness import VIDEO, at, posted, published, quiet

from reelwright.publishing.contract import (
    Absent,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    Processing,
    Published,
    Unclear,
    Unfinished,
    now,
)
from reelwright.publishing.contract import Refused as Refusal
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.youtube import YouTube
from reelwright.testing.servers.strict import Drop, Refused, Reply
from reelwright.testing.servers.youtube import UPLOAD, YouTubeServer
from reelwright.testing.servers.youtube_sessions import GRANULE


@pytest.fixture
def server() -> Iterator[YouTubeServer]:
    """YouTube on loopback."""
    with YouTubeServer() as started:
        yield started


# Broken lines


@pytest.mark.parametrize("size", [0, GRANULE, 2 * GRANULE, len(VIDEO)])
@pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(503, None, {"Retry-After": "0"})])
def test_an_upload_goes_on_where_the_line_broke(
    server: YouTubeServer, tmp_path: Path, size: int, outcome: Reply | Drop
) -> None:
    """After none, some and all of the bytes: one video, and no byte was sent where it did not belong."""
    server.sessions.keep_only(size, outcome)

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path)
        return await channel.upload(await channel.open(post), post, quiet)

    handle = at(server, do)
    assert (handle.remote_id, server.created, server.sessions.misaligned) == (server.live[0].id, 1, 0)
    assert server.live[0].content == VIDEO


@pytest.mark.parametrize("size", [0, GRANULE, len(VIDEO)])
def test_another_process_goes_on_with_the_session(server: YouTubeServer, tmp_path: Path, size: int) -> None:
    """It asks first: what is there is not sent again, and what is finished gives the same video."""

    async def begun(channel: YouTube) -> tuple[Handle, Post]:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        server.sessions.keep_only(size, Drop())
        server.fail("status", "reply", status=503, headers={"Retry-After": "60"})
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, quiet)
        return handle, post

    async def looked(channel: YouTube) -> tuple[Outcome, Handle, Outcome]:
        before = await channel.look(handle, post)
        after = await channel.upload(handle, post, quiet)
        after = await channel.submit(after, post)
        return before, after, await channel.look(after, post)

    handle, post = at(server, begun)
    server.faults.clear()
    before, after, outcome = at(server, looked)
    assert before == Unfinished(received_bytes=size, waits_for="submit" if size == len(VIDEO) else "bytes")
    assert isinstance(outcome, Published)
    assert (after.remote_id, server.created, server.sessions.misaligned) == (server.live[0].id, 1, 0)


def test_progress_tells_all_bytes_only_when_youtube_has_them(server: YouTubeServer, tmp_path: Path) -> None:
    """What is on its way is told too; after a broken line it is told what has arrived."""
    server.sessions.keep_only(GRANULE, Drop())
    told: list[int] = []

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path)
        return await channel.upload(await channel.open(post), post, lambda sent, _of: told.append(sent))

    at(server, do)
    assert told == [len(VIDEO) - 1, GRANULE, len(VIDEO) - 1, len(VIDEO)]


def test_a_token_that_ends_during_the_upload_is_renewed(server: YouTubeServer, tmp_path: Path) -> None:
    """And the upload goes on where it was."""

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        server.issuer.end_access()
        return await channel.upload(handle, post, quiet)

    assert at(server, do).remote_id == server.live[0].id
    assert server.issuer.refreshes == 1


def test_a_platform_that_takes_nothing_is_left_alone_for_a_while(server: YouTubeServer, tmp_path: Path) -> None:
    """It asks for two minutes: the run does not sit and wait, and surely nothing has come of it."""
    server.sessions.keep_only(GRANULE, Reply(503, None, {"Retry-After": "120"}))

    async def do(channel: YouTube) -> ChannelRefused:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        with pytest.raises(ChannelRefused) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value

    refused = at(server, do).refused
    assert (refused.kind, refused.retry_after_seconds, server.created) == (RefusalKind.BUSY, 120, 0)


def test_a_refusal_at_the_last_byte_is_no_video(server: YouTubeServer, tmp_path: Path) -> None:
    """YouTube's last word stands, and the session repeats it."""
    server.refuses_at_the_end = Refused(400, "The user has exceeded …", code="uploadLimitExceeded")

    async def do(channel: YouTube) -> tuple[ChannelRefused, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        with pytest.raises(ChannelRefused) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value, await channel.look(handle, post)

    raised, looked = at(server, do)
    assert (raised.refused.kind, raised.refused.retry_after_seconds) == (RefusalKind.QUOTA, 86_400)
    assert isinstance(looked, Refusal)
    assert looked.kind is RefusalKind.EXPIRED, "only a new session can help"


# Finding out


def test_a_video_whose_session_is_forgotten_is_found_by_its_marker(server: YouTubeServer, tmp_path: Path) -> None:
    """Among more than a page of others."""

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        for number in range(60):
            server.videos[f"other{number}"] = type(server.live[0])(
                f"other{number}", {"snippet": {"title": "x"}}, 5, "", "2030-01-01T00:00:00Z"
            )
        server.sessions.expire()
        lost = handle.model_copy(update={"remote_id": ""})
        return await channel.look(lost, post), await channel.find(post, since=now())

    looked, found = at(server, do)
    assert isinstance(looked, Unclear)
    assert isinstance(found, Published)
    assert found.remote_id == "vid00000001"


def test_a_session_that_is_forgotten_too_early_is_looked_into_later(server: YouTubeServer, tmp_path: Path) -> None:
    """Its video, if there is one, may not be in the list yet: the publication rests until it must be."""

    async def do(channel: YouTube) -> ChannelRefused:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        server.sessions.expire()
        with pytest.raises(ChannelRefused, match="may not be listed yet") as caught:
            await channel.look(handle, post)
        return caught.value

    refused = at(server, do, settle_seconds=900).refused
    assert refused.kind is RefusalKind.BUSY
    assert refused.retry_after_seconds
    assert 800 < refused.retry_after_seconds <= 900


def test_absence_is_proved_by_reading_and_not_too_early(server: YouTubeServer, tmp_path: Path) -> None:
    """A list that may lag behind proves nothing; a video of the same size without the marker is for a person."""

    async def do(channel: YouTube) -> Outcome:
        return await channel.find(posted(channel, tmp_path), since=now() - timedelta(seconds=1))

    async def alike(channel: YouTube) -> Outcome:
        await channel.upload(await channel.open(post := posted(channel, tmp_path)), post, quiet)
        server.live[0].parts["snippet"]["tags"] = []
        server.live[0].file_name = "unknown"
        return await do(channel)

    early, late = at(server, do, settle_seconds=900), at(server, do)
    assert isinstance(early, Unclear)
    assert isinstance(late, Absent)
    assert "0 uploads" in late.proof
    assert at(server, alike) == Unclear(
        reason="videos of the same size are there, without our marker",
        candidates=("https://www.youtube.com/watch?v=vid00000001",),
    )


def test_a_sign_in_that_may_only_upload_says_what_it_cannot_see(server: YouTubeServer, tmp_path: Path) -> None:
    """Published all the same; looking for a lost one proves nothing."""

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        return (await published(channel, post))[1], await channel.find(post, since=now())

    outcome, found = at(server, do, UPLOAD)
    assert isinstance(outcome, Published)
    assert "may not read" in outcome.note
    assert isinstance(found, Unclear)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"uploadStatus": "failed", "failureReason": "codec"}, RefusalKind.MEDIA),
        ({"uploadStatus": "rejected", "rejectionReason": "duplicate"}, RefusalKind.DUPLICATE),
        ({"uploadStatus": "rejected", "rejectionReason": "copyright"}, RefusalKind.POLICY),
        ({"uploadStatus": "deleted"}, RefusalKind.UNKNOWN),
    ],
)
def test_what_youtube_makes_of_a_video_is_told(
    server: YouTubeServer, tmp_path: Path, told: dict[str, str], kind: RefusalKind
) -> None:
    """With what a person should do, and the video that is left."""
    server.processing_polls = 1
    server.outcome = told

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        handle = handle.model_copy(update={"extra": {"finished": True}})
        return await channel.look(handle, post), await channel.look(handle, post)

    first, second = at(server, do)
    assert isinstance(first, Processing)
    assert isinstance(second, Refusal)
    assert (second.kind, second.remote_id) == (kind, server.live[0].id)
    assert second.person_should


def test_a_locked_video_is_told(server: YouTubeServer, tmp_path: Path) -> None:
    """Google's pages contradict one another on unverified projects: it is seen, and said what to do."""

    async def do(channel: YouTube) -> Outcome:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        server.live[0].parts["status"]["privacyStatus"] = "private"
        return await channel.look(await channel.submit(handle, post), post)

    outcome = at(server, do)
    assert isinstance(outcome, Published)
    assert "keeps it private" in outcome.note
