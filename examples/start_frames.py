# ruff: noqa: INP001 - a script, not a package
"""A flow of your own from Reelwright's tasks: the start frames of a script, to look at before any video is made.

`.venv/bin/python examples/start_frames.py examples/why-bread-goes-stale.md start-frames`
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

from prefect import flow

from reelwright.recipe import Recipe
from reelwright.script.source import read_source
from tasks.frames import start_frame
from tasks.script import expand_script
from tasks.studio import studio


@flow
async def start_frames(source: str, folder: str) -> list[str]:
    """Draw the start frame of every shot, side by side; what was drawn before is found again."""
    recipe, model = Recipe(), studio().catalogue.resolve("animatic", "image")
    script = await expand_script(read_source(source).brief, recipe)
    frames = await asyncio.gather(
        *(
            start_frame(number, shot, script.storyboard, recipe, model, wait_for=[script])
            for number, shot in enumerate(script.storyboard.shots, 1)
        )
    )
    return [_copied(studio().vault.path(frame.picture), folder, number) for number, frame in enumerate(frames, 1)]


def _copied(picture: Path, folder: str, number: int) -> str:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return str(shutil.copyfile(picture, Path(folder) / f"shot-{number}.png"))


if __name__ == "__main__":
    for path in asyncio.run(start_frames(*sys.argv[1:3])):
        sys.stdout.write(f"{path}\n")
