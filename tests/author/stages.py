"""A stage of one's own, and what Prefect can do with any of them: submit it, map it, ask for its state."""

from __future__ import annotations

from typing import assert_type

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, PrefectFutureList

from reelwright.finished import Finished, once
from tasks.stage import stage
from tasks.studio import studio


class Mood(Finished):
    """What a text feels like."""

    mood: str
    """In one word."""


@stage("mood", run_name="mood of {text}", tags=("script",))
async def mood_of(text: str, language: str = "en") -> Mood:
    """Say what a text feels like; asked again, it is found."""

    async def make() -> Mood:
        return Mood(mood="calm" if len(text) % 2 else "bright")

    return await once(studio().vault, "mood/1", {"text": text, "language": language}, Mood, make)


@flow
async def moods(texts: list[str]) -> set[str]:
    """Feel all texts: one after the other, beside the flow, and all at once."""
    first = assert_type(await mood_of(texts[0]), Mood)
    future = assert_type(mood_of.submit(texts[0], "de"), PrefectFuture[Mood])
    mapped = assert_type(mood_of.map(texts), PrefectFutureList[Mood])
    state = assert_type(await mood_of(texts[0], return_state=True), State[Mood])
    patient = mood_of.with_options(name="mood, patiently", retries=2)
    later = assert_type(await patient(texts[0], wait_for=[first]), Mood)
    found = [first, future.result(), later, *mapped.result()]
    return {one.mood for one in found} | {state.name or ""}


async def wrong() -> None:
    """What an editor underlines."""
    await mood_of(1)  # type: ignore[call-overload]
    (await mood_of("tea")).moods  # type: ignore[attr-defined]  # noqa: B018
    mood_of.submit(text="tea", tongue="de")  # type: ignore[call-overload]
    mood_of.submit("tea").mood  # type: ignore[attr-defined]  # noqa: B018 - it is in the future's result
