"""What is special to LTX: sizes in pixels, an end-point for pictures that its jobs remember, long clips up to 1080p.

There is no official SDK: no witness here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.hosted_harnesses import LTXHarness
from support.wire import start, start_at

from reelwright.errors import InvalidInput
from reelwright.models.video.contract import Done, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.ltx import LTXServer
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size

HARNESS = LTXHarness()
PROMPT = "A paper boat drifts down a rain gutter."


@pytest.fixture
def server() -> Iterator[LTXServer]:
    """The API."""
    with LTXServer() as running:
        yield running


def wish(**changes: Any) -> VideoRequest:
    """Return a wish."""
    return HARNESS.request(**changes)


def test_a_text(studio: Studio) -> None:
    """The size is told in pixels; sound can be switched off; a shot's own options go along."""
    sent, _ = start_at(HARNESS, studio, wish(options={"camera_motion": "dolly_in", "fps": 24}))
    assert sent == {
        "prompt": PROMPT,
        "model": "ltx-2-3-fast",
        "duration": 4,
        "resolution": "720x1280",
        "generate_audio": False,
        "camera_motion": "dolly_in",
        "fps": 24,
    }


def test_pictures_have_an_end_point_of_their_own(server: LTXServer, studio: Studio) -> None:
    """A job that was started there is asked for there: the ticket remembers."""
    frame = picture(studio)
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish(first_frame=frame, last_frame=frame, audio=True))
    sent = server.calls[0].json
    assert server.calls[0].path == "/v2/image-to-video"
    assert sent["image_uri"].startswith("data:image/png")
    assert sent["last_frame_uri"].startswith("data:image/png")
    assert sent["generate_audio"] is True
    done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
    assert isinstance(done, Done)
    assert server.calls[-1].path == f"/v2/image-to-video/{ticket.remote_id}"


def test_a_last_frame_alone_is_left_out(studio: Studio) -> None:
    """A text's end-point takes no picture."""
    sent, ticket = start_at(HARNESS, studio, wish(last_frame=picture(studio)))
    assert "last_frame_uri" not in sent
    assert "only together with a first one" in ticket.warnings[0]


@pytest.mark.parametrize(("size", "fits"), [("1080x1920", True), ("1440x2560", False)])
def test_long_clips_are_made_up_to_1080p(studio: Studio, size: str, fits: bool) -> None:
    """What it would refuse is refused before anything is sent."""
    request = wish(seconds=12, size=Size.parse(size))
    if fits:
        sent, _ = start_at(HARNESS, studio, request)
        assert (sent["duration"], sent["resolution"]) == (12, size)
        return
    with pytest.raises(InvalidInput, match="at most 10 s"):
        start_at(HARNESS, studio, request)


@pytest.mark.parametrize(("wanted", "made"), [("5.5", 6), ("7", 8), ("9", 10), ("11", 12)])
def test_lengths_have_gaps(studio: Studio, wanted: str, made: int) -> None:
    """The next length that it makes, never a shorter one."""
    sent, ticket = start_at(HARNESS, studio, wish(seconds=wanted))
    assert sent["duration"] == ticket.seconds == made


def test_the_key_can_be_checked_for_free(server: LTXServer, studio: Studio) -> None:
    """A question about a job that is not there shows whether the key works, and starts nothing."""
    with_model(studio, HARNESS.entry(server.url), lambda model: model.check())  # type: ignore[attr-defined]
    assert server.created == 0
