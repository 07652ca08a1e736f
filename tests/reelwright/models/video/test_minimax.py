"""`minimax` on the wire: ratio or frame, seconds that are charged, what cancelling may not delete."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.minimax_harness import MINIMAX
from support.wire import start, start_at

from reelwright.catalogue import Catalogue
from reelwright.errors import InvalidInput
from reelwright.models.video.contract import Done, Failed, Pending, Reference, VideoModel
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.video import picture, with_model
from reelwright.values import Size

PROMPT = "A paper boat drifts down a rain gutter."


def test_text_alone_tells_the_ratio(studio: Studio) -> None:
    """Without a picture the vendor does not guess the shape; five seconds are the least."""
    body, ticket = start_at(MINIMAX, studio, MINIMAX.request(seconds=3, audio=True))
    assert body == {
        "model": "MiniMax-H3",
        "content": [{"type": "text", "text": PROMPT}],
        "resolution": "768P",
        "duration": 5,
        "ratio": "9:16",
    }
    assert ticket.warnings == ()


def test_a_frame_has_the_ratio(studio: Studio) -> None:
    """Beside a frame the ratio must not be said, and references give way."""
    face = Reference(role="image", asset=picture(studio, 400, 400))
    frames = {"first_frame": picture(studio), "last_frame": picture(studio, 500, 500)}
    body, ticket = start_at(MINIMAX, studio, MINIMAX.request(references=(face,), **frames))
    assert "ratio" not in body
    assert [item.get("role") for item in body["content"]] == [None, "first_frame", "last_frame"]
    assert ticket.warnings == ("test-h3 takes frames or references: the references are left out",)


@pytest.mark.parametrize(
    ("wanted", "made", "resolution", "ratio"),
    [
        ("720x1280", "768x1366", "768P", "9:16"),
        ("1080x1920", "1440x2560", "2K", "9:16"),
        ("1920x1080", "2560x1440", "2K", "16:9"),
        ("768x768", "768x768", "768P", "1:1"),
    ],
)
def test_a_size_is_told_as_resolution_and_ratio(
    wanted: str, made: str, resolution: str, ratio: str, studio: Studio
) -> None:
    """The smallest that is large enough: 768P or 2K."""
    body, ticket = start_at(MINIMAX, studio, MINIMAX.request(size=Size.parse(wanted)))
    assert (body["resolution"], body["ratio"], str(ticket.size)) == (resolution, ratio, made)


def test_what_the_account_is_charged_counts_the_seconds_that_were_given(studio: Studio) -> None:
    """Reference videos are charged by the second too: the vendor tells how many."""
    clip = Reference(role="video", asset=studio.vault.put_bytes(small_clip("720x1280", 4), "video/mp4"))
    with MINIMAX.make_server() as server:
        server.plan.polls = 0
        entry = MINIMAX.entry(server.url)
        ticket = start(studio, entry, MINIMAX.request(references=(clip,)))
        done = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(done, Done)
    assert done.charge is not None
    assert (done.charge.usd, done.charge.estimated) == (Decimal("0.72"), False)


def test_only_a_queued_job_is_cancelled(studio: Studio) -> None:
    """A running one is let run, and a finished one kept: the same call would delete its clip."""
    with MINIMAX.make_server() as server:
        server.plan.polls = 9

        async def use(model: VideoModel) -> None:
            ticket = await model.start(MINIMAX.request(), idempotency_key="one")
            for _ in range(2):
                state = await model.poll(ticket)
            assert isinstance(state, Pending)
            assert state.note == "running"
            assert await model.cancel(ticket) is False
            assert server.counts["cancel"] == 0
            queued = await model.start(MINIMAX.request(), idempotency_key="two")
            assert await model.cancel(queued) is True
            assert isinstance(await model.poll(queued), Failed)

        with_model(studio, MINIMAX.entry(server.url), use)


def test_a_refused_cancel_is_no_proof(studio: Studio) -> None:
    """A job that began as it was cancelled may go on and be charged."""
    with MINIMAX.make_server() as server:
        server.plan.polls = 9
        entry = MINIMAX.entry(server.url)
        ticket = start(studio, entry, MINIMAX.request())
        server.fail("cancel", "reply", status=400, body={"error": {"type": "bad_request_error", "message": "(2013)"}})
        assert with_model(studio, entry, lambda model: model.cancel(ticket)) is False


def test_a_prompt_that_is_too_long_is_refused_before_any_call(studio: Studio) -> None:
    """Seven thousand characters, with style and camera."""
    with MINIMAX.make_server() as server, pytest.raises(InvalidInput, match="7000 characters"):
        start(studio, MINIMAX.entry(server.url), MINIMAX.request(prompt="a" * 7001))
    assert server.calls == []


def test_a_job_that_is_not_known_is_lost_in_the_vendors_words(studio: Studio) -> None:
    """A job that the vendor does not know is lost, in its own words."""
    with MINIMAX.make_server() as server:
        entry = MINIMAX.entry(server.url)
        ticket = start(studio, entry, MINIMAX.request())
        body: dict[str, Any] = {"type": "error", "error": {"type": "not_found_error", "message": "task not found"}}
        server.fail("retrieve", "reply", times=1, status=404, body=body)
        ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(ended, Failed)
    assert "task not found" in ended.reason


def test_the_entry_of_the_catalogue_is_priced_by_size() -> None:
    """768P and 2K have prices of their own, as the vendor says."""
    entry = Catalogue.load().resolve("minimax-h3", "video")
    five = entry.seconds[0]
    assert entry.price(five, size=Size.parse("768x1366")) == Decimal("0.4")
    assert entry.price(five, size=Size.parse("1440x2560")) == Decimal("0.65")
    assert (entry.audio, entry.reference_images, entry.cancels) == ("always", 9, True)
