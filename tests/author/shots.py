"""One shot from its tasks: what is heard, what it starts from, its clip, its segment."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_type

from reelwright import Entry, FailureKind, Recipe, Shot, StartAmbiguous, Storyboard
from reelwright.asking import video_request
from reelwright.models.video.contract import VideoRequest
from reelwright.stages.episode import FinishedShot
from reelwright.stages.hearing import SoundCheck
from reelwright.stages.own_sound import expected_of, line_of
from reelwright.stages.rewriting import Rewriting
from reelwright.stages.segments import Picture, look_of
from reelwright.stages.shots import Narration, Segment, StartFrame
from reelwright.takes.terms import terms_of
from reelwright.takes.values import Clip, Ready, Take, TakeFailed
from reelwright.timing import ShotTime, shot_time
from reelwright.transition import edges_of, transition_into
from tasks import (
    await_take,
    check_clip,
    check_narration,
    check_own_sound,
    collect_take,
    continued_frame,
    find_clip,
    finish_segment,
    finish_transition,
    given_frame,
    make_clip,
    narrate,
    rewrite_prompt,
    start_frame,
    start_take,
)
from tasks.studio import studio


async def heard(number: int, text: str, recipe: Recipe) -> Narration:
    """Speak a line; what the check does not like is said again, slower."""
    narration = assert_type(await narrate(number, text, recipe), Narration)
    check = assert_type(await check_narration(number, narration, text, recipe), SoundCheck)
    if not check.verdict.faults:
        return narration
    calm = recipe.voice.model_copy(update={"speed": Fraction(9, 10)})
    return await narrate(number, text, recipe.model_copy(update={"voice": calm}))


async def opened(number: int, shot: Shot, before: FinishedShot | None, board: Storyboard, recipe: Recipe) -> StartFrame:
    """Return what a shot starts from: its own picture, the end of the shot before it, or one that is drawn."""
    if shot.start_frame:
        return assert_type(await given_frame(number, shot, recipe), StartFrame)
    if shot.continues and before is not None:
        last = before.time.frames - 1
        return assert_type(await continued_frame(number, before.clip, last, recipe, shot.fit), StartFrame)
    model = studio().catalogue.resolve(recipe.image_models[0], "image")
    return assert_type(await start_frame(number, shot, board, recipe, model), StartFrame)


async def filmed(number: int, shot: Shot, frame: StartFrame, time: ShotTime, board: Storyboard, recipe: Recipe) -> Clip:
    """Return a shot's clip: found again, or bought at the first of its models, or drawn where that fails."""
    seconds = Fraction(time.frames, recipe.output.frame_rate)
    request = video_request(shot, board, recipe, seconds=seconds, first_frame=frame.picture)
    chain = [studio().catalogue.resolve(model, "video") for model in recipe.video_models]
    if chain[0].is_local:
        return await make_clip(number, shot, board, frame, recipe)
    found = assert_type(await find_clip(number, chain, request), Clip | None)
    if found is not None:
        return found
    try:
        clip = await bought(number, len(board.shots), chain[0], request, recipe)
    except TakeFailed as error:
        return assert_type(await make_clip(number, shot, board, frame, recipe, wait_for=[error]), Clip)
    return await judged(number, clip, shot, frame, chain[0], board, recipe)


async def bought(number: int, shots: int, entry: Entry, request: VideoRequest, recipe: Recipe) -> Clip:
    """Buy a clip: started once, waited for, collected; a prompt that a filter blocks is said otherwise, once.

    Raises:
        TakeFailed: there is none.
    """
    try:
        take = assert_type(await start_take(number, entry, request, terms_of(entry, "wall", recipe)), Take)
    except TakeFailed as error:
        if error.kind is not FailureKind.MODERATED:
            raise
        said = assert_type(await rewrite_prompt(number, request.prompt, error.message, recipe), Rewriting)
        again = request.model_copy(update={"prompt": said.prompt})
        take = await start_take(number, entry, again, terms_of(entry, "wall", recipe))
    ready = assert_type(await await_take(number, shots, take), Ready | None)
    if ready is None:
        raise StartAmbiguous("whoever was to start it has gone", provider=entry.vendor, model=entry.name)
    return assert_type(await collect_take(number, ready, recipe), Clip)


async def judged(
    number: int, clip: Clip, shot: Shot, frame: StartFrame, entry: Entry, board: Storyboard, recipe: Recipe
) -> Clip:
    """Let our own checks look at a clip, then listen to it."""
    clip = assert_type(await check_clip(number, clip, shot, frame, recipe), Clip)
    expected = expected_of(shot, entry, has_sound=clip.has_sound)
    if expected is None:
        return clip
    return assert_type(await check_own_sound(number, clip, shot, expected, line_of(shot, board), recipe), Clip)


async def finished(number: int, before: FinishedShot | None, board: Storyboard, recipe: Recipe) -> FinishedShot:
    """Make one shot, from its line to its segment."""
    shot = board.shots[number - 1]
    said = await heard(number, shot.narration, recipe) if shot.narration else None
    length, words = (said.seconds, said.words) if said else (None, ())
    time = shot_time(shot, recipe, speech_seconds=length, words=words)
    frame = await opened(number, shot, before, board, recipe)
    clip = await filmed(number, shot, frame, time, board, recipe)
    edges = edges_of(number, time.frames, board.shots, recipe.transition, recipe.output.frame_rate)
    look = look_of(recipe, board.language)
    segment = assert_type(await finish_segment(number, Picture(clip, time, edges), look), Segment)
    made = FinishedShot(
        number=number, narration=said, start_frame=frame, clip=clip, time=time, segment=segment, edges=edges
    )
    return made if before is None else await joined(before, made, board, recipe)


async def joined(before: FinishedShot, after: FinishedShot, board: Storyboard, recipe: Recipe) -> FinishedShot:
    """Make the frames that two shots share; a cut shares none."""
    if not before.edges.tail + after.edges.head:
        return after
    transition = transition_into(after.number, board.shots, recipe.transition)
    look = look_of(recipe, board.language)
    left, right = (Picture(side.clip, side.time, side.edges) for side in (before, after))
    shared = assert_type(await finish_transition(after.number, transition, left, right, look), Segment)
    return after.model_copy(update={"transition": shared})


async def wrong(shot: Shot, frame: StartFrame, clip: Clip, take: Take, request: VideoRequest, recipe: Recipe) -> None:
    """What an editor underlines: one slip for each task."""
    chain: Sequence[Entry] = (take.entry,)
    time = shot_time(shot, recipe, speech_seconds=None, words=())
    sides = (Picture(clip, time), Picture(clip, time))
    await narrate("1", shot.narration, recipe)  # type: ignore[call-overload]
    await check_narration(1, shot.narration, recipe)  # type: ignore[call-overload]
    await check_own_sound(1, clip, shot, recipe)  # type: ignore[call-overload]
    await given_frame(1, shot.start_frame, recipe)  # type: ignore[call-overload]
    await continued_frame(1, frame, 47, recipe)  # type: ignore[call-overload]
    await start_frame(1, shot, recipe)  # type: ignore[call-overload]
    await make_clip(1, shot, frame, Fraction(5, 2), recipe)  # type: ignore[call-overload]
    await find_clip(1, take.entry, request)  # type: ignore[call-overload]
    await start_take(1, chain, request, terms_of(take.entry, "wall", recipe))  # type: ignore[call-overload]
    await await_take(take)  # type: ignore[call-overload]
    await collect_take(1, take, recipe)  # type: ignore[call-overload]
    await check_clip(1, clip, shot, recipe)  # type: ignore[call-overload]
    await rewrite_prompt(1, prompt=request, reason="blocked", recipe=recipe)  # type: ignore[call-overload]
    await finish_segment(1, Picture(clip, time), recipe)  # type: ignore[call-overload]
    await finish_transition(2, "dissolve", *sides, look_of(recipe, "en"))  # type: ignore[call-overload]
    (await await_take(1, 1, take)).take  # type: ignore[union-attr]  # noqa: B018 - it may have to be started again
