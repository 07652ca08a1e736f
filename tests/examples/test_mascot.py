"""`mascot.py`: ten episodes of one character, who is told and shown to every model alike."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from support.examples import Examples
from support.google_harnesses import GeminiOmniHarness

from reelwright.media.probe import probe
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai import KEY as ARTIST_KEY
from reelwright.testing.servers.openai_images import FREE_SIZE, OpenAiImages
from reelwright.testing.servers.strict import Call
from reelwright.testing.suite import KEY_NAME
from reelwright.vault import sha256_of

EPISODES = 10
GINGER, LEAST = (215, 140, 75), 4000
"""The mascot's fur as the animatic draws it, and how much of it is seen at least, in pixels of 720 x 1280.

Without her, the other things in these places have at most half as much of the colour.
"""
LOOK = "Ada: a small ginger cat with a round bell on her collar"

pytestmark = pytest.mark.slow


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """A picture that nobody would draw by chance."""
    portrait = tmp_path / "ada.png"
    Image.effect_noise((256, 256), 80).convert("RGB").save(portrait)
    return portrait


def hashes(pictures: Sequence[bytes]) -> list[str]:
    """The SHA-256 of each picture."""
    return [hashlib.sha256(picture).hexdigest() for picture in pictures]


def drawn(call: Call) -> tuple[str, list[str]]:
    """What the image model was told, and the SHA-256 of each picture that it was shown."""
    (prompt,) = [part.text for part in call.parts if part.name == "prompt"]
    return prompt, hashes([part.data for part in call.parts if part.filename])


def filmed(call: Call) -> tuple[str, list[str]]:
    """What the video model was told, and the SHA-256 of each picture that it was shown."""
    ((*pictures, told),) = [step["content"] for step in call.json["input"]]
    return told["text"], hashes([base64.b64decode(picture["data"]) for picture in pictures])


def recipe(artist: OpenAiImages, camera: dict[str, Any]) -> dict[str, Any]:
    """An image model and a video model that both take portraits."""
    drawing = {
        "name": "artist",
        "kind": "image",
        "protocol": "openai-images",
        "model": FREE_SIZE,
        "base_url": f"{artist.url}/v1",
        "api_key": {"env": "ARTIST_KEY"},
        "usd_each": "0.05",
        "reference_images": 16,
    }
    return {
        "output": {"size": "720x1280", "frame_rate": 24},
        "image_models": [drawing],
        "video_models": [{**camera, "reference_images": 3}],
        # The tests' artist draws every picture alike, and the camera films what it is given.
        "checks": {"picture": {"duplicate_bits": -1}},
        "music": {"source": "none"},
    }


@pytest.mark.runs("mascot.py")
def test_a_mascot_is_the_same_in_ten_episodes(examples: Examples, portrait: Path) -> None:
    """Ten videos; she is told of in one and the same way in all of them, and is seen in every one, to its end."""
    videos = examples.run("mascot.py", portrait, str(EPISODES))
    assert len(set(videos)) == EPISODES
    assert {probe(examples.folder / video).seconds for video in videos} == {2}
    boards = [examples.manifest(video)["storyboard"] for video in videos]
    assert [board["characters"] for board in boards] == [boards[0]["characters"]] * EPISODES
    assert boards[0]["characters"][0]["references"] == [f"{sha256_of(portrait)}.png"]
    seen = {video: ginger(examples.folder / video) for video in videos}
    assert min(min(counts) for counts in seen.values()) > LEAST, seen


@pytest.mark.runs("mascot.py")
def test_every_model_is_told_and_shown_the_mascot(examples: Examples, portrait: Path) -> None:
    """Its picture and its clip are asked for with the same words and the same portrait."""
    harness, file = GeminiOmniHarness(), examples.folder / "recipe.json"
    with OpenAiImages() as artist, harness.make_server() as camera:
        camera.plan.polls = 0
        file.write_text(json.dumps(recipe(artist, harness.definition(camera.url))), "utf-8")
        examples.run("mascot.py", portrait, "1", file, **{KEY_NAME: KEY, "ARTIST_KEY": ARTIST_KEY})
        pictures = [drawn(call) for call in artist.calls if call.method == "POST"]
        clips = [filmed(call) for call in camera.calls if call.method == "POST"]
    assert (len(pictures), len(clips)) == (1, 1)
    told = [*pictures, *clips]
    assert [text for text, _ in told if LOOK not in text] == []
    assert [text for text, shown in told if sha256_of(portrait) not in shown] == []


def ginger(video: Path) -> list[int]:
    """How many pixels of a video's first, middle and last picture have the mascot's colour."""
    with av.open(video) as opened:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in opened.decode(video=0)]
    return [
        int((np.abs(frame - np.array(GINGER)).max(axis=2) < 20).sum())
        for frame in (frames[0], frames[len(frames) // 2], frames[-1])
    ]
