"""`reelwright make` with each protocol in turn, against its strict server."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from support.harnesses import HARNESSES
from support.terminal import Terminal

from reelwright.media.master import broken_promises
from reelwright.recipe import OutputFormat
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.suite import KEY_NAME
from reelwright.testing.video import VideoHarness

MAIN = [harness for harness in HARNESSES if harness.stands_for_protocol]


@pytest.mark.slow
@pytest.mark.parametrize("harness", MAIN, ids=repr)
def test_an_episode_is_made_with_it(harness: VideoHarness, served_terminal: Terminal, tmp_path: Path) -> None:
    """Two shots are two starts, a master that keeps its promises, a price, and the key nowhere."""
    source, recipe = tmp_path / "brief.json", tmp_path / "recipe.json"
    shots = [{"prompt": prompt, "seconds": 2} for prompt in ("A boat in the rain", "A paper hat on a wall")]
    source.write_text(json.dumps({"title": "Paper", "shots": shots}), "utf-8")
    with harness.make_server() as server:
        told = {
            "output": {"size": "720x1280", "frame_rate": 24},
            "video_models": [harness.definition(server.url)],
            "budget": {"per_episode_usd": None},
            "checks": {"sound": {"transcriber": "none"}},
        }
        recipe.write_text(json.dumps(told, default=str), "utf-8")
        ran = served_terminal.run("make", source, "-r", recipe, "-o", tmp_path / "out", "--json", **{KEY_NAME: KEY})
        assert ran.exit_code == 0, ran.stderr
        assert server.created == 2
    assert broken_promises(Path(ran.json["video"]), OutputFormat(size="720x1280", frame_rate=24), chapter_count=2) == ()
    manifest = (tmp_path / "out" / "paper" / "manifest.json").read_text("utf-8")
    assert {shot["clip"]["charge"]["source"] for shot in json.loads(manifest)["shots"]} <= {"vendor", "catalogue"}
    assert Decimal(ran.json["usd"]) >= 0
    assert KEY not in manifest + ran.stdout + ran.stderr


def test_every_protocol_has_a_main_harness() -> None:
    """None is left out above."""
    from reelwright.models.video.registry import PROTOCOLS  # noqa: PLC0415 - the table to compare with

    found = {harness.entry("http://127.0.0.1:1").protocol for harness in MAIN}
    assert found == set(PROTOCOLS) - {"animatic"}
