"""Google's text models by `generateContent`, held to a JSON schema.

Facts: google-genai 3.4.0 (`responseMimeType`, `responseJsonSchema`).
"""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.bench import Bench
from reelwright.models.gemini import Gemini
from reelwright.models.identity import identity_of
from reelwright.models.tokens import count
from reelwright.models.writers.contract import Draft, WritingRequest

_OWN_OPTIONS = frozenset({"start_seconds"})


class GeminiWriter:
    """A writer that speaks `gemini-text`. Options are sent in `generationConfig`, e.g. `maxOutputTokens`."""

    def __init__(self, gemini: Gemini) -> None:
        self.name, self.identity = gemini.entry.name, identity_of(gemini.entry)
        self._gemini, self._entry = gemini, gemini.entry

    async def write(self, request: WritingRequest, *, idempotency_key: str = "") -> Draft:
        """Ask once; see `Writer.write`."""
        del idempotency_key  # the protocol has no place for it
        parts, charge, warnings, usage = await self._gemini.parts(self._body(request))
        return Draft(
            text="".join(str(part.get("text", "")) for part in parts),
            charge=charge,
            warnings=warnings,
            input_tokens=count(usage, "promptTokenCount"),
            output_tokens=count(usage, "candidatesTokenCount") + count(usage, "thoughtsTokenCount"),
        )

    async def aclose(self) -> None:
        """Close the client."""
        await self._gemini.transport.aclose()

    def _body(self, request: WritingRequest) -> dict[str, Any]:
        config: dict[str, Any] = {
            "responseMimeType": "application/json",
            "responseJsonSchema": dict(request.json_schema),
        }
        config |= {name: value for name, value in self._entry.options.items() if name not in _OWN_OPTIONS}
        return {
            "systemInstruction": {"parts": [{"text": request.instructions}]},
            "contents": [
                {"role": "model" if turn.speaker == "writer" else "user", "parts": [{"text": turn.text}]}
                for turn in request.turns
            ],
            "generationConfig": config,
        }


def build(entry: Entry, bench: Bench) -> GeminiWriter:
    """Return the writer of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    return GeminiWriter(Gemini(entry, bench, start_seconds=600))
