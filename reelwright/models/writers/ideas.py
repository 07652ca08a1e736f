"""Ideas for the episodes of a series: as many as are wanted, none of them told before, none twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field

from reelwright.alike import is_like
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft, Turn, WritingRequest
from reelwright.models.writers.storyboard_writer import Ask
from reelwright.values import Value

_TOLD_AT_MOST = 300
_TITLE_LETTERS = 100
_CRAFT = """\
You find subjects for a series of short vertical videos. Each idea is one surprising, true and concrete thing that can
be told in under a minute and shown in pictures. No lists, no opinions, no news that is old tomorrow. Two ideas never
answer the same question, in whatever words."""


class Idea(Value):
    """One episode that could be made."""

    title: str = Field(min_length=1, max_length=_TITLE_LETTERS)
    topic: str = Field(min_length=1)
    """What it tells, in one or two sentences: the topic of a brief."""


class Ideas(Value):
    """What a writer found."""

    ideas: tuple[Idea, ...]
    charge: Charge
    warnings: tuple[str, ...] = ()


async def find_ideas(
    ask: Ask, subject: str, count: int, *, told: Sequence[str] = (), language: str = "en", writer: str
) -> Ideas:
    """Let a writer find `count` ideas about `subject`; `told` are the titles (or topics) of what was made before.

    What is too much like something told before, or like another idea, is thrown away and asked for once more.

    Raises:
        ProviderError: the writer refused, or found nothing that is new.
        StartAmbiguous: no answer came back.
    """
    request = _request(subject, count, told, language)
    drafts = [await ask(request)]
    found = _new(_read(drafts[0]), told)
    if len(found) < count:
        drafts.append(await ask(_again(request, drafts[0], found, count)))
        found = _new([*found, *_read(drafts[1])], told)
    if not found:
        raise ProviderError(
            f"{writer} found no idea about {subject!r} that was not told before.",
            provider=writer,
            model=writer,
            kind=FailureKind.MEDIA_REJECTED,
            billed=True,
            hint="Widen the subject of the series.",
        )
    missing = count - len(found)
    warnings = [text for draft in drafts for text in draft.warnings]
    if missing > 0:
        warnings.append(f"{writer} found {len(found)} of {count} ideas")
    total = sum((draft.charge.usd for draft in drafts), Decimal(0))
    charge = drafts[0].charge.model_copy(update={"usd": total})
    return Ideas(ideas=tuple(found[:count]), charge=charge, warnings=tuple(dict.fromkeys(warnings)))


def _request(subject: str, count: int, told: Sequence[str], language: str) -> WritingRequest:
    lines = [
        f"Subject of the series: {subject}",
        # A few more than are wanted: some will be too much like what was told.
        f"Find {count + max(count // 3, 2)} ideas, the best first. Write in this language (BCP 47): {language}.",
    ]
    if told:
        listed = "\n".join(f"- {title}" for title in told[-_TOLD_AT_MOST:])
        lines.append(f"These were told before; none of them again, in no other words either:\n{listed}")
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["ideas"],
        "properties": {
            "ideas": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["title", "topic"],
                    "properties": {
                        "title": {"type": "string", "description": "At most 100 characters; it promises one thing."},
                        "topic": {"type": "string", "description": "What is told: one or two sentences of facts."},
                    },
                },
            }
        },
    }
    turns = (Turn(speaker="user", text="\n".join(lines)),)
    return WritingRequest(instructions=_CRAFT, turns=turns, schema_name="ideas", json_schema=schema)


def _again(request: WritingRequest, draft: Draft, found: Sequence[Idea], count: int) -> WritingRequest:
    kept = "\n".join(f"- {idea.title}" for idea in found) or "- none"
    text = (
        f"Only these are new and unlike each other:\n{kept}\nFind {count - len(found) + 2} further ideas that are"
        " unlike these and unlike everything told before. Send only the further ones."
    )
    turns = (*request.turns, Turn(speaker="writer", text=draft.text.strip() or "{}"), Turn(speaker="user", text=text))
    return request.model_copy(update={"turns": turns})


def _read(draft: Draft) -> list[Idea]:
    """Return what can be read of an answer; the rest is asked for again."""
    plain = draft.text[max(draft.text.find("{"), 0) : draft.text.rfind("}") + 1]
    try:
        data: Any = json.loads(plain)
    except ValueError:
        return []
    given = data.get("ideas") if isinstance(data, dict) else None
    told = [item for item in given or () if isinstance(item, dict)] if isinstance(given, list) else []
    pairs = ((str(item.get("title", "")).strip(), str(item.get("topic", "")).strip()) for item in told)
    return [Idea(title=title, topic=topic or title) for title, topic in pairs if 0 < len(title) <= _TITLE_LETTERS]


def _new(ideas: Iterable[Idea], told: Sequence[str]) -> list[Idea]:
    kept: list[Idea] = []
    for idea in ideas:
        before = (*told, *(other.title for other in kept))
        if not any(is_like(idea.title, title) or is_like(idea.topic, title) for title in before):
            kept.append(idea)
    return kept
