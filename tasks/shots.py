"""The stages of a clip: found again, or started, waited for and collected; then finished into a segment."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.catalogue import Entry
from reelwright.fit import Fit
from reelwright.models.video.contract import VideoRequest
from reelwright.overlays import Card
from reelwright.recipe import Recipe
from reelwright.stages import chain as chains
from reelwright.stages import segments, shots
from reelwright.stages.segments import Look, Picture
from reelwright.stages.shots import Segment, StartFrame
from reelwright.storyboard import Shot, Storyboard
from reelwright.takes.values import Clip, Ready, Take, Terms
from reelwright.transition import Transition
from tasks.progress import Progress, report
from tasks.stage import stage
from tasks.studio import desk, studio


@stage("clip", run_name="shot {number} · clip", tags=("video",))
async def make_clip(number: int, shot: Shot, storyboard: Storyboard, frame: StartFrame, recipe: Recipe) -> Clip:
    """Make the moving picture of a shot with the animatic: drawn on this machine, for nothing."""
    return await shots.make_clip(studio(), shot, storyboard, frame, recipe)


@stage("find clip", run_name="shot {number} · find clip", tags=("video",))
async def find_clip(number: int, chain: Sequence[Entry], request: VideoRequest, judges: str = "") -> Clip | None:
    """Return the clip that this very request came to before, by whichever model; it costs nothing again.

    `judges` tells the recipe's checks apart, see `reelwright.checks.own.judges_of`.
    """
    return await chains.find_clip(studio(), chain, request, judges)


@stage("start", run_name="shot {number} · {entry.name} · start", tags=("video", "paid"))
async def start_take(number: int, entry: Entry, request: VideoRequest, terms: Terms, holder: str = "") -> Take:
    """Start a take at a model: the one step that can cost money. It is never repeated by the engine."""
    from reelwright.takes.start import start  # noqa: PLC0415 - only who pays loads the ledger

    return await start(desk(), entry, request, terms, holder=holder)


@stage("wait", run_name="shot {number} · {take.entry.name} · wait", tags=("video",))
async def await_take(number: int, shots: int, take: Take) -> Ready | None:
    """Wait for a take, whoever started it; `None` when it has to be started again. `shots` is how many there are."""
    from reelwright.takes.wait import wait  # noqa: PLC0415

    def tell(share: float | None, note: str) -> None:
        said = f"{take.entry.name} {share:.0%}" if share is not None else take.entry.name
        report(Progress(shot=number, shots=shots, stage="clip", state="moved", note=f"{said} {note}".strip()))

    return await wait(desk(), take, tell=tell)


@stage("collect", run_name="shot {number} · {ready.take.entry.name} · collect", tags=("video",))
async def collect_take(number: int, ready: Ready, recipe: Recipe, fill: Fit | None = None) -> Clip:
    """Fetch a take's clip, look at it, keep it, and settle what it cost; `fill` is the shot's own `fit`."""
    from reelwright.takes.collect import collect  # noqa: PLC0415

    return await collect(desk(), ready, recipe, fill)


@stage("segment", run_name="shot {number} · segment", tags=("segment",))
async def finish_segment(number: int, picture: Picture, look: Look) -> Segment:
    """Encode a clip once, in the master's format, with overlays and captions; without what transitions take of it."""
    return await segments.finish_segment(studio(), picture, look)


@stage("transition", run_name="shot {number} · transition", tags=("segment",))
async def finish_transition(
    number: int, transition: Transition, before: Picture, after: Picture, look: Look
) -> Segment:
    """Encode the frames that a shot shares with the one before it, from the clips of both."""
    return await segments.finish_transition(studio(), transition, before, after, look)


@stage("card", run_name="episode · {place} card", tags=("segment",))
async def make_card(place: str, card: Card, title: str, frame: StartFrame, look: Look) -> Segment:
    """Compose and encode a card; `frame` is what is seen out of focus behind its words."""
    return await segments.make_card(studio(), card, title, frame, look)
