"""One suite over every remote narrator: sound, length, word times, charges, failures, one payment, no secret."""

from __future__ import annotations

import asyncio
import dataclasses
import wave
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openai as openai_sdk
import pytest
from elevenlabs.client import ElevenLabs as ElevenLabsSdk
from google import genai
from google.genai import types

from reelwright.errors import FailureKind, InvalidInput, ProviderError, StartAmbiguous
from reelwright.models.narrators.contract import NarrationRequest, Narrator, Speech
from reelwright.studio import Studio
from reelwright.testing.servers import elevenlabs, gemini, openai, openai_speech
from reelwright.testing.servers.sounds import pcm, wav, word_times
from reelwright.testing.servers.strict import Drop, Reply, StrictServer

LINE = "Bread does not dry out: it turns back into crystal."
ASKED = NarrationRequest(text=LINE)


@dataclasses.dataclass(frozen=True)
class Vendor:
    """One protocol: its server, what a recipe says of it, how it refuses."""

    protocol: str
    serve: Callable[[], Any]
    model: str
    key: str
    failures: tuple[tuple[Reply, FailureKind], ...]
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)
    tells_words: bool = False


def detail(status: int, code: str, message: str = "No.") -> Reply:
    """A refusal of ElevenLabs'."""
    return Reply(status, {"detail": {"status": code, "message": message}})


def openai_error(status: int, code: str) -> Reply:
    """A refusal of OpenAI's."""
    return Reply(status, {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": code}})


VENDORS = (
    Vendor(
        "elevenlabs",
        elevenlabs.ElevenLabs,
        elevenlabs.MODEL,
        elevenlabs.KEY,
        (
            (detail(401, "invalid_api_key"), FailureKind.AUTH),
            (detail(401, "missing_permissions"), FailureKind.AUTH),
            (detail(401, "quota_exceeded", "You have 0 credits remaining."), FailureKind.BILLING),
            (detail(400, "voice_not_found"), FailureKind.INVALID_REQUEST),
            (detail(404, "voice_not_found"), FailureKind.INVALID_REQUEST),
            (detail(400, "max_character_limit_exceeded"), FailureKind.INVALID_REQUEST),
            (detail(429, "too_many_concurrent_requests"), FailureKind.RATE_LIMITED),
            (detail(429, "system_busy"), FailureKind.BUSY),
            (Reply(422, {"detail": [{"loc": ["body"], "msg": "No.", "type": "x"}]}), FailureKind.INVALID_REQUEST),
            (Reply(500, {"detail": "Internal Server Error"}), FailureKind.BUSY),
            (Reply(json={"audio_base64": None}), FailureKind.MEDIA_REJECTED),
            (Reply(json={"audio_base64": ""}), FailureKind.MEDIA_REJECTED),
        ),
        {"options": {"voice": elevenlabs.VOICE}},
        tells_words=True,
    ),
    Vendor(
        "openai-speech",
        openai_speech.OpenAiSpeech,
        openai_speech.SPEECH,
        openai.KEY,
        (
            (openai_error(401, "invalid_api_key"), FailureKind.AUTH),
            (openai_error(429, "insufficient_quota"), FailureKind.BILLING),
            (openai_error(404, "model_not_found"), FailureKind.RETIRED),
            (openai_error(400, "invalid_value"), FailureKind.INVALID_REQUEST),
            (openai_error(429, "rate_limit_exceeded"), FailureKind.RATE_LIMITED),
            (Reply(200, body=b"<html>sorry</html>", media_type="text/html"), FailureKind.MEDIA_REJECTED),
        ),
    ),
    Vendor(
        "gemini-tts",
        gemini.Gemini,
        gemini.SPEECH,
        gemini.KEY,
        (
            (Reply(json=gemini.generated(finish="PROHIBITED_CONTENT")), FailureKind.MODERATED),
            (Reply(json=gemini.generated(finish="OTHER")), FailureKind.UNKNOWN),
            (Reply(json=gemini.generated({"text": "Hello."})), FailureKind.MEDIA_REJECTED),
            (Reply(503, {"error": {"message": "No.", "status": "UNAVAILABLE"}}), FailureKind.BUSY),
        ),
    ),
)
FAILURES = [(vendor, *failure) for vendor in VENDORS for failure in vendor.failures]


@dataclasses.dataclass
class Bench:
    """One vendor's server, and the narrator that a recipe makes of it."""

    vendor: Vendor
    server: StrictServer
    studio: Studio
    folder: Path

    @property
    def wav(self) -> Path:
        """Where the speech is written."""
        return self.folder / "speech.wav"

    def narrator(self, **changes: Any) -> Narrator:
        """The narrator, defined in place."""
        server: Any = self.server
        named = {"name": "speaker", "protocol": self.vendor.protocol, "model": self.vendor.model}
        told = {"base_url": server.base_url, "api_key": {"env": "VOICE_KEY"}, "prompt_characters": 4096}
        entry = self.studio.catalogue.resolve(named | told | self.vendor.extra | changes, "narrator")
        return self.studio.narrator(entry)

    def speak(self, request: NarrationRequest = ASKED, **changes: Any) -> Speech:
        """A spoken line; the client is closed."""
        narrator = self.narrator(**changes)

        async def ask() -> Speech:
            try:
                return await narrator.speak(request, self.wav, idempotency_key="key-1")
            finally:
                await narrator.aclose()

        return asyncio.run(ask())

    def failure(self, **changes: Any) -> ProviderError:
        """How it fails."""
        with pytest.raises(ProviderError) as caught:
            self.speak(**changes)
        return caught.value


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """The vendor that the test names."""
    vendor: Vendor = request.param
    monkeypatch.setenv("VOICE_KEY", vendor.key)
    with vendor.serve() as server:
        yield Bench(vendor, server, studio, tmp_path)


every_vendor = pytest.mark.parametrize("bench", VENDORS, indirect=True, ids=lambda vendor: vendor.protocol)


def of(protocol: str) -> Any:
    """The mark that names one vendor."""
    return pytest.mark.parametrize(
        "bench", [one for one in VENDORS if one.protocol == protocol], indirect=True, ids=[""]
    )


def heard(path: Path) -> np.ndarray:
    """The samples of a 16-bit mono WAV file."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@every_vendor
def test_the_speech_is_a_wav_of_the_length_that_is_told(bench: Bench) -> None:
    """Sample for sample what the vendor sent."""
    speech = bench.speak()
    samples = heard(bench.wav)
    assert speech.seconds == Fraction(len(samples), 24_000)
    assert samples.tobytes() == pcm(LINE, rate=24_000)
    assert len(bench.server.calls) == 1


@every_vendor
def test_words_have_times_where_the_vendor_tells(bench: Bench) -> None:
    """Joined they are the line; else there are none, and nobody pretends."""
    words = bench.speak().words
    if not bench.vendor.tells_words:
        assert words == ()
        return
    assert " ".join(word.text for word in words) == LINE
    for word, (_, start, end) in zip(words, word_times(LINE), strict=True):
        assert abs(word.start - start) < Fraction(1, 1000)
        assert abs(word.end - end) < Fraction(1, 1000)


@pytest.mark.parametrize(("bench", "reply", "kind"), FAILURES, indirect=["bench"])
def test_each_documented_failure_has_its_kind(bench: Bench, reply: Reply, kind: FailureKind) -> None:
    """One call, one error of the right kind, and no key in it."""
    bench.server.then(reply)
    error = bench.failure()
    assert (error.kind, len(bench.server.calls)) == (kind, 1), error
    assert error.billed == (reply.status == 200)
    assert bench.vendor.key not in str(error.to_json())


@pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(504)], ids=["dropped", "broken", "gateway"])
@every_vendor
def test_no_clear_answer_is_ambiguous_and_never_repeated(bench: Bench, outcome: Reply | Drop) -> None:
    """The line may be billed."""
    bench.server.then(outcome)
    assert isinstance(bench.failure(), StartAmbiguous)
    assert len(bench.server.calls) == 1


@every_vendor
def test_a_line_that_is_too_long_is_refused_before_it_is_sent(bench: Bench) -> None:
    """With both lengths."""
    with pytest.raises(InvalidInput, match="takes lines of 20 characters; this one has 51"):
        bench.speak(prompt_characters=20)
    assert bench.server.calls == []


@every_vendor
def test_a_wrong_voice_is_the_callers_mistake(bench: Bench) -> None:
    """The service itself lives."""
    assert bench.failure(request=ASKED.model_copy(update={"voice": "nobody"})).kind == FailureKind.INVALID_REQUEST


@every_vendor
def test_a_price_that_is_not_known_is_said(bench: Bench) -> None:
    """The charge is marked as an estimate."""
    speech = bench.speak()
    assert speech.charge.estimated
    assert "price of speaker is not known" in speech.warnings[0]


@pytest.mark.parametrize("bench", VENDORS[:2], indirect=True, ids=lambda vendor: vendor.protocol)
def test_characters_are_paid_by_the_table(bench: Bench) -> None:
    """51 characters at $0.30 a thousand."""
    charge = bench.speak(usd_per_1000_characters="0.30").charge
    assert (charge.usd, charge.estimated) == (Decimal("0.0153"), False)


@of("gemini-tts")
def test_gemini_tokens_are_paid_by_the_table(bench: Bench) -> None:
    """1000 in at $0.5 and 1000 out at $6 a million; its own pace is said."""
    speech = bench.speak(
        ASKED.model_copy(update={"speed": Fraction(5, 4)}), usd_per_million_input="0.5", usd_per_million_output=6
    )
    assert speech.charge.usd == Decimal("0.0065")
    assert speech.warnings == ("speaker speaks at its own pace; 1.25 was not taken",)


@of("elevenlabs")
@pytest.mark.parametrize(("asked", "taken"), [(Fraction(11, 10), 1.1), (Fraction(3, 2), 1.2), (Fraction(1, 2), 0.7)])
def test_elevenlabs_speaks_within_its_range(bench: Bench, asked: Fraction, taken: float) -> None:
    """What it cannot do is the nearest it can, with a warning."""
    speech = bench.speak(ASKED.model_copy(update={"speed": asked}))
    assert bench.server.calls[0].json["voice_settings"] == {"speed": taken}
    assert any("0.7 to 1.2" in text for text in speech.warnings) == (asked != Fraction(11, 10))


@of("elevenlabs")
def test_elevenlabs_reads_on_and_is_told_the_language(bench: Bench) -> None:
    """The lines before and after; the language's two letters; what else the entry says."""
    asked = NarrationRequest(text="Ja.", language="de-AT", before="Kalt?", after="Gut.", voice=elevenlabs.VOICE)
    bench.speak(asked, options={"seed": 7, "output_format": "wav_24000"})
    body = bench.server.calls[0].json
    assert (body["language_code"], body["previous_text"], body["next_text"], body["seed"]) == ("de", "Kalt?", "Gut.", 7)
    assert bench.server.calls[0].query == {"output_format": "wav_24000"}


@of("elevenlabs")
def test_elevenlabs_needs_a_voice(bench: Bench) -> None:
    """There is no voice that every account has."""
    with pytest.raises(InvalidInput, match="needs a voice"):
        bench.speak(options={})


@of("elevenlabs")
def test_characters_that_are_not_the_line_tell_no_words(bench: Bench) -> None:
    """Rather none than wrong ones."""
    alignment = {
        "characters": list("xyz"),
        "character_start_times_seconds": [0.0, 0.1, 0.2],
        "character_end_times_seconds": [0.1, 0.2, 0.3],
    }
    import base64  # noqa: PLC0415

    sound = base64.b64encode(pcm(LINE, rate=24_000)).decode()
    bench.server.then(Reply(json={"audio_base64": sound, "alignment": alignment}))
    assert bench.speak().words == ()


@of("openai-speech")
@pytest.mark.parametrize("form", ["wav", "pcm"])
def test_openai_sends_a_wav_without_end_or_bare_samples(bench: Bench, form: str) -> None:
    """Both are read to their last sample."""
    speech = bench.speak(options={"response_format": form, "instructions": "Calm."})
    assert speech.seconds == Fraction(len(pcm(LINE, rate=24_000)) // 2, 24_000)
    assert bench.server.calls[0].json["instructions"] == "Calm."


@of("openai-speech")
def test_a_voice_of_ones_own_is_named_by_its_id(bench: Bench) -> None:
    """As OpenAI's schema has it."""
    bench.speak(ASKED.model_copy(update={"voice": "voice_1234", "speed": Fraction(3, 2)}))
    body = bench.server.calls[0].json
    assert (body["voice"], body["speed"]) == ({"id": "voice_1234"}, 1.5)


def test_the_official_clients_and_the_servers_understand_each_other() -> None:
    """Independent witnesses: the vendors' own SDKs."""
    with (
        openai_speech.OpenAiSpeech() as server,
        openai_sdk.OpenAI(base_url=server.base_url, api_key=openai.KEY) as client,
    ):
        spoken = client.audio.speech.create(
            model=openai_speech.SPEECH, input=LINE, voice="marin", response_format="wav"
        )
        assert spoken.content == wav(LINE, endless=True)
    with elevenlabs.ElevenLabs() as labs:
        sdk = ElevenLabsSdk(api_key=elevenlabs.KEY, base_url=labs.url)
        made = sdk.text_to_speech.convert_with_timestamps(
            elevenlabs.VOICE, text=LINE, model_id=elevenlabs.MODEL, output_format="pcm_24000"
        )
        assert made.alignment is not None
        assert "".join(made.alignment.characters) == LINE
        sdk._client_wrapper.httpx_client.httpx_client.close()
    with gemini.Gemini() as google:
        config = types.GenerateContentConfig(
            response_modalities=["AUDIO"],
            speech_config=types.SpeechConfig(
                voice_config=types.VoiceConfig(prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name="Kore"))
            ),
        )
        with genai.Client(api_key=gemini.KEY, http_options=types.HttpOptions(base_url=google.url)) as client_of_google:
            answer = client_of_google.models.generate_content(model=gemini.SPEECH, contents=LINE, config=config)
        blobs = [part.inline_data for part in answer.parts or () if part.inline_data]
        assert blobs[-1].data == pcm(LINE, rate=24_000)
