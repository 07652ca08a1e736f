"""The examples run as they stand, and do what they say."""

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
from PIL import Image
from support.openai_videos_harness import DIALECT_HARNESSES, OPENAI
from support.prefect_server import Server
from support.terminal import Terminal

from reelwright.media.master import broken_promises
from reelwright.media.probe import probe
from reelwright.recipe import OutputFormat
from reelwright.testing.servers.jobs import KEY

(VLLM_OMNI,) = [harness for harness in DIALECT_HARNESSES if "vllm" in harness.name]
EXAMPLES = Path(__file__).parents[1] / "examples"

pytestmark = pytest.mark.slow


def run(example: str, *arguments: str, folder: Path, terminal: Terminal, **environment: str) -> list[str]:
    """Run an example in a folder; return the lines it prints."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        cwd=folder,
        env=os.environ | terminal.environment | environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def told(video: str, folder: Path) -> dict[str, Any]:
    """The manifest beside a video."""
    found: dict[str, Any] = json.loads((folder / video).with_name("manifest.json").read_text("utf-8"))
    return found


def test_every_example_is_in_the_table() -> None:
    """Somebody who looks for one finds what it shows."""
    page = (EXAMPLES.parent / "docs/pages/how-to/compose.md").read_text("utf-8")
    files = [path.name for path in EXAMPLES.glob("[!.]*") if path.is_file()]
    assert [name for name in files if f"`examples/{name}`" not in page] == []


def test_a_second_hook_is_one_new_shot(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """A and B differ in their first shot; the second episode finds the others."""
    first, second = run("ab_hooks.py", folder=tmp_path, terminal=terminal, PREFECT_API_URL=server.address)
    assert first.endswith("3 of 3 shots made")
    assert second.endswith("1 of 3 shots made")
    videos = [tmp_path / line.split(": ")[1].split(",")[0] for line in (first, second)]
    assert [broken_promises(video, OutputFormat(size="720x1280", frame_rate=25)) for video in videos] == [(), ()]
    shots = [told(str(video), tmp_path)["shots"] for video in videos]
    assert [shot["clip"]["clip"]["sha256"] for shot in shots[0][1:]] == [
        shot["clip"]["clip"]["sha256"] for shot in shots[1][1:]
    ]


def test_a_screenplay_becomes_an_animatic(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """Wide, three scenes of three seconds, each with the move that the page asks for."""
    script = str(EXAMPLES / "night-train.fountain")
    (line,) = run("previs.py", script, folder=tmp_path, terminal=terminal, PREFECT_API_URL=server.address)
    assert line == "out/night-train/episode.mp4: 3 shots, 9 s"
    facts = probe(tmp_path / "out/night-train/episode.mp4")
    assert facts.video is not None
    assert (str(facts.video.size), facts.seconds) == ("1280x720", 9)
    shots = told("out/night-train/episode.mp4", tmp_path)["storyboard"]["shots"]
    assert [shot["camera"] for shot in shots] == ["push", "pan-right", "pull"]
    assert all("PUSH" not in shot["prompt"] for shot in shots)


def test_a_mascot_stays_itself(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """Described and shown in the same words and bytes in every episode."""
    Image.new("RGB", (64, 96), "teal").save(tmp_path / "ada.png")
    videos = run("mascot.py", "ada.png", "2", folder=tmp_path, terminal=terminal, PREFECT_API_URL=server.address)
    assert videos == ["ada/ada-in-the-bakery/episode.mp4", "ada/ada-in-the-harbour/episode.mp4"]
    people = [told(video, tmp_path)["storyboard"]["characters"] for video in videos]
    assert people[0] == people[1]
    assert people[0][0]["references"][0].endswith(".png")


def test_a_clip_is_remixed_and_extended_once(terminal: Terminal, tmp_path: Path) -> None:
    """Two jobs at the server; run again, none."""
    with OPENAI.make_server() as server:
        server.plan.polls = 0
        run_again: list[list[str]] = []
        made = server.new_job(
            {"prompt": "a boat", "seconds": "4", "size": "720x1280", "model": "sora-2"}, "video_first"
        )
        before = server.created
        for _ in range(2):
            arguments = (f"{server.url}/v1", made.id, "the same, at night")
            run_again.append(run("remix.py", *arguments, folder=tmp_path, terminal=terminal, VIDEOS_KEY=KEY))
            assert server.created - before == 2
    assert run_again[0] == run_again[1]
    assert probe(tmp_path / "remix.mp4").seconds >= 4


def test_a_model_of_one_s_own_says_the_house_s_words(served_terminal: Terminal, tmp_path: Path) -> None:
    """The module named in the recipe makes the clip, at a strict vLLM-Omni."""
    brief = tmp_path / "brief.json"
    brief.write_text(json.dumps({"title": "Boat", "shots": [{"prompt": "A boat", "seconds": 4}]}), "utf-8")
    with VLLM_OMNI.make_server() as server:
        recipe = tmp_path / "recipe.yaml"
        text = (EXAMPLES / "house-style.yaml").read_text("utf-8")
        recipe.write_text(text.replace("http://127.0.0.1:8000", server.url), "utf-8")
        arguments = ["make", brief, "-r", recipe, "-o", tmp_path / "out", "--json"]
        ran = served_terminal.run(*arguments, PYTHONPATH=str(EXAMPLES))
        assert ran.exit_code == 0, ran.stderr
        (job,) = server.jobs.values()
    assert job.asked["prompt"].startswith("rwstyle, hand-painted cel animation, A boat")
    clip = told("out/boat/episode.mp4", tmp_path)["shots"][0]["clip"]
    assert clip["model"] == "house-style", clip["causes"]


@pytest.mark.parametrize(
    "suite", ["test_house_style.py", "test_own_parts.py", "test_own_narrator.py", "test_own_channel.py"]
)
def test_a_part_of_one_s_own_keeps_the_contract(suite: str) -> None:
    """Its author's file passes, and no test of the suite was left out."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(EXAMPLES / suite)]
    environment = os.environ | {"PYTHONPATH": str(EXAMPLES)}
    done = subprocess.run(
        command, cwd=EXAMPLES.parent, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d+ passed in", done.stdout, re.MULTILINE), done.stdout


def test_a_flow_of_one_s_own_films_with_it(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """Two episodes of the house's model, with nothing but the strict server behind it."""
    environment = {"PREFECT_API_URL": server.address, "PYTHONPATH": str(EXAMPLES)}
    lines = run("house_flow.py", folder=tmp_path, terminal=terminal, **environment)
    videos = ["house/a-boat-in-the-rain/episode.mp4", "house/a-paper-hat-on-a-wall/episode.mp4"]
    assert [line.partition(":")[0] for line in lines] == videos
    clips = [told(video, tmp_path)["shots"][0]["clip"] for video in videos]
    assert [clip["model"] for clip in clips] == ["house-style", "house-style"], [clip["causes"] for clip in clips]


def test_two_languages_share_their_pictures(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """English with German subtitles in time with it, then German in the picture; the clips are made once."""
    lines = run("two_languages.py", folder=tmp_path, terminal=terminal, PREFECT_API_URL=server.address)
    english, german = (line.partition(":")[0] for line in lines)
    beside = (tmp_path / english).with_name("captions.de.srt").read_text("utf-8")
    assert "Heißes Wasser löst ihn heraus." in beside
    assert "Heißes Wasser" in (tmp_path / german).with_name("captions.srt").read_text("utf-8")
    first, second = (told(video, tmp_path) for video in (english, german))
    assert [shot["clip"]["hit"] for shot in second["shots"]] == [True, True]
    clips = [[shot["clip"]["clip"]["sha256"] for shot in one["shots"]] for one in (first, second)]
    assert clips[0] == clips[1]
    assert second["ai_disclosure"]["synthetic_voice"] is False


def test_an_overlay_of_one_s_own_moves(
    terminal: Terminal, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ring is open when the shot begins and closed when it ends, in its own colour."""
    monkeypatch.chdir(EXAMPLES.parent)
    brief = tmp_path / "brief.json"
    brief.write_text(json.dumps({"title": "Ring", "shots": [{"prompt": "A dark night sky", "seconds": 2}]}), "utf-8")
    recipe = EXAMPLES / "overlay.yaml"
    ran = terminal.run("make", brief, "-r", recipe, "-o", tmp_path, "--json", PREFECT_API_URL=server.address)
    assert ran.exit_code == 0, ran.stderr
    with av.open(tmp_path / "ring" / "episode.mp4") as video:
        amber = [_amber(frame.to_ndarray(format="rgb24")) for frame in video.decode(video=0)]
    assert len(amber) == 48
    assert amber[2] < amber[24] < amber[46]
    assert amber[46] > 2000


def test_a_feed_is_read_out(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    """The first entry becomes the episode of the next slot, its paragraphs shots, its address the text below."""
    file = EXAMPLES / "series-from-feed.yaml"
    arguments = ["series", "run", file, "--now", "2026-11-20T20:00", "--out", tmp_path, "--json"]
    ran = terminal.run(*arguments, PREFECT_API_URL=server.address)
    assert ran.exit_code == 0, ran.stderr
    (slot,) = ran.json["slots"]
    assert (slot["slot"], slot["state"]) == ("2026-11-21T07:30", "made")
    board = told("episode.mp4", Path(slot["folder"]))["storyboard"]
    assert board["title"] == "The lighthouse has a new lamp"
    assert board["description"] == "https://harbour.example/news/lamp"
    spoken = ["The lighthouse has a new lamp.", "It is seen for twenty miles."]
    assert [shot["narration"] for shot in board["shots"]] == spoken


def _amber(picture: NDArray[Any]) -> int:
    """How many pixels of the upper half have the ring's colour, as far as a video keeps it."""
    upper = picture[: picture.shape[0] // 2].astype(int)
    return int((np.abs(upper - np.array([255, 210, 63])).max(axis=2) < 40).sum())
