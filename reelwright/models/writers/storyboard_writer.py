"""From a topic to a storyboard: one request, a check, one repair round, and what is left is put right by rule."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.storyboard_check import looks_of, problems_of, prompt_of
from reelwright.models.writers.storyboard_draft import ShotDraft, StoryboardDraft, Unreadable, read_draft
from reelwright.models.writers.storyboard_prompt import Terms, first_request, has_own_title, repair_request
from reelwright.storyboard import Brief, Character, Shot, Storyboard
from reelwright.values import Value

_MOST_HASHTAGS = 15
_NOT_IN_HASHTAG = re.compile(r"[^\w]+")

Ask = Callable[[WritingRequest], Awaitable[Draft]]
"""Asks a writer once; the same request is paid once."""


class Written(Value):
    """A storyboard, and what it cost to write."""

    storyboard: Storyboard
    charge: Charge
    warnings: tuple[str, ...] = ()


async def write_storyboard(ask: Ask, brief: Brief, terms: Terms, *, writer: str) -> Written:
    """Let a writer make a storyboard of a brief that has a topic and no shots.

    Raises:
        ProviderError: the writer refused, or gave no usable storyboard in two rounds.
        StartAmbiguous: no answer came back.
    """
    request = first_request(brief, terms)
    first = await ask(request)
    draft, problems = _read(first.text, brief, terms)
    drafts = [first]
    if problems:
        repaired = await _repaired(
            ask, repair_request(request, first.text, problems), drafts, may_fail=draft is not None
        )
        later = _read(repaired, brief, terms) if isinstance(repaired, str) else (None, (repaired.message,))
        draft, problems = _better(later, (draft, problems))
    if draft is None:
        raise ProviderError(
            f"{writer} gave no usable storyboard: {'; '.join(problems[:5])}.",
            provider=writer,
            model=writer,
            kind=FailureKind.MEDIA_REJECTED,
            billed=True,
            hint="Say more in the topic, or name another writer.",
        )
    storyboard, adapted = settle(draft, brief, terms, writer=writer)
    told = [text for one in drafts for text in one.warnings]
    left = [f"the writer left this: {problem}" for problem in problems]
    return Written(storyboard=storyboard, charge=_sum(drafts), warnings=tuple(dict.fromkeys([*told, *left, *adapted])))


def settle(draft: StoryboardDraft, brief: Brief, terms: Terms, *, writer: str) -> tuple[Storyboard, tuple[str, ...]]:
    """Return the storyboard of a draft: what the brief gives holds, and what no model could take is left out."""
    looks, warnings = looks_of(draft, brief), []
    shots = []
    for number, shot in enumerate(draft.all_shots, 1):
        made = _shot(shot, draft, looks, terms)
        if made is None:
            warnings.append(f"shot {number} of the writer said nothing that can be made; it was left out")
        else:
            shots.append(made)
    given = {one.name for one in brief.characters}
    seen = {name for shot in shots for name in shot.characters}
    added = [one for one in draft.characters if one.name not in given and one.name in seen]
    storyboard = Storyboard(
        title=_title(draft, brief),
        description=brief.description or draft.description[:5000],
        hashtags=brief.hashtags or hashtags(draft.hashtags),
        language=brief.language,
        characters=(
            *brief.characters,
            *(Character(name=one.name[:80], description=one.description) for one in added),
        ),
        shots=tuple(shots),
        writer=writer,
        channels=brief.channels,
    )
    return storyboard, tuple(warnings)


def hashtags(given: list[str]) -> tuple[str, ...]:
    """Return single words without `#`, each once, at most fifteen."""
    kept: dict[str, str] = {}
    for word in (_NOT_IN_HASHTAG.sub("", tag) for tag in given):
        if word:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())[:_MOST_HASHTAGS]


async def _repaired(ask: Ask, request: WritingRequest, drafts: list[Draft], *, may_fail: bool) -> str | ProviderError:
    """Return what the writer sends when told what is wrong; or the error, if there is a draft that may do."""
    try:
        drafts.append(await ask(request))
    except ProviderError as error:
        if not may_fail:
            raise
        return error
    return drafts[-1].text


def _read(text: str, brief: Brief, terms: Terms) -> tuple[StoryboardDraft | None, tuple[str, ...]]:
    try:
        draft = read_draft(text)
    except Unreadable as error:
        return None, error.problems
    return draft, problems_of(draft, brief, terms)


def _better(
    later: tuple[StoryboardDraft | None, tuple[str, ...]], earlier: tuple[StoryboardDraft | None, tuple[str, ...]]
) -> tuple[StoryboardDraft | None, tuple[str, ...]]:
    """Return the draft with fewer problems; the later one where they are alike."""
    if later[0] is None and earlier[0] is not None:
        return earlier[0], (*earlier[1], *later[1])
    if earlier[0] is None or len(later[1]) <= len(earlier[1]):
        return later
    return earlier


def _shot(shot: ShotDraft, draft: StoryboardDraft, looks: dict[str, str], terms: Terms) -> Shot | None:
    known = shot.model_copy(update={"characters": [name for name in shot.characters if name in looks]})
    dialogue = shot.dialogue if terms.dialogue else ""
    if not (shot.narration or dialogue or shot.picture):
        return None
    return Shot(
        narration=shot.narration,
        dialogue=dialogue,
        prompt=prompt_of(known, draft, looks),
        camera=shot.camera,
        characters=tuple(dict.fromkeys(known.characters)),
    )


def _title(draft: StoryboardDraft, brief: Brief) -> str:
    if has_own_title(brief) or not draft.title:
        return brief.title
    title = draft.title
    return title if len(title) <= 100 else title[:99].rsplit(" ", 1)[0] + "…"  # noqa: PLR2004 - as Storyboard allows


def _sum(drafts: list[Draft]) -> Charge:
    total = sum((draft.charge.usd for draft in drafts), Decimal(0))
    return drafts[0].charge.model_copy(
        update={"usd": total, "estimated": any(draft.charge.estimated for draft in drafts)}
    )
