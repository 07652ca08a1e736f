"""What becomes of a narration whose narrator tells no word times: a transcriber finds them, or they are estimated."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from reelwright.models.narrators.contract import NarrationRequest
from reelwright.stages.shots import Narration, speak
from reelwright.stages.words import Listener
from reelwright.studio import Studio
from reelwright.testing.servers import openai, openai_speech
from reelwright.testing.servers.sounds import word_times
from reelwright.testing.transcribers import LINE


@pytest.fixture
def speaker(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[openai_speech.OpenAiSpeech, Any]]:
    """A narrator without word times, and its entry."""
    monkeypatch.setenv("EAR_KEY", openai.KEY)
    with openai_speech.OpenAiSpeech() as server:
        named = {"name": "speaker", "protocol": "openai-speech", "model": openai_speech.SPEECH}
        told = {"base_url": server.base_url, "api_key": {"env": "EAR_KEY"}, "usd_per_1000_characters": "0.1"}
        yield server, studio.catalogue.resolve(named | told, "narrator")


def narrated(studio: Studio, entry: Any, listener: Any = None) -> Narration:
    """A narration."""
    heard_by = Listener(listener) if listener is not None else None
    return asyncio.run(speak(studio, entry, NarrationRequest(text=LINE), listener=heard_by))


def test_without_a_transcriber_the_times_are_estimated_and_that_is_said(
    studio: Studio, speaker: tuple[Any, Any]
) -> None:
    """Every word has one; the second time nothing is asked."""
    server, entry = speaker
    made = narrated(studio, entry)
    assert [word.text for word in made.words] == LINE.split()
    assert any("estimate" in text for text in made.warnings)
    assert (made.hit, made.charge.usd) == (False, Decimal("0.0051"))
    assert narrated(studio, entry).hit
    assert len(server.calls) == 1


def listener_of(studio: Studio, server: Any, **changes: Any) -> Any:
    """A transcriber at the same host."""
    named = {"name": "listener", "protocol": "openai-transcriptions", "model": openai_speech.LISTENING}
    told = {"base_url": server.base_url, "api_key": {"env": "EAR_KEY"}, "usd_per_minute": "0.6"}
    return studio.catalogue.resolve(named | told | changes, "transcriber")


def test_a_transcriber_finds_the_times_and_is_paid_once(studio: Studio, speaker: tuple[Any, Any]) -> None:
    """Its charge is added; nobody speaks of an estimate."""
    server, entry = speaker
    listener = listener_of(studio, server)
    made = narrated(studio, entry, listener)
    assert float(made.words[1].start) == pytest.approx(float(word_times(LINE)[1][1]), abs=0.001)
    assert (made.warnings, made.charge.usd) == ((), Decimal("0.0051") + Decimal("0.043"))
    again = narrated(studio, entry, listener)
    assert (again.hit, len(server.calls)) == (True, 2)


def test_a_transcriber_that_fails_leaves_an_estimate(studio: Studio, speaker: tuple[Any, Any]) -> None:
    """The narration is not lost, and the reason is told."""
    server, entry = speaker
    listener = listener_of(studio, server, model="gone")
    made = narrated(studio, entry, listener)
    assert len(made.words) == len(LINE.split())
    assert any("does not exist" in text for text in made.warnings)
