"""Writers behind OpenAI's text protocols, `/responses` and `/chat/completions`, at OpenAI or at any other host.

Facts: OpenAI's published OpenAPI document of 2026-08-21. A refusal arrives as HTTP 200: as a content part of type
`refusal` (Responses) or as the message's `refusal` (Chat), and is billed.
"""

from __future__ import annotations

import json
from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.remote.answers import Answer, refusal_of, shortened
from reelwright.models.remote.clients import client_of, unusable
from reelwright.models.remote.transport import Transport
from reelwright.models.tokens import count, token_charge
from reelwright.models.writers.contract import Draft, WritingRequest

_OWN_OPTIONS = frozenset({"structure", "start_seconds"})
_STRUCTURES = ("schema", "object", "none")


class OpenAiWriter:
    """A writer that speaks `openai-responses` or `openai-chat`.

    Options: `structure` says how the answer is held to JSON (`schema`: a strict JSON schema; `object`: any JSON, the
    schema told in words; `none`: told in words only), `start_seconds` how long an answer may take; every other option
    is sent along by its name, e.g. `reasoning`, `max_completion_tokens`, `temperature`.
    """

    def __init__(self, entry: Entry, transport: Transport) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport = entry, transport
        self._structure = entry.options.get("structure", "schema")
        if self._structure not in _STRUCTURES:
            raise InvalidInput(
                f"{entry.name}: options.structure is {self._structure!r}.", hint=f"One of {', '.join(_STRUCTURES)}."
            )
        self._further = {name: value for name, value in entry.options.items() if name not in _OWN_OPTIONS}

    async def write(self, request: WritingRequest, *, idempotency_key: str = "") -> Draft:
        """Ask once; see `Writer.write`."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        if self._entry.protocol == "openai-responses":
            answer = await self._transport.paid("responses", json=self._response(request), headers=headers)
            return self._draft(self._of_response(answer), answer, "input_tokens", "output_tokens")
        answer = await self._transport.paid("chat/completions", json=self._chat(request), headers=headers)
        return self._draft(self._of_chat(answer), answer, "prompt_tokens", "completion_tokens")

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _response(self, request: WritingRequest) -> dict[str, Any]:
        form: dict[str, Any] = {
            "schema": {"type": "json_schema", **_strict(request)},
            "object": {"type": "json_object"},
        }
        asked = {
            "model": self._entry.model,
            "instructions": self._instructions(request),
            "input": [{"role": _role(turn.speaker), "content": turn.text} for turn in request.turns],
            # Nothing of it is asked for again: it need not be kept.
            "store": False,
        }
        if self._structure in form:
            asked["text"] = {"format": form[self._structure]}
        return asked | self._further

    def _chat(self, request: WritingRequest) -> dict[str, Any]:
        form: dict[str, Any] = {
            "schema": {"type": "json_schema", "json_schema": _strict(request)},
            "object": {"type": "json_object"},
        }
        asked: dict[str, Any] = {
            "model": self._entry.model,
            "messages": [
                {"role": "system", "content": self._instructions(request)},
                *({"role": _role(turn.speaker), "content": turn.text} for turn in request.turns),
            ],
        }
        if self._structure in form:
            asked["response_format"] = form[self._structure]
        return asked | self._further

    def _instructions(self, request: WritingRequest) -> str:
        if self._structure == "schema":
            return request.instructions
        schema = json.dumps(request.json_schema, ensure_ascii=False)
        return f"{request.instructions}\n\nAnswer with one JSON object and nothing else. It fits this schema:\n{schema}"

    def _of_response(self, answer: Answer) -> str:
        told = answer.fields
        if told.get("status") == "failed" or told.get("error"):
            refused = self._transport.refused(refusal_of(told.get("error")))
            refused.billed = False  # a failed response is not charged for what it did not say
            raise refused
        parts = [
            part
            for item in told.get("output") or ()
            if isinstance(item, dict) and item.get("type") == "message"
            for part in item.get("content") or ()
            if isinstance(part, dict)
        ]
        self._raise_refusal(next((str(part["refusal"]) for part in parts if part.get("refusal")), ""))
        if told.get("status") == "incomplete":
            reason = (told.get("incomplete_details") or {}).get("reason")
            raise self._cut_off("length" if reason == "max_output_tokens" else str(reason))
        return "".join(str(part.get("text", "")) for part in parts if part.get("type") == "output_text")

    def _of_chat(self, answer: Answer) -> str:
        choices = answer.fields.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        if not choice and answer.fields.get("error"):
            raise self._transport.refused(refusal_of(answer.fields))  # some gateways say so with HTTP 200
        message = choice.get("message") or {}
        self._raise_refusal(str(message.get("refusal") or ""))
        if choice.get("finish_reason") in {"length", "content_filter"}:
            raise self._cut_off(choice["finish_reason"])
        return str(message.get("content") or "")

    def _draft(self, text: str, answer: Answer, into: str, out: str) -> Draft:
        usage = answer.fields.get("usage")
        tokens = {"input_tokens": count(usage, into), "output_tokens": count(usage, out)}
        charge, warnings = token_charge(self._entry, **tokens)
        return Draft(text=text, charge=charge, warnings=warnings, **tokens)

    def _raise_refusal(self, words: str) -> None:
        if words:
            raise self._refused(FailureKind.MODERATED, f"the model refused: {shortened(words)}", "Change the topic.")

    def _cut_off(self, reason: str) -> ProviderError:
        if reason == "length":
            return self._refused(
                FailureKind.INVALID_REQUEST,
                "the answer was cut off at the most tokens it may have",
                "Raise max_output_tokens (Responses) or max_completion_tokens (Chat) in the writer's options.",
            )
        return self._refused(FailureKind.MODERATED, f"the answer was stopped: {reason}", "Change the topic.")

    def _refused(self, kind: FailureKind, words: str, hint: str) -> ProviderError:
        return unusable(self._transport, kind, words, hint=hint)


def build(entry: Entry, bench: Bench) -> OpenAiWriter:
    """Return the writer of an entry.

    Raises:
        InvalidInput: it has no base URL or no model, or its options do not fit.
    """
    transport = client_of(entry, bench, start_seconds=600)  # a reasoning model thinks for minutes before its first word
    return OpenAiWriter(entry, transport)


def _strict(request: WritingRequest) -> dict[str, Any]:
    return {"name": request.schema_name, "schema": dict(request.json_schema), "strict": True}


def _role(speaker: str) -> str:
    return "assistant" if speaker == "writer" else "user"
