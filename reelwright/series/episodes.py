"""One episode of a series: its brief with the show's bible, its recipe with the series' caps, its folder."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import regex

from reelwright.credentials import KeySource, nothing_stored
from reelwright.publishing.choosing import entries_of
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.recipe import Recipe
from reelwright.series.files import SeriesFile
from reelwright.series.memory import RESERVE
from reelwright.series.paths import from_anywhere
from reelwright.series.values import Bible
from reelwright.stages.episode import MANIFEST
from reelwright.storyboard import Brief, Character, Shot
from reelwright.vault import sha256_of


def brief_for(file: SeriesFile, brief: Brief) -> Brief:
    """Return a topic's brief with what every episode of the series has in common."""
    series = file.series
    own = {person.name for person in brief.characters}
    people = (*brief.characters, *(person for person in series.bible.characters if person.name not in own))
    tags = dict.fromkeys([*brief.hashtags, *series.hashtags])
    whole = brief.model_copy(
        update={
            "characters": people,
            "hashtags": tuple(tags),
            "shots": tuple(_with_people(shot, people) for shot in brief.shots),
            "topic": _notes(brief.topic, series.bible) if brief.topic else "",
        }
    )
    return from_anywhere(whole, file.folder)


def recipe_for(file: SeriesFile, day: str, at: datetime | None = None, *, stored: KeySource = nothing_stored) -> Recipe:
    """Return the recipe of an episode whose slot is on `day` (2026-11-21): the series' caps are counted under it.

    `at` is when it goes out; without it, it goes nowhere.
    """
    series, recipe = file.series, file.recipe
    caps = {
        f"series {file.name} on {day}": series.budget.per_day_usd,
        f"series {file.name} in {day[:7]}": series.budget.per_month_usd,
    }
    budget = recipe.budget.model_copy(update={"series": file.name, "caps": caps})
    if series.budget.per_episode_usd is not None:
        budget = budget.model_copy(update={"per_episode_usd": series.budget.per_episode_usd})
    look = recipe.look.model_copy(update={"style": series.bible.look}) if series.bible.look else recipe.look
    return recipe.model_copy(update={"budget": budget, "look": look, "channels": channels_for(file, at, stored)})


def channels_for(file: SeriesFile, at: datetime | None, stored: KeySource = nothing_stored) -> tuple[ChannelEntry, ...]:
    """Return where an episode goes out, at its slot; `stored` has the channels that are known by name alone.

    Raises:
        RecipeError: there is no such kind of channel, or two have one name.
    """
    if at is None:
        return ()
    entries = entries_of(file.series.channels or file.recipe.channels, stored=stored)
    return tuple(
        entry.model_copy(update={"options": PostOptions.model_validate(entry.options.model_dump() | {"at": at})})
        for entry in entries
    )


def folder_for(file: SeriesFile, name: str, out: str) -> str:
    """Return the folder that a slot's episode gets a folder of its own in: `out/kitchen/2026-11-21-1800`."""
    plain = name if name.startswith(RESERVE) else name.replace("T", "-").replace(":", "")
    return str(Path(out) / file.name / plain)


def whole_in(folder: str) -> str:
    """Return the folder of a whole episode inside `folder`; empty if there is none."""
    found = (str(path.parent) for path in sorted(Path(folder).glob(f"*/{MANIFEST}")))
    return next((path for path in found if is_whole(path)), "")


def is_whole(folder: str) -> bool:
    """Whether an episode lies in a folder with every byte that its manifest names."""
    if not folder:
        return False
    try:
        manifest = json.loads((Path(folder) / MANIFEST).read_text("utf-8"))
        return all(sha256_of(Path(folder) / name) == digest for name, digest in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _notes(topic: str, bible: Bible) -> str:
    """Return what the writer is told: the topic, and how the show speaks."""
    parts = [topic]
    if bible.voice:
        parts.append(f"How the show speaks: {bible.voice}")
    parts += [f"Always: {rule}" for rule in bible.dos]
    parts += [f"Never: {rule}" for rule in bible.donts]
    return "\n".join(parts)


def _with_people(shot: Shot, people: tuple[Character, ...]) -> Shot:
    """Return a shot with the people that its words name, where it does not say itself who is in it."""
    if shot.characters:
        return shot
    words = f"{shot.prompt}\n{shot.narration}"
    named = [person.name for person in people if regex.search(rf"(?<!\w){regex.escape(person.name)}(?!\w)", words)]
    return shot.model_copy(update={"characters": tuple(named)}) if named else shot
