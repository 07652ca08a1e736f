"""The networks through the outbox: what nobody can tell is said to be unknown, and read again until it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.network_channels import FACEBOOK, INSTAGRAM, TIKTOK

from reelwright.errors import ReelwrightError
from reelwright.publishing.contract import OutcomeUnknown
from reelwright.publishing.reconcile import reconcile
from reelwright.publishing.values import Publication
from reelwright.testing.channel import ChannelHarness, Newsroom
from reelwright.testing.post import post
from reelwright.testing.releases import episode_in

Open = Callable[[ChannelHarness], Newsroom]


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """A home, an episode and a platform."""
    with ExitStack() as stack:

        def opened(harness: ChannelHarness) -> Newsroom:
            platform = stack.enter_context(harness.platform(tmp_path))
            for name, value in harness.environment(platform).items():
                monkeypatch.setenv(name, value)
            return Newsroom(harness, platform, tmp_path / "home", episode_in(tmp_path, harness.kind))

        yield opened


def publish(room: Newsroom, patience_seconds: float = 30) -> Publication:
    """Publish in this process."""
    desk = room.desk()
    try:
        return asyncio.run(post(desk, room.entry, room.episode, patience_seconds))
    finally:
        desk.database.close()


def read_again(room: Newsroom) -> str:
    """Reconcile; return the state that it came to."""
    desk = room.desk()
    try:
        (told,) = asyncio.run(reconcile(desk, [room.entry]))
    finally:
        desk.database.close()
    return told.after


def test_a_tiktok_post_that_nobody_can_read_is_unknown_until_it_can(newsroom: Open) -> None:
    """The last byte's answer is lost and TikTok knows no such number: a person is told; later reading proves it."""
    room = newsroom(TIKTOK)
    error = {"code": "invalid_publish_id", "message": "Unable to find it", "log_id": "2026"}
    room.platform.fail("upload", "drop_after")
    # The first question is how many bytes are there already.
    room.platform.fail("status", "reply", skip=1, times=99, status=400, body={"data": {}, "error": error})
    with pytest.raises(OutcomeUnknown) as unknown:
        publish(room)
    assert "reconcile" in unknown.value.hint
    assert [line.state for line in room.rows()] == ["unknown"]
    assert read_again(room) == "unknown"
    room.platform.faults.clear()
    assert read_again(room) in {"published", "submitted"}
    assert publish(room).state == "published"
    assert (room.posts, room.platform.counts["upload"]) == (1, 1)


def test_an_instagram_post_that_was_forgotten_is_found_by_its_mark(newsroom: Open) -> None:
    """The answer is lost and the container can no longer be read: the list of media proves it when it shows it."""
    room = newsroom(INSTAGRAM)
    room.platform.fail("publish", "drop_after")
    room.platform.hides_status = True
    room.platform.fail("listing", "reply", times=1, status=200, body={"data": []})
    with pytest.raises(OutcomeUnknown):
        publish(room)
    assert read_again(room) == "published"
    done = publish(room)
    assert (done.state, room.posts, room.platform.counts["publish"]) == ("published", 1, 1)
    assert done.url.startswith("https://www.instagram.com/reel/")


def test_a_facebook_finish_that_shows_late_makes_one_reel(newsroom: Open) -> None:
    """Its answer is lost and the video looks untouched for a while: it is finished again, for the same video."""
    room = newsroom(FACEBOOK)
    room.platform.fail("finish", "drop_after")
    room.platform.lags = 3
    assert publish(room).state == "published"
    assert room.posts == 1


def test_what_tiktok_gave_up_on_begins_anew(newsroom: Open) -> None:
    """A failure that TikTok calls retryable: a second number, one post."""
    room = newsroom(TIKTOK)
    room.platform.outcomes.append("internal")
    assert publish(room).state == "published"
    assert (room.posts, room.platform.created) == (1, 2)


@pytest.mark.parametrize("network", [TIKTOK, INSTAGRAM, FACEBOOK], ids=repr)
def test_a_line_that_breaks_in_the_middle_of_the_bytes_is_one_post(newsroom: Open, network: ChannelHarness) -> None:
    """The network is asked how much it has, and gets the rest."""
    room = newsroom(network)
    room.platform.break_upload_after = 50_000
    done = publish(room)
    assert (done.state, room.posts, room.platform.created) == ("published", 1, 1)
    assert room.platform.posts[0].body == (room.episode / "episode.mp4").read_bytes()
    kept_half = network is not TIKTOK  # there a chunk counts whole or not at all
    size = (room.episode / "episode.mp4").stat().st_size
    assert sum(room.platform.sent.values()) == (2 * size - 50_000 if kept_half else 2 * size)


@pytest.mark.parametrize("network", [TIKTOK, INSTAGRAM, FACEBOOK], ids=repr)
def test_a_network_that_hurries_us_is_asked_again_later(newsroom: Open, network: ChannelHarness) -> None:
    """It rests for as long as the platform says, live in the ledger, rather than fail."""
    room = newsroom(network)
    operation = {"tiktok": "init", "instagram": "container", "facebook": "start"}[network.kind]
    tiktok = {"data": {}, "error": {"code": "rate_limit_exceeded", "message": "Slow down", "log_id": "1"}}
    meta = {"error": {"message": "(#4) Application request limit reached", "code": 4, "type": "OAuthException"}}
    status, body = (429, tiktok) if network is TIKTOK else (403, meta)
    room.platform.fail(operation, "reply", status=status, body=body)
    waiting = publish(room, patience_seconds=0)
    assert (waiting.state, waiting.waits, room.posts) == ("intent", True, 0)
    assert waiting.not_before is not None
    assert waiting.not_before > datetime.now(UTC) + timedelta(seconds=30)


@pytest.mark.parametrize("network", [TIKTOK, INSTAGRAM, FACEBOOK], ids=repr)
def test_a_dead_token_fails_with_the_command_that_mends_it(newsroom: Open, network: ChannelHarness) -> None:
    """No post, no token in the words, and what a person should do."""
    room = newsroom(network)
    secret = room.platform.access_token
    if network is TIKTOK:
        room.platform.issuer.revoke()
    else:
        room.platform.is_revoked = True
    with pytest.raises(ReelwrightError) as failed:
        publish(room)
    assert "reelwright auth" in failed.value.hint
    assert secret not in str(failed.value) + str(failed.value.to_json())
    assert (room.posts, [line.state for line in room.rows()]) == (0, ["failed"])
