"""The nine parts as somebody's own distribution, and a recipe that uses them all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PARTS = Path(__file__).parent / "nine_parts"
KINDS = ("writer", "image", "video", "narrator", "transcriber", "check", "caption", "transition", "channel")
"""As the groups of entry points call them: `reelwright.writer` …"""

PRICES: Mapping[str, tuple[str, ...]] = {
    "writer": ("usd_per_million_input", "usd_per_million_output"),
    "image": ("usd_each",),
    "video": ("usd_per_second",),
    "narrator": ("usd_per_1000_characters",),
    "transcriber": ("usd_per_minute",),
}
"""What a recipe must say of a model, so that a budget can hold."""

PACKAGE = "somebodys_parts"


def copied(folder: Path) -> Path:
    """Put the package into a folder; return where its files are."""
    return Path(shutil.copytree(PARTS, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")))


def installed(folder: Path) -> Mapping[str, str]:
    """Put it there as pip does, with an entry point of each kind; return their names. `PYTHONPATH` has the folder."""
    copied(folder)
    told = folder / f"{PACKAGE}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n", "utf-8")
    names = {kind: f"our-{kind}" for kind in KINDS}
    points = "".join(f"[reelwright.{kind}]\n{name} = {PACKAGE}.{kind}\n" for kind, name in names.items())
    (told / "entry_points.txt").write_text(points, "utf-8")
    return names


def recipe_of(names: Mapping[str, str], shelf: Path) -> dict[str, Any]:
    """A recipe that names parts by kind; what is published goes to the shelf. A kind without a name is what it is."""

    def model(kind: str) -> dict[str, Any]:
        return {"name": f"own-{kind}", "protocol": names[kind], **dict.fromkeys(PRICES[kind], 0)}

    told: dict[str, Any] = {
        "writer": model("writer"),
        "image_models": [model("image")],
        "video_models": [model("video")],
        "voice": {"narrator": model("narrator"), "transcriber": model("transcriber")},
        # The image model draws the same for both shots.
        "checks": {"own": [names["check"]], "picture": {"duplicate_bits": -1}, "sound": {"transcriber": "none"}},
        "captions": {"preset": names["caption"]},
        "transition": {"kind": names["transition"], "seconds": "1/2"},
        "channels": [{"kind": names["channel"], "name": "belfry", "settings": {"path": str(shelf)}}],
    }
    small = {"output": {"size": "720x1280", "frame_rate": 24}, "music": {"source": "none"}, "target_seconds": 8}
    return told | small | {"content_credentials": False}


def write_recipe(into: Path, told: Mapping[str, Any]) -> Path:
    """Write a recipe's file."""
    into.write_text(json.dumps(told), "utf-8")
    return into
