"""Shots that start from a picture of one's own, or from the end of the shot before."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from support.pictures import decoded, luma_of
from support.terminal import Terminal

from reelwright.values import Size

SMALL = (90, 160)


@pytest.mark.slow
def test_a_shot_goes_on_where_the_one_before_ends(served_terminal: Terminal, tmp_path: Path) -> None:
    """Its first picture is the other's last one; a shot with a picture of its own starts from that one."""
    source, recipe, size = tmp_path / "brief.json", tmp_path / "recipe.json", Size(width=720, height=1280)
    given = Image.linear_gradient("L").resize((720, 1280)).convert("RGB")
    given.save(tmp_path / "mine.png")
    shots = [
        {"prompt": "A boat on a lake", "seconds": 1, "camera": "push"},
        {"prompt": "A boat on a lake", "seconds": 1, "camera": "pull", "continues": True},
        {"prompt": "A wall", "seconds": 1, "camera": "still", "start_frame": "mine.png"},
    ]
    source.write_text(json.dumps({"title": "Boat", "shots": shots}), "utf-8")
    recipe.write_text(json.dumps({"output": {"size": "720x1280", "frame_rate": 24}, "music": {"source": "none"}}))
    ran = served_terminal.run("make", source, "-r", recipe, "-o", tmp_path / "out", "--json")
    assert ran.exit_code == 0, ran.stderr
    pictures = [cv2.resize(luma_of(frame, size), SMALL).astype(float) for frame in decoded(Path(ran.json["video"]))]
    # The animatic moves over a given picture from a little nearer, so that it has room.
    assert _alike(pictures[23], pictures[24]) > 0.8 > _alike(pictures[23], pictures[48])
    assert _alike(pictures[48], cv2.resize(np.asarray(given.convert("L")), SMALL).astype(float)) > 0.9
    told = json.loads((tmp_path / "out" / "boat" / "manifest.json").read_text("utf-8"))
    assert [shot["start_frame"]["model"] for shot in told["shots"]] == ["animatic", "continued", "given"]


def _alike(one: np.ndarray, other: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
