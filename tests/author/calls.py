"""Tests of parts of one's own that one call answers: a picture, a text, a voice, an ear."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, assert_type

from reelwright import FailureKind, Size
from reelwright.models.images.contract import ImageRequest
from reelwright.models.images.contract import Picture as Drawn
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.transcribers.contract import Alignment, AlignmentRequest
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.testing import (
    KEY,
    KEY_NAME,
    CallHarness,
    CallTrial,
    Failure,
    ImageContract,
    ImageHarness,
    NarratorContract,
    NarratorHarness,
    TranscriberContract,
    TranscriberHarness,
    WriterContract,
    WriterHarness,
    studio,
)
from reelwright.testing.servers.sounds import wav
from reelwright.testing.servers.stills import picture
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

BUSY = Failure(FailureKind.BUSY, status=503, body={"error": "the GPU restarts"}, headers={"Retry-After": "2"})


class HouseServer(StrictServer):
    """The house's server of small models. What it does not know, it refuses."""

    def answer(self, call: Call) -> Reply:
        """Answer as the house's server does."""
        if call.headers.get("authorization") != f"Bearer {KEY}":
            raise Refused(401, "who is there?")
        if call.path == "/draw":
            return Reply(body=picture(720, 1280), media_type="image/png")
        if call.path == "/speak":
            return Reply(body=wav(call.json["text"]), media_type="audio/wav")
        raise Refused(404, "no such page")


def definition(protocol: str, server_url: str) -> dict[str, Any]:
    """Return an entry: what a recipe says."""
    return {"name": "house", "protocol": protocol, "base_url": server_url, "api_key": {"env": KEY_NAME}}


class PainterHarness(ImageHarness):
    """The house's image model."""

    name = "house-painter"
    prices: Mapping[str, Any] = {"usd_each": "0.01"}
    usd = "0.01"
    reference_images = 0
    failures: Mapping[str, Failure] = {"restart": BUSY}

    def make_server(self) -> StrictServer:
        """Return the server that stands in for the house's."""
        return HouseServer()

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return definition("painter.py", server_url)

    def drawn(self, size: Size) -> bytes | None:
        """Return what the server draws."""
        return picture(size.width, size.height)


class TestPainter(ImageContract):
    """Everything that a start frame relies on."""

    harnesses = (PainterHarness(),)

    def test_it_draws_png(self, trial: CallTrial[ImageRequest, Drawn]) -> None:
        """Without loss."""
        made = assert_type(trial.ask(), Drawn)
        assert io.BytesIO(made.data).read(4) == b"\x89PNG"


class VoiceHarness(NarratorHarness):
    """The house's narrator."""

    name = "house-voice"
    unknown_voice = "carl"

    def make_server(self) -> StrictServer:
        """Return the server that stands in for the house's."""
        return HouseServer()

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return definition("voice.py", server_url)


class TestVoice(NarratorContract):
    """Everything that a narration relies on."""

    harnesses = (VoiceHarness(),)

    def test_it_speaks_german(self, trial: CallTrial[NarrationRequest, Speech]) -> None:
        """Of which it is told."""
        speech = trial.ask(trial.harness.request(text="Warum?", language="de"))
        assert assert_type(speech.seconds, Fraction) > 0
        assert json.loads(trial.server.calls[0].body)["language"] == "de"


class EarHarness(TranscriberHarness):
    """The house's transcriber, which runs in this process and knows the times."""

    name = "house-ear"
    is_remote = False

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return {**definition("ear.py", server_url), "api_key": None}

    def times(self) -> Sequence[tuple[Fraction, Fraction]]:
        """Return when each word of the line is said."""
        return ()


class TestEar(TranscriberContract):
    """Everything that captions rely on."""

    harnesses = (EarHarness(),)

    def test_it_costs_nothing(self, trial: CallTrial[AlignmentRequest, Alignment]) -> None:
        """It is ours."""
        assert assert_type(trial.ask().charge.usd, Decimal) == 0


class AuthorHarness(WriterHarness):
    """The house's writer, which is a rule."""

    name = "house-author"
    is_remote = False

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        return {**definition("author.py", server_url), "api_key": None}


class TestAuthor(WriterContract):
    """Everything that a script relies on."""

    harnesses = (AuthorHarness(),)


def drafted(folder: Path) -> Draft:
    """Ask the writer once, as a notebook does."""
    with studio(AuthorHarness(), home=folder) as trial:
        assert_type(trial, CallTrial[WritingRequest, Draft])
        return trial.ask(entry=trial.entry(prompt_characters=4000))


def asked_twice(harness: CallHarness[ImageRequest, Drawn]) -> list[str]:
    """Return what goes to whichever image model's server when its usual wish is asked for twice."""
    with studio(harness) as trial:
        return [trial.ask().media_type for _ in range(2)] + [trial.told]


def wrong(trial: CallTrial[ImageRequest, Drawn], line: NarrationRequest) -> None:
    """What an editor underlines."""
    trial.ask(line)  # type: ignore[arg-type]  # an image model draws
    trial.ask().words  # type: ignore[attr-defined]  # noqa: B018 - and does not speak
    trial.ask(trial.entry())  # type: ignore[arg-type]  # by name: entry=
    asked_twice(VoiceHarness())  # type: ignore[arg-type]
    BUSY.billed = True  # type: ignore[misc]  # frozen
