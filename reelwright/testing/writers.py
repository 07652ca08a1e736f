"""The contract of writers as a suite for pytest: JSON that fits the schema, every word in its order, one charge.

```python
class TestOurs(WriterContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reelwright.catalogue import Entry
from reelwright.models.writers.contract import Draft, Turn, Writer, WritingRequest
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.studio import Studio
from reelwright.testing.call import CallHarness, CallTrial
from reelwright.testing.call_contract import CallContract
from reelwright.testing.extra import Draft202012Validator
from reelwright.testing.servers.openai_text import storyboard
from reelwright.testing.suite import needs

WriterTrial = CallTrial[WritingRequest, Draft]

_TURNS = (
    Turn(speaker="user", text='Why does bread go "stale"?\nErzähl es so, dass man bleibt …'),
    Turn(speaker="writer", text='{"reply": "It dries out."}'),
    Turn(speaker="user", text="It does not dry: it turns back into crystal. Say it again."),
)


class WriterHarness(CallHarness[WritingRequest, Draft]):
    """One protocol of writers."""

    kind = "writer"
    said: Mapping[str, Any] = storyboard()
    """What the model answers to the usual wish, as JSON: the strict server says it, or a part without a vendor."""

    def request(self, **changes: Any) -> WritingRequest:
        """Return a conversation of three turns about a storyboard, with changes."""
        wish = {"instructions": "You write for people who scroll on.", "turns": _TURNS, "json_schema": draft_schema()}
        return WritingRequest.model_validate({**wish, **changes})

    def build(self, studio: Studio, entry: Entry) -> Writer:
        """Return the writer of an entry."""
        return studio.writer(entry)

    async def ask(self, part: Writer, wish: WritingRequest, folder: Path) -> Draft:
        """Let it write."""
        del folder
        return await part.write(wish, idempotency_key="key-1")


class WriterContract(CallContract):
    """Every behaviour that a script relies on, over each harness."""

    def test_the_draft_is_what_the_model_said(self, trial: WriterTrial) -> None:
        """JSON and nothing round it (no thoughts, no fences), as the schema says, for one call."""
        assert isinstance(trial.harness, WriterHarness)
        wish = trial.harness.request()
        told = json.loads(trial.ask(wish).text)
        assert [found.message for found in Draft202012Validator(dict(wish.json_schema)).iter_errors(told)] == []
        assert told == trial.harness.said
        assert trial.starts == (1 if trial.harness.is_remote else 0)

    def test_a_conversation_may_be_one_turn(self, trial: WriterTrial) -> None:
        """A script's first request has nothing before it."""
        assert isinstance(trial.harness, WriterHarness)
        assert json.loads(trial.ask(trial.harness.request(turns=_TURNS[:1])).text) == trial.harness.said

    @needs("is_remote")
    def test_the_schema_goes_along(self, trial: WriterTrial) -> None:
        """As a field or in words: the vendor is told each property by its name."""
        wish = trial.harness.request()
        trial.ask(wish)
        told = trial.told
        assert [name for name in _properties(wish.json_schema) if name not in told] == []

    @needs("is_remote")
    def test_every_word_goes_out_and_in_its_order(self, trial: WriterTrial) -> None:
        """Instructions and turns reach the vendor whole, and the turns as they were said."""
        wish = trial.harness.request()
        trial.ask(wish)
        told = trial.told
        turns = [turn.text for turn in wish.turns]
        assert [text for text in (wish.instructions, *turns) if text not in told] == []
        assert sorted(turns, key=told.index) == turns

    @needs("prices")
    def test_nothing_is_said_about_a_wish_that_it_honours(self, trial: WriterTrial) -> None:
        """A warning tells of something left out, or of a price that is not known."""
        assert trial.ask(**trial.harness.prices).warnings == ()


def _properties(schema: Any) -> Iterator[str]:
    """The names of all properties in a schema, however deep."""
    match schema:
        case {"properties": dict(properties), **beside}:
            yield from properties
            yield from _properties([*properties.values(), beside])
        case dict():
            yield from _properties(list(schema.values()))
        case list():
            for inner in schema:
                yield from _properties(inner)
