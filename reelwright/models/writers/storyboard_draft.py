"""What a writer is asked to fill in: a storyboard as plain texts, and the reading of what came back."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from reelwright.validation import complaints

Camera = Literal["push", "pull", "pan-left", "pan-right", "tilt-up", "tilt-down", "orbit", "drift", "still"]
Line = Annotated[str, StringConstraints(strip_whitespace=True)]

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.DOTALL)
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


class _Part(BaseModel):
    # A host that ignores the schema may send more than was asked; the schema itself allows nothing else.
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
        json_schema_extra={"additionalProperties": False},
    )


class CharacterDraft(_Part):
    """A person, animal or mascot that appears in more than one shot."""

    name: Line
    """A short name, used in every picture that shows them."""
    description: Line
    """All that must stay the same: kind, age, build, face, hair, clothes, colours. No actions, no places."""


class ShotDraft(_Part):
    """One shot."""

    narration: Line
    """What the narrator says over it, exactly as it is spoken: no headings, stage directions, emojis or links."""
    dialogue: Line
    """What people in the picture say themselves; empty where nobody does."""
    picture: Line
    """What is seen, for a video model: subject and one action, place, framing and lens, light. No written text."""
    camera: Camera
    """How the camera moves."""
    characters: list[Line]
    """Names of the described characters that are in the picture; empty where none is."""


class StoryboardDraft(_Part):
    """A whole storyboard."""

    title: Line
    """At most 100 characters; it promises what the video keeps."""
    description: Line
    """The text below the video: one to three sentences, no hashtags."""
    hashtags: list[Line]
    """Three to eight single words without `#`."""
    world: Line
    """Place, time of day, season, light and colours that all pictures share: one sentence of at most 30 words."""
    characters: list[CharacterDraft]
    """Who appears in more than one shot; empty if nobody does."""
    hook: ShotDraft
    """The first shot: within three seconds it gives a reason to stay. No greeting, no announcement."""
    shots: list[ShotDraft]
    """All further shots, in order. The last one closes the thought."""

    @property
    def all_shots(self) -> tuple[ShotDraft, ...]:
        """The hook and all further shots."""
        return (self.hook, *self.shots)


class Unreadable(Exception):
    """An answer that is no draft; `problems` say why, for the writer."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_draft(text: str) -> StoryboardDraft:
    """Read what a writer sent; code fences and thoughts round the JSON are taken off.

    Raises:
        Unreadable: no JSON object, or one that does not fit.
    """
    plain = _THOUGHTS.sub("", text).strip()
    fenced = _FENCE.search(plain)
    plain = fenced[1] if fenced else plain[max(plain.find("{"), 0) : plain.rfind("}") + 1]
    try:
        data = json.loads(plain)
    except ValueError as error:
        raise Unreadable(f"the answer is not one JSON object: {error}") from None
    try:
        return StoryboardDraft.model_validate(data)
    except ValidationError as error:
        found = complaints(error, StoryboardDraft)
        raise Unreadable(
            *(f"{one.field or 'the answer'}: {one.problem}; expected {one.expected}" for one in found[:12])
        ) from None


@functools.cache
def _schema_text() -> str:
    schema = StoryboardDraft.model_json_schema()
    named = schema.pop("$defs")
    return json.dumps(_inlined(schema, named))


def draft_schema() -> dict[str, Any]:
    """Return the JSON schema of a draft in the subset that all vendors' strict modes take: no references, no limits."""
    schema: dict[str, Any] = json.loads(_schema_text())
    return schema


def _inlined(node: Any, named: Mapping[str, Any]) -> Any:
    match node:
        case {"$ref": str(reference), **beside}:
            return _inlined({**copy.deepcopy(named[reference.rsplit("/", 1)[-1]]), **beside}, named)
        case dict():
            # `title` is a field of ours and a keyword of theirs: only the keyword, a text, goes.
            return {
                name: _inlined(value, named)
                for name, value in node.items()
                if not (name == "title" and isinstance(value, str))
            }
        case list():
            return [_inlined(item, named) for item in node]
        case _:
            return node
