"""Google's speech models by `generateContent`. They tell no word times.

Facts: google-genai 3.4.0 (`speechConfig`, `voiceConfig`); the answer is `audio/L16` with its rate in the media type.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.gemini import Gemini
from reelwright.models.identity import identity_of
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.narrators.spoken import require_length, spoken_charge, write_speech

_VOICE = "Kore"
_RATE = re.compile(r"rate=(\d+)")
_OWN_OPTIONS = frozenset({"voice", "style", "language", "start_seconds"})


class GeminiTts:
    """A narrator that speaks `gemini-tts`.

    Options: `voice` where the recipe names none, `style` (how it is said: "calm, slow"), `language: false` to let the
    model hear the language, `start_seconds`; every other one is sent in `generationConfig`.
    """

    def __init__(self, gemini: Gemini) -> None:
        self.name, self.identity = gemini.entry.name, identity_of(gemini.entry)
        self._gemini, self._entry = gemini, gemini.entry

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str = "") -> Speech:
        """Ask once for a line; see `Narrator.speak`."""
        del idempotency_key  # the protocol has no place for it
        require_length(self._entry, request)
        parts, charge, warnings, _ = await self._gemini.parts(self._body(request))
        data, media_type = self._gemini.data_of(parts, "audio/")
        rate = _RATE.search(media_type)
        bare = media_type.lower().startswith(("audio/l16", "audio/pcm"))
        seconds = await write_speech(
            data,
            into,
            provider=self._entry.vendor,
            model=self.name,
            pcm_rate=int(rate[1]) if rate and bare else 24_000 if bare else None,
        )
        if charge.estimated and self._entry.usd_per_1000_characters is not None:
            charge, warnings = spoken_charge(self._entry, len(request.text))
        if request.speed != 1:
            warnings = (*warnings, f"{self.name} speaks at its own pace; {float(request.speed):g} was not taken")
        return Speech(seconds=seconds, charge=charge, warnings=warnings)

    async def aclose(self) -> None:
        """Close the client."""
        await self._gemini.transport.aclose()

    def _body(self, request: NarrationRequest) -> dict[str, Any]:
        options = self._entry.options
        part: dict[str, Any] = {"text": request.text}
        if style := options.get("style"):
            part["speechMetadata"] = {"style": style}
        voice = request.voice or str(options.get("voice", _VOICE))
        speech: dict[str, Any] = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}}
        if options.get("language", True):
            speech["languageCode"] = request.language.split("-")[0]
        config: dict[str, Any] = {"responseModalities": ["AUDIO"], "speechConfig": speech}
        config |= {name: value for name, value in options.items() if name not in _OWN_OPTIONS}
        return {"contents": [{"role": "user", "parts": [part]}], "generationConfig": config}


def build(entry: Entry, bench: Bench) -> GeminiTts:
    """Return the narrator of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    return GeminiTts(Gemini(entry, bench, start_seconds=120))
