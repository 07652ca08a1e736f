"""ElevenLabs: speech with the time of each character, which give the words theirs.

Facts: elevenlabs-python 2.78.0 (text-to-speech with timestamps, output formats, voice settings); ElevenLabs' help page
on errors: `detail.status` names the reason, and 401 means no money as well (`quota_exceeded`).
"""

from __future__ import annotations

import base64
import binascii
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.narrators.spoken import require_length, spoken_charge, write_speech
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.clients import unusable
from reelwright.models.remote.kinds import Rule, statuses
from reelwright.models.remote.patience import Patience
from reelwright.models.remote.transport import Transport, segment
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.values import Word

RULES = (
    Rule(FailureKind.BILLING, codes=r"quota_exceeded|payment_required|insufficient_credits"),
    Rule(FailureKind.RATE_LIMITED, codes=r"too_many_concurrent_requests|concurrent_limit_exceeded|rate_limit\w*"),
    Rule(FailureKind.BUSY, codes=r"system_busy"),
    Rule(FailureKind.INVALID_REQUEST, codes=r"(voice|pronunciation\w*)_not_found|invalid_(uid|voice\w*)|text_too_long"),
    Rule(FailureKind.INVALID_REQUEST, codes=r"max_character_limit_exceeded|\w*not_(available|allowed)_for\w*"),
    Rule(FailureKind.AUTH, codes=r"detected_unusual_activity|needs_authorization|missing_permissions"),
    Rule(FailureKind.MODERATED, codes=r"\w*(terms_of_service|against_policy|prohibited)\w*"),
    Rule(FailureKind.RETIRED, codes=r"model_not_found|unsupported_model|model_deprecated"),
    # A 404 without a reason is a voice that is not there, not the whole service.
    Rule(FailureKind.INVALID_REQUEST, statuses=statuses(404), words=r"voice"),
)
_FORMAT = "pcm_24000"
_SLOWEST, _FASTEST = Fraction(7, 10), Fraction(12, 10)
_OWN_OPTIONS = frozenset({"voice", "output_format", "voice_settings", "language", "start_seconds"})


class ElevenLabs:
    """A narrator that speaks `elevenlabs`.

    Options: `voice` (an id, where the recipe names none), `output_format`, `voice_settings`, `language: false` for
    models that take no language code, `start_seconds`; every other one is sent by its name, e.g. `seed`,
    `apply_text_normalization`.
    """

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport
        self._format = str(entry.options.get("output_format", _FORMAT))

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str = "") -> Speech:
        """Ask once for a line; see `Narrator.speak`."""
        del idempotency_key  # the protocol has no place for it
        require_length(self._entry, request)
        voice = request.voice or str(self._entry.options.get("voice", ""))
        if not voice:
            raise InvalidInput(
                f"{self.name} needs a voice.", hint="Set voice.voice to a voice id of your ElevenLabs account."
            )
        settings, warnings = self._settings(request)
        answer = await self._transport.paid(
            f"text-to-speech/{segment(voice)}/with-timestamps",
            json=self._body(request, settings),
            query={"output_format": self._format},
        )
        told = answer.fields
        rate = int(self._format.split("_")[1]) if self._format.startswith("pcm_") else None
        seconds = await write_speech(
            self._data(told), into, provider=self._entry.vendor, model=self.name, pcm_rate=rate
        )
        charge, unknown = spoken_charge(self._entry, len(request.text))
        words = _words(request.text, told.get("alignment") or told.get("normalized_alignment"), seconds)
        return Speech(seconds=seconds, words=words, charge=charge, warnings=(*warnings, *unknown))

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _body(self, request: NarrationRequest, settings: dict[str, Any]) -> dict[str, Any]:
        language = request.language.split("-")[0] if self._entry.options.get("language", True) else ""
        asked = {
            "text": request.text,
            "model_id": self._entry.model,
            "language_code": language,
            "voice_settings": settings,
            "previous_text": request.before,
            "next_text": request.after,
        }
        further = {name: value for name, value in self._entry.options.items() if name not in _OWN_OPTIONS}
        return {name: value for name, value in asked.items() if value} | further

    def _settings(self, request: NarrationRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
        settings = dict(self._entry.options.get("voice_settings", {}))
        if request.speed == 1:
            return settings, ()
        speed = min(max(request.speed, _SLOWEST), _FASTEST)
        told = f"{self.name} speaks at 0.7 to 1.2 of its pace; {float(speed):g} was taken for {float(request.speed):g}"
        return settings | {"speed": float(speed)}, (told,) if speed != request.speed else ()

    def _data(self, told: dict[str, Any]) -> bytes:
        try:
            return base64.b64decode(told["audio_base64"])
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise unusable(self._transport, FailureKind.MEDIA_REJECTED, "it sent no sound.") from None


def _words(text: str, alignment: Any, seconds: Fraction) -> tuple[Word, ...]:
    """Return the times of the written words; empty if the characters do not tell."""
    try:
        heard = _heard(
            alignment["characters"],
            alignment["character_start_times_seconds"],
            alignment["character_end_times_seconds"],
        )
    except (KeyError, TypeError, ValueError):
        return ()
    return placed(text.split(), heard, seconds) or ()


def _heard(characters: list[str], starts: list[float], ends: list[float]) -> list[Heard]:
    words: list[Heard] = []
    inside = False
    for character, start, end in zip(characters, starts, ends, strict=True):
        if character.isspace():
            inside = False
            continue
        at, until = Fraction(str(start)), Fraction(str(end))
        if inside:
            words[-1] = Heard(text=words[-1].text + character, start=words[-1].start, end=until)
        else:
            words.append(Heard(text=character, start=at, end=until))
        inside = True
    return words


def transport_of(entry: Entry, bench: Bench, *, start_seconds: float = 120) -> Transport:
    """Return the client of an ElevenLabs entry.

    Raises:
        InvalidInput: it has no base URL.
    """
    if not entry.base_url:
        raise InvalidInput(f"{entry.name!r} needs base_url.", hint="https://api.elevenlabs.io/v1")
    return Transport(
        vendor=entry.vendor,
        base_url=entry.base_url,
        auth=auth_of(entry.auth or "xi-api-key", bench.credential),
        model=entry.name,
        rules=RULES,
        headers=entry.headers,
        query=entry.query,
        patience=Patience(start_seconds=float(entry.options.get("start_seconds", start_seconds))),
    )


def build(entry: Entry, bench: Bench) -> ElevenLabs:
    """Return the narrator of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    if not entry.model:
        raise InvalidInput(f"The narrator {entry.name!r} needs a model.", hint="E.g. eleven_multilingual_v2.")
    return ElevenLabs(entry, transport_of(entry, bench))
