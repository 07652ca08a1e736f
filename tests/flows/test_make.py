"""`reelwright make` from the outside: what it leaves in the folder, what it never does twice, what survives a crash."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.prefect_server import Server
from support.terminal import Ran, Terminal

from reelwright.media import ffmpeg
from reelwright.media.master import broken_promises
from reelwright.media.probe import image_size, probe
from reelwright.media.provenance import read
from reelwright.media.sound import measure
from reelwright.recipe import OutputFormat, Recipe
from reelwright.vault import sha256_of

SMALL = "output: {size: 720x1280, frame_rate: 25}\n"
SENTENCES = (
    "A violin is two thin plates with air between them.",
    "The bow sticks to the string, and slips, hundreds of times a second.",
    "That is the sound you hear across the whole hall.",
)


def script(folder: Path, *sentences: str, title: str = "Why violins sing") -> Path:
    """Write a script with a paragraph for each sentence."""
    path = folder / "script.md"
    path.write_text(f"# {title}\n\n" + "\n\n".join(sentences or SENTENCES) + "\n", "utf-8")
    return path


def recipe(folder: Path, text: str = SMALL) -> Path:
    """Write a recipe."""
    path = folder / "recipe.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def made(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """Three shots, made once for all tests of this file."""
    folder = tmp_path_factory.mktemp("made")
    ran = terminal.run("make", script(folder), "-r", recipe(folder), "-o", folder / "out", "--json")
    assert ran.exit_code == 0, ran.stderr
    return folder, ran


def episode_folder(made: tuple[Path, Ran]) -> Path:
    """The folder that the episode lies in."""
    return made[0] / "out" / "why-violins-sing"


def test_the_answer_says_where_how_long_and_for_how_much(made: tuple[Path, Ran]) -> None:
    """Standard output is one JSON document: the file, its length, the price, the run."""
    answer = made[1].json
    assert Path(answer["video"]) == episode_folder(made) / "episode.mp4"
    assert (answer["shots"], answer["made"], Decimal(answer["usd"])) == (3, 3, 0)
    assert answer["flow_run_id"]
    assert abs(Fraction(answer["seconds"]) - probe(Path(answer["video"])).seconds) < Fraction(1, 20)


def test_the_master_keeps_its_promises(made: tuple[Path, Ran]) -> None:
    """Codec, tags, clock, groups of pictures, index, chapters: read back from the file, which decodes in silence."""
    video = episode_folder(made) / "episode.mp4"
    output = Recipe(output=OutputFormat(size="720x1280", frame_rate=25)).output
    assert broken_promises(video, output, chapter_count=3) == ()
    assert ffmpeg.run(["-i", str(video), "-f", "null", "-"], loglevel="warning") == ""


def test_the_master_has_the_loudness_that_platforms_play(made: tuple[Path, Ran]) -> None:
    """-14 LUFS within half a unit, true peak at most -1 dBTP."""
    heard = measure(episode_folder(made) / "episode.mp4")
    assert abs(heard.integrated_lufs + 14) <= 0.5
    assert heard.true_peak_dbtp <= -1.0


def test_captions_lie_beside_the_video_with_every_word(made: tuple[Path, Ran]) -> None:
    """SRT and WebVTT hold the narration, and no cue crosses a shot's border."""
    folder = episode_folder(made)
    said = " ".join(SENTENCES).split()
    for name in ("captions.srt", "captions.vtt"):
        lines = (folder / name).read_text("utf-8").splitlines()
        words = [word for line in lines if line and "-->" not in line and not line.isdigit() for word in line.split()]
        assert [word for word in words if word in said] == said
    starts = [mark["start_frame_number"] / 25 for mark in manifest(folder)["shots"]]
    for begin, end in cue_times(folder / "captions.vtt"):
        assert not any(begin < start - 0.001 and end > start + 0.001 for start in starts)


def test_the_manifest_explains_the_episode(made: tuple[Path, Ran]) -> None:
    """Script, models, prices, hashes and measurements; each file has the hash it names."""
    folder = episode_folder(made)
    told = manifest(folder)
    assert {name: sha256_of(folder / name) for name in told["files"]} == told["files"]
    assert [shot["narration"] for shot in told["storyboard"]["shots"]] == list(SENTENCES)
    assert all(shot["animatic"] and shot["clip"]["charge"]["source"] == "free" for shot in told["shots"])
    assert told["made_with_ai"] is True
    assert abs(told["sound"]["integrated_lufs"] + 14) <= 0.5


def test_the_video_says_how_it_was_made(made: tuple[Path, Ran], terminal: Terminal) -> None:
    """Its signed content credentials, the manifest, and what publishing is told agree; no key is in any file."""
    folder = episode_folder(made)
    told, found = manifest(folder), read(folder / "episode.mp4")
    assert found is not None
    assert (found.state, found.faults) == ("Valid", ())
    assert found.source_type == told["provenance"]["source_type"]
    assert found.source_type.endswith("/compositeSynthetic")  # drawn pictures, a model's voice
    assert told["provenance"]["certificate"].startswith("self-made")
    disclosed = told["ai_disclosure"]
    assert (disclosed["synthetic_voice"], disclosed["synthetic_picture"]) == (True, False)
    assert [shot["model"] for shot in disclosed["shots"]] == ["animatic"] * 3
    key = (terminal.home / "reelwright" / "certificate" / "key.pem").read_bytes().splitlines()[1]
    assert not any(key in path.read_bytes() for path in folder.iterdir())


def test_the_cover_has_the_size_of_the_picture(made: tuple[Path, Ran]) -> None:
    """`cover.jpg` fits the master."""
    assert str(image_size(episode_folder(made) / "cover.jpg")) == "720x1280"


def test_the_same_source_is_no_work_and_leaves_the_file(made: tuple[Path, Ran], terminal: Terminal) -> None:
    """A second run answers at once, and not even the file's time changes."""
    video = episode_folder(made) / "episode.mp4"
    before = video.stat()
    again = terminal.here("make", made[0] / "script.md", "-r", made[0] / "recipe.yaml", "-o", made[0] / "out", "--json")
    assert (again.json["unchanged"], again.json["made"], again.json["flow_run_id"]) == (True, 0, "")
    assert (video.stat().st_mtime_ns, video.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.fixture
def going_on(made: tuple[Path, Ran], terminal: Terminal, prefect_server: Server) -> Terminal:
    """The same machine where three shots are made, beside a server that runs already."""
    assert made[1].exit_code == 0
    return terminal.served_by(prefect_server.address)


@pytest.mark.slow
def test_a_new_sentence_is_a_new_shot(going_on: Terminal, tmp_path: Path) -> None:
    """Put in front, or in another's place: only the shots that are new are made."""
    source = script(tmp_path, "Listen.", SENTENCES[0], "The bow sticks, and slips, and sticks again.", SENTENCES[2])
    ran = going_on.run("make", source, "-r", recipe(tmp_path), "-o", tmp_path, "--json")
    assert (ran.exit_code, ran.json["made"], ran.json["shots"]) == (0, 2, 4), ran.stderr


@pytest.mark.slow
def test_a_manifest_is_a_source(made: tuple[Path, Ran], going_on: Terminal, tmp_path: Path) -> None:
    """Made again from its manifest, an episode is the same, byte by byte, and no shot is made anew.

    A video that was cut short is noticed and put back.
    """
    source, whole = episode_folder(made) / "manifest.json", manifest(episode_folder(made))["files"]["episode.mp4"]
    ran = going_on.run("make", source, "-o", tmp_path, "--json")
    assert (ran.exit_code, ran.json["made"]) == (0, 0), ran.stderr
    video = Path(ran.json["video"])
    assert sha256_of(video) == whole
    video.write_bytes(video.read_bytes()[:5000])
    again = going_on.run("make", source, "-o", tmp_path, "--json")
    assert (sha256_of(video), again.json["made"]) == (whole, 0)


def test_people_are_told_what_happened_and_what_to_do(made: tuple[Path, Ran], terminal: Terminal) -> None:
    """Without `--json` standard output stays clean and the result is on standard error."""
    ran = terminal.here("make", made[0] / "script.md", "-r", made[0] / "recipe.yaml", "-o", made[0] / "out")
    assert ran.stdout == ""
    assert "Nothing to do" in ran.stderr
    assert "cost $0.00" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "by",
    [pytest.param(signal.SIGKILL, id="SIGKILL"), pytest.param(signal.SIGINT, id="Ctrl-C")],
)
def test_a_stopped_run_keeps_its_shots_and_leaves_nothing_half(
    fresh_terminal: Terminal, prefect_server: Server, tmp_path: Path, by: signal.Signals
) -> None:
    """Stopped after its first segment: no file under a final name, no process left, and the next run goes on."""
    source, out = script(tmp_path, *(f"Number {number} is a shot." for number in range(4))), tmp_path / "out"
    finished = fresh_terminal.home / "reelwright" / "vault" / "finished"

    def segments() -> int:
        return len(list(finished.glob("segment-*/*/*.json")))

    stopped = fresh_terminal.stop("make", source, "-r", recipe(tmp_path), "-o", out, when=lambda: segments() > 0, by=by)
    kept = segments()
    assert stopped.exit_code == (-by if by == signal.SIGKILL else 130), stopped.stderr
    assert kept < 4, "it was not stopped in the middle"
    assert not list(out.rglob("*.*"))
    assert eventually(lambda: not processes_of(fresh_terminal)), processes_of(fresh_terminal)
    served = fresh_terminal.served_by(prefect_server.address)
    ran = served.run("make", source, "-r", tmp_path / "recipe.yaml", "-o", out, "--json")
    assert ran.exit_code == 0, ran.stderr
    assert ran.json["made"] <= 4 - kept


@pytest.mark.parametrize(
    ("source", "recipe_text", "exit_code", "code", "told"),
    [
        ("no-such-file.md", "", 2, "invalid_source", "no such file"),
        ("the history of tea", "", 2, "invalid_input", "is a topic"),
        ("-", "video_models: [sora-2]", 2, "plan_refused", "2026-09-24"),
        ("-", "video_models: [nothing-like-it]", 2, "plan_refused", "nothing-like-it"),
        ("-", "voice: {speeed: 2}", 2, "invalid_source", "recipe.yaml:1"),
        ("-", "music: {source: /nowhere/song.mp3}", 2, "plan_refused", "music.source"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(
    terminal: Terminal, tmp_path: Path, source: str, recipe_text: str, exit_code: int, code: str, told: str
) -> None:
    """The exit code, the error's code and the words say what is wrong; nothing is written."""
    chosen = ["-r", recipe(tmp_path, recipe_text)] if recipe_text else []
    ran = terminal.here("make", source, *chosen, "-o", tmp_path / "out", "--json", stdin="# T\n\nHello there.\n")
    assert (ran.exit_code, ran.json["error"]["code"]) == (exit_code, code), ran.stderr
    assert told in ran.json["error"]["message"]
    assert not (tmp_path / "out").exists()


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an episode."""
    told: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return told


def cue_times(path: Path) -> list[tuple[float, float]]:
    """Begin and end of each cue of a WebVTT file, in seconds."""

    def seconds(text: str) -> float:
        hours, minutes, rest = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(rest)

    lines = [line.split(" --> ") for line in path.read_text("utf-8").splitlines() if "-->" in line]
    return [(seconds(begin), seconds(end)) for begin, end in lines]


def processes_of(terminal: Terminal) -> list[str]:
    """Command lines of living processes that belong to a terminal's home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("REELWRIGHT_HOME") == terminal.environment["REELWRIGHT_HOME"]:
                found.append(" ".join(process.cmdline()))
        except (psutil.Error, OSError):
            continue
    return found


def eventually(condition: Callable[[], bool], *, seconds: float = 15) -> bool:
    """Wait until a condition holds."""
    waited = 0.0
    while not condition() and waited < seconds:
        time.sleep(0.1)
        waited += 0.1
    return condition()
