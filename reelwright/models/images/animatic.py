"""The animatic as an image model: paints a start frame from words, on this machine, for nothing."""

from __future__ import annotations

from pathlib import Path

from reelwright.catalogue import Entry
from reelwright.media.jobs import StartFrameJob
from reelwright.models.bench import Bench
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.video.contract import FREE
from reelwright.vault import Vault
from reelwright.workers import Crew


class AnimaticImage:
    """The image model `animatic`."""

    name = "animatic"
    identity = "animatic-image/2"
    """Part of every key: raised when the same words give another picture."""

    def __init__(self, crew: Crew, vault: Vault, *, paintings: Path | None = None) -> None:
        self._crew, self._vault, self._paintings = crew, vault, paintings

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Paint the picture; see `ImageModel.draw`."""
        del idempotency_key  # nothing is paid here
        with self._vault.scratch(".png") as path:
            job = StartFrameJob(
                prompt=request.prompt,
                style=request.style,
                palette=request.palette,
                seed=request.seed,
                size=request.size,
                paintings=self._paintings,
                into=path,
            )
            await self._crew.ask(job.model_dump(mode="json"))
            return Picture(data=path.read_bytes(), media_type="image/png", charge=FREE)

    async def aclose(self) -> None:
        """Nothing is held: the crew belongs to the caller."""


def build(entry: Entry, bench: Bench) -> AnimaticImage:
    """Return the animatic."""
    del entry  # there is but one
    return AnimaticImage(bench.crew, bench.vault, paintings=bench.settings.painting_folder)
