# ruff: noqa: INP001, S101 - a test, not a package
"""The narrator of `own_narrator.py` keeps the contract of narrators: `pytest examples/test_own_narrator.py`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reelwright import FailureKind
from reelwright.testing import KEY, KEY_NAME, CallTrial, Failure, NarratorContract, NarratorHarness
from reelwright.testing.servers.sounds import wav
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

FIELDS = {"model": str, "text": str, "voice": str, "speed": float}


class SpeechServer(StrictServer):
    """The speech server: a tone for each word. What it does not know, it refuses."""

    def answer(self, call: Call) -> Reply:
        """Speak a line."""
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "who is there?")
        if (call.method, call.path) != ("POST", "/speak"):
            raise Refused(404, "no such page")
        if {name: type(value) for name, value in call.json.items()} != FIELDS:
            raise Refused(422, f"a line has {', '.join(FIELDS)}")
        if call.json["voice"] not in {"anna", "ben"}:
            raise Refused(404, f"no voice {call.json['voice']}")
        return Reply(body=wav(call.json["text"]), media_type="audio/wav")


def refused(kind: FailureKind, status: int, message: str) -> Failure:
    """A refusal as this server words it."""
    return Failure(kind, status=status, body={"error": {"message": message}})


class HouseVoiceHarness(NarratorHarness):
    """The narrator at that server."""

    name = "house-voice"
    prices: Mapping[str, Any] = {"usd_per_1000_characters": "0.10"}
    usd = "0.0051"  # of the usual line, 51 characters
    failures: Mapping[str, Failure] = {
        "key": refused(FailureKind.AUTH, 401, "who is there?"),
        "model": refused(FailureKind.RETIRED, 404, "no model warm-1"),
        "voice": refused(FailureKind.INVALID_REQUEST, 404, "no voice carl"),
        "field": refused(FailureKind.INVALID_REQUEST, 422, "a line has model, text, voice, speed"),
        "queue": Failure(FailureKind.BUSY, status=429, body={"error": "queue full"}, headers={"Retry-After": "2"}),
        "broken": refused(FailureKind.BUSY, 500, "CUDA out of memory"),
        "a page": Failure(FailureKind.MEDIA_REJECTED, status=200, body="<html>restarting</html>", billed=True),
    }

    def make_server(self) -> StrictServer:
        """Return the server that stands in for the house's."""
        return SpeechServer()

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a recipe says."""
        return {
            "name": "house",
            "protocol": str(Path(__file__).with_name("own_narrator.py")),
            "base_url": server_url,
            "model": "warm-2",
            "api_key": {"env": KEY_NAME},
        }


class TestHouseVoice(NarratorContract):
    """Everything that a narration relies on."""

    harnesses = (HouseVoiceHarness(),)

    def test_words_are_sent_as_they_are_said(self, trial: CallTrial[Any, Any]) -> None:
        """Whole words, and no others."""
        trial.ask(trial.harness.request(text="Reelwright's WAV, no WAVES."))
        (call,) = trial.server.calls
        assert call.json["text"] == "reel right's wave, no WAVES."
