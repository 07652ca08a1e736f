"""The contract of caption presets of one's own as a suite for pytest: every word is seen in its time and its place.

```python
class TestOurs(CaptionContract):
    preset = "captions/appear.py"
    captions = {"highlight": "#ff0000"}
```
"""

from __future__ import annotations

import asyncio
import dataclasses
import filecmp
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.media import ffmpeg, shot_jobs
from reelwright.media.captions import fonts
from reelwright.media.captions.brand import brand_of
from reelwright.media.captions.layout import Cue, PlacedWord, layout, safe_area
from reelwright.media.captions.presets import SpokenWord, WordStyle, grouping_of, own_style
from reelwright.media.captions.presets import source_of as preset_source
from reelwright.media.jobs import SegmentJob
from reelwright.models.video.contract import Charge
from reelwright.recipe import Captions, OutputFormat
from reelwright.stages.segments import Look, finish_segment
from reelwright.stages.segments import Picture as ShotPicture
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.testing.extra import pytest
from reelwright.testing.parts import PartContract, problems_with, require_named
from reelwright.timing import ShotTime, estimate_words
from reelwright.values import Word

_RATE = 12
_LEAD, _TAIL, _SHORTEST = Fraction(1, 4), Fraction(3, 4), Fraction(1, 4)
_LETTERS_A_SECOND = Fraction(14)
_FADE = Fraction(1, 6)
"""How long after a word, in seconds, it counts as seen: one that is over within a frame has no time to fade in."""
_GREY = 110
_CHANGED = 40
"""How much a channel of a pixel must differ from the grey ground to be drawn on: more than a codec does."""
_SLACK = 2
"""Pixels that an edge may reach further in the small pictures of these tests."""
_SEEN = 0.03
"""Which share of a word's box must be drawn on: a thin letter has more, its neighbour's outline less."""

SENTENCES: Mapping[str, tuple[str, str]] = {
    "a sentence": ("en", "Bread goes stale because its starch crystallises again, quietly."),
    "one word": ("en", "Why?"),
    "long words": ("de", "Donaudampfschifffahrtsgesellschaftskapitän, Lebensmittelkennzeichnungsverordnung."),
    "emoji": ("en", "Fresh 🍞 and 👩‍👩‍👧 at 5:30 👍🏽!"),
    "right to left": ("ar", "الخبز الطازج يبقى لذيذًا 24 ساعة."),
}
"""What is set, with its language."""
SIZES: Mapping[str, str] = {"9:16": "270x480", "16:9": "480x270", "1:1": "270x270"}
"""Small pictures of each shape."""


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A captioned shot over flat grey, as a segment shows it."""

    cues: tuple[Cue, ...]
    """What stands on the picture, when and where."""
    frames: tuple[NDArray[np.bool_], ...]
    """Which pixels of each frame are drawn on."""
    inside: NDArray[np.bool_]
    """Which pixels are in the safe area."""
    brand: fonts.Font | None
    """The font of the recipe's that comes before those that are shipped."""

    def word(self, word: PlacedWord, cue: Cue) -> float:
        """Return which share of a word's box is drawn on at most while it is spoken, or just after: it may fade in."""
        wide = fonts.width(word.text, word.pixels, self.brand)
        top, bottom = max(round(word.baseline - 0.7 * word.pixels), 0), math.ceil(word.baseline)
        left, right = max(round(word.centre - wide / 2), 0), math.ceil(word.centre + wide / 2)
        first = int(max(word.start, cue.start) * _RATE)
        last = max(math.ceil(min(word.end + _FADE, cue.end) * _RATE), first + 1)
        return max(float(frame[top:bottom, left:right].mean()) for frame in self.frames[first:last])


class CaptionContract(PartContract):
    """Every behaviour that a segment relies on."""

    preset: ClassVar[str] = ""
    """The preset under test, as a recipe names it; a subclass says so."""
    captions: ClassVar[Mapping[str, Any]] = {}
    """What the recipe says of its captions besides: colours, position, font."""
    sentences: ClassVar[Mapping[str, tuple[str, str]]] = SENTENCES
    """What is set, with its language."""
    sizes: ClassVar[Mapping[str, str]] = SIZES
    """The pictures that it is set on."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test over each sentence on each shape; all that ask of one drawing share it."""
        require_named(metafunc.cls, preset=self.preset, sentences=self.sentences, sizes=self.sizes)
        if "drawn" in metafunc.fixturenames:
            cases = list(product(self.sizes, self.sentences))
            names = [f"{shape}, {name}" for shape, name in cases]
            metafunc.parametrize("drawn", cases, ids=names, indirect=True, scope="class")

    @pytest.fixture(scope="class")
    @classmethod
    def drawn(cls, request: pytest.FixtureRequest, room: Studio, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
        """A sentence over flat grey, drawn by what finishes segments."""
        shape, sentence = request.param
        unchecked: dict[str, Any] = {"size": cls.sizes[shape], "frame_rate": _RATE}
        job = _job(*cls.sentences[sentence], cls._wanted(), OutputFormat.model_construct(**unchecked))
        folder = tmp_path_factory.mktemp("drawn")
        return _drawn(job(clip=_ground(folder), font_folder=room.settings.font_folder, into=folder / "segment.mp4"))

    def test_the_plan_accepts_it(self) -> None:
        """It is found, it groups words, and it gives a style."""
        assert problems_with(captions=self._wanted().model_dump()) == ()

    def test_every_word_is_seen_while_it_is_spoken(self, drawn: Drawn) -> None:
        """Pixels of its own, in a frame of its time or just after it."""
        assert drawn.cues
        unseen = [word.text for cue in drawn.cues for word in cue.words if drawn.word(word, cue) < _SEEN]
        assert unseen == []

    def test_nothing_stands_outside_the_safe_area(self, drawn: Drawn) -> None:
        """Nor before the first caption or after the last: a platform's buttons and the picture are left alone."""
        first, last = (int(moment * _RATE) for moment in (drawn.cues[0].start, drawn.cues[-1].end))
        assert not any(frame[~drawn.inside].any() for frame in drawn.frames)
        assert not any(frame.any() for frame in (*drawn.frames[:first], *drawn.frames[last + 1 :]))

    @pytest.mark.parametrize("lasts", [0, 40, 5000])
    def test_a_word_may_be_short_or_long(self, lasts: int) -> None:
        """A fast speaker's word begins and ends within one frame; a slow one's lasts for seconds."""
        for word in self._spoken():
            self._style(dataclasses.replace(word, end=word.begin + lasts))

    def test_the_same_word_looks_the_same(self) -> None:
        """Whatever was asked before: segments are kept and found again."""
        words = list(self._spoken())
        forwards = [self._style(word) for word in words]
        backwards = [self._style(word) for word in reversed(words)]
        assert forwards == backwards[::-1]

    def test_a_worker_draws_the_same(self, room: Studio, tmp_path: Path) -> None:
        """Byte for byte what this process draws, in a format of a recipe."""
        look = Look(OutputFormat(size="720x1280", frame_rate=24), self._wanted(), "en")
        clip = Clip(
            clip=room.vault.put_file(_ground(tmp_path), "video/mp4"),
            model="trial",
            seconds=Fraction(1),
            charge=Charge(usd=Decimal(0), source="catalogue"),
        )
        shot = ShotPicture(clip, ShotTime(frames=12, words=estimate_words("Why bread?", Fraction(1, 2)), spoken=()))
        made = asyncio.run(finish_segment(room, shot, look))
        shot_jobs.segment(shot.job(room, look, tmp_path / "here.mp4"))
        there = room.vault.path(made.video)
        assert filecmp.cmp(tmp_path / "here.mp4", there, shallow=False), "a worker draws something else"

    @classmethod
    def _wanted(cls) -> Captions:
        return Captions.model_validate({**cls.captions, "preset": cls.preset})

    def _style(self, word: SpokenWord) -> WordStyle:
        style = own_style(self.preset)
        assert style is not None, f"{self.preset!r} comes with Reelwright"
        return style(word)

    def _spoken(self) -> Iterator[SpokenWord]:
        """Words of phrases short and long, as large as each shape sets them; several may be spoken within a frame."""
        most = 2 * grouping_of(self.preset).words + 1
        for pixels, count in product((14.0, 42.5, 77.76), (1, 5, most)):
            for index in range(count):
                begin = 30 + 250 * index
                yield SpokenWord("word", index, count, begin, begin + 200, 250 * count + 100, pixels, self._wanted())


def _job(language: str, text: str, captions: Captions, output: OutputFormat) -> Callable[..., SegmentJob]:
    """Return what makes the job of a shot in which a text is read, letter by letter as fast as people speak."""
    words, at = [], _LEAD
    for word in text.split():
        seconds = max(_SHORTEST, len(word) / _LETTERS_A_SECOND)
        words.append(Word(text=word, start=at, end=at + seconds))
        at += seconds
    return partial(
        SegmentJob,
        is_motion=False,
        output=output,
        frames=output.frames_for(words[-1].end + _TAIL),
        words=tuple(words),
        captions=captions,
        preset_source=preset_source(captions.preset),
        language=language,
    )


def _drawn(job: SegmentJob) -> Drawn:
    """Finish a segment as a worker does, and look at it."""
    shot_jobs.segment(job)
    changed = tuple(_drawn_on(job.into))
    inside, area = np.zeros(changed[0].shape, np.bool_), safe_area(job.output, job.captions.platform)
    inside[area.top - _SLACK : area.bottom + _SLACK, area.left - _SLACK : area.right + _SLACK] = True
    seconds, brand = Fraction(job.frames, _RATE), brand_of(job.captions.font)
    cues = layout(job.words, seconds, job.captions, job.output, language=job.language, brand=brand)
    return Drawn(cues, changed, inside, brand)


def _ground(folder: Path) -> Path:
    """A clip of flat grey, whose last picture is held."""
    into = folder / "ground.mp4"
    colour = f"color=0x{_GREY:02x}{_GREY:02x}{_GREY:02x}:size=180x320:rate=24:duration=1"
    ffmpeg.run(["-y", "-f", "lavfi", "-i", colour, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(into)])
    return into


def _drawn_on(path: Path) -> Iterator[NDArray[np.bool_]]:
    """Decode a video; yield which pixels of each picture are not grey."""
    with av.open(str(path)) as video:
        for frame in video.decode(video=0):
            rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            changed = (rgb > _GREY + _CHANGED) | (rgb < _GREY - _CHANGED)
            yield changed[..., 0] | changed[..., 1] | changed[..., 2]
