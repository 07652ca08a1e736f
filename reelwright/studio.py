"""What the stages work with: the vault, the models that are built, the workers. Made once a process, from settings."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from reelwright.catalogue import Catalogue, Entry
from reelwright.credentials import KeySource, nothing_stored
from reelwright.models.bench import Bench
from reelwright.models.images import registry as images
from reelwright.models.images.contract import ImageModel
from reelwright.models.narrators import registry as narrators
from reelwright.models.narrators.contract import Narrator
from reelwright.models.transcribers import registry as transcribers
from reelwright.models.transcribers.contract import Transcriber
from reelwright.models.video import registry as videos
from reelwright.models.video.contract import VideoModel
from reelwright.models.writers import registry as writers
from reelwright.models.writers.contract import Writer
from reelwright.settings import Settings
from reelwright.vault import Vault
from reelwright.workers import Crew


@dataclass(frozen=True, eq=False)
class Studio:
    """The working place of one process. Each model it returns is the caller's to close."""

    settings: Settings
    """Where it works."""
    vault: Vault
    """Where bytes are kept."""
    catalogue: Catalogue
    """The models that it knows."""
    crew: Crew
    """Worker processes for picture and sound, one for each core."""
    stored_keys: KeySource = nothing_stored
    """Where keys are that the environment has not."""

    def narrator(self, entry: Entry) -> Narrator:
        """Return the narrator of an entry; see `video_model` for what is raised."""
        return narrators.build(entry, self._bench(entry))

    def image_model(self, entry: Entry) -> ImageModel:
        """Return the image model of an entry; see `video_model` for what is raised."""
        return images.build(entry, self._bench(entry))

    def video_model(self, entry: Entry) -> VideoModel:
        """Return the video model of an entry.

        Raises:
            InvalidInput: this version does not speak its protocol, or its definition does not fit it.
            MissingCredential: it needs a key that is not set.
        """
        return videos.build(entry, self._bench(entry))

    def writer(self, entry: Entry) -> Writer:
        """Return the writer of an entry; see `video_model` for what is raised."""
        return writers.build(entry, self._bench(entry))

    def transcriber(self, entry: Entry) -> Transcriber:
        """Return the transcriber of an entry; see `video_model` for what is raised."""
        return transcribers.build(entry, self._bench(entry))

    def _bench(self, entry: Entry) -> Bench:
        found = entry.credential(stored=self.stored_keys)
        return Bench(settings=self.settings, vault=self.vault, crew=self.crew, credential=found)


def open_studio(settings: Settings, stored_keys: KeySource = nothing_stored) -> Studio:
    """Return this process's studio for the settings."""
    return _opened(settings, stored_keys)


@functools.cache
def _opened(settings: Settings, stored_keys: KeySource) -> Studio:
    return Studio(
        settings=settings,
        vault=settings.open_vault(),
        catalogue=Catalogue.load(),
        crew=Crew("reelwright.media.worker", settings.worker_count),
        stored_keys=stored_keys,
    )
