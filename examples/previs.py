# ruff: noqa: INP001 - a script, not a package
"""A pre-visualisation of a screenplay: each scene becomes an animatic with the camera move that the page asks for.

`python examples/previs.py examples/night-train.fountain` makes `out/night-train/episode.mp4`, free.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from flows.episode import produce_episode
from reelwright import Brief, Captions, OutputFormat, Recipe, Shot, Voice

MOVES = {"PUSH IN": "push", "PULL BACK": "pull", "PAN LEFT": "pan-left", "PAN RIGHT": "pan-right", "TILT UP": "tilt-up"}
HEADING = re.compile(r"^(?:INT|EXT)\. (?P<place>.+?) - (?P<time>[A-Z]+)$")


def scenes(screenplay: str) -> list[Shot]:
    """Read scenes of a screenplay (Fountain's plain text): a heading, the action, a move such as `PUSH IN`."""
    shots, heading = [], ""
    for paragraph in (part.strip() for part in screenplay.split("\n\n")):
        if found := HEADING.match(paragraph):
            heading = f"{found['place'].title()}, {found['time'].lower()}"
        elif heading and paragraph:
            camera = next((move for words, move in MOVES.items() if words in paragraph), "auto")
            seen = re.sub("|".join(f"{words}\\.?" for words in MOVES), "", paragraph).strip()
            shots.append(Shot.model_validate({"prompt": f"{heading}. {seen}", "seconds": 3, "camera": camera}))
    return shots


def main(path: str) -> None:
    """Make the animatic: wide, silent but for the music, captions off."""
    source = Path(path)
    recipe = Recipe(
        output=OutputFormat(size="1280x720", frame_rate=24),
        voice=Voice(narrator="none"),
        captions=Captions(preset="none"),
    )
    brief = Brief(title=source.stem.replace("-", " ").title(), shots=tuple(scenes(source.read_text("utf-8"))))
    episode = asyncio.run(produce_episode(brief, recipe))
    sys.stdout.write(f"{episode.video}: {episode.shots} shots, {float(episode.seconds):.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1])
