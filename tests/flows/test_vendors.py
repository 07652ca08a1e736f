"""An episode whose pictures and voice are bought: what it costs, what is never bought twice, what a failure leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.prefect_server import Server
from support.terminal import Ran, Terminal

from reelwright.testing.servers import elevenlabs, openai, openai_images, openai_speech
from reelwright.testing.servers.sounds import word_times
from reelwright.testing.servers.strict import Reply

pytestmark = pytest.mark.slow

SCRIPT = (
    "# Why bread goes stale\n\n> A loaf on a board.\n\nYour bread is not drying out.\n\nIt is turning into crystal.\n"
)
KEYS = {"PAINT_KEY": openai.KEY, "VOICE_KEY": elevenlabs.KEY}


@pytest.fixture(scope="module")
def painter() -> Iterator[openai_images.OpenAiImages]:
    """A server that draws."""
    with openai_images.OpenAiImages() as server:
        yield server


@pytest.fixture(scope="module")
def speaker() -> Iterator[elevenlabs.ElevenLabs]:
    """A server that speaks."""
    with elevenlabs.ElevenLabs() as server:
        yield server


def recipe(folder: Path, painter: Any, narrator: dict[str, Any], **changes: Any) -> Path:
    """A recipe whose pictures and voice come from servers."""
    told = {
        "output": {"size": "720x1280", "frame_rate": 25},
        "music": {"source": "none"},
        "image_models": [
            {
                "name": "painter",
                "protocol": "openai-images",
                "base_url": painter.base_url,
                "model": openai_images.FREE_SIZE,
                "api_key": {"env": "PAINT_KEY"},
                "usd_each": "0.05",
            }
        ],
        "voice": {"narrator": narrator, "voice": elevenlabs.VOICE},
        "checks": {"enabled": False},  # the server speaks in tones, which nobody would take for a voice
        **changes,
    }
    path = folder / "recipe.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


def of_elevenlabs(server: elevenlabs.ElevenLabs) -> dict[str, Any]:
    """The narrator, defined in place."""
    return {
        "name": "speaker",
        "protocol": "elevenlabs",
        "base_url": server.base_url,
        "model": elevenlabs.MODEL,
        "api_key": {"env": "VOICE_KEY"},
        "usd_per_1000_characters": "0.2",
    }


@pytest.fixture(scope="module")
def served(terminal: Terminal, prefect_server: Server) -> Terminal:
    """The tests' machine beside the server that runs already."""
    return terminal.served_by(prefect_server.address)


@pytest.fixture(scope="module")
def made(
    served: Terminal,
    painter: openai_images.OpenAiImages,
    speaker: elevenlabs.ElevenLabs,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Ran]:
    """Two shots, made once for all tests of this file."""
    folder = tmp_path_factory.mktemp("vendors")
    (folder / "script.md").write_text(SCRIPT, "utf-8")
    named = recipe(folder, painter, of_elevenlabs(speaker))
    ran = served.run("make", folder / "script.md", "-r", named, "-o", folder / "out", "--json", **KEYS)
    assert ran.exit_code == 0, ran.stderr
    return folder, ran


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the episode."""
    told: dict[str, Any] = json.loads((folder / "out" / "why-bread-goes-stale" / "manifest.json").read_text("utf-8"))
    return told


def test_pictures_and_voice_are_those_of_the_vendors(
    made: tuple[Path, Ran], painter: openai_images.OpenAiImages, speaker: elevenlabs.ElevenLabs
) -> None:
    """One call a line and one a picture; the manifest names who made what, and when each word is heard."""
    shots = manifest(made[0])["shots"]
    assert [shot["narration"]["narrator"] for shot in shots] == ["speaker", "speaker"]
    assert [shot["start_frame"]["model"] for shot in shots] == ["painter", "painter"]
    assert (len(painter.calls), len(speaker.calls)) == (2, 2)
    told = [(word["text"], str(word["start"])) for word in shots[0]["narration"]["words"]]
    assert told == [(word, str(start)) for word, start, _ in word_times("Your bread is not drying out.")]
    with Image.open(Path(made[1].json["video"]).parent / "cover.jpg") as cover:
        assert cover.size == (720, 1280)


def test_the_price_is_that_of_both(made: tuple[Path, Ran]) -> None:
    """Two pictures at $0.05, and 29 and 27 characters at $0.20 a thousand."""
    assert float(made[1].json["usd"]) == pytest.approx(0.1 + (29 + 27) * 0.0002, abs=0.0021)


def test_nothing_is_bought_twice(
    made: tuple[Path, Ran],
    served: Terminal,
    painter: openai_images.OpenAiImages,
    speaker: elevenlabs.ElevenLabs,
    tmp_path: Path,
) -> None:
    """A third sentence costs one line and one picture; the rest is found again."""
    source = tmp_path / "script.md"
    source.write_text(f"{SCRIPT}\nHeat melts it.\n", "utf-8")
    ran = served.run("make", source, "-r", made[0] / "recipe.json", "-o", tmp_path / "out", "--json", **KEYS)
    assert (ran.exit_code, ran.json["made"], ran.json["shots"]) == (0, 1, 3), ran.stderr
    assert (len(painter.calls), len(speaker.calls)) == (3, 3)


def test_no_key_is_anywhere(made: tuple[Path, Ran], terminal: Terminal, prefect_server: Server) -> None:
    """Not in the result, the terminal, the vault, the ledger or Prefect's database."""
    folders = (made[0], terminal.home, prefect_server.home)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for key in KEYS.values():
        assert not [path for path in files if key.encode() in path.read_bytes()]
        assert key not in made[1].stdout + made[1].stderr


def test_a_painter_that_fails_is_left_for_the_next(
    served: Terminal, painter: openai_images.OpenAiImages, tmp_path: Path
) -> None:
    """Its reason stands in the result; OpenAI's protocol speaks, and another model hears when each word is said."""
    (tmp_path / "script.md").write_text("# One shot\n\nA cellar keeps it cool.\n", "utf-8")
    with openai_speech.OpenAiSpeech() as server:
        at = {"base_url": server.base_url, "api_key": {"env": "PAINT_KEY"}}
        narrator = {"name": "speaker", "protocol": "openai-speech", "model": openai_speech.SPEECH, **at}
        listener = {"name": "ear", "protocol": "openai-transcriptions", "model": openai_speech.LISTENING, **at}
        voice = {
            "narrator": {**narrator, "usd_per_1000_characters": "0.1"},
            "transcriber": {**listener, "usd_per_minute": 1},
        }
        named = recipe(tmp_path, painter, {}, voice=voice)
        told = json.loads(named.read_text("utf-8"))
        told["image_models"].append("animatic")
        named.write_text(json.dumps(told), "utf-8")
        blocked = {"message": "No.", "type": "image_generation_user_error", "param": None, "code": "moderation_blocked"}
        painter.then(Reply(400, {"error": blocked}))
        ran = served.run("make", tmp_path / "script.md", "-r", named, "-o", tmp_path / "out", "--json", **KEYS)
    assert ran.exit_code == 0, ran.stderr
    assert any("painter was left" in text and "moderation_blocked" in text for text in ran.json["warnings"])
    assert not any("estimate" in text for text in ran.json["warnings"])
    assert len(server.calls) == 2
