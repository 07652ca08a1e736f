"""What a draft must be before money is spent on it, said so that a writer can put it right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from reelwright.models.writers.storyboard_draft import ShotDraft, StoryboardDraft
from reelwright.models.writers.storyboard_prompt import Terms
from reelwright.storyboard import Brief

_LONGEST_HOOK_SECONDS = Fraction(5)
_FEWEST_PICTURE_LETTERS = 20
_TITLE_LETTERS = 100
_MARKUP = re.compile(
    r"https?://|[*_#<>{}\[\]|]|^\s*(?:narrator|voice-?over|vo|scene|shot)\b[^.]{0,12}:|[\U0001F300-\U0001FAFF\u2600-\u27BF]",
    re.IGNORECASE,
)


def problems_of(draft: StoryboardDraft, brief: Brief, terms: Terms) -> tuple[str, ...]:
    """Return all that is wrong with a draft; empty if it can be made as it is."""
    return tuple(dict.fromkeys([*_of_text(draft, terms), *_of_shots(draft, brief, terms), *_of_length(draft, terms)]))


def prompt_of(shot: ShotDraft, draft: StoryboardDraft, looks: dict[str, str]) -> str:
    """Return a shot's whole prompt: its picture, how its characters look, and the world that all shots share."""
    seen = [f"{name}: {looks[name]}" for name in shot.characters if looks.get(name)]
    parts = [shot.picture, *seen, draft.world]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def looks_of(draft: StoryboardDraft, brief: Brief) -> dict[str, str]:
    """Return how each character looks, by name; what the brief says of them holds."""
    drafted = {one.name: one.description for one in draft.characters}
    return drafted | {one.name: one.description for one in brief.characters}


def _of_text(draft: StoryboardDraft, terms: Terms) -> Iterator[str]:
    if not 1 <= len(draft.title) <= _TITLE_LETTERS:
        yield f"title: it has {len(draft.title)} characters; 1 to {_TITLE_LETTERS} are allowed"
    if draft.title.casefold() in {title.casefold() for title in terms.avoid}:
        yield f"title: {draft.title!r} was told before; tell something else"
    if not draft.hashtags:
        yield "hashtags: there are none; give three to eight"


def _of_shots(draft: StoryboardDraft, brief: Brief, terms: Terms) -> Iterator[str]:
    looks = looks_of(draft, brief)
    hook = terms.seconds_of(draft.hook.narration)
    if hook > _LONGEST_HOOK_SECONDS:
        yield f"hook: its narration takes {float(hook):.1f} s; at most {float(_LONGEST_HOOK_SECONDS):g} s hold anybody"
    if not draft.shots:
        yield "shots: there is nothing after the hook"
    pictures = Counter(shot.picture.casefold() for shot in draft.all_shots)
    for number, shot in enumerate(draft.all_shots):
        place = f"shots[{number}]" if number else "hook"
        yield from (f"{place}: {problem}" for problem in _of_shot(shot, draft, looks, terms))
        if pictures[shot.picture.casefold()] > 1:
            yield f"{place}.picture: another shot has the very same picture; show something else"


def _of_shot(shot: ShotDraft, draft: StoryboardDraft, looks: dict[str, str], terms: Terms) -> Iterator[str]:
    if not shot.narration and not (shot.dialogue and terms.dialogue):
        yield "nothing is said in it; write its narration"
    if found := _MARKUP.search(shot.narration):
        yield f"narration holds {found[0]!r}; write only what is spoken"
    seconds = terms.seconds_of(shot.narration)
    if seconds > terms.longest_shot_seconds:
        longest = float(terms.longest_shot_seconds)
        yield f"its narration takes {float(seconds):.1f} s, and a shot has at most {longest:g} s; divide it"
    if len(shot.picture) < _FEWEST_PICTURE_LETTERS:
        yield "picture: it says too little to be filmed"
    unknown = [name for name in shot.characters if name not in looks]
    if unknown:
        yield f"characters: {', '.join(map(repr, unknown))} is not described under characters"
    if shot.dialogue and not terms.dialogue:
        yield "dialogue: nobody can speak here; move it into the narration"
    whole = len(prompt_of(shot, draft, looks))
    if terms.prompt_characters is not None and whole > terms.prompt_characters:
        yield (
            f"picture: with world and characters it has {whole} characters, and the model takes"
            f" {terms.prompt_characters}; shorten it"
        )


def _of_length(draft: StoryboardDraft, terms: Terms) -> Iterator[str]:
    total = sum((terms.seconds_of(shot.narration or shot.dialogue) for shot in draft.all_shots), Fraction(0))
    low, high = terms.range_seconds
    words = max(round(abs(total - terms.target_seconds) * terms.words_a_second), 1)
    wanted = f"it takes about {round(total)} s to say, pauses included, and {round(low)} to {round(high)} s are wanted"
    if total > high:
        yield f"{wanted}: leave out about {words} words, or whole shots"
    if total < low:
        yield f"{wanted}: add about {words} words, in new shots where one would get too long"
