"""What is heard of bought clips: their own words kept, another model asked, or the narrator in their place."""

from __future__ import annotations

import functools
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.clips import write_wav
from support.shop import entry_for
from support.spoken import Mono, noise, say, silence
from support.terminal import Ran, Terminal

from reelwright.media import ffmpeg
from reelwright.testing.servers.jobs import KEY, Job
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

PLAIN = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "music": {"source": "none"},
    "content_credentials": False,
    "chapters": False,
}
"""Only what is heard of the clips: how the rest is made is asked elsewhere."""
LINE = "Put the dough in the fridge for twelve hours."
OTHER = "Octopuses have three hearts, nine brains and blue blood."


class SpeakingServer(OpenAIVideosServer):
    """A model whose clips sound as they are told to."""

    sound: Mono
    retakes: list[Mono]
    """How the clips after the first sound; empty: like the first."""
    folder: Path

    def film(self, job: Job, *, sound: bool = True) -> bytes:
        """Return the clip with its sound, as long as its picture."""
        silent, wav, into = (self.folder / name for name in ("silent.mp4", "sound.wav", "clip.mp4"))
        silent.write_bytes(super().film(job, sound=sound))
        heard = [self.sound, *self.retakes][min(list(self.jobs).index(job.id), len(self.retakes))]
        write_wav(wav, np.repeat(heard[:, None], 2, 1).astype(np.float32))
        mapped = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-af", "apad", "-shortest"]
        ffmpeg.run(["-y", "-i", str(silent), "-i", str(wav), *mapped, "-bitexact", str(into)])
        return into.read_bytes()


@functools.cache
def saying(text: str) -> Mono:
    """A line behind a little silence."""
    return np.concatenate([silence(0.3), say(text).samples, silence(0.3)])


@pytest.fixture
def models(tmp_path: Path) -> Iterator[list[SpeakingServer]]:
    """Two models; the first is tried first."""
    with SpeakingServer() as first, SpeakingServer() as second:
        for name, server in (("first", first), ("second", second)):
            server.folder = tmp_path / name
            server.folder.mkdir()
            server.sound, server.retakes = saying(LINE), []
        yield [first, second]


class Producer:
    """Someone who makes an episode of one shot with dialogue."""

    def __init__(self, terminal: Terminal, folder: Path, servers: list[SpeakingServer]) -> None:
        self.terminal, self.folder = terminal, folder
        self.models = [
            entry_for(server, f"model-{number}").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
            | {"audio": "always"}
            for number, server in enumerate(servers, 1)
        ]

    def make(self, shot: dict[str, Any], **recipe: Any) -> Ran:
        """Make it."""
        self.write(shot, **recipe)
        return self.again()

    @property
    def command(self) -> list[Any]:
        """The command that makes it."""
        source, written = self.folder / "brief.json", self.folder / "recipe.json"
        return ["make", source, "-r", written, "-o", self.folder / "out", "--json"]

    def again(self) -> Ran:
        """Make it as it is written down."""
        return self.terminal.run(*self.command, SHOP_KEY=KEY)

    def write(self, shot: dict[str, Any], **recipe: Any) -> None:
        """Write the brief and the recipe."""
        source, written = self.folder / "brief.json", self.folder / "recipe.json"
        source.write_text(
            json.dumps({"title": "Dough", "shots": [{"prompt": "a baker", "seconds": 4, **shot}]}), "utf-8"
        )
        whole = {**PLAIN, "video_models": self.models, **recipe}
        written.write_text(json.dumps(whole), "utf-8")

    def shot(self) -> dict[str, Any]:
        """What the manifest says of the shot."""
        manifest = json.loads((self.folder / "out" / "dough" / "manifest.json").read_text("utf-8"))
        found: dict[str, Any] = manifest["shots"][0]
        return found


@pytest.mark.slow
def test_a_line_that_is_said_is_kept_with_its_words(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """The captions show the script when it is heard, the verdict stands in the manifest, nobody narrates."""
    producer = Producer(served_terminal, tmp_path, models)
    ran = producer.make({"dialogue": LINE})
    assert ran.exit_code == 0, ran.stderr
    shot = producer.shot()
    assert (shot["clip"]["model"], shot["narration"]) == ("model-1", None)
    assert shot["clip"]["own_sound"]["use"] == "own"
    (verdict,) = [verdict for verdict in shot["clip"]["verdicts"] if verdict["check"] == "sound"]
    assert (verdict["outcome"], verdict["measured"]["word_error_rate"]) == ("accepted", 0)
    words = shot["time"]["words"]
    assert " ".join(word["text"] for word in words) == LINE
    captions = (tmp_path / "out" / "dough" / "captions.srt").read_text("utf-8")
    assert "Put the dough" in captions


@pytest.mark.slow
def test_a_model_that_says_something_else_is_left_for_the_next(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """After its two takes, which are kept with their verdicts: no later run pays again, a more lenient one uses one."""
    models[0].sound = saying(OTHER)
    producer = Producer(served_terminal, tmp_path, models)
    ran = producer.make({"dialogue": LINE})
    assert ran.exit_code == 0, ran.stderr
    clip = producer.shot()["clip"]
    assert clip["model"] == "model-2"
    assert [(cause["kind"], cause["usd"]) for cause in clip["causes"]] == [("media_rejected", "0.4")] * 2
    assert "octopuses" in json.dumps(clip["causes"][0]["verdicts"]).lower()
    again = producer.make({"dialogue": LINE}, chapters=True)
    assert (again.exit_code, float(again.json["usd"]), producer.shot()["clip"]["model"]) == (0, 0, "model-2")
    lenient = producer.make({"dialogue": LINE}, checks={"sound": {"transcriber": "none"}})
    assert (lenient.exit_code, float(lenient.json["usd"]), producer.shot()["clip"]["model"]) == (0, 0, "model-1")
    assert (models[0].created, models[1].created) == (2, 1)


@pytest.mark.slow
def test_a_line_said_wrongly_is_filmed_once_more_by_the_same_model(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """Each take is a start of its own in the account; killed as the second is at the vendor, a re-run buys no third."""
    models[0].sound, models[0].retakes, models[0].plan.seconds = saying(OTHER), [saying(LINE)], 4
    producer = Producer(served_terminal, tmp_path, models)
    producer.write({"dialogue": LINE})
    served_terminal.environment["SHOP_KEY"] = KEY
    killed = served_terminal.stop(*producer.command, when=lambda: models[0].created == 2, by=signal.SIGKILL)
    assert killed.exit_code == -signal.SIGKILL
    ran = producer.again()
    assert ran.exit_code == 0, ran.stderr
    clip = producer.shot()["clip"]
    assert (clip["model"], [cause["kind"] for cause in clip["causes"]]) == ("model-1", ["media_rejected"])
    assert (models[0].created, models[1].created) == (2, 0)
    account = served_terminal.run("ledger", "charges", "--json").json
    assert [(line["what"], line["usd"]) for line in account if line["what"] == "charged"] == [("charged", "0.4")] * 2


@pytest.mark.slow
@pytest.mark.parametrize("where", ["starting:return:2", "started:call:2"])
def test_killed_round_the_start_of_the_second_take_and_run_again_pays_for_nothing_twice(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer], where: str
) -> None:
    """The first take's job looks the same in the list, and is known: the second is found, or surely not there."""
    models[0].sound, models[0].retakes = saying(OTHER), [saying(LINE)]
    producer = Producer(served_terminal, tmp_path, models[:1])
    producer.write({"dialogue": LINE})
    environment = served_terminal.environment | {"SHOP_KEY": KEY}
    place = f"reelwright.ledger.ledger:Ledger.{where}"
    command = [sys.executable, "-m", "reelwright.testing.crash", place, "flows", *map(str, producer.command)]
    killed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    ran = producer.again()
    assert ran.exit_code == 0, ran.stderr
    account = served_terminal.run("ledger", "charges", "--json").json
    told = [(line["what"], line["usd"]) for line in account if line["what"] in {"charged", "suspected"}]
    assert told == [("charged", "0.4")] * 2
    assert (models[0].created, [cause["kind"] for cause in producer.shot()["clip"]["causes"]]) == (
        2,
        ["media_rejected"],
    )


@pytest.mark.slow
def test_a_further_take_is_made_only_where_the_budget_has_room(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """The cap holds both models' first takes and no more: the next model is asked at once."""
    models[0].sound, models[0].retakes = saying(OTHER), [saying(LINE)]
    producer = Producer(served_terminal, tmp_path, models)
    ran = producer.make({"dialogue": LINE}, budget={"per_episode_usd": "1.10"})
    assert ran.exit_code == 0, ran.stderr
    assert (producer.shot()["clip"]["model"], models[0].created, models[1].created) == ("model-2", 1, 1)


@pytest.mark.slow
def test_the_narrator_says_what_no_model_says(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """A filmed shot without its sound goes before a drawn one; the shot is as long as the line."""
    models[0].sound = saying(OTHER)
    models[1].sound = noise(4)
    producer = Producer(served_terminal, tmp_path, models)
    producer.models.append("animatic")  # type: ignore[arg-type]
    ran = producer.make({"dialogue": f'Anna: "{LINE}"', "characters": []})
    assert ran.exit_code == 0, ran.stderr
    shot = producer.shot()
    assert shot["clip"]["model"].startswith("model-")
    assert shot["clip"]["own_sound"]["use"] == "none"
    assert shot["narration"]["narrator"] == "local"
    assert shot["narration_verdict"]["outcome"] == "accepted"
    assert any("the narrator says its line" in warning for warning in ran.json["warnings"])


@pytest.mark.slow
def test_without_a_narrator_wrong_words_end_the_shot(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """Nobody could say the line."""
    models[0].sound = saying(OTHER)
    producer = Producer(served_terminal, tmp_path, models[:1])
    ran = producer.make({"dialogue": LINE}, voice={"narrator": "none"})
    assert (ran.exit_code, ran.json["error"]["code"]) == (7, "episode_incomplete")
    assert "are not the script's" in json.dumps(ran.json["error"])


@pytest.mark.slow
def test_a_backdrop_that_talks_is_left_out(
    served_terminal: Terminal, tmp_path: Path, models: list[SpeakingServer]
) -> None:
    """The clip stays when there is no other: its picture is good, and the narrator is heard."""
    producer = Producer(served_terminal, tmp_path, models[:1])
    models[0].sound = saying(OTHER)
    ran = producer.make({"narration": LINE, "audio": "keep"})
    assert ran.exit_code == 0, ran.stderr
    assert producer.shot()["clip"]["own_sound"]["use"] == "none"
    assert any("somebody speaks in it under the narrator" in warning for warning in ran.json["warnings"])
