"""A strict server for Google's `generateContent`: it writes, draws and speaks."""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from typing import Any

from reelwright.testing.servers.openai_text import storyboard
from reelwright.testing.servers.sounds import pcm
from reelwright.testing.servers.stills import picture, require_picture
from reelwright.testing.servers.strict import Call, Refused, Reply, StrictServer

KEY = "AIzaSyTest0123456789abcdefghijklmnopqrstu"
TEXT, IMAGE, SPEECH = "gemini-3.8-flash", "gemini-nano-banana-2.1", "gemini-3.8-flash-lite-tts"
_SIZES = {"1K": 1, "2K": 2, "4K": 4}
_SHAPES = {"1:1": (1024, 1024), "9:16": (768, 1376), "16:9": (1376, 768), "3:4": (896, 1200), "2:3": (848, 1264)}
_BODY = {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig", "labels"}
_CONFIG = {
    TEXT: {"responseMimeType", "responseJsonSchema", "maxOutputTokens", "temperature", "thinkingConfig"},
    IMAGE: {"responseModalities", "imageConfig", "seed", "temperature", "thinkingConfig"},
    SPEECH: {"responseModalities", "speechConfig", "temperature", "seed"},
}


class Gemini(StrictServer):
    """Answers by the model that is asked."""

    at = (0.5, 0.5)

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque()

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1beta"

    def say(self, *answers: str | dict[str, Any]) -> None:
        """Queue what the model writes next."""
        self._said.extend(answer if isinstance(answer, str) else json.dumps(answer) for answer in answers)

    def answer(self, call: Call) -> Reply:
        """Check the key and the body, then answer."""
        if call.headers.get("x-goog-api-key") != KEY:
            raise Refused(400, "API key not valid. Please pass a valid API key.", type="INVALID_ARGUMENT")
        # Google's own SDK (3.4) asks under `/v1`, its documentation under `/v1beta`: one service.
        model = re.sub(r"^/v1(beta)?/models/|:generateContent$", "", call.path)
        if call.method != "POST" or model not in _CONFIG:
            raise Refused(404, f"models/{model} is not found for API version v1beta.", type="NOT_FOUND")
        body = _checked(_camel(call.json), model)
        config = body.get("generationConfig", {})
        if model == TEXT:
            return Reply(json=generated({"text": self._said.popleft() if self._said else json.dumps(storyboard())}))
        if model == IMAGE:
            return Reply(json=self._drawn(config))
        return Reply(json=_spoken(body, config))

    def refusal(self, refused: Refused) -> Reply:
        """Return the refusal as Google does."""
        status = refused.type or "INVALID_ARGUMENT"
        return Reply(refused.status, {"error": {"code": refused.status, "message": refused.message, "status": status}})

    def _drawn(self, config: dict[str, Any]) -> dict[str, Any]:
        image = config.get("imageConfig", {})
        if config.get("responseModalities") != ["IMAGE"] or image.get("imageSize", "1K") not in _SIZES:
            raise Refused(400, "Invalid value at 'generation_config.image_config'")
        if image.get("aspectRatio", "1:1") not in _SHAPES:
            raise Refused(400, f"Invalid aspect ratio {image.get('aspectRatio')}")
        width, height = _SHAPES[image.get("aspectRatio", "1:1")]
        times = _SIZES[image.get("imageSize", "1K")]
        draft = {"inlineData": {"mimeType": "image/jpeg", "data": _base64(picture(64, 64, form="JPEG"))}}
        final = picture(width * times, height * times, at=self.at, form="JPEG")
        return generated(draft, {"inlineData": {"mimeType": "image/jpeg", "data": _base64(final)}})


def generated(*parts: dict[str, Any], finish: str = "STOP", **changes: Any) -> dict[str, Any]:
    """An answer of `generateContent`."""
    thought = {"text": "Let me think.", "thought": True}
    answer = {
        "candidates": [{"content": {"role": "model", "parts": [thought, *parts]}, "finishReason": finish, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 1000,
            "candidatesTokenCount": 600,
            "thoughtsTokenCount": 400,
            "totalTokenCount": 2000,
        },
        "modelVersion": "gemini",
        "responseId": "r-1",
    }
    return answer | changes


def _checked(body: Any, model: str) -> dict[str, Any]:
    if not isinstance(body, dict) or not body.get("contents"):
        raise Refused(400, "* GenerateContentRequest.contents: contents is not specified")
    for given, allowed, place in (
        (body, _BODY, ""),
        (body.get("generationConfig", {}), _CONFIG[model], "generation_config."),
    ):
        if unknown := set(given) - allowed:
            raise Refused(
                400, f'Invalid JSON payload received. Unknown name "{place}{min(unknown)}": Cannot find field.'
            )
    for content in body["contents"]:
        if content.get("role") not in {"user", "model"} or not content.get("parts"):
            raise Refused(400, "Please use a valid role: user, model.")
        for part in content["parts"]:
            _check_part(part)
    return body


def _camel(value: Any) -> Any:
    """Google takes names in both cases, and its own SDK mixes them."""
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): _camel(item) for name, item in value.items()}


def _check_part(part: dict[str, Any]) -> None:
    if "inlineData" in part:
        try:
            require_picture(base64.b64decode(part["inlineData"]["data"], validate=True))
        except (OSError, ValueError) as error:
            raise Refused(400, f"Unable to process input image: {error}") from None
    elif not str(part.get("text", "")).strip():
        raise Refused(400, "Unable to submit request because it must have a text parameter.")


def _spoken(body: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    voice = config.get("speechConfig", {}).get("voiceConfig", {})
    name = voice.get("prebuiltVoiceConfig", {}).get("voiceName") or voice.get("voice")
    if config.get("responseModalities") != ["AUDIO"] or not name:
        raise Refused(400, "The requested combination of response modalities is not supported by the model.")
    if name not in {"Kore", "Puck", "Charon"}:
        raise Refused(400, f"Voice name {name} is not supported.")
    text = body["contents"][-1]["parts"][-1]["text"]
    data = _base64(pcm(text, rate=24_000))
    return generated({"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": data}})


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
