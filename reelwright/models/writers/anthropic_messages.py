"""Writers behind Anthropic's Messages protocol, at Anthropic or at any host that speaks it: `/messages`.

Facts: anthropic-sdk-python 2.11.0: `output_config.format` holds the JSON schema, `max_tokens` is required, a refusal is
HTTP 200 with `stop_reason: refusal`; errors are `{type: error, error: {type, message}}`, 529 means overloaded. The key
travels as a Bearer token; hosts that know the older form only take `auth: x-api-key` and
`headers: {anthropic-version: 2023-06-01}`.
"""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.remote.answers import shortened
from reelwright.models.remote.clients import client_of, unusable
from reelwright.models.remote.kinds import Rule
from reelwright.models.remote.transport import Transport
from reelwright.models.tokens import count, token_charge
from reelwright.models.writers.contract import Draft, WritingRequest

_VERSION = "2026-10-21"
_MOST_TOKENS = 16_000
_OWN_OPTIONS = frozenset({"start_seconds"})
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded", "pause_turn"})
_RULES = (
    Rule(FailureKind.BILLING, words=r"credit balance|spend(ing)? limit"),
    Rule(FailureKind.BUSY, codes=r"overloaded_error|api_error"),
)


class AnthropicWriter:
    """A writer that speaks `anthropic-messages`. Options are sent by their name, e.g. `max_tokens`, `thinking`."""

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport

    async def write(self, request: WritingRequest, *, idempotency_key: str = "") -> Draft:
        """Ask once; see `Writer.write`."""
        del idempotency_key  # the protocol has no place for it
        answer = await self._transport.paid("messages", json=self._body(request))
        told = answer.fields
        self._raise_unless_whole(told)
        usage = told.get("usage")
        kinds = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        tokens = {
            "input_tokens": sum(count(usage, kind) for kind in kinds),
            "output_tokens": count(usage, "output_tokens"),
        }
        charge, warnings = token_charge(self._entry, **tokens)
        blocks = [block for block in told.get("content") or () if isinstance(block, dict)]
        text = "".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")
        return Draft(text=text, charge=charge, warnings=warnings, **tokens)

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _body(self, request: WritingRequest) -> dict[str, Any]:
        options = {name: value for name, value in self._entry.options.items() if name not in _OWN_OPTIONS}
        form = {"type": "json_schema", "schema": dict(request.json_schema)}
        asked = {
            "model": self._entry.model,
            "max_tokens": _MOST_TOKENS,
            "system": request.instructions,
            "messages": [
                {"role": "assistant" if turn.speaker == "writer" else "user", "content": turn.text}
                for turn in request.turns
            ],
        }
        return {**asked, **options, "output_config": {**options.get("output_config", {}), "format": form}}

    def _raise_unless_whole(self, told: dict[str, Any]) -> None:
        reason = told.get("stop_reason")
        if reason == "refusal":
            words = shortened(str((told.get("stop_details") or {}).get("explanation") or "no reason given"))
            raise self._refused(FailureKind.MODERATED, f"the model refused: {words}", "Change the topic.")
        if reason in _CUT_OFF:
            hint = "Raise max_tokens in the writer's options."
            raise self._refused(FailureKind.INVALID_REQUEST, f"the answer was cut off ({reason})", hint)

    def _refused(self, kind: FailureKind, words: str, hint: str) -> ProviderError:
        return unusable(self._transport, kind, words, hint=hint)


def build(entry: Entry, bench: Bench) -> AnthropicWriter:
    """Return the writer of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    transport = client_of(entry, bench, start_seconds=600, rules=_RULES, headers={"anthropic-version": _VERSION})
    return AnthropicWriter(entry, transport)
