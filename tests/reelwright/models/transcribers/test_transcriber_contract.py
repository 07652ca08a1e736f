"""Remote transcribers, and what becomes of a narration whose narrator tells no word times."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openai as openai_sdk
import pytest
from elevenlabs.client import ElevenLabs as ElevenLabsSdk
from jsonschema import Draft202012Validator

from reelwright.errors import FailureKind, ProviderError, StartAmbiguous
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.narrators.spoken import estimated_times
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.models.transcribers.contract import Alignment, AlignmentRequest, Hearing, HearingRequest
from reelwright.stages.shots import Narration, narrate
from reelwright.stages.words import Listener
from reelwright.studio import Studio
from reelwright.testing.servers import elevenlabs, openai, openai_speech
from reelwright.testing.servers.sounds import wav, word_times
from reelwright.testing.servers.strict import Drop, Reply, StrictServer

LINE = "Bread does not dry out: it turns back into crystal."


@dataclasses.dataclass(frozen=True)
class Vendor:
    """One protocol and its server."""

    protocol: str
    serve: Callable[[], Any]
    model: str
    key: str
    quota: Reply


VENDORS = (
    Vendor(
        "openai-transcriptions",
        openai_speech.OpenAiSpeech,
        openai_speech.LISTENING,
        openai.KEY,
        Reply(429, {"error": {"message": "No.", "type": "x", "param": None, "code": "insufficient_quota"}}),
    ),
    Vendor(
        "elevenlabs-alignment",
        elevenlabs.ElevenLabs,
        "",
        elevenlabs.KEY,
        Reply(401, {"detail": {"status": "quota_exceeded", "message": "No."}}),
    ),
)


@dataclasses.dataclass
class Bench:
    """One vendor's server, and the transcriber that a recipe makes of it."""

    vendor: Vendor
    server: StrictServer
    studio: Studio
    speech: Path

    def entry(self, **changes: Any) -> Any:
        """The entry, defined in place."""
        server: Any = self.server
        named = {"name": "listener", "protocol": self.vendor.protocol, "model": self.vendor.model}
        told = {"base_url": server.base_url, "api_key": {"env": "EAR_KEY"}}
        return self.studio.catalogue.resolve(named | told | changes, "transcriber")

    def align(self, text: str = LINE, **changes: Any) -> Alignment:
        """The times of the words; the client is closed."""
        transcriber = self.studio.transcriber(self.entry(**changes))

        async def ask() -> Alignment:
            try:
                return await transcriber.align(self.speech, AlignmentRequest(text=text), idempotency_key="key-1")
            finally:
                await transcriber.aclose()

        return asyncio.run(ask())


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.protocol)
def bench(
    request: pytest.FixtureRequest, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """Each vendor in turn, and a spoken line."""
    vendor: Vendor = request.param
    monkeypatch.setenv("EAR_KEY", vendor.key)
    speech = tmp_path / "speech.wav"
    speech.write_bytes(wav(LINE))
    with vendor.serve() as server:
        yield Bench(vendor, server, studio, speech)


def test_each_written_word_gets_the_time_it_is_heard_at(bench: Bench) -> None:
    """Joined they are the line, within a thousandth of a second."""
    words = bench.align().words
    assert " ".join(word.text for word in words) == LINE
    for word, (_, start, end) in zip(words, word_times(LINE), strict=True):
        assert abs(word.start - start) < Fraction(1, 1000)
        assert abs(word.end - end) < Fraction(1, 1000)


def test_minutes_are_paid_by_the_table(bench: Bench) -> None:
    """4.3 s at $0.006 a minute; without a price it is said."""
    assert bench.align(usd_per_minute="0.006").charge.usd == Decimal("0.000430")
    assert "price of listener is not known" in bench.align().warnings[0]


def test_no_money_is_no_money(bench: Bench) -> None:
    """A 401 or a 429 may mean it."""
    bench.server.then(bench.vendor.quota)
    with pytest.raises(ProviderError) as caught:
        bench.align()
    assert (caught.value.kind, len(bench.server.calls)) == (FailureKind.BILLING, 1)
    assert bench.vendor.key not in str(caught.value.to_json())


def test_no_clear_answer_is_ambiguous_and_never_repeated(bench: Bench) -> None:
    """It may be billed."""
    bench.server.then(Drop())
    with pytest.raises(StartAmbiguous):
        bench.align()
    assert len(bench.server.calls) == 1


@pytest.mark.parametrize("bench", VENDORS[:1], indirect=True, ids=[""])
def test_another_text_than_the_written_one_gives_no_times(bench: Bench) -> None:
    """Rather none than wrong ones."""
    server: Any = bench.server
    server.heard = "Something else was said entirely here today my friends."
    made = bench.align()
    assert made.words == ()
    assert "told no times" in made.warnings[-1]


@pytest.mark.parametrize("bench", VENDORS[:1], indirect=True, ids=[""])
def test_openai_is_asked_as_published(bench: Bench) -> None:
    """Word times come with one model and one format only; the answer fits the published schema."""
    bench.align()
    told = {part.name: part.text for part in bench.server.calls[0].parts if part.name != "file"}
    assert (told["response_format"], told["timestamp_granularities[]"]) == ("verbose_json", "word")
    with openai_sdk.OpenAI(base_url=bench.server.base_url, api_key=openai.KEY) as client:  # type: ignore[attr-defined]
        answer = client.audio.transcriptions.create(
            model=openai_speech.LISTENING,
            file=bench.speech,
            response_format="verbose_json",
            timestamp_granularities=["word"],
            prompt=LINE,
        )
    assert [word.word for word in answer.words or ()][:2] == ["Bread", "does"]
    schema = {**openai.SCHEMAS["CreateTranscriptionResponseVerboseJson"], "$defs": openai.SCHEMAS}
    Draft202012Validator(schema).validate(answer.model_dump(exclude_unset=True))


@pytest.mark.parametrize("bench", VENDORS[:1], indirect=True, ids=[""])
def test_openai_hears_without_being_told_what_to_hear(bench: Bench) -> None:
    """Neither the script nor the language goes out: what is told is what is heard."""
    server: Any = bench.server
    server.heard = "Something else was said."
    transcriber: Any = bench.studio.transcriber(bench.entry())

    async def ask() -> Hearing:
        try:
            hearing: Hearing = await transcriber.hear(bench.speech, HearingRequest(language="de"), idempotency_key="k")
        finally:
            await transcriber.aclose()
        return hearing

    heard = asyncio.run(ask())
    assert (heard.text, heard.language, len(heard.words)) == ("Something else was said.", "en", 4)
    assert {part.name for part in bench.server.calls[0].parts}.isdisjoint({"prompt", "language"})


@pytest.mark.parametrize("bench", VENDORS[1:], indirect=True, ids=[""])
def test_the_official_client_aligns_with_the_server(bench: Bench) -> None:
    """ElevenLabs' own SDK."""
    sdk = ElevenLabsSdk(api_key=elevenlabs.KEY, base_url=bench.server.url)
    with bench.speech.open("rb") as file:
        made = sdk.forced_alignment.create(file=file, text=LINE)
    sdk._client_wrapper.httpx_client.httpx_client.close()
    assert [word.text for word in made.words if word.text.strip()] == LINE.split()


# From what was heard to what was written.


def spoken(*texts: str) -> list[Heard]:
    """Words of half a second each."""
    half = Fraction(1, 2)
    return [Heard(text=text, start=number * half, end=(number + 1) * half) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("written", "heard", "starts"),
    [
        ("In 1969 they flew", ["in", "nineteen", "sixty", "nine", "they", "flew"], [0.0, 0.5, 2.0, 2.5]),
        ("Bread — and salt", ["Bread", "and", "salt"], [0.0, None, 0.5, 1.0]),
        ("It's $5 a loaf", ["its", "five", "dollars", "a", "loaf"], [0.0, 0.5, 1.5, 2.0]),
        ("Über CAFÉ hinaus", ["uber", "cafe", "hinaus"], [0.0, 0.5, 1.0]),
        ("one two three four", ["one", "two", "four"], [0.0, 0.5, None, 1.0]),
    ],
)
def test_numbers_signs_and_accents_find_their_place(written: str, heard: list[str], starts: list[float | None]) -> None:
    """Words that are alike anchor the rest; all times are in order."""
    words = placed(written.split(), spoken(*heard), Fraction(4))
    assert words is not None
    assert [word.text for word in words] == written.split()
    for word, start in zip(words, starts, strict=True):
        if start is not None:
            assert float(word.start) == pytest.approx(start, abs=0.001)
    assert all(one.start < one.end <= other.start for one, other in itertools.pairwise(words))


def test_half_of_the_words_must_be_alike() -> None:
    """Else it is another text."""
    assert placed(["one", "two", "three"], spoken("four", "five", "three"), Fraction(2)) is None
    assert placed(["one"], [], Fraction(2)) is None


# Narrations without word times.


def test_an_estimate_follows_the_pauses_that_can_be_heard(tmp_path: Path) -> None:
    """The tones are parted by 100 ms, clauses by more: each clause lies where it sounds."""
    import numpy as np  # noqa: PLC0415

    from reelwright.testing.servers.sounds import samples  # noqa: PLC0415

    first, second = samples("a b c", 24_000), samples("d e", 24_000)
    path = tmp_path / "speech.wav"
    write(path, np.concatenate([first, np.zeros(12_000, np.int16), second]))
    words = estimated_times("Now listen, friends: breathe out", path)
    assert [word.text for word in words] == ["Now", "listen,", "friends:", "breathe", "out"]
    assert float(words[0].start) == pytest.approx(0.2, abs=0.02)
    whole = estimated_times("Now we all listen: breathe out", path)
    assert float(whole[4].start) == pytest.approx(len(first) / 24_000 + 0.5 + 0.2, abs=0.02)


def test_silence_is_estimated_over_its_whole_length(tmp_path: Path) -> None:
    """No division by nothing."""
    import numpy as np  # noqa: PLC0415

    path = tmp_path / "speech.wav"
    write(path, np.zeros(24_000, np.int16))
    assert estimated_times("so quiet", path)[-1].end == 1


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
    return asyncio.run(narrate(studio, entry, NarrationRequest(text=LINE), listener=heard_by))


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


def write(path: Path, sound: Any) -> None:
    """Write samples as WAV."""
    import wave  # noqa: PLC0415

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(sound.tobytes())
