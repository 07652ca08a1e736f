"""What only some of the remote narrators do: their ranges, forms and tables; and their own SDKs as witnesses."""

from __future__ import annotations

import base64
from decimal import Decimal
from fractions import Fraction

import openai as openai_sdk
import pytest
from elevenlabs.client import ElevenLabs as ElevenLabsSdk
from google import genai
from google.genai import types
from support.narrator_harnesses import ELEVENLABS, GEMINI, OPENAI, REMOTE
from support.vendors import of

from reelwright.errors import InvalidInput
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.testing.narrators import LINE, NarratorTrial, heard
from reelwright.testing.servers import elevenlabs, gemini, openai, openai_speech
from reelwright.testing.servers.sounds import pcm, wav, word_times
from reelwright.testing.servers.strict import Reply


@of(*REMOTE)
def test_the_speech_is_what_the_vendor_sent(bench: NarratorTrial) -> None:
    """Sample for sample, in one channel of 24 kHz."""
    bench.ask()
    sound, rate = heard(bench)
    assert (sound.shape[1], rate) == (1, 24_000)
    assert sound.tobytes() == pcm(LINE, rate=24_000)


@of(*REMOTE)
def test_a_line_that_is_too_long_is_told_with_both_lengths(bench: NarratorTrial) -> None:
    """In words that say what to do."""
    with pytest.raises(InvalidInput, match="takes lines of 20 characters; this one has 51") as caught:
        bench.ask(prompt_characters=20)
    assert caught.value.hint == "Split the shot."


@of(GEMINI)
def test_gemini_speaks_at_its_own_pace_and_says_so(bench: NarratorTrial) -> None:
    """1000 tokens in at $0.5 and 1000 out at $6 a million, and nothing else to tell."""
    speech = bench.ask(bench.harness.request(speed=Fraction(5, 4)), **bench.harness.prices)
    assert speech.charge.usd == Decimal("0.0065")
    assert speech.warnings == ("speaker speaks at its own pace; 1.25 was not taken",)


@of(ELEVENLABS)
def test_elevenlabs_characters_give_the_words_their_times(bench: NarratorTrial) -> None:
    """Within a thousandth of a second."""
    for word, (text, start, end) in zip(bench.ask().words, word_times(LINE), strict=True):
        assert word.text == text
        assert abs(word.start - start) < Fraction(1, 1000)
        assert abs(word.end - end) < Fraction(1, 1000)


@of(ELEVENLABS)
@pytest.mark.parametrize(("asked", "taken"), [(Fraction(11, 10), 1.1), (Fraction(3, 2), 1.2), (Fraction(1, 2), 0.7)])
def test_elevenlabs_speaks_within_its_range(bench: NarratorTrial, asked: Fraction, taken: float) -> None:
    """What it cannot do is the nearest it can, with a warning."""
    speech = bench.ask(bench.harness.request(speed=asked))
    assert bench.server.calls[0].json["voice_settings"] == {"speed": taken}
    assert any("0.7 to 1.2" in text for text in speech.warnings) == (asked != Fraction(11, 10))


@of(ELEVENLABS)
def test_elevenlabs_reads_on_and_is_told_the_language(bench: NarratorTrial) -> None:
    """The lines before and after; the language's two letters; what else the entry says."""
    asked = NarrationRequest(text="Ja.", language="de-AT", before="Kalt?", after="Gut.", voice=elevenlabs.VOICE)
    bench.ask(asked, options={"seed": 7, "output_format": "wav_24000"})
    body = bench.server.calls[0].json
    assert (body["language_code"], body["previous_text"], body["next_text"], body["seed"]) == ("de", "Kalt?", "Gut.", 7)
    assert bench.server.calls[0].query == {"output_format": "wav_24000"}


@of(ELEVENLABS)
def test_elevenlabs_needs_a_voice(bench: NarratorTrial) -> None:
    """There is no voice that every account has."""
    with pytest.raises(InvalidInput, match="needs a voice"):
        bench.ask(options={})


@of(ELEVENLABS)
def test_characters_that_are_not_the_line_tell_no_words(bench: NarratorTrial) -> None:
    """Rather none than wrong ones."""
    alignment = {
        "characters": list("xyz"),
        "character_start_times_seconds": [0.0, 0.1, 0.2],
        "character_end_times_seconds": [0.1, 0.2, 0.3],
    }
    sound = base64.b64encode(pcm(LINE, rate=24_000)).decode()
    bench.server.then(Reply(json={"audio_base64": sound, "alignment": alignment}))
    assert bench.ask().words == ()


@of(OPENAI)
@pytest.mark.parametrize("form", ["wav", "pcm"])
def test_openai_sends_a_wav_without_end_or_bare_samples(bench: NarratorTrial, form: str) -> None:
    """Both are read to their last sample."""
    speech = bench.ask(options={"response_format": form, "instructions": "Calm."})
    assert speech.seconds == Fraction(len(pcm(LINE, rate=24_000)) // 2, 24_000)
    assert bench.server.calls[0].json["instructions"] == "Calm."


@of(OPENAI)
def test_a_voice_of_ones_own_is_named_by_its_id(bench: NarratorTrial) -> None:
    """As OpenAI's schema has it."""
    bench.ask(bench.harness.request(voice="voice_1234", speed=Fraction(3, 2)))
    body = bench.server.calls[0].json
    assert (body["voice"], body["speed"]) == ({"id": "voice_1234"}, 1.5)


def test_openai_speaks_for_its_own_client() -> None:
    """A WAV as long as a stream says it is: without end."""
    with (
        openai_speech.OpenAiSpeech() as server,
        openai_sdk.OpenAI(base_url=server.base_url, api_key=openai.KEY) as client,
    ):
        spoken = client.audio.speech.create(
            model=openai_speech.SPEECH, input=LINE, voice="marin", response_format="wav"
        )
        assert spoken.content == wav(LINE, endless=True)


def test_elevenlabs_speaks_for_its_own_client() -> None:
    """With the characters of the line."""
    with elevenlabs.ElevenLabs() as labs:
        sdk = ElevenLabsSdk(api_key=elevenlabs.KEY, base_url=labs.url)
        made = sdk.text_to_speech.convert_with_timestamps(
            elevenlabs.VOICE, text=LINE, model_id=elevenlabs.MODEL, output_format="pcm_24000"
        )
        assert made.alignment is not None
        assert "".join(made.alignment.characters) == LINE
        sdk._client_wrapper.httpx_client.httpx_client.close()


def test_google_speaks_for_its_own_client() -> None:
    """`generate_content` with a voice."""
    with gemini.Gemini() as google:
        config = types.GenerateContentConfig(
            response_modalities=["AUDIO"],
            speech_config=types.SpeechConfig(
                voice_config=types.VoiceConfig(prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name="Kore"))
            ),
        )
        with genai.Client(api_key=gemini.KEY, http_options=types.HttpOptions(base_url=google.url)) as client:
            answer = client.models.generate_content(model=gemini.SPEECH, contents=LINE, config=config)
        blobs = [part.inline_data for part in answer.parts or () if part.inline_data]
        assert blobs[-1].data == pcm(LINE, rate=24_000)
