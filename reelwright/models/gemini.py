"""Google's `generateContent`, which writes, draws and speaks: one call, and what its answer says when it is none.

Facts: google-genai 3.4.0 (types FinishReason, BlockedReason, ImageConfig, VoiceConfig); the Gemini API's own form, with
the key in `x-goog-api-key`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import shortened
from reelwright.models.remote.clients import client_of
from reelwright.models.remote.kinds import Rule, statuses
from reelwright.models.remote.transport import segment
from reelwright.models.tokens import count, token_charge
from reelwright.models.video.contract import Charge

RULES = (
    # A wrong key is a 400 here.
    Rule(FailureKind.AUTH, statuses=statuses(400), words=r"api key (not valid|expired|not found)"),
    # A limit of the minute speaks of "quota" and "billing" too; only that of the day is no money.
    Rule(FailureKind.BILLING, statuses=statuses(429), words=r"per ?day|prepayment credits|spend(ing)? cap"),
    Rule(FailureKind.RATE_LIMITED, statuses=statuses(429), words=r"retry in|per ?minute"),
    Rule(FailureKind.BILLING, statuses=statuses(400, 403), words=r"billing"),
)
_BLOCKED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "MODEL_ARMOR",
    }
)
_CUT_OFF = frozenset({"MAX_TOKENS", "CONTINUATION"})
_FINE = frozenset({"", "STOP", "FINISH_REASON_UNSPECIFIED"})


class Gemini:
    """One model of the Gemini API."""

    def __init__(self, entry: Entry, bench: Bench, *, start_seconds: float = 300) -> None:
        self.entry = entry
        self.transport = client_of(entry, bench, start_seconds=start_seconds, auth="x-goog-api-key", rules=RULES)

    async def parts(self, body: dict[str, Any]) -> tuple[list[dict[str, Any]], Charge, tuple[str, ...], Any]:
        """Ask once; return the answer's parts without thoughts, the charge, warnings and the usage.

        Raises:
            ProviderError: refused, blocked or cut off; `billed` where tokens were made.
            StartAmbiguous: no answer came back.
        """
        answer = await self.transport.paid(f"models/{segment(self.entry.model)}:generateContent", json=body)
        told = answer.fields
        candidate = next((item for item in told.get("candidates") or () if isinstance(item, dict)), {})
        self._raise_if_blocked(told, candidate)
        usage = told.get("usageMetadata")
        charge, warnings = token_charge(
            self.entry,
            input_tokens=count(usage, "promptTokenCount"),
            output_tokens=count(usage, "candidatesTokenCount") + count(usage, "thoughtsTokenCount"),
        )
        parts = [part for part in (candidate.get("content") or {}).get("parts") or () if isinstance(part, dict)]
        return [part for part in parts if not part.get("thought")], charge, warnings, usage

    def data_of(self, parts: list[dict[str, Any]], kind: str) -> tuple[bytes, str]:
        """Return the bytes and media type of the last part of a kind (`image/`, `audio/`): earlier ones are drafts.

        Raises:
            ProviderError: there is none; it was billed.
        """
        inline = [part["inlineData"] for part in parts if isinstance(part.get("inlineData"), dict)]
        found = [item for item in inline if str(item.get("mimeType", "")).lower().startswith(kind)]
        if not found:
            said = shortened(" ".join(str(part.get("text", "")) for part in parts))
            raise self.refused(
                FailureKind.MEDIA_REJECTED, f"it sent no {kind.rstrip('/')}{': ' + said if said else ''}"
            )
        try:
            return base64.b64decode(found[-1].get("data", "")), str(found[-1]["mimeType"])
        except (binascii.Error, TypeError, ValueError):
            raise self.refused(FailureKind.MEDIA_REJECTED, "what it sent is not base64") from None

    def refused(self, kind: FailureKind, words: str, *, billed: bool = True, hint: str = "") -> ProviderError:
        """Return the error for an answer that is none."""
        return ProviderError(
            self.transport.clean(f"{self.entry.vendor}: {words}"),
            provider=self.entry.vendor,
            model=self.entry.name,
            kind=kind,
            billed=billed,
            hint=hint,
        )

    def _raise_if_blocked(self, told: dict[str, Any], candidate: dict[str, Any]) -> None:
        feedback = told.get("promptFeedback") or {}
        if reason := feedback.get("blockReason"):
            words = feedback.get("blockReasonMessage") or f"the prompt was blocked ({reason})"
            raise self.refused(FailureKind.MODERATED, str(words), billed=False, hint="Change the prompt.")
        reason = str(candidate.get("finishReason") or "")
        words = shortened(str(candidate.get("finishMessage") or "")) or f"it stopped ({reason})"
        if reason in _BLOCKED:
            raise self.refused(FailureKind.MODERATED, f"{words} [{reason}]", hint="Change the prompt.")
        if reason in _CUT_OFF:
            hint = "Raise maxOutputTokens in the entry's options."
            raise self.refused(FailureKind.INVALID_REQUEST, "the answer was cut off", hint=hint)
        if reason == "PUP_LIMITED_DISABLED":
            raise self.refused(FailureKind.AUTH, words, hint="This account is limited: ask Google.")
        if not candidate or reason not in _FINE:
            raise self.refused(FailureKind.UNKNOWN, words if candidate else "it answered with nothing")
