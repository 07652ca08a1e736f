"""Produce an episode: script → narration → start frame → clip → check → segment → sound → stitch → folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from flows.alerts import tell_needs
from flows.clips import produce_clip
from flows.context import End, EpisodeRun
from flows.form import form
from flows.frames import produce_frame
from flows.limits import read_limits
from flows.publication import publish_episode
from flows.review import Rejected, Review, Reviews
from flows.story import Story
from flows.voices import produce_voice, settle_voice
from reelwright.errors import EpisodeIncomplete, ReelwrightError
from reelwright.further import Room
from reelwright.overlays import Card, layers_of
from reelwright.plan import Plan
from reelwright.recipe import Recipe
from reelwright.stages.episode import Episode, FinishedShot, unchanged_episode
from reelwright.stages.script import Script
from reelwright.stages.segments import Picture, look_of
from reelwright.stages.shots import Segment
from reelwright.storyboard import Brief, Shot, Storyboard
from reelwright.timing import shot_time
from reelwright.transition import edges_of, transition_into
from tasks.audio import mix_sound
from tasks.report import report
from tasks.script import expand_script
from tasks.shots import finish_segment, finish_transition, make_card
from tasks.stitch import deliver, sign_master, stitch_master
from tasks.studio import studio


@form("produce-episode", flow_run_name="{brief.title}")
async def produce_episode(
    brief: Brief,
    recipe: Recipe = Recipe(),  # noqa: B008 - frozen
    review: Review = "none",
    review_hours: Annotated[float, Field(gt=0, le=720)] = 48,
    out: str = "out",
    fresh: tuple[Annotated[int, Field(ge=0)], ...] = (),
) -> Episode:
    """Turn a script into a finished vertical video.

    Args:
        brief: The title and the shots: what is said and what is seen.
        recipe: How it is made; every field has a default that needs no key and no network.
        review: When a person decides: before anything is spent (storyboard, price), before it is published, or both.
        review_hours: How long a review waits; after that the run ends: nothing is spent, or nothing is published.
        out: Folder for the result; the episode gets a folder of its own in it.
        fresh: Numbers of shots whose clips are bought anew even if there are some; 0 means all of them.
    """
    script: Script = await expand_script(brief, recipe)
    reviews = Reviews(review, review_hours)
    try:
        while True:
            script, plan = await reviews.storyboard(script, recipe)
            if await reviews.sent_back():
                continue
            episode = await _as_approved(reviews, script, recipe, out)
            episode = episode or await make_episode(script, plan, recipe, out, fresh)
            if not await reviews.publication(episode):
                await publish_episode(episode.folder, script.storyboard, recipe)
                return episode
    except Rejected as decision:
        return decision.state()  # type: ignore[return-value]


async def _as_approved(reviews: Reviews, script: Script, recipe: Recipe, out: str) -> Episode | None:
    """Return the episode that was approved while this run was suspended, if it still lies in its folder."""
    if not reviews.has_approved:
        return None
    folder = Path(out) / script.storyboard.slug
    return await asyncio.to_thread(unchanged_episode, folder, script.storyboard, recipe, studio().settings)


async def make_episode(script: Script, plan: Plan, recipe: Recipe, out: str, fresh: Sequence[int]) -> Episode:
    """Make an episode as it is planned: its shots side by side, then its sound, master, folder and report."""
    storyboard, story = script.storyboard, await Story.begin(plan)
    limits = await read_limits() if plan.usd_high else {}
    loop = asyncio.get_running_loop()
    told = [number for number, shot in enumerate(storyboard.shots) if shot.continues]
    told += range(1, len(storyboard.shots) + 1) if _has_progress(storyboard, recipe) else ()
    ends = {number: loop.create_future() for number in told}
    run = EpisodeRun(script, recipe, story, frozenset(fresh), limits, ends, room=Room(plan.usd_more))
    made = await asyncio.gather(
        *(produce_shot(number, shot, run) for number, shot in enumerate(storyboard.shots, 1)),
        return_exceptions=True,
    )
    await story.show()  # also where a shot has failed: nothing is at work any more
    await tell_needs(plan, recipe, run.episode, made)
    finished = await join_shots(_all_or_raise(made), run)
    sound = await story.tell(0, "sound", mix_sound(finished, storyboard, recipe))
    master = await story.tell(0, "stitch", stitch_master(finished, sound, storyboard, recipe))
    signed = None
    if recipe.content_credentials:
        signed = await story.tell(0, "signature", sign_master(master, finished, sound, script, recipe))
    folder = str(Path(out) / storyboard.slug)
    episode: Episode = await story.tell(0, "folder", deliver(folder, finished, sound, master, script, recipe, signed))
    await story.tell(0, "report", report(episode))
    await story.end(episode, finished)
    return episode


async def produce_shot(number: int, shot: Shot, run: EpisodeRun) -> FinishedShot:
    """Produce one shot: what is heard decides how long it is, then what is seen is made for it."""
    script, recipe, story = run.script, run.recipe, run.story
    with run.ending(number) as end:
        voice = await produce_voice(number, shot.narration, run, after=[script])
        heard = voice.narration
        time = shot_time(
            shot,
            recipe,
            speech_seconds=heard.seconds if heard else None,
            words=heard.words if heard else (),
        )
        frame = await produce_frame(number, shot, run, after=[script, voice.check or heard])
        clip = await produce_clip(number, shot, frame, time, run)
        clip, voice, time = await settle_voice(number, shot, clip, voice, time, run)
        end.set_result(End(clip, time.frames))
    edges = edges_of(number, time.frames, script.storyboard.shots, recipe.transition, recipe.output.frame_rate)
    span = await run.span(number) if _has_progress(script.storyboard, recipe) else None
    layers = layers_of(number, time.frames, recipe.overlays, script.storyboard, recipe.output, span=span)
    picture = Picture(clip, time, edges, layers, shot.fit)
    finishing = finish_segment(number, picture, look_of(recipe, script.storyboard.language))
    segment = await story.tell(number, "segment", finishing)
    return FinishedShot(
        number=number,
        narration=voice.narration,
        narration_verdict=voice.verdict,
        start_frame=frame,
        clip=clip,
        time=time,
        segment=segment,
        edges=edges,
        layers=layers,
    )


def _has_progress(board: Storyboard, recipe: Recipe) -> bool:
    overlays = (*recipe.overlays, *(overlay for shot in board.shots for overlay in shot.overlays))
    return any(overlay.name == "progress" for overlay in overlays)


async def join_shots(shots: list[FinishedShot], run: EpisodeRun) -> list[FinishedShot]:
    """Make the transitions between shots (a cut is none) and the cards before and after them all."""
    board, recipe = run.script.storyboard, run.recipe
    look = look_of(recipe, board.language)

    def side(shot: FinishedShot) -> Picture:
        return Picture(shot.clip, shot.time, shot.edges, shot.layers, board.shots[shot.number - 1].fit)

    async def joined(before: FinishedShot | None, after: FinishedShot) -> FinishedShot:
        transition = transition_into(after.number, board.shots, recipe.transition)
        if before is None or not before.edges.tail + after.edges.head:
            return after
        making = finish_transition(after.number, transition, side(before), side(after), look)
        made = await run.story.tell(0, "transition", making)
        return after.model_copy(update={"transition": made})

    async def carded(place: str, card: Card | None, beside: FinishedShot) -> Segment | None:
        if card is None:
            return None
        making = make_card(place, card, board.title, beside.start_frame, look)
        return await run.story.tell(0, "card", making)

    cards = asyncio.gather(carded("title", recipe.title_card, shots[0]), carded("end", recipe.end_card, shots[-1]))
    linked = list(await asyncio.gather(*map(joined, [None, *shots[:-1]], shots)))
    lead_in, lead_out = await cards
    linked[0] = linked[0].model_copy(update={"lead_in": lead_in})
    linked[-1] = linked[-1].model_copy(update={"lead_out": lead_out})
    return linked


def _all_or_raise(made: list[FinishedShot | BaseException]) -> list[FinishedShot]:
    """Return the shots, or one error that names every shot that failed; what is finished stays finished."""
    failed = []
    for number, outcome in enumerate(made, 1):
        if isinstance(outcome, ReelwrightError):
            failed.append((number, outcome))
        elif isinstance(outcome, BaseException):
            raise outcome
    if failed:
        raise EpisodeIncomplete(tuple(failed), finished=len(made) - len(failed))
    return [shot for shot in made if isinstance(shot, FinishedShot)]
