"""Sketches for a reviewer: a picture for each shot, in order, for nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PIL import Image

from reelwright.recipe import OutputFormat, Recipe
from reelwright.references import gather
from reelwright.stages.sketching import Sketches, sketch
from reelwright.storyboard import Brief, Shot, Storyboard
from reelwright.studio import Studio

RECIPE = Recipe(output=OutputFormat(size="720x1280"))


def sketched(studio: Studio, folder: Path) -> Sketches:
    """Sketch two shots: one is drawn, one has a teal picture of its own."""
    Image.new("RGB", (400, 400), (0, 128, 128)).save(folder / "own.png")
    shots = (Shot(prompt=f"a boat {folder.name}"), Shot(prompt="a cup", start_frame=str(folder / "own.png")))
    brief = gather(Brief(title="Sketched", shots=shots), studio.vault, keep=True)
    return asyncio.run(sketch(studio, Storyboard(title=brief.title, shots=brief.shots), RECIPE))


def test_each_shot_has_its_picture_in_the_output_s_size(studio: Studio, tmp_path: Path) -> None:
    """A drawn one, and the person's own where there is one."""
    first, second = (studio.vault.path(asset) for asset in sketched(studio, tmp_path).pictures)
    with Image.open(first) as drawn, Image.open(second) as own:
        assert drawn.size == own.size == (720, 1280)
        assert own.convert("RGB").getextrema() == ((0, 0), (128, 128), (128, 128))
        assert len(set(drawn.convert("RGB").resize((8, 8)).getdata())) > 8


def test_sketches_are_found_again(studio: Studio, tmp_path: Path) -> None:
    """A hit only where every picture is one."""
    first, again = sketched(studio, tmp_path), sketched(studio, tmp_path)
    assert (first.hit, again.hit, again.pictures) == (False, True, first.pictures)
