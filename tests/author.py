"""A flow as an author writes it: never run by the tests, only checked by mypy --strict, and read by people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal

from prefect import flow

from reelwright import (
    Brief,
    Budget,
    ClipSeen,
    Episode,
    Finding,
    Grouping,
    Moment,
    OutputFormat,
    Picture,
    PlanRefused,
    Recipe,
    Shot,
    SpokenWord,
    Value,
    WordStyle,
    ass_colour,
    make_plan,
    read_source,
)
from reelwright.stages.script import Script
from reelwright.stages.shots import StartFrame
from tasks import expand_script, start_frame
from tasks.studio import studio

RECIPE = Recipe(output=OutputFormat(size="720x1280"), budget=Budget(per_episode_usd=Decimal("2.50")))


@flow
async def storyboard_wall(source: str) -> list[str]:
    """Draw what a script would look like."""
    script: Script = await expand_script(read_source(source).brief, RECIPE)
    model = studio().catalogue.resolve("animatic", "image")
    frames: list[StartFrame] = await asyncio.gather(
        *(
            start_frame(number, shot, script.storyboard, RECIPE, model)
            for number, shot in enumerate(script.storyboard.shots, 1)
        )
    )
    return [frame.picture.sha256 for frame in frames]


@flow
async def only_if_cheap(brief: Brief, most: Decimal) -> Episode | None:
    """Make an episode, unless it could cost more."""
    from datetime import UTC, datetime  # noqa: PLC0415 - beside its use

    from flows.episode import produce_episode  # noqa: PLC0415 - loads what it needs when it is used

    script: Script = await expand_script(brief, RECIPE)
    plan = make_plan(script.storyboard, RECIPE, studio().catalogue, today=datetime.now(UTC).date())
    try:
        plan.require()
    except PlanRefused:
        return None
    return await produce_episode(brief, RECIPE) if plan.usd_high <= most else None


def tea() -> Brief:
    """Write a brief in Python."""
    return Brief(title="Why tea is brown", shots=(Shot(narration="Leaves hold tannin.", camera="push"),))


GROUPING = Grouping(lines=1, words=3)


class Settings(Value):
    """What a check of their own can be told."""

    darkest: float = 0.1


def check(clip: ClipSeen, settings: Settings) -> Iterator[Finding]:
    """Reject what is too dark, or hardly heard."""
    for seconds, picture in clip.pictures(per_second=1):
        if picture.mean() < settings.darkest * 255:
            yield Finding(kind="dark", severity="reject", message="it is dark", at_seconds=seconds)
    if clip.sound().size == 0:
        yield Finding(kind="silent", severity="note", message=f"shot {clip.shot} is silent")


def style(word: SpokenWord) -> WordStyle:
    """Let words fade in."""
    return WordStyle(letters=rf"\fad(80,0)\1c{ass_colour(word.captions.highlight)}", outline=r"\fad(80,0)")


def blend(before: Picture, after: Picture, moment: Moment) -> Picture:
    """Cut in the middle."""
    return after if moment.at > 1 / 2 else before
