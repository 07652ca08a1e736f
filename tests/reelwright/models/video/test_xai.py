"""What is special to xAI: blocked clips that are "done", answers that say little, costs in ticks.

Its official SDK speaks gRPC, not this API: there is no witness here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.hosted_harnesses import XAIHarness
from support.wire import start, start_at

from reelwright.models.video.contract import Charge, Done, Pending, Reference, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.xai import FIRST, XAIServer
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size

HARNESS = XAIHarness()
PROMPT = "A paper boat drifts down a rain gutter."


@pytest.fixture
def server() -> Iterator[XAIServer]:
    """The videos."""
    with XAIServer() as running:
        yield running


def wish(**changes: Any) -> VideoRequest:
    """Return a wish."""
    return HARNESS.request(**changes)


def test_a_text(studio: Studio) -> None:
    """Shape and resolution are words, the length a number; sound can be switched off."""
    sent, _ = start_at(HARNESS, studio, wish())
    assert sent == {
        "model": "grok-imagine-video-1.5",
        "prompt": PROMPT,
        "duration": 4,
        "aspect_ratio": "9:16",
        "resolution": "720p",
        "generate_audio": False,
    }


def test_frames_references_and_voices(studio: Studio) -> None:
    """The newer model takes them together; preset voices are a shot's own option."""
    frame = picture(studio)
    request = wish(
        first_frame=frame,
        last_frame=frame,
        references=(Reference(role="image", asset=frame),),
        audio=True,
        options={"reference_audios": [{"voice_id": "eve"}]},
    )
    sent, ticket = start_at(HARNESS, studio, request)
    assert sent["image"] == sent["last_frame"] == {"url": "data:image/png"}
    assert sent["reference_images"] == [{"url": "data:image/png"}]
    assert (sent["reference_audios"], sent["generate_audio"]) == ([{"voice_id": "eve"}], True)
    assert ticket.warnings == ()


def test_the_first_model_takes_frames_or_references(studio: Studio) -> None:
    """What it does not take is left out and told; its sound cannot be switched off."""
    frame = picture(studio)
    request = wish(first_frame=frame, last_frame=frame, references=(Reference(role="image", asset=frame),))
    sent, ticket = start_at(HARNESS, studio, request, model=FIRST)
    assert {"last_frame", "reference_images", "generate_audio"}.isdisjoint(sent)
    assert [warning.partition("takes ")[2] for warning in ticket.warnings] == [
        "no last frame",
        "frames or references: the references are left out",
    ]


def test_480p_has_no_exact_shape(studio: Studio) -> None:
    """854 is not 480 times 16 by 9; the shape is told all the same."""
    sent, ticket = start_at(HARNESS, studio, wish(size=Size.parse("480x854")))
    assert (sent["aspect_ratio"], sent["resolution"]) == ("9:16", "480p")
    assert ticket.size == Size.parse("480x854")


def test_answers_that_say_little(server: XAIServer, studio: Studio) -> None:
    """An empty 202 is a job that waits; a clip without a status is one that is done, its cost untold."""
    server.says_little = True
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    assert isinstance(with_model(studio, entry, lambda model: model.poll(ticket)), Pending)
    done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
    assert isinstance(done, Done)
    assert done.charge is None


def test_the_answer_says_what_it_cost(server: XAIServer, studio: Studio) -> None:
    """Ticks become dollars, exactly."""
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
    assert isinstance(done, Done)
    assert done.charge == Charge(usd=Decimal("0.56"), source="vendor")


def test_a_cost_below_a_millionth_is_still_an_amount(server: XAIServer, studio: Studio) -> None:
    """More digits than money has are rounded, not refused."""
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    body = {"status": "done", "video": {"url": "https://x.example/a.mp4"}, "usage": {"cost_in_usd_ticks": 5600001234}}
    server.fail("retrieve", "reply", status=200, body=body)
    done = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(done, Done)
    assert done.charge is not None
    assert done.charge.usd == Decimal("0.560000")


def test_the_key_can_be_checked_for_free(server: XAIServer, studio: Studio) -> None:
    """The models are asked for, and nothing is started."""
    with_model(studio, HARNESS.entry(server.url), lambda model: model.check())  # type: ignore[attr-defined]
    assert (server.counts["models"], server.created) == (1, 0)
