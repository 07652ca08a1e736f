"""The suites of checks, captions and transitions tell by name what is wrong with a part that the plan lets through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.broken_parts import Broken, failures_of

pytestmark = pytest.mark.slow

_CHECK = """
from reelwright.testing import CheckContract, numbered_clip

def green(into):
    numbered_clip(into, filters="drawbox=color=lime:t=fill")

class Suite(CheckContract):
    good = {"numbers": numbered_clip}
    bad = {"green": green}
"""
_CAPTIONS = """
from reelwright.testing import CaptionContract

class Suite(CaptionContract):
    sizes = {"wide": "480x270"}
    sentences = {"short and long": ("en", "Why bread? Donaudampfschifffahrtsgesellschaftskapitän.")}
"""
_TRANSITION = """
from reelwright.testing import TransitionContract

class Suite(TransitionContract):
    sizes = ("32x18",)
"""
_SUITES = {"check": _CHECK, "preset": _CAPTIONS, "transition": _TRANSITION}

_FINDS = """
from reelwright import Finding

def green(clip):
    _, picture = next(clip.pictures())
    if picture[..., 1].mean() > picture[..., 0].mean() + 50:
        yield Finding(kind="green", severity="reject", message="it is green")
"""


BROKEN = {
    "a check that throws clips away": Broken(
        "check",
        "test_the_clip_is_left_as_it_is",
        "clip.mp4",
        f"""{_FINDS}
def check(clip, settings):
    found = [*green(clip)]
    clip.path.unlink()
    return found
""",
    ),
    "a check that says something else each time": Broken(
        "check",
        "test_the_same_clip_has_the_same_findings",
        "findings",
        f"""{_FINDS}
import secrets

def check(clip, settings):
    yield from green(clip)
    yield Finding(kind="other", severity="note", message=secrets.token_hex())
""",
    ),
    "a check that needs sound": Broken(
        "check",
        "test_any_clip_can_be_looked_at",
        "ValueError",
        f"""{_FINDS}
def check(clip, settings):
    clip.sound().max()
    yield from green(clip)
""",
    ),
    "a check that takes any setting": Broken(
        "check",
        "test_wrong_settings_are_refused_by_the_plan",
        "no_such_setting",
        f"""{_FINDS}
from pydantic import BaseModel

class Settings(BaseModel):
    most: float = 1

def check(clip, settings):
    return green(clip)
""",
    ),
    "a check that is blind": Broken(
        "check", "test_a_bad_clip_is_found_out", "'green'", "def check(clip, settings): return []"
    ),
    "captions that leave a word out": Broken(
        "preset",
        "test_every_word_is_seen_while_it_is_spoken",
        "bread?",
        r"""
from reelwright import WordStyle

def style(word):
    unseen = r"\alpha&HFF&" if word.index else ""
    return WordStyle(letters=unseen, outline=unseen)
""",
    ),
    "captions that outgrow the safe area": Broken(
        "preset",
        "test_nothing_stands_outside_the_safe_area",
        "drawn.inside",
        r"""
from reelwright import WordStyle

def style(word):
    return WordStyle(letters=r"\fscx110", outline=r"\fscx110")
""",
    ),
    "captions that cannot speak fast": Broken(
        "preset",
        "test_a_word_may_be_short_or_long",
        "ZeroDivisionError",
        r"""
from reelwright import WordStyle

def style(word):
    return WordStyle(letters=rf"\blur{300 // (word.end - word.begin)}")
""",
    ),
    "captions that count": Broken(
        "preset",
        "test_the_same_word_looks_the_same",
        "WordStyle",
        r"""
from reelwright import WordStyle
asked = []

def style(word):
    asked.append(word)
    return WordStyle(letters=rf"\frz{len(asked)}")
""",
    ),
    "captions of this process": Broken(
        "preset",
        "test_a_worker_draws_the_same",
        "a worker draws something else",
        r"""
import os
from reelwright import WordStyle

def style(word):
    return WordStyle(letters=rf"\1c&H{os.getpid() * 4099 % 0xFFFFFF:06X}&")
""",
    ),
    "a transition that draws over what was there": Broken(
        "transition",
        "test_neither_picture_is_drawn_over",
        "array_equal",
        """
def blend(before, after, moment):
    before.flags.writeable = True
    gone = round(moment.at * len(before))
    before[:gone] = after[:gone]
    return before
""",
    ),
    "a transition that is only upright": Broken(
        "transition",
        "test_each_frame_is_a_whole_picture",
        "shape",
        """
def blend(before, after, moment):
    return after[:, :18] if moment.at > 0.4 else before[:, :18]
""",
    ),
    "a transition that needs two frames": Broken(
        "transition",
        "test_each_frame_is_a_whole_picture",
        "ZeroDivisionError",
        """
def blend(before, after, moment):
    return after if moment.index / (moment.count - 1) > 0.5 else before
""",
    ),
    "a transition that goes back": Broken(
        "transition",
        "test_it_leads_from_the_picture_before_to_the_picture_after",
        "_apart",
        """
def blend(before, after, moment):
    return before if moment.at > 0.5 else after
""",
    ),
    "a transition that remembers": Broken(
        "transition",
        "test_the_same_moment_is_the_same_picture",
        "array_equal",
        """
seen = []

def blend(before, after, moment):
    seen.append(moment)
    return after if len(seen) > 2 else before
""",
    ),
    "a transition of this process": Broken(
        "transition",
        "test_a_worker_makes_the_same_frames",
        "a worker makes something else",
        """
import os

def blend(before, after, moment):
    return after // 2 + os.getpid() % 100
""",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one run of pytest over all of them tells of each: the failures of the behaviour that was asked for."""
    suites = {kind: f"{text}\nclass TestPart(Suite):\n    {kind} = 'FILE'\n" for kind, text in _SUITES.items()}
    return failures_of(tmp_path_factory.mktemp("broken"), BROKEN, suites)


@pytest.mark.parametrize("part", BROKEN)
def test_the_broken_behaviour_is_named(told: dict[str, list[str]], part: str) -> None:
    """By the test that fails, and a reason to go on with."""
    assert [failure for failure in told[part] if BROKEN[part].reason in failure]


def test_a_suite_that_looks_at_nothing_is_refused(tmp_path: Path) -> None:
    """An author who names no clip does not read that all is well."""
    suite = f"{_CHECK}\nclass TestPart(Suite):\n    check = 'x.py'\n    good = {{}}\n"
    (tmp_path / "test_empty.py").write_text(suite, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=400)
    assert ran.returncode != 0
    assert "TestPart names no `good`" in ran.stdout
