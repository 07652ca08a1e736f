"""A script that keeps pictures and draws some, with nothing of Prefect: the core alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import assert_type

from reelwright import Asset, Brief, Entry, Recipe, Settings, Size, Studio, open_studio
from reelwright.models.images.contract import ImageRequest
from reelwright.stages.script import expand_script


def portraits(folder: Path) -> dict[str, Asset]:
    """Keep the pictures of a folder; the same bytes are kept once."""
    vault = open_studio(Settings()).vault
    return {path.stem: vault.put_file(path, "image/png") for path in sorted(folder.glob("*.png"))}


def beside(home: Path) -> Studio:
    """Open a studio with a vault and a ledger of its own."""
    settings = Settings(home=home, stored_keys=False)
    assert_type(settings.ledger_url, str)
    return open_studio(settings)


async def sketch(studio: Studio, prompt: str) -> Asset:
    """Draw one picture at no cost, and keep it."""
    model = studio.image_model(assert_type(studio.catalogue.resolve("animatic", "image"), Entry))
    try:
        made = await model.draw(ImageRequest(prompt=prompt, size=Size(width=720, height=1280)), idempotency_key="one")
    finally:
        await model.aclose()
    return studio.vault.put_bytes(made.data, made.media_type, {"prompt": prompt})


def titles(briefs: list[Brief]) -> list[str]:
    """Split given texts into shots by rule, and say how many there are."""
    studio = open_studio(Settings())
    scripts = [asyncio.run(expand_script(studio, brief, Recipe())) for brief in briefs]
    return [f"{script.storyboard.title}: {len(script.storyboard.shots)} shots" for script in scripts]


def wrong(studio: Studio, kept: Asset) -> None:
    """What an editor underlines."""
    open_studio("~/.reelwright")  # type: ignore[arg-type]
    studio.vault.path(Path("ada.png"))  # type: ignore[arg-type]  # the asset, or its SHA-256
    Size(width=720)  # type: ignore[call-arg]
    Asset(sha256=kept.sha256)  # type: ignore[call-arg]
    studio.video_model("sora-2")  # type: ignore[arg-type]  # an entry of the catalogue
