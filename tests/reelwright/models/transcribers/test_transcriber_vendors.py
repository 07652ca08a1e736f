"""What only one of the remote transcribers does: its form, its warnings; and their own SDKs as witnesses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import openai as openai_sdk
from elevenlabs.client import ElevenLabs as ElevenLabsSdk
from jsonschema import Draft202012Validator
from support.transcriber_harnesses import OPENAI, REMOTE
from support.vendors import of

from reelwright.models.transcribers.contract import Hearing, HearingRequest
from reelwright.testing.servers import elevenlabs, openai, openai_speech
from reelwright.testing.servers.sounds import wav
from reelwright.testing.transcribers import LINE, OTHER, TranscriberTrial


@of(*REMOTE)
def test_a_price_that_is_not_known_is_said_first(bench: TranscriberTrial) -> None:
    """With how long it listened."""
    assert bench.ask().warnings[0] == "the price of listener is not known: it listened for 4.3 s"


@of(OPENAI)
def test_openai_says_that_it_told_no_times(bench: TranscriberTrial) -> None:
    """Of a text that is another than the written one."""
    bench.server.heard = OTHER
    made = bench.ask()
    assert made.words == ()
    assert "told no times" in made.warnings[-1]


@of(OPENAI)
def test_openai_is_asked_as_published(bench: TranscriberTrial) -> None:
    """Word times come with one model and one format only."""
    bench.ask()
    told = {part.name: part.text for part in bench.server.calls[0].parts if part.name != "file"}
    assert (told["response_format"], told["timestamp_granularities[]"]) == ("verbose_json", "word")


@of(OPENAI)
def test_openai_hears_without_being_told_what_to_hear(bench: TranscriberTrial, tmp_path: Path) -> None:
    """Neither the script nor the language goes out: what is told is what is heard."""
    bench.server.heard = "Something else was said."
    speech = tmp_path / "speech.wav"
    speech.write_bytes(wav(LINE))
    transcriber: Any = bench.part()

    async def ask() -> Hearing:
        try:
            hearing: Hearing = await transcriber.hear(speech, HearingRequest(language="de"), idempotency_key="k")
        finally:
            await transcriber.aclose()
        return hearing

    heard = asyncio.run(ask())
    assert (heard.text, heard.language, len(heard.words)) == ("Something else was said.", "en", 4)
    assert {part.name for part in bench.server.calls[0].parts}.isdisjoint({"prompt", "language"})


def test_openai_listens_for_its_own_client() -> None:
    """The answer fits the published schema."""
    with (
        openai_speech.OpenAiSpeech() as server,
        openai_sdk.OpenAI(base_url=server.base_url, api_key=openai.KEY) as client,
    ):
        answer = client.audio.transcriptions.create(
            model=openai_speech.LISTENING,
            file=("speech.wav", wav(LINE)),
            response_format="verbose_json",
            timestamp_granularities=["word"],
            prompt=LINE,
        )
    assert [word.word for word in answer.words or ()][:2] == ["Bread", "does"]
    schema = {**openai.SCHEMAS["CreateTranscriptionResponseVerboseJson"], "$defs": openai.SCHEMAS}
    Draft202012Validator(schema).validate(answer.model_dump(exclude_unset=True))


def test_elevenlabs_aligns_for_its_own_client() -> None:
    """Each word of the line."""
    with elevenlabs.ElevenLabs() as server:
        sdk = ElevenLabsSdk(api_key=elevenlabs.KEY, base_url=server.url)
        made = sdk.forced_alignment.create(file=("speech.wav", wav(LINE)), text=LINE)
        sdk._client_wrapper.httpx_client.httpx_client.close()
    assert [word.text for word in made.words if word.text.strip()] == LINE.split()
