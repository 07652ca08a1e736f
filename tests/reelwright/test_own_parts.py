"""Checks, caption presets and transitions of an author's own: tried by the plan, done by workers, kept by source."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from support.captioned import burn, format_of, word
from support.clips import make_clip, planes
from support.plans import SPOKEN, plan

from reelwright.checks.own import judges_of
from reelwright.errors import InvalidInput, MediaError
from reelwright.media import ffmpeg
from reelwright.models.video.contract import Charge
from reelwright.own_parts import sources_of
from reelwright.publishing import registry
from reelwright.recipe import Captions, Checks, OutputFormat, OwnCheck, Recipe
from reelwright.settings import Settings
from reelwright.stages.own_checks import check_clip
from reelwright.stages.segments import Look, Picture, finish_segment, finish_transition
from reelwright.storyboard import Shot, Storyboard
from reelwright.studio import Studio, open_studio
from reelwright.takes.values import Clip, TakeFailed
from reelwright.timing import ShotTime
from reelwright.transition import Transition, edges_of

OUTPUT = OutputFormat(size="720x1280", frame_rate=24)
EXAMPLES = Path(__file__).parents[2] / "examples"
SHOT = Shot(prompt="a grey wall")

CHECK = '''"""A check."""
import os
from reelwright import Finding, Value

class Settings(Value):
    brightest: float = 0.5

def check(clip, settings):
    (_, picture), *_ = clip.pictures()
    tone = float(picture.mean()) / 255
    yield Finding(kind="done_by", severity="note", message=str(os.getpid()))
    if tone > settings.brightest:
        yield Finding(kind="too_bright", severity="reject", message="it is too bright", measured=round(tone, 1))
'''
WIPE = '''"""A transition."""
import numpy as np

def blend(before, after, moment):
    gone = round(moment.at * before.shape[1])
    return np.concatenate([after[:, :gone], before[:, gone:]], axis=1)
'''
PRESET = '''"""A preset."""
from reelwright import Grouping, WordStyle, ass_colour

GROUPING = Grouping(lines=1, words=2)

def style(word):
    return WordStyle(letters=rf"\\\\1c{ass_colour('#ff0000')}")
'''


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with one worker, which lives as long as these tests."""
    opened = open_studio(Settings(home=tmp_path_factory.mktemp("home"), workers=1, stored_keys=False))
    yield opened
    opened.crew.close()


def part(folder: Path, name: str, text: str) -> str:
    """Write a part's file."""
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def clip_of(studio: Studio, folder: Path, tone: int) -> Clip:
    """Two seconds of one grey, as a model may have sent them for 40 cents."""
    file = make_clip(
        folder / f"{tone}.mp4", size="144x256", rate=24, pictures=48, filters=f"geq=lum={tone}:cb=128:cr=128"
    )
    asset = studio.vault.put_file(file, "video/mp4", {"seconds": 2})
    charge = Charge(usd=Decimal("0.40"), source="catalogue")
    return Clip(clip=asset, model="cloud", seconds=Fraction(2), charge=charge)


def judged(studio: Studio, clip: Clip, *own: OwnCheck) -> Clip:
    """Let checks look at a clip."""
    return asyncio.run(check_clip(studio, 1, clip, SHOT, None, Recipe(output=OUTPUT, checks=Checks(own=own))))


# --- A check


def test_a_check_s_verdict_stands_beside_the_others(studio: Studio, tmp_path: Path) -> None:
    """It was done in another process, by the name that the recipe says; asked again, nothing is done."""
    name = part(tmp_path, "bright.py", CHECK)
    first, again = (judged(studio, clip_of(studio, tmp_path, 60), OwnCheck(name=name)) for _ in range(2))
    (verdict,) = first.verdicts
    assert (verdict.check, verdict.outcome, verdict.findings[0].kind) == (name, "accepted", "done_by")
    assert int(verdict.findings[0].message) != os.getpid()
    assert again.verdicts == first.verdicts


def test_a_check_can_reject_a_clip_which_stays_paid(studio: Studio, tmp_path: Path) -> None:
    """The failure says why, with the verdict and what the clip cost."""
    own = OwnCheck(name=part(tmp_path, "bright.py", CHECK), settings={"brightest": 0.1})
    with pytest.raises(TakeFailed, match=r"cloud: .*it is too bright") as raised:
        judged(studio, clip_of(studio, tmp_path, 180), own)
    told = raised.value.told()
    assert (told.usd, told.verdicts[0].outcome) == (Decimal("0.40"), "rejected")


def test_a_changed_check_looks_again(studio: Studio, tmp_path: Path) -> None:
    """Also in the worker that has imported the old one; which check judged is part of what clips are found by."""
    own = OwnCheck(name=part(tmp_path, "bright.py", CHECK))
    clip, before = clip_of(studio, tmp_path, 180), judges_of(Checks(own=(own,)))
    with pytest.raises(TakeFailed):
        judged(studio, clip, own)
    part(tmp_path, "bright.py", CHECK.replace("0.5", "0.9"))
    assert judged(studio, clip, own).verdicts[0].outcome == "accepted"
    assert judges_of(Checks(own=(own,))) != before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return [1]", "gave 1: it gives findings"),
        ("raise KeyError('corner')", "broke over shot 1: KeyError: 'corner'"),
        (
            "return [__import__('reelwright').Finding(kind='x', severity='mend', message='x')]",
            "findings that note or reject",
        ),
    ],
)
def test_a_check_that_breaks_is_told_and_judges_nothing(studio: Studio, tmp_path: Path, body: str, told: str) -> None:
    """A clip is neither let through nor thrown away for it."""
    own = OwnCheck(name=part(tmp_path, "broken.py", f"def check(clip, settings):\n    {body}\n"))
    with pytest.raises(MediaError, match=told) as raised:
        judged(studio, clip_of(studio, tmp_path, 60), own)
    assert not isinstance(raised.value, TakeFailed)


# --- A transition


def shared(studio: Studio, folder: Path, kind: str) -> tuple[Path, bool]:
    """Make what two shots share, dark and light; return the file, and whether it was found."""
    told = Transition(kind=kind, seconds=Fraction(1, 2))
    shots = [Shot(prompt="x"), Shot(prompt="x", transition=told)]
    clips = (clip_of(studio, folder, tone) for tone in (40, 200))
    before, after = [
        Picture(clip, ShotTime(frames=36, words=(), spoken=()), edges_of(number, 36, shots, Transition(), 24))
        for number, clip in enumerate(clips, 1)
    ]
    look = Look(OUTPUT, Captions(preset="none"), "en")
    made = asyncio.run(finish_transition(studio, told, before, after, look))
    return studio.vault.path(made.video), made.hit


def test_a_transition_leads_from_one_picture_to_the_other(studio: Studio, tmp_path: Path) -> None:
    """In RGB as it was written: half way, the left half is the next shot's."""
    file, _ = shared(studio, tmp_path, part(tmp_path, "wipe.py", WIPE))
    luma = planes(file, 5)[0]
    half = round(6 / 13 * luma.shape[1])
    assert abs(float(luma[:, : half - 6].mean()) - 200) < 3
    assert abs(float(luma[:, half + 6 :].mean()) - 40) < 3


def test_a_changed_transition_is_made_anew(studio: Studio, tmp_path: Path) -> None:
    """The old one is found as long as its file is the same."""
    name = part(tmp_path, "wipe.py", WIPE)
    first, _ = shared(studio, tmp_path, name)
    assert shared(studio, tmp_path, name) == (first, True)
    part(
        tmp_path, "wipe.py", WIPE.replace("[after[:, :gone], before[:, gone:]]", "[before[:, gone:], after[:, :gone]]")
    )
    other, found = shared(studio, tmp_path, name)
    assert not found
    assert float(planes(other, 5)[0][:, :100].mean()) < 60


# --- A caption preset


def test_a_preset_groups_and_lights_words(tmp_path: Path) -> None:
    """Two words at a time, in the red that it asks for, where and as large as any caption."""
    words = [word(text, f"{at}/2", f"{at + 1}/2") for at, text in enumerate(["one", "two", "three", "four"])]
    burnt = burn(
        words, tmp_path, tmp_path / "fonts", output=format_of("360x640", 6), preset=part(tmp_path, "p.py", PRESET)
    )
    assert [cue.text for cue in burnt.cues] == ["one two", "three four"]
    assert int(burnt.lit(2).sum()) > 100


def test_a_preset_is_drawn_by_a_worker_and_part_of_the_segment(studio: Studio, tmp_path: Path) -> None:
    """Another source is another segment; the clip is the same."""
    name, clip = part(tmp_path, "p.py", PRESET), clip_of(studio, tmp_path, 60)
    time = ShotTime(frames=24, words=(word("one", "0", "1/2"), word("two", "1/2", "1")), spoken=())

    def finished() -> tuple[np.ndarray, bool]:
        look = Look(OUTPUT, Captions(preset=name), "en")
        made = asyncio.run(finish_segment(studio, Picture(clip, time), look))
        return planes(studio.vault.path(made.video), 12)[2], made.hit

    red, _ = finished()
    assert finished()[1]
    part(tmp_path, "p.py", PRESET.replace("#ff0000", "#0000ff"))
    blue, found = finished()
    assert (found, int(red.max()) > 200, int(blue.max()) < 160) == (False, True, True)


# --- What the plan refuses

WRONG = {
    "no check": ({"checks": {"own": ["no_such_check"]}}, "", "There is no check 'no_such_check' here"),
    "no transition": ({"transition": "disolve"}, "", "There is no transition 'disolve' here .*dissolve"),
    "no preset": ({"captions": {"preset": "wrod"}}, "", "There is no caption 'wrod' here .*word"),
    "no function": ({"checks": {"own": ["FILE"]}}, "checks = 1\n", "needs a function `check\\(clip, settings\\)`"),
    "another signature": ({"transition": "FILE"}, "def blend(a, b): ...\n", "`blend\\(before, after, moment\\)`"),
    "no settings": (
        {"checks": {"own": [{"name": "FILE", "settings": {"most": 1}}]}},
        "def check(clip, settings): ...\n",
        "settings.most: there is no such field",
    ),
    "wrong settings": (
        {"checks": {"own": [{"name": "FILE", "settings": {"brightest": "very"}}]}},
        CHECK,
        "settings.brightest: 'very' will not do",
    ),
    "another size": ({"transition": "FILE"}, "def blend(a, b, moment): return a[:-1]\n", r"gave uint8 \(31, 18, 3\)"),
    "drawn over": ({"transition": "FILE"}, "def blend(a, b, moment):\n    a[:] = b\n    return a\n", "read-only"),
    "a place": (
        {"captions": {"preset": "FILE"}},
        "from reelwright import WordStyle\ndef style(word): return WordStyle(letters=r'\\pos(1,1)')\n",
        r"says '\\\\pos', which is not for it to say",
    ),
    "too many lines": (
        {"captions": {"preset": "FILE"}},
        f"{PRESET}\nGROUPING = Grouping(lines=9)\n",
        "at most 4 lines",
    ),
    "breaks when imported": ({"captions": {"preset": "FILE"}}, "1 / 0\n", "ZeroDivisionError: division by zero"),
    "bad grammar": ({"transition": "FILE"}, "def blend(:\n", "SyntaxError"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_part_is_refused_by_the_plan(case: str, tmp_path: Path) -> None:
    """With what is wrong, before anything is spent."""
    recipe, text, told = WRONG[case]
    name = part(tmp_path, "own.py", text)
    filled = Recipe.model_validate_json(Recipe.model_validate(recipe).model_dump_json().replace('"FILE"', f'"{name}"'))
    made = plan(SPOKEN, SPOKEN, **dict(filled))
    assert len(made.problems) == 1
    with pytest.raises(AssertionError if not told else InvalidInput, match=told):
        made.require()


def test_a_good_part_is_no_problem(tmp_path: Path) -> None:
    """All three, tried on small things."""
    recipe = {
        "checks": {"own": [{"name": part(tmp_path, "c.py", CHECK), "settings": {"brightest": 0.4}}]},
        "transition": part(tmp_path, "t.py", WIPE),
        "captions": {"preset": part(tmp_path, "p.py", PRESET)},
    }
    assert plan(SPOKEN, SPOKEN, **dict(Recipe.model_validate(recipe))).problems == ()


# --- A channel

CHANNEL = '''"""The folder, under another name."""
from reelwright.publishing import folder
from reelwright.publishing.folder import Settings, build

RULES = folder.RULES.model_copy(update={"title": "Shelf"})
'''


def test_a_channel_of_one_s_own_is_planned_like_any_other(tmp_path: Path) -> None:
    """Its rules and settings hold, and it is built when something is published."""
    kind = part(tmp_path, "shelf.py", CHANNEL)
    entry = {"kind": kind, "name": "shelf", "settings": {"path": str(tmp_path / "shelf")}}
    made = plan(SPOKEN, channels=Recipe.model_validate({"channels": [entry]}).channels)
    assert (made.problems, [post.channel for post in made.posts]) == ((), ["shelf"])
    assert registry.rules_of(kind).title == "Shelf"


@pytest.mark.parametrize(("text", "told"), [(None, "no kind of channel"), ("RULES = 1\n", "has no 'Settings'")])
def test_a_channel_that_is_none_is_refused_by_the_plan(tmp_path: Path, text: str | None, told: str) -> None:
    """By what is missing."""
    kind = "no/such.py" if text is None else part(tmp_path, "shelf.py", text)
    (problem,) = plan(SPOKEN, channels=Recipe.model_validate({"channels": [{"kind": kind}]}).channels).problems
    assert told in problem


# --- The examples


def test_the_examples_are_what_the_plan_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """All three, named from the root of a clone."""
    monkeypatch.chdir(EXAMPLES.parent)
    recipe = Recipe.model_validate(YAML(typ="safe").load(EXAMPLES / "own-look.yaml"))
    assert len(sources_of(Storyboard(title="x", shots=(SHOT, SHOT)), recipe)) == 3
    assert plan(SPOKEN, SPOKEN, **dict(recipe)).problems == ()


def test_the_example_check_sees_green_and_hears_hum(studio: Studio, tmp_path: Path) -> None:
    """In a clip of a green screen with 50 Hz on its sound."""
    file = tmp_path / "green.mp4"
    green = ["-f", "lavfi", "-i", "color=0x00dd20:size=144x256:rate=24:duration=2"]
    hum = ["-f", "lavfi", "-i", "sine=frequency=50:duration=2:sample_rate=48000", "-shortest"]
    ffmpeg.run(["-y", *green, *hum, "-pix_fmt", "yuv420p", str(file)])
    clip = clip_of(studio, tmp_path, 60).model_copy(update={"clip": studio.vault.put_file(file, "video/mp4")})
    with pytest.raises(TakeFailed, match=r"a green screen fills 100% of it") as raised:
        judged(studio, clip, OwnCheck(name=str(EXAMPLES / "own_check.py")))
    findings = raised.value.told().verdicts[0].findings
    assert [(finding.kind, finding.severity) for finding in findings] == [("green_screen", "reject"), ("hum", "note")]


# --- How they are found and told apart


def test_each_kind_may_be_an_entry_point(tmp_path: Path) -> None:
    """As an installed distribution names it; what is built in stays what it is."""
    named = tmp_path / "look-1.0.dist-info"
    named.mkdir()
    (named / "METADATA").write_text("Metadata-Version: 2.1\nName: look\nVersion: 1.0\n", "utf-8")
    points = "".join(f"[reelwright.{kind}]\nours = look_{kind}\n" for kind in ("check", "caption", "transition"))
    (named / "entry_points.txt").write_text(points + "cut = look_transition\n", "utf-8")
    part(tmp_path, "look_check.py", CHECK)
    part(tmp_path, "look_caption.py", PRESET)
    part(tmp_path, "look_transition.py", WIPE)
    asked = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from reelwright import plugins\n"
        "from reelwright.transition import BUILT_IN\n"
        "found = [plugins.load(kind, 'ours', {}).__name__ for kind in ('check', 'caption', 'transition')]\n"
        "print(*found, plugins.module_of('transition', 'cut', BUILT_IN))"
    )
    # Another process: this one has looked at what is installed already.
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["look_check", "look_caption", "look_transition", "reelwright.media.transitions"]


def test_every_file_of_one_s_own_tells_an_episode_apart(tmp_path: Path) -> None:
    """A changed file is another episode; one that is not there is the plan's to tell."""
    overlay = "def bar(size, fps, seconds, texts): ...\n"
    files = {"check.py": CHECK, "wipe.py": WIPE, "preset.py": PRESET, "overlay.py": overlay}
    named = {name: part(tmp_path, name, text) for name, text in files.items()}
    recipe = Recipe.model_validate(
        {
            "checks": {"own": [named["check.py"]]},
            "captions": {"preset": named["preset.py"]},
            "overlays": [{"python": f"{named['overlay.py']}:bar"}],
        }
    )
    board = Storyboard(title="x", shots=(SHOT, Shot(prompt="y", transition=Transition(kind=named["wipe.py"]))))
    before = sources_of(board, recipe)
    assert len(before) == len(files)
    for name, text in files.items():
        part(tmp_path, name, f"{text}\n# changed\n")
    after = sources_of(board, recipe)
    assert [source for key, source in before.items() if after[key] == source] == []
    (tmp_path / "check.py").unlink()
    assert len(sources_of(board, recipe)) == len(files) - 1
    assert sources_of(Storyboard(title="x", shots=(SHOT,)), Recipe()) == {}
