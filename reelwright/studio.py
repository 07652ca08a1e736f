"""What the stages work with: the vault, the models that are built, the workers. Made once a process, from settings."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import InvalidInput
from reelwright.models.images.animatic import AnimaticImage
from reelwright.models.images.contract import ImageModel
from reelwright.models.narrators.contract import Narrator
from reelwright.models.narrators.local import LocalNarrator
from reelwright.models.video.animatic import AnimaticVideo
from reelwright.models.video.contract import VideoModel
from reelwright.settings import Settings
from reelwright.vault import Vault
from reelwright.workers import Crew


@dataclass(frozen=True)
class Studio:
    """The working place of one process."""

    settings: Settings
    vault: Vault
    catalogue: Catalogue
    crew: Crew
    """Worker processes for picture and sound, one for each core."""
    _local: LocalNarrator = field(default_factory=LocalNarrator)

    def narrator(self, entry: Entry) -> Narrator:
        """Return the narrator of an entry."""
        if entry.protocol == "local":
            return self._local
        raise _not_built(entry)

    def image_model(self, entry: Entry) -> ImageModel:
        """Return the image model of an entry."""
        if entry.protocol == "animatic":
            return AnimaticImage(self.crew, self.vault, paintings=self.settings.painting_folder)
        raise _not_built(entry)

    def video_model(self, entry: Entry) -> VideoModel:
        """Return the video model of an entry."""
        if entry.protocol == "animatic":
            return AnimaticVideo(self.vault)
        raise _not_built(entry)


@functools.cache
def open_studio(settings: Settings) -> Studio:
    """Return this process's studio for the settings."""
    return Studio(
        settings=settings,
        vault=settings.open_vault(),
        catalogue=Catalogue.load(),
        crew=Crew("reelwright.media.worker", settings.worker_count),
    )


def _not_built(entry: Entry) -> InvalidInput:
    return InvalidInput(
        f"{entry.name!r} speaks {entry.protocol!r}, which this version does not.",
        hint="`reelwright models` lists what can be used.",
    )
