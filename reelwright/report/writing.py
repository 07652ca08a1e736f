"""The page written beside the video, from the manifest and what a worker sees in the files that it names."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.errors import StorageError
from reelwright.report.look import Looked, LookJob
from reelwright.report.page import Pictures, render
from reelwright.studio import Studio
from reelwright.vault import Vault, write_text_atomically

REPORT = "report.html"
_PIXELS = 40_000
"""Of one picture while there are few of them: 150 x 267."""
_ALL_PIXELS = 5_000_000
"""Of all pictures together: about a megabyte of JPEG."""


async def write_report(studio: Studio, folder: Path) -> Path:
    """Write `report.html` for the episode that lies in `folder`; return its path.

    Raises:
        StorageError: there is no manifest, or the folder cannot be written.
        MediaError: the video cannot be read.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except OSError as error:
        raise StorageError.of(error, "read the manifest") from error
    # The vault may have to fetch what is asked of it.
    job = await asyncio.to_thread(_job, manifest, folder / "episode.mp4", studio.vault)
    looked = Looked.model_validate(await studio.crew.ask(job.model_dump(mode="json")))
    write_text_atomically(render(manifest, _pictures(manifest, looked), looked.peaks), folder / REPORT)
    return folder / REPORT


def _job(manifest: Mapping[str, Any], video: Path, vault: Vault) -> LookJob:
    shots, rate = manifest["shots"], manifest["recipe"]["output"]["frame_rate"]
    takes = [take for shot in shots for take in shot["clip"]["takes"]]
    return LookJob(
        video=video,
        moments=tuple(Fraction(2 * shot["start_frame_number"] + shot["time"]["frames"], 2 * rate) for shot in shots),
        start_frames=tuple(_found(vault, shot["start_frame"]["picture"]) for shot in shots),
        takes=tuple(_found(vault, take) if take["media_type"].startswith("video/") else None for take in takes),
        pixels=min(_PIXELS, _ALL_PIXELS // max(2 * len(shots) + len(takes), 1)),
    )


def _found(vault: Vault, asset: Mapping[str, Any]) -> Path | None:
    try:
        return vault.path(asset["sha256"])
    except StorageError:
        return None  # the report tells what there is


def _pictures(manifest: Mapping[str, Any], looked: Looked) -> dict[int, Pictures]:
    takes = iter(looked.takes)
    return {
        shot["number"]: Pictures(
            start_frame=start_frame, finished=finished, takes=tuple(next(takes) for _ in shot["clip"]["takes"])
        )
        for shot, start_frame, finished in zip(manifest["shots"], looked.start_frames, looked.finished, strict=True)
    }
