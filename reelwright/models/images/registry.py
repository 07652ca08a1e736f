"""The protocols of image models: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.models.bench import Bench, builder
from reelwright.models.images.contract import ImageModel

if TYPE_CHECKING:
    from reelwright.catalogue import Entry

PROTOCOLS: Mapping[str, str] = {
    "animatic": "reelwright.models.images.animatic",
    "fal-image": "reelwright.models.images.fal_image",
    "gemini-image": "reelwright.models.images.gemini_image",
    "openai-images": "reelwright.models.images.openai_images",
    "replicate-image": "reelwright.models.images.replicate_image",
}
"""The module whose `build` makes a model that speaks it; imported when it is needed."""


def build(entry: Entry, bench: Bench) -> ImageModel:
    """Return the image model of an entry.

    Raises:
        InvalidInput: this version does not speak its protocol, or its definition does not fit it.
    """
    model: ImageModel = builder(PROTOCOLS, entry)(entry, bench)
    return model
