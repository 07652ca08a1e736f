"""Parts of somebody's own, one of each kind: found by entry point, or named by their files; and what they did is seen.

The command line is a process of its own each time: what is installed is looked at once in a process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from support.clips import heard_by_av
from support.nine_parts import channel, image, narrator, transcriber, transition, writer
from support.own_distribution import KINDS, copied, installed, recipe_of, write_recipe
from support.prefect_server import Server
from support.terminal import Terminal

TOPIC = "why walls stand"
RATE = 24
SMALL = {"width": 180, "height": 320}
MAGENTA = "#ff00ff"
SPELT_RIGHT = {"writer": "our-writer"}
"""Without a storyboard there is no plan."""

every_kind = pytest.mark.parametrize("kind", KINDS)


# --- The plan


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the distribution, for `PYTHONPATH`."""
    folder = tmp_path_factory.mktemp("site")
    installed(folder)
    return folder


@pytest.fixture(scope="module")
def planned(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The plan of a recipe that names an entry point of each kind."""
    folder = tmp_path_factory.mktemp("planned")
    recipe = write_recipe(folder / "recipe.json", recipe_of({kind: f"our-{kind}" for kind in KINDS}, folder / "shelf"))
    ran = Terminal(folder).run("plan", TOPIC, "-r", recipe, "--write", "--json", PYTHONPATH=str(site))
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    plan: dict[str, Any] = ran.json
    return plan


@pytest.fixture(scope="module")
def misspelt(site: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the plan says of the same recipe with names that nobody has."""
    folder = tmp_path_factory.mktemp("misspelt")
    wrong = {kind: f"their-{kind}" for kind in KINDS}
    said = ""
    for number, names in enumerate((wrong, wrong | SPELT_RIGHT)):
        recipe = write_recipe(folder / f"{number}.json", recipe_of(names, folder / "shelf"))
        ran = Terminal(folder).run("plan", TOPIC, "-r", recipe, "--write", "--json", PYTHONPATH=str(site))
        assert ran.exit_code == 2, ran.stdout + ran.stderr
        said += json.dumps(ran.json["problems"] if "problems" in ran.json else ran.json["error"])
    return said


@pytest.mark.slow
def test_a_plan_takes_all_nine_by_their_entry_points(planned: dict[str, Any]) -> None:
    """There is nothing to complain of; those that a plan shows are in it by name, and the writer has written."""
    assert (planned["problems"], planned["warnings"]) == ([], [])
    assert [shot["models"] for shot in planned["shots"]] == [["own-video"]] * 2
    assert [shot["start_frame"] for shot in planned["shots"]] == ["own-image"] * 2
    assert (planned["narrator"], [post["channel"] for post in planned["posts"]]) == ("own-narrator", ["belfry"])
    assert planned["storyboard"]["writer"] == "own-writer"
    assert [shot["narration"] for shot in planned["shots"]] == list(writer.LINES)


@pytest.mark.slow
@every_kind
def test_a_plan_refuses_a_name_that_no_entry_point_has(kind: str, misspelt: str) -> None:
    """Each kind is looked for when the plan is made."""
    assert f"their-{kind}" in misspelt


@pytest.mark.parametrize("kind", ["check", "caption", "transition", "channel"])
def test_who_misspells_a_name_is_told_those_that_are_installed(kind: str, misspelt: str) -> None:
    """Beside ours; models are listed by `reelwright models`."""
    assert f"our-{kind}" in misspelt


# --- The episode


class Made:
    """An episode's folder, and what can be seen and heard in it."""

    def __init__(self, folder: Path, shelf: Path) -> None:
        self.folder, self.shelf, self.video = folder, shelf, folder / "episode.mp4"
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        with av.open(str(self.video)) as container:
            frames = [frame.to_ndarray(format="rgb24", **SMALL) for frame in container.decode(video=0)]
        self.frames: NDArray[np.int16] = np.asarray(frames, np.int16)
        """Frame, row, column, channel; small."""

    def colour(self, frame: int, row: float, column: float) -> list[int]:
        """The colour round a place, given as shares of the picture's height and width."""
        y, x = int(row * SMALL["height"]), int(column * SMALL["width"])
        return [int(part) for part in np.median(self.frames[frame, y - 3 : y + 3, x - 3 : x + 3], (0, 1))]

    def blue(self) -> list[int]:
        """The frames that are all of the transition's colour."""
        return [at for at, frame in enumerate(self.frames) if near(frame.mean((0, 1)), transition.BLUE)]

    def magenta(self) -> list[int]:
        """The frames in which something is written in magenta."""
        red, green, blue = np.moveaxis(self.frames, -1, 0)
        written = ((red > 180) & (green < 110) & (blue > 180)).sum((1, 2))
        return [at for at, count in enumerate(written) if count > 8]

    def cues(self) -> list[str]:
        """When captions stand, as the file says it."""
        return [line for line in (self.folder / "captions.vtt").read_text("utf-8").splitlines() if "-->" in line]

    def pitch(self, second: float) -> float:
        """What is heard most in half a second, in Hz."""
        sound = heard_by_av(self.video)[int(second * 48_000) :][:24_000]
        return float(np.abs(np.fft.rfft(sound)).argmax() * 2)


def near(one: Iterable[float], other: Iterable[float], most: float = 22) -> bool:
    """Whether two colours are the same, but for what coding does."""
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def make(prefect_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Made]:
    """Make an episode of the topic."""

    def made(recipe: dict[str, Any], folder: Path, **environment: str) -> Made:
        home = Terminal(tmp_path_factory.mktemp("home")).served_by(prefect_server.address)
        path = write_recipe(folder / "recipe.json", recipe)
        ran = home.run("make", TOPIC, "-r", path, "-o", folder / "out", "--json", **environment)
        assert ran.exit_code == 0, ran.stdout + ran.stderr
        return Made(folder / "out" / "parts-of-one-s-own", folder / "shelf")

    return made


@pytest.fixture(scope="module")
def of_entry_points(make: Callable[..., Made], site: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An episode of nothing but installed parts."""
    folder = tmp_path_factory.mktemp("installed")
    return make(recipe_of({kind: f"our-{kind}" for kind in KINDS}, folder / "shelf"), folder, PYTHONPATH=str(site))


def of_writer(made: Made) -> None:
    """Its lines are the storyboard, and told by name."""
    assert made.manifest["storyboard"]["writer"] == "own-writer"
    assert [shot["narration"] for shot in made.manifest["storyboard"]["shots"]] == list(writer.LINES)


def of_image(made: Made) -> None:
    """Its colours are above and below."""
    assert near(made.colour(10, 0.3, 0.3), image.ABOVE)
    assert near(made.colour(10, 0.95, 0.3), image.BELOW)
    assert [shot["start_frame"]["model"] for shot in made.manifest["shots"]] == ["own-image"] * 2


def of_video(made: Made) -> None:
    """Its white square has come half way in the middle of the first shot, and stood at the left before."""
    white, half = (235, 235, 235), made.manifest["shots"][0]["time"]["frames"] // 2
    assert near(made.colour(0, 0.14, 0.08), white)
    assert near(made.colour(half, 0.14, 0.5), white)
    assert not near(made.colour(half, 0.14, 0.08), white)


def of_narrator(made: Made) -> None:
    """Its bell is heard after the words."""
    assert made.pitch(1.9) == pytest.approx(narrator.HERTZ, abs=4)
    assert made.pitch(0.4) != pytest.approx(narrator.HERTZ, abs=100)


def of_transcriber(made: Made) -> None:
    """Its times are those of the captions: three quarters of a second after the voice begins, at 0.15 s."""
    words = [word for shot in made.manifest["shots"] for word in shot["narration"]["words"]]
    assert [word["start"] for word in words] == ["3/4", 1, "5/4", "3/2", "7/4"] * 2
    assert transcriber.FIRST + transcriber.EVERY == 1
    assert made.cues()[0].startswith("00:00:00.900 --> ")


def of_check(made: Made) -> None:
    """Its verdict stands beside ours, with what it measured in the clip."""
    for shot in made.manifest["shots"]:
        (_, verdict) = shot["clip"]["verdicts"]
        (finding,) = verdict["findings"]
        assert (verdict["check"], finding["kind"]) == ("our-check", "orange_above")
        assert finding["measured"] == pytest.approx(image.ABOVE[0], abs=6)


def of_caption(made: Made) -> None:
    """Its colour is on the picture from the first word's beginning on, frame by frame, and not before."""
    first = [at for at in made.magenta() if at < 60]
    assert first[0] in {21, 22}
    assert first == list(range(first[0], first[-1] + 1))


def of_transition(made: Made) -> None:
    """Half a second is blue, between the shots."""
    blue = made.blue()
    assert blue == list(range(blue[0], blue[0] + RATE // 2))


def of_channel(made: Made) -> None:
    """It has the video, and rang."""
    assert (made.shelf / channel.BELL).read_text("utf-8") == writer.TITLE
    assert (made.shelf / "parts-of-one-s-own" / "episode.mp4").read_bytes() == made.video.read_bytes()


SEEN = {
    "writer": of_writer,
    "image": of_image,
    "video": of_video,
    "narrator": of_narrator,
    "transcriber": of_transcriber,
    "check": of_check,
    "caption": of_caption,
    "transition": of_transition,
    "channel": of_channel,
}


@pytest.mark.slow
@every_kind
def test_a_part_found_by_its_entry_point_does_the_work(kind: str, of_entry_points: Made) -> None:
    """Seen or heard in the episode, in its manifest or at the channel; see the functions above."""
    SEEN[kind](of_entry_points)


@pytest.fixture(scope="module")
def of_files(make: Callable[..., Made], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An episode whose writer, start frames, voice and word times come from files; the animatic moves over them."""
    folder = tmp_path_factory.mktemp("files")
    files = copied(folder)
    told = recipe_of({kind: str(files / f"{kind}.py") for kind in KINDS}, folder / "shelf")
    kept = ("writer", "image_models", "voice", "output", "music", "target_seconds", "content_credentials")
    captions = {"preset": "word", "highlight": MAGENTA}
    return make({name: told[name] for name in kept} | {"captions": captions}, folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["writer", "image", "narrator", "transcriber"])
def test_a_part_named_by_its_file_does_the_work(kind: str, of_files: Made) -> None:
    """The same is seen and heard, where our own parts do the rest."""
    SEEN[kind](of_files)


@pytest.mark.slow
def test_words_are_lit_when_the_transcriber_heard_them(of_files: Made) -> None:
    """Our own captions light a word from 0.9 s on, when the local voice has long begun to speak."""
    assert of_files.magenta()[0] in {21, 22}
    assert [shot["clip"]["model"] for shot in of_files.manifest["shots"]] == ["animatic"] * 2
