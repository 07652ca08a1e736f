"""What every public task is tried with: two small shots, made by the core as they are needed; and how it is called."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import BaseModel
from support.shop import entry_for

import tasks
from reelwright import Brief, Checks, Music, OutputFormat, OwnCheck, Recipe, Shot, Studio, Voice
from reelwright.catalogue import Entry
from reelwright.checks.audio_judge import Expected
from reelwright.ledger.owner import new_holder
from reelwright.models.video.contract import VideoRequest
from reelwright.overlays import Card
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.posting import Posting, begin, go_on
from reelwright.publishing.values import State
from reelwright.references import gather
from reelwright.stages import chain, episode, frames, provenance, script, segments, shots, sound
from reelwright.stages.episode import FinishedShot, Master
from reelwright.stages.hearing import Line
from reelwright.stages.provenance import Signed
from reelwright.stages.script import Script
from reelwright.stages.segments import Look, Picture, look_of
from reelwright.stages.shots import StartFrame
from reelwright.stages.sound import Sound
from reelwright.storyboard import Storyboard
from reelwright.takes.collect import collect
from reelwright.takes.desk import Desk
from reelwright.takes.start import start
from reelwright.takes.terms import terms_of
from reelwright.takes.values import Clip, Ready, Take
from reelwright.takes.wait import wait
from reelwright.testing.servers.openai_moderations import OpenAiModerations
from reelwright.testing.servers.openai_text import OpenAiText
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.timing import ShotTime, shot_time
from reelwright.transition import Transition, edges_of

NAMES = sorted(name for names in tasks.PLACES.values() for name in names)
"""The public tasks."""
PAGE = Path(__file__).parents[2] / "docs" / "pages" / "how-to" / "compose.md"
ROWS = re.findall(r"^\| `(\w+)` \| `(reelwright[\w.]+)`[^|]*\|", PAGE.read_text("utf-8"), re.MULTILINE)
CORES = dict(ROWS)
"""The core function of each task, as the documentation names it."""
BOTH = (1, 2)
"""The numbers of the shots."""
_SAID = ("Tea.", "Hot.")
_CHECK = '''"""A check of one's own."""
from reelwright import Finding

def check(clip, settings):
    yield Finding(kind="seen", severity="note", message=f"shot {clip.shot}")
'''


@dataclass
class Rooms:
    """Where the core works, as it works for the tasks, and the vendors that it asks."""

    folder: Path
    studio: Studio
    desk: Desk
    publishing: PublishingDesk
    videos: OpenAIVideosServer
    texts: OpenAiText
    judge: OpenAiModerations


class World:
    """Two shots, and all that is made of them."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms, self.studio, self.desk = rooms, rooms.studio, rooms.desk
        self.holder = new_holder()
        self.bought = 0
        """How many takes were paid for."""

    @cached_property
    def recipe(self) -> Recipe:
        """Quick to make, with a check of one's own, a writer and a judge."""
        check = self.rooms.folder / "seen.py"
        check.write_text(_CHECK, "utf-8")
        writer = {"name": "author", "protocol": "openai-responses", "base_url": self.rooms.texts.base_url}
        prices = {"usd_per_million_input": 1, "usd_per_million_output": 1}
        return Recipe(
            output=OutputFormat(size="720x1280", frame_rate=24),
            checks=Checks(own=(OwnCheck(name=str(check)),)),
            music=Music(source="none"),
            voice=Voice(lead_seconds=Fraction(0), tail_seconds=Fraction(0)),
            transition=Transition(kind="dissolve", seconds=Fraction(1, 10)),
            writer={**writer, **prices, "model": "gpt-6-luna", "api_key": {"env": "AUTHOR_KEY"}},
            moderation={"base_url": self.rooms.judge.base_url, "api_key": {"env": "AUTHOR_KEY"}},
        )

    @cached_property
    def brief(self) -> Brief:
        """Two shots, each with a picture of its own."""
        pictures = [self._picture(number) for number in BOTH]
        told = (
            Shot(narration=said, prompt=f"a cup, {number}", start_frame=picture)
            for number, said, picture in zip(BOTH, _SAID, pictures, strict=True)
        )
        return gather(Brief(title="Tea", shots=tuple(told)), self.studio.vault, keep=True)

    def _picture(self, number: int) -> str:
        file = self.rooms.folder / f"picture{number}.png"
        Image.new("RGB", (180, 320), ("teal", "maroon")[number - 1]).save(file)
        return str(file)

    @cached_property
    def script(self) -> Script:
        """The storyboard with what it cost."""
        return asyncio.run(script.expand_script(self.studio, self.brief, self.recipe))

    @property
    def board(self) -> Storyboard:
        """What is told."""
        return self.script.storyboard

    @property
    def look(self) -> Look:
        """What the segments have in common."""
        return look_of(self.recipe, "en")

    @cached_property
    def painter(self) -> Entry:
        """Who draws start frames."""
        return self.studio.catalogue.resolve("animatic", "image")

    def shot(self, number: int) -> Shot:
        """Return a shot as it was told."""
        return self.board.shots[number - 1]

    def narration(self, number: int) -> shots.Narration:
        """Return what is said in a shot."""
        return asyncio.run(shots.narrate(self.studio, _SAID[number - 1], self.recipe))

    def frame(self, number: int) -> StartFrame:
        """Return what a shot starts from."""
        return asyncio.run(frames.given_frame(self.studio, self.shot(number), self.recipe))

    def clip(self, number: int) -> Clip:
        """Return a shot's clip."""
        made = shots.make_clip(self.studio, self.shot(number), self.board, self.frame(number), self.recipe)
        return asyncio.run(made)

    def time(self, number: int) -> ShotTime:
        """Return how long a shot is."""
        said = self.narration(number)
        return shot_time(self.shot(number), self.recipe, speech_seconds=said.seconds, words=said.words)

    def picture(self, number: int) -> Picture:
        """Return what is seen of a shot."""
        time = self.time(number)
        edges = edges_of(number, time.frames, self.board.shots, self.recipe.transition, 24)
        return Picture(self.clip(number), time, edges)

    @cached_property
    def shots(self) -> list[FinishedShot]:
        """All that was made for each shot."""
        return [self._finished(number) for number in BOTH]

    def _finished(self, number: int) -> FinishedShot:
        picture = self.picture(number)
        shared = segments.finish_transition(
            self.studio, self.recipe.transition, self.picture(1), self.picture(2), self.look
        )
        return FinishedShot(
            number=number,
            narration=self.narration(number),
            start_frame=self.frame(number),
            clip=picture.clip,
            time=picture.time,
            segment=asyncio.run(segments.finish_segment(self.studio, picture, self.look)),
            edges=picture.edges,
            transition=asyncio.run(shared) if number > 1 else None,
        )

    def renamed(self, number: int) -> Brief:
        """Return the brief under another title, for the second one."""
        return self.brief.model_copy(update={"title": f"Tea {number}"})

    def harmful(self, number: int) -> Storyboard:
        """Return a storyboard that the judge flags, each for another reason."""
        return self.board.model_copy(update={"title": ("A murder", "All the gore")[number - 1]})

    def retitled(self, number: int) -> Storyboard:
        """Return the storyboard under another title, for the second one."""
        return self.board.model_copy(update={"title": f"Tea {number}"})

    def retold(self, number: int) -> Script:
        """Return the script under another title."""
        return self.script.model_copy(update={"storyboard": self.retitled(number)})

    def sound(self) -> Sound:
        """Return the episode's sound."""
        return asyncio.run(sound.mix_sound(self.studio, self.shots, self.retitled(1), self.recipe))

    def master(self) -> Master:
        """Return the stitched file."""
        made = episode.stitch_master(self.studio, self.shots, self.sound(), self.retitled(1), self.recipe)
        return asyncio.run(made)

    def signed(self) -> Signed | None:
        """Return the signed file."""
        made = provenance.sign_master(self.studio, self.master(), self.shots, self.sound(), self.retold(1), self.recipe)
        return asyncio.run(made)

    # --- What is bought

    @cached_property
    def shop(self) -> Entry:
        """Who films for money."""
        return entry_for(self.rooms.videos, "shop")

    def request(self, what: str, number: int) -> VideoRequest:
        """Return what is asked of the shop: another clip for each use."""
        size = self.recipe.output.pixels
        return VideoRequest(prompt=f"{what} {number}", seconds=Fraction(4), size=size)

    def asked(self, what: str, number: int) -> tuple[Any, ...]:
        """Return what `start` is told to buy another clip."""
        self.bought += 1
        return self.shop, self.request(what, number), terms_of(self.shop, "tea", self.recipe, shot=number)

    def take(self, what: str, number: int) -> Take:
        """Start another take."""
        return asyncio.run(start(self.desk, *self.asked(what, number), holder=self.holder))

    def ready(self, what: str, number: int) -> Ready:
        """Wait for another take."""
        ready = asyncio.run(wait(self.desk, self.take(what, number)))
        assert ready is not None
        return ready

    @cached_property
    def filmed(self) -> list[Clip]:
        """Clips from the shop, with sound of their own."""
        return [asyncio.run(collect(self.desk, self.ready("filmed", number), self.recipe)) for number in BOTH]

    def kept(self, number: int) -> VideoRequest:
        """Return what a chain was asked that came to a clip before."""
        request = self.request("kept", number)
        asyncio.run(chain.keep_clip(self.studio, [self.shop], request, self.filmed[number - 1]))
        return request

    # --- What is published

    def folder(self, number: int) -> str:
        """Return the folder of a finished episode."""
        folder = str(self.rooms.folder / f"tea{number}")
        sounds = (self.sound(), self.master(), self.retold(number), self.recipe)
        return episode.deliver(self.studio, folder, self.shots, *sounds).folder

    def channel(self, what: str, number: int) -> ChannelEntry:
        """Return a folder of its own."""
        path = str(self.rooms.folder / "shown" / f"{what}{number}")
        return ChannelEntry(kind="folder", name=f"{what}-{number}", settings={"path": path})

    def posting(self, what: str, number: int, upto: State = "intent") -> Posting:
        """Return an episode on its way to a channel."""
        desk = self.rooms.publishing
        made = asyncio.run(begin(desk, self.folder(1), self.channel(what, number), PostOptions()))
        return made if upto == "intent" else asyncio.run(go_on(desk, made, upto=upto))


@dataclass(frozen=True)
class Case:
    """How one task is tried."""

    asked: Callable[[World, int], tuple[Any, ...]]
    """What it is told for shot 1 and for shot 2."""
    cached: bool = True
    """Whether a second call finds what the first one made, and shows it."""
    upto: State | None = None
    """How far its core function brings a posting."""


CASES: dict[str, Case] = {
    "expand_script": Case(lambda world, number: (world.renamed(number), world.recipe), cached=False),
    "rewrite_prompt": Case(lambda world, number: (number, f"a knife, {number}", "violence", world.recipe)),
    "moderate": Case(lambda world, number: (world.harmful(number), world.recipe), cached=False),
    "start_frame": Case(lambda world, n: (n, world.shot(n), world.board, world.recipe, world.painter)),
    "given_frame": Case(lambda world, n: (n, world.shot(n), world.recipe)),
    "continued_frame": Case(lambda world, n: (n, world.clip(n), 6, world.recipe)),
    "narrate": Case(lambda world, n: (n, _SAID[n - 1], world.recipe)),
    "check_narration": Case(lambda world, n: (n, world.narration(n), _SAID[n - 1], world.recipe)),
    "make_clip": Case(lambda world, n: (n, world.shot(n), world.board, world.frame(n), world.recipe)),
    "find_clip": Case(lambda world, n: (n, [world.shop], world.kept(n))),
    "start_take": Case(lambda world, n: (n, *world.asked("started", n), world.holder), cached=False),
    "await_take": Case(lambda world, n: (n, 2, world.take("awaited", n)), cached=False),
    "collect_take": Case(lambda world, n: (n, world.ready("collected", n), world.recipe)),
    "check_clip": Case(lambda world, n: (n, world.filmed[n - 1], world.shot(n), world.frame(n), world.recipe), False),
    "check_own_sound": Case(
        lambda world, n: (n, world.filmed[n - 1], world.shot(n), Expected(), Line(), world.recipe), cached=False
    ),
    "finish_segment": Case(lambda world, n: (n, world.picture(n), world.look)),
    "finish_transition": Case(
        lambda world, n: (
            n,
            Transition(kind=("dip", "whip")[n - 1], seconds=Fraction(1, 10)),
            world.picture(1),
            world.picture(2),
            world.look,
        )
    ),
    "make_card": Case(lambda world, n: (f"{n}.", Card(seconds=Fraction(1, 2)), f"Tea {n}", world.frame(1), world.look)),
    # Of one more shot: without music, the title is not heard.
    "mix_sound": Case(lambda world, n: (world.shots[: 3 - n], world.board, world.recipe)),
    "stitch_master": Case(lambda world, n: (world.shots, world.sound(), world.retitled(n), world.recipe)),
    "sign_master": Case(lambda world, n: (world.master(), world.shots, world.sound(), world.retold(n), world.recipe)),
    "deliver": Case(
        lambda world, n: (
            str(world.rooms.folder / f"out{n}"),
            world.shots,
            world.sound(),
            world.master(),
            world.retold(1),
            world.recipe,
            world.signed(),
        ),
        cached=False,
    ),
    "prepare_post": Case(lambda world, n: (world.folder(1), world.channel("prepared", n), PostOptions()), cached=False),
    "send_video": Case(lambda world, n: (world.posting("sent", n),), cached=False, upto="bytes"),
    "ask_for_post": Case(lambda world, n: (world.posting("posted", n, "bytes"),), cached=False, upto="submitted"),
    "see_post": Case(lambda world, n: (world.posting("seen", n, "submitted"),), cached=False, upto="published"),
    "reconcile_posts": Case(lambda _, __: (), cached=False),
}
"""How each public task is tried, by name."""


def core_of(path: str) -> Callable[..., Any]:
    """Return the function of a dotted name."""
    module, name = path.rsplit(".", 1)
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


async def by_the_core(name: str, path: str, world: World, asked: tuple[Any, ...]) -> Any:
    """Call the core function of a task with what the task was told, outside Prefect."""
    core, case = core_of(path), CASES[name]
    first, *others = inspect.signature(core).parameters
    place = {"studio": world.studio, "desk": world.desk}[first]
    if path.startswith("reelwright.publishing"):
        place = world.rooms.publishing
    told = inspect.signature(getattr(tasks, name).fn).bind(*asked).arguments
    also = {"upto": case.upto} if case.upto else {}
    made = core(place, **{key: value for key, value in told.items() if key in others}, **also)
    return await made if isinstance(made, Coroutine) else made


def told(value: Any) -> Any:
    """Return a result as it is compared: whether it was found again, and who holds it, is no part of what it is."""
    if isinstance(value, BaseModel):
        return told(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {key: told(part) for key, part in value.items() if key not in {"hit", "holder"}}
    if isinstance(value, (list, tuple)):
        return [told(part) for part in value]
    return value
