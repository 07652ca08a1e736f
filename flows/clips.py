"""One shot's clip: the models in their order, each a branch of the run graph, until one gives a clip."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from flows.context import EpisodeRun
from flows.limits import a_place_at
from flows.voices import hear_clip, voiceless_clip
from reelwright.asking import video_models, video_request
from reelwright.catalogue import Entry
from reelwright.checks.own import judges_of
from reelwright.errors import AllModelsFailed, BudgetExceeded, FailureKind, ReelwrightError
from reelwright.further import further_takes, take_price
from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import Recipe
from reelwright.references import asset_of, references_for
from reelwright.stages.chain import keep_clip
from reelwright.stages.own_sound import is_said_wrong
from reelwright.stages.shots import StartFrame
from reelwright.storyboard import Shot
from reelwright.takes.values import Clip, TakeFailed, Terms
from reelwright.timing import ShotTime
from tasks.checks import check_clip
from tasks.script import rewrite_prompt
from tasks.shots import await_take, collect_take, find_clip, make_clip, start_take
from tasks.studio import studio
from tasks.terms import terms_for


async def produce_clip(number: int, shot: Shot, frame: StartFrame, time: ShotTime, run: EpisodeRun) -> Clip:
    """Return a clip for a shot: found again, or from the first model of its chain that gives a good one.

    Raises:
        AllModelsFailed: none did; every cause is in it.
        BudgetExceeded: a cap would be passed; nothing was started for it.
    """
    recipe, story, storyboard = run.recipe, run.story, run.script.storyboard
    chain = models_for(shot, recipe)
    if all(entry.is_local for entry in chain):
        drawn: Clip = await story.tell(number, "clip", make_clip(number, shot, storyboard, frame, recipe))
        return drawn
    seconds = Fraction(time.frames, recipe.output.frame_rate)
    shown = references_for(shot, storyboard.characters, studio().vault)
    request = video_request(
        shot,
        storyboard,
        recipe,
        seconds=seconds,
        first_frame=frame.picture,
        last_frame=asset_of(shot.end_frame, studio().vault) if shot.end_frame else None,
        references=shown,
    )
    asked, judges = request, judges_of(recipe.checks)
    found: Clip | None = None if run.is_fresh(number) else await find_clip(number, chain, request, judges)
    if found is not None:
        run.twins.note(number, request, found)
        with contextlib.suppress(TakeFailed):  # the checks have become stricter: its model is asked again
            return await _judged(number, found, shot, frame, _entry_of(found, chain), run)
    causes: list[TakeFailed] = []
    waiting = list(chain)
    while waiting:
        entry = waiting.pop(0)
        clip: Clip
        if entry.is_local and (spare := voiceless_clip(number, shot, run)):
            return _with_causes(*spare, causes)  # a filmed shot without its sound goes before a drawn one
        try:
            if entry.is_local:
                drawing = make_clip(number, shot, storyboard, frame, recipe, wait_for=list(causes))
                clip = await story.tell(number, "clip", drawing)
            else:
                clip = await story.tell(number, "clip", _taken(number, entry, request, frame, run, causes))
        except TakeFailed as error:
            again = await _said_again(number, request, error, causes, run)
            causes.append(error)
            if again is not None:
                request = again
                waiting.insert(0, entry)
            continue
        clip = clip.model_copy(update={"causes": (*(cause.told() for cause in causes), *clip.causes)})
        await keep_clip(studio(), chain, asked, clip, judges)
        return clip
    if spare := voiceless_clip(number, shot, run):
        return _with_causes(*spare, causes)
    raise AllModelsFailed(f"shot {number}", tuple(causes))


def _with_causes(clip: Clip, own: TakeFailed, causes: Sequence[TakeFailed]) -> Clip:
    """Return a clip with why all the others were left; what it cost itself is no further cost."""
    return clip.model_copy(update={"causes": tuple(cause.told() for cause in causes if cause is not own)})


def _entry_of(clip: Clip, chain: Sequence[Entry]) -> Entry:
    return next((entry for entry in chain if entry.name == clip.model), chain[0])


async def _said_again(
    number: int, request: VideoRequest, error: TakeFailed, causes: list[TakeFailed], run: EpisodeRun
) -> VideoRequest | None:
    """Return the request with a prompt that may pass the filter, once for a shot, where the recipe has a writer."""
    is_first = all(cause.kind is not FailureKind.MODERATED for cause in causes)
    if error.kind is not FailureKind.MODERATED or not is_first or run.recipe.writer == "none":
        return None
    try:
        said = await rewrite_prompt(number, request.prompt, error.cause.message, run.recipe, run.episode)
    except ReelwrightError:
        return None  # it stands in the run graph; the next model is tried with the prompt as it was
    return request.model_copy(update={"prompt": said.prompt})


def models_for(shot: Shot, recipe: Recipe) -> tuple[Entry, ...]:
    """Return the models to try for a shot, in order."""
    chain: list[Entry] = []
    for wanted in video_models(shot, recipe):
        entry = studio().catalogue.resolve(wanted, "video")
        if entry not in chain:
            chain.append(entry)
    return tuple(chain)


async def _taken(
    number: int, entry: Entry, request: VideoRequest, frame: StartFrame, run: EpisodeRun, causes: list[TakeFailed]
) -> Clip:
    """Return the best take of a model; while its dialogue is said wrongly, one more after the other.

    Raises:
        TakeFailed: the last one failed, or is still wrong; those before it are added to `causes`.
    """
    shot, recipe = run.script.storyboard.shots[number - 1], run.recipe
    first = range(recipe.takes) if shot.take is None else range(shot.take, shot.take + 1)
    further = iter(range(first.stop, first.stop + further_takes(shot, recipe)))
    takes: Sequence[int] = first
    while True:
        try:
            return await _best(number, entry, request, takes, frame, run, causes)
        except TakeFailed as error:
            take = next(further, None)
            if take is None or not is_said_wrong(error) or not run.room.take(take_price(entry, request)):
                raise
            causes.append(error)
            takes = (take,)
        except BudgetExceeded:
            if takes is first:
                raise
            raise causes.pop() from None  # a day's or a model's cap: the shot goes on as if there were no further takes


async def _best(
    number: int,
    entry: Entry,
    request: VideoRequest,
    takes: Sequence[int],
    frame: StartFrame,
    run: EpisodeRun,
    causes: list[TakeFailed],
) -> Clip:
    """Return the best of the takes that a model makes side by side; one that fails costs the others nothing.

    Raises:
        TakeFailed: all of them failed; the last one's cause, those of the others are added to `causes`.
    """
    terms = terms_for(number, entry, run.episode, run.recipe, fresh=run.is_fresh(number))
    after = tuple(causes)
    asked = [request.model_copy(update={"take": take}) for take in takes]
    made = await asyncio.gather(
        *(_bought(number, entry, one, frame, terms, run, after) for one in asked), return_exceptions=True
    )
    clips = [clip for clip in made if isinstance(clip, Clip)]
    failed = [error for error in made if isinstance(error, TakeFailed)]
    for error in made:
        if isinstance(error, BaseException) and not isinstance(error, TakeFailed):
            raise error
    if not clips:
        causes.extend(failed[:-1])
        raise failed[-1]
    best = max(clips, key=lambda clip: clip.score)
    if len(asked) == 1:
        return best
    paid = sum((clip.charge.usd for clip in clips if not clip.hit), Decimal(0))
    return best.model_copy(
        update={
            "charge": best.charge.model_copy(update={"usd": paid}),
            "takes": tuple(clip.clip for clip in clips),
            "causes": tuple(error.told() for error in failed),
            "hit": all(clip.hit for clip in clips),
        }
    )


async def _bought(
    number: int,
    entry: Entry,
    request: VideoRequest,
    frame: StartFrame,
    terms: Terms,
    run: EpisodeRun,
    after: Sequence[TakeFailed],
) -> Clip:
    shot = run.script.storyboard.shots[number - 1]
    async with a_place_at(entry.name, run.limits):
        take = await start_take(number, entry, request, terms, wait_for=list(after))
        ready = await await_take(number, run.shots, take)
        while ready is None:
            # The process that was to start it has gone; this one takes its place.
            take = await start_take(number, entry, request, terms, take.holder)
            ready = await await_take(number, run.shots, take)
        clip: Clip = await collect_take(number, ready, run.recipe, shot.fit)
    if run.recipe.checks.enabled:
        run.twins.require_own(number, request, clip, bits=run.recipe.checks.picture.duplicate_bits)
    return await _judged(number, clip, shot, frame, entry, run)


async def _judged(number: int, clip: Clip, shot: Shot, frame: StartFrame, entry: Entry, run: EpisodeRun) -> Clip:
    """Let the recipe's own checks look at a clip, then listen to it."""
    if run.recipe.checks.enabled and run.recipe.checks.own:
        clip = await check_clip(number, clip, shot, frame, run.recipe)
    return await hear_clip(number, clip, shot, entry, run)
