"""A character with a portrait, from the source to the vendors that draw and film it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from support.google_harnesses import GeminiOmniHarness
from support.terminal import Terminal

from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai import KEY as ARTIST_KEY
from reelwright.testing.servers.openai_images import FREE_SIZE, OpenAiImages
from reelwright.testing.suite import KEY_NAME
from reelwright.vault import sha256_of


@pytest.mark.slow
def test_a_portrait_is_drawn_from_and_filmed_with(served_terminal: Terminal, tmp_path: Path) -> None:
    """In the shots that show her, and in no other; the manifest names the portrait by its bytes, not by its path."""
    portrait, source, recipe = tmp_path / "ada.png", tmp_path / "brief.json", tmp_path / "recipe.json"
    Image.effect_noise((256, 256), 80).convert("RGB").save(portrait)
    told = {
        "title": "Ada",
        "characters": [{"name": "Ada", "description": "a teal robot", "references": ["ada.png"]}],
        "shots": [{"prompt": "A walk", "seconds": 3, "characters": ["Ada"]}, {"prompt": "A wall", "seconds": 3}],
    }
    source.write_text(json.dumps(told), "utf-8")
    omni = GeminiOmniHarness()
    with OpenAiImages() as artist, omni.make_server() as server:
        drawn = {
            "name": "artist",
            "kind": "image",
            "protocol": "openai-images",
            "model": FREE_SIZE,
            "base_url": f"{artist.url}/v1",
            "api_key": {"env": "ARTIST_KEY"},
            "usd_each": "0.05",
            "reference_images": 16,
        }
        filmed = {**omni.definition(server.url), "reference_images": 3}
        # The tests' artist draws every picture alike, and the server films what it is given.
        checks = {"picture": {"duplicate_bits": -1}}
        recipe.write_text(json.dumps({"image_models": [drawn], "video_models": [filmed], "checks": checks}), "utf-8")
        arguments = ["make", source, "-r", recipe, "-o", tmp_path / "out", "--json"]
        ran = served_terminal.run(*arguments, **{KEY_NAME: KEY, "ARTIST_KEY": ARTIST_KEY})
        assert ran.exit_code == 0, ran.stderr
        paths = [call.path for call in artist.calls if call.method == "POST"]
        asked = [json.dumps(job.asked) for job in server.jobs.values()]
    assert sorted(paths) == ["/v1/images/edits", "/v1/images/generations"]
    assert sorted(("A walk" in one, "[# References" in one) for one in asked) == [(False, False), (True, True)]
    manifest = (tmp_path / "out" / "ada" / "manifest.json").read_text("utf-8")
    assert json.loads(manifest)["storyboard"]["characters"][0]["references"] == [f"{sha256_of(portrait)}.png"]
    assert str(portrait) not in manifest
