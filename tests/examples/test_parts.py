"""Parts of one's own, and files that name them: episodes are made with them, and their suites pass."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from support.examples import EXAMPLES, Examples
from support.openai_videos_harness import DIALECT_HARNESSES
from support.terminal import Ran

(VLLM_OMNI,) = [harness for harness in DIALECT_HARNESSES if "vllm" in harness.name]

pytestmark = pytest.mark.slow


def make(examples: Examples, brief: dict[str, Any], recipe: Path, *, importable: bool = False) -> Ran:
    """Make a brief into an episode with a recipe, as a person does in the clone."""
    source = examples.folder / "brief.json"
    source.write_text(json.dumps(brief), "utf-8")
    arguments = ("make", source, "-r", recipe, "-o", examples.folder / "out", "--json")
    ran = examples.terminal.run(*arguments, **examples.environment(importable=importable))
    assert ran.exit_code == 0, ran.stderr
    return ran


@pytest.fixture
def _in_the_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are named from the root of the clone."""
    monkeypatch.chdir(EXAMPLES.parent)


@pytest.mark.runs("house-style.yaml", "house_style.py")
def test_a_model_of_one_s_own_says_the_house_s_words(examples: Examples) -> None:
    """The module named in the recipe makes the clip, at a strict vLLM-Omni."""
    brief = {"title": "Boat", "shots": [{"prompt": "A boat", "seconds": 4}]}
    with VLLM_OMNI.make_server() as server:
        recipe = examples.changed("house-style.yaml", "http://127.0.0.1:8000", server.url)
        make(examples, brief, recipe, importable=True)
        (job,) = server.jobs.values()
    assert job.asked["prompt"].startswith("rwstyle, hand-painted cel animation, A boat")
    clip = examples.manifest("out/boat/episode.mp4")["shots"][0]["clip"]
    assert clip["model"] == "house-style", clip["causes"]


@pytest.mark.usefixtures("_in_the_clone")
@pytest.mark.runs("overlay.yaml", "overlay.py")
def test_an_overlay_of_one_s_own_moves(examples: Examples) -> None:
    """The ring is open when the shot begins and closed when it ends, in its own colour."""
    brief = {"title": "Ring", "shots": [{"prompt": "A dark night sky", "seconds": 2}]}
    make(examples, brief, EXAMPLES / "overlay.yaml")
    with av.open(examples.folder / "out" / "ring" / "episode.mp4") as video:
        amber = [_amber(frame.to_ndarray(format="rgb24")) for frame in video.decode(video=0)]
    assert len(amber) == 48
    assert amber[2] < amber[24] < amber[46]
    assert amber[46] > 2000


def _amber(picture: NDArray[Any]) -> int:
    """How many pixels of the upper half have the ring's colour, as far as a video keeps it."""
    upper = picture[: picture.shape[0] // 2].astype(int)
    return int((np.abs(upper - np.array([255, 210, 63])).max(axis=2) < 40).sum())


@pytest.mark.usefixtures("_in_the_clone")
@pytest.mark.runs("own-look.yaml", "own_captions.py", "own_transition.py")
def test_captions_and_a_transition_of_one_s_own_make_an_episode(examples: Examples) -> None:
    """The iris shows the second shot's sky in the middle before it does in a corner."""
    shots = [{"prompt": "The sea by night", "narration": "One."}, {"prompt": "A desert by day", "narration": "Two."}]
    make(examples, {"title": "Look", "shots": shots}, EXAMPLES / "own-look.yaml")
    with av.open(examples.folder / "out" / "look" / "episode.mp4") as video:
        pictures = [frame.to_ndarray(format="rgb24")[:, :, :2] for frame in video.decode(video=0)]
    skies = [(picture[300:380, 320:400].mean(), picture[:80, :80].mean()) for picture in pictures]
    middle, corner = (next(n for n, sky in enumerate(skies) if sky[place] > 110) for place in (0, 1))
    assert corner - middle >= 4, skies


@pytest.mark.runs("series-from-feed.yaml", "harbour-news.xml")
def test_a_feed_is_read_out(examples: Examples) -> None:
    """The first entry becomes the episode of the next slot, its paragraphs shots, its address the text below."""
    file = EXAMPLES / "series-from-feed.yaml"
    arguments = ("series", "run", file, "--now", "2026-11-20T20:00", "--out", examples.folder, "--json")
    ran = examples.terminal.run(*arguments, **examples.environment())
    assert ran.exit_code == 0, ran.stderr
    (slot,) = ran.json["slots"]
    assert (slot["slot"], slot["state"]) == ("2026-11-21T07:30", "made")
    board = examples.manifest(f"{slot['folder']}/episode.mp4")["storyboard"]
    assert board["title"] == "The lighthouse has a new lamp"
    assert board["description"] == "https://harbour.example/news/lamp"
    spoken = ["The lighthouse has a new lamp.", "It is seen for twenty miles."]
    assert [shot["narration"] for shot in board["shots"]] == spoken


@pytest.mark.parametrize(
    "suite",
    [
        pytest.param("test_house_style.py", marks=pytest.mark.runs("test_house_style.py", "house_style.py")),
        pytest.param(
            "test_own_parts.py",
            marks=pytest.mark.runs("test_own_parts.py", "own_check.py", "own_captions.py", "own_transition.py"),
        ),
        pytest.param("test_own_narrator.py", marks=pytest.mark.runs("test_own_narrator.py", "own_narrator.py")),
        pytest.param("test_own_channel.py", marks=pytest.mark.runs("test_own_channel.py", "own_channel.py")),
    ],
)
def test_a_part_of_one_s_own_keeps_the_contract(suite: str, examples: Examples) -> None:
    """Its author's file passes, and no test of the suite was left out."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(EXAMPLES / suite)]
    environment = os.environ | examples.environment(importable=True)
    done = subprocess.run(
        command, cwd=EXAMPLES.parent, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d+ passed in", done.stdout, re.MULTILINE), done.stdout
