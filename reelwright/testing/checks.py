"""The contract of checks of one's own as a suite for pytest: it finds what it should, and leaves the clip as it is.

```python
def green(into: Path) -> None:
    numbered_clip(into, filters="drawbox=color=lime:t=fill")


class TestOurs(CheckContract):
    check = "checks/green.py"
    settings = {"most_green": 0.2}
    good = {"numbers on grey": numbered_clip}
    bad = {"green_screen": green}
```
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from reelwright.checks.own import ClipSeen, judge, source_of
from reelwright.checks.own_job import OwnCheckJob
from reelwright.checks.verdict import Verdict
from reelwright.media import ffmpeg
from reelwright.media.probe import probe
from reelwright.recipe import OwnCheck
from reelwright.storyboard import Shot
from reelwright.studio import Studio
from reelwright.testing.extra import pytest
from reelwright.testing.numbered import numbered_clip
from reelwright.testing.parts import PartContract, files_in, problems_with, require_named
from reelwright.values import Size

ClipWriter = Callable[[Path], object]
"""Writes a clip to a path, as `numbered_clip` does."""


def _with_silence(into: Path) -> None:
    """A track of sound on which nothing is heard."""
    mute = numbered_clip(into.with_name("mute.mp4"))
    silence = ["-f", "lavfi", "-i", "anullsrc=channel_layout=mono:sample_rate=44100"]
    ffmpeg.run(["-y", "-i", str(mute), *silence, "-shortest", "-c:v", "copy", str(into)])
    mute.unlink()


_ANY: Mapping[str, ClipWriter] = {
    "no sound": numbered_clip,
    "silence": _with_silence,
    "wide": lambda into: numbered_clip(into, size="320x180", rate=30),
}


class CheckContract(PartContract):
    """Every behaviour that a take relies on."""

    check: ClassVar[str] = ""
    """The check under test, as a recipe names it; a subclass says so."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What the recipe says under `settings`."""
    good: ClassVar[Mapping[str, ClipWriter]] = {}
    """What writes clips that it must let through, by names of your choice."""
    bad: ClassVar[Mapping[str, ClipWriter]] = {}
    """What writes clips that it must find out, by the kind of the finding."""
    wrong_settings: ClassVar[Sequence[Mapping[str, Any]]] = ({"no_such_setting": 1},)
    """Settings that the plan must refuse."""
    shot: ClassVar[Shot] = Shot(prompt="A wall with numbers")
    """What was asked for: its prompt, narration and dialogue."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test over the good clips, the bad ones, all of them, or the settings that are wrong."""
        require_named(metafunc.cls, check=self.check, good=self.good, bad=self.bad)
        named = {"good_clip": self.good, "bad_clip": self.bad, "clip": {**self.good, **self.bad}, "any_clip": _ANY}
        for name in set(named) & set(metafunc.fixturenames):
            metafunc.parametrize(name, named[name])
        if "wrong" in metafunc.fixturenames:
            metafunc.parametrize("wrong", self.wrong_settings, ids=str)

    def test_the_plan_accepts_it(self) -> None:
        """It is found, it holds what it must, and these settings fit it."""
        assert problems_with(checks={"own": [self._own()]}) == ()

    def test_wrong_settings_are_refused_by_the_plan(self, wrong: Mapping[str, Any]) -> None:
        """Before anything is paid: a slip of the pen is no setting that is quietly left out."""
        assert problems_with(checks={"own": [OwnCheck(name=self.check, settings={**self.settings, **wrong})]})

    def test_a_good_clip_is_not_rejected(self, room: Studio, good_clip: str, tmp_path: Path) -> None:
        """Each rejection costs another take; notes are free."""
        verdict = self._in_a_worker(room, self._clip(self.good[good_clip], tmp_path))
        assert verdict.faults == ()

    def test_a_bad_clip_is_found_out(self, room: Studio, bad_clip: str, tmp_path: Path) -> None:
        """By the kind of finding that the suite names."""
        verdict = self._in_a_worker(room, self._clip(self.bad[bad_clip], tmp_path))
        assert bad_clip in {finding.kind for finding in verdict.findings}

    def test_any_clip_can_be_looked_at(self, room: Studio, any_clip: str, tmp_path: Path) -> None:
        """Some models send no sound, others silence or another shape: a check that breaks stops the shot."""
        assert self._in_a_worker(room, self._clip(_ANY[any_clip], tmp_path)).check == self.check

    def test_the_same_clip_has_the_same_findings(self, room: Studio, clip: str, tmp_path: Path) -> None:
        """Asked again, after another clip, and in another process: a verdict is kept, and found instead of made."""
        seen = self._clip({**self.good, **self.bad}[clip], tmp_path)
        first = self._in_a_worker(room, seen)
        self._in_a_worker(room, self._clip(_ANY["wide"], tmp_path / "other"))
        assert self._in_a_worker(room, seen) == first
        assert judge(self._own(), seen) == first

    def test_the_clip_is_left_as_it_is(self, room: Studio, clip: str, tmp_path: Path) -> None:
        """The clip was paid, and its file is the vault's: no byte of it changes, and nothing is left beside it."""
        seen = self._clip({**self.good, **self.bad}[clip], tmp_path)
        before = files_in(tmp_path)
        self._in_a_worker(room, seen)
        assert files_in(tmp_path) == before

    def test_each_finding_can_be_read(self, room: Studio, bad_clip: str, tmp_path: Path) -> None:
        """It says what is wrong, names no file, and points to a moment that the clip has.

        It has no full stop at its end: it is put into a sentence, after what was found besides.
        """
        seen = self._clip(self.bad[bad_clip], tmp_path)
        for finding in self._in_a_worker(room, seen).findings:
            assert finding.message.strip()
            assert not finding.message.endswith(".")
            assert seen.path.name not in finding.message
            assert 0 <= (finding.at_seconds or 0) <= seen.seconds

    def _own(self) -> OwnCheck:
        return OwnCheck(name=self.check, settings=dict(self.settings))

    def _clip(self, write: ClipWriter, folder: Path) -> ClipSeen:
        folder.mkdir(exist_ok=True)
        path = folder / "clip.mp4"
        write(path)
        told = {"prompt": self.shot.picture, "narration": self.shot.narration, "dialogue": self.shot.dialogue}
        size = Size(width=1080, height=1920)
        return ClipSeen(path=path, model="trial", shot=1, seconds=probe(path).seconds, size=size, **told)

    def _in_a_worker(self, room: Studio, seen: ClipSeen) -> Verdict:
        """Look at a clip as a take does."""
        job = OwnCheckJob(own=self._own(), source=source_of(self._own()), clip=seen)
        return Verdict.model_validate(asyncio.run(room.crew.ask(job.model_dump(mode="json"))))
