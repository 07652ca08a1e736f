"""A strict server for OpenAI's `/audio/speech` and `/audio/transcriptions`: it says tones, and hears the same."""

from __future__ import annotations

import io
import wave
from typing import Any

from reelwright.testing.servers.openai import OpenAiServer
from reelwright.testing.servers.sounds import pcm, wav, word_times
from reelwright.testing.servers.strict import Call, Refused, Reply

SPEECH, LISTENING, PLAIN_LISTENING = "gpt-4o-mini-tts", "whisper-1", "gpt-transcribe"
VOICES = frozenset(
    {"alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"}
)


class OpenAiSpeech(OpenAiServer):
    """Speaks tones; hears what `heard` says, else what the prompt of the request says."""

    models = (SPEECH, LISTENING, PLAIN_LISTENING)
    heard: str = ""

    def serve(self, call: Call) -> Reply:
        """Speak or listen."""
        match call.method, call.path:
            case "POST", "/v1/audio/speech":
                return self._spoken(self.checked(call.json, "CreateSpeechRequest"))
            case "POST", "/v1/audio/transcriptions":
                return self._heard(call)
            case _:
                return super().serve(call)

    def _spoken(self, body: dict[str, Any]) -> Reply:
        voice = body["voice"]
        if voice not in VOICES if isinstance(voice, str) else not voice["id"].startswith("voice_"):
            raise Refused(400, f"Input should be one of {sorted(VOICES)}", param="voice", code="invalid_value")
        match body.get("response_format", "mp3"):
            case "wav":
                # Its length is not known when it begins: the header says "without end".
                return Reply(body=wav(body["input"], endless=True), media_type="audio/wav")
            case "pcm":
                return Reply(body=pcm(body["input"], rate=24_000), media_type="audio/pcm")
            case other:
                raise Refused(400, f"this server speaks no {other}", param="response_format")

    def _heard(self, call: Call) -> Reply:
        fields: dict[str, Any] = {}
        for part in call.parts:
            if part.name.endswith("[]"):
                fields.setdefault(part.name[:-2], []).append(part.text)
            elif part.name != "file":
                fields[part.name] = part.text
        file = next((part for part in call.parts if part.name == "file"), None)
        if file is None:
            raise Refused(400, "file: Field required", param="file")
        self.checked({**fields, "file": file.filename}, "CreateTranscriptionRequest")
        seconds = _length(file.data)
        text = self.heard or fields.get("prompt", "")
        if fields.get("response_format") != "verbose_json":
            return Reply(json={"text": text})
        if fields["model"] != LISTENING:
            raise Refused(
                400, "response_format 'verbose_json' is not compatible with this model.", param="response_format"
            )
        told: dict[str, Any] = {"task": "transcribe", "language": "english", "duration": seconds, "text": text}
        if "word" in fields.get("timestamp_granularities", []):
            told["words"] = [
                {"word": word.strip(".,!?"), "start": float(start), "end": float(end)}
                for word, start, end in word_times(text)
            ]
        return Reply(json=told)


def _length(data: bytes) -> float:
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError):
        raise Refused(400, "Invalid file format.", param="file", code="invalid_value") from None
