"""A strict server for ElevenLabs: speech with timestamps, and forced alignment."""

from __future__ import annotations

import base64
import io
import wave
from fractions import Fraction
from typing import Any

from reelwright.testing.servers.sounds import pcm, wav, word_times
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

KEY = "sk_test0123456789abcdef0123456789abcdef0123456789"
VOICE = "21m00Tcm4TlvDq8ikWAM"
MODEL = "eleven_multilingual_v2"
_FIELDS = {
    "text": str,
    "model_id": str,
    "language_code": str,
    "voice_settings": dict,
    "seed": int,
    "previous_text": str,
    "next_text": str,
    "apply_text_normalization": str,
}
_SETTINGS = {"stability", "use_speaker_boost", "similarity_boost", "style", "speed", "clone_strength"}
_FASTEST, _SLOWEST = 1.2, 0.7


class ElevenLabs(StrictServer):
    """Speaks tones; one voice, one model."""

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1"

    def answer(self, call: Call) -> Reply:
        """Check the key, then speak or align."""
        if call.headers.get("xi-api-key") != KEY:
            raise Refused(401, "Invalid API key", code="invalid_api_key")
        if (call.method, call.path) == ("POST", "/v1/forced-alignment"):
            return self._aligned(call)
        if (call.method, call.path) == ("GET", "/v1/models"):
            return Reply(json=[{"model_id": MODEL, "name": "Multilingual", "can_do_text_to_speech": True}])
        voice = call.path.removeprefix("/v1/text-to-speech/").removesuffix("/with-timestamps")
        if call.method != "POST" or "/" in voice:
            raise Refused(404, "Not Found")
        if voice != VOICE:
            raise Refused(404, f"A voice with voice_id {voice} was not found.", code="voice_not_found")
        return self._spoken(call)

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as ElevenLabs does: FastAPI's findings, or a status and a message."""
        if refused.status == 422:
            finding = {"loc": ["body", refused.param], "msg": refused.message, "type": "value_error"}
            return Reply(422, {"detail": [finding]})
        if not refused.code:
            return Reply(refused.status, {"detail": refused.message})
        return Reply(refused.status, {"detail": {"status": refused.code, "message": refused.message}})

    def _spoken(self, call: Call) -> Reply:
        body = _checked(call.json)
        form = call.query.get("output_format", "mp3_44100_128")
        kind, _, rate = form.partition("_")
        if set(call.query) - {"output_format", "enable_logging", "optimize_streaming_latency"} or kind not in {
            "pcm",
            "wav",
        }:
            raise Refused(422, "unknown output_format", param="output_format")
        speed = body.get("voice_settings", {}).get("speed", 1.0)
        text = body["text"]
        sound = pcm(text, rate=int(rate)) if kind == "pcm" else wav(text, rate=int(rate))
        alignment = _alignment(text)
        told = {
            "audio_base64": base64.b64encode(sound).decode(),
            "alignment": alignment,
            "normalized_alignment": alignment,
        }
        return Reply(json=told, headers={"character-cost": str(len(text)), "x-speed": str(speed)})

    def _aligned(self, call: Call) -> Reply:
        fields = {part.name: part for part in call.parts}
        if set(fields) - {"file", "text", "enabled_spooled_file"} or not {"file", "text"} <= set(fields):
            raise Refused(422, "Field required", param="file")
        try:
            with wave.open(io.BytesIO(fields["file"].data), "rb"):
                pass
        except (wave.Error, EOFError):
            raise Refused(400, "The file is no audio.", code="invalid_content") from None
        words: list[dict[str, Any]] = []
        at = Fraction(0)
        for word, start, end in word_times(fields["text"].text):
            if words:
                words.append({"text": " ", "start": float(at), "end": float(start), "loss": 0.0})
            words.append({"text": word, "start": float(start), "end": float(end), "loss": 0.1})
            at = end
        return Reply(json={"characters": [], "words": words, "loss": 0.1})


def _checked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not body.get("text"):
        raise Refused(422, "Field required", param="text")
    for name, value in body.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
            raise Refused(422, f"unexpected {name}={value!r}", param=name)
    if body.get("model_id", MODEL) != MODEL:
        raise Refused(400, f"A model with model ID {body['model_id']} does not exist.", code="model_not_found")
    settings = body.get("voice_settings", {})
    if set(settings) - _SETTINGS or not _SLOWEST <= settings.get("speed", 1.0) <= _FASTEST:
        raise Refused(400, "Invalid setting for speed", code="invalid_voice_settings")
    return body


def _alignment(text: str) -> dict[str, list[Any]]:
    characters, starts, ends = [], [], []
    times = word_times(text)
    for number, (word, start, end) in enumerate(times):
        if number:
            characters.append(" ")
            starts.append(float(times[number - 1][2]))
            ends.append(float(start))
        for index, character in enumerate(word):
            characters.append(character)
            starts.append(float(start + (end - start) * Fraction(index, len(word))))
            ends.append(float(start + (end - start) * Fraction(index + 1, len(word))))
    return {"characters": characters, "character_start_times_seconds": starts, "character_end_times_seconds": ends}
