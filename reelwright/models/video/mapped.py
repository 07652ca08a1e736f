"""Models behind a host that serves many: each calls the things it is told by names of its own.

An entry's `options` say how, in the words of `Naming`; what is named in `fields` is what the model can do:

```yaml
options:
  fields: {seconds: duration, first_frame: image_url, last_frame: end_image_url, audio: generate_audio, seed: seed}
  seconds_as: text-s                       # "8s"
  first_frame_model: some/image-to-video   # where the host has a path of its own for it
  input: {enable_prompt_expansion: false}  # sent as it stands
```
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError

from reelwright.catalogue import Entry
from reelwright.errors import RecipeError
from reelwright.models.remote.auth import Auth
from reelwright.models.video import adapting
from reelwright.models.video.contract import VideoRequest
from reelwright.models.video.references import check_names, prompt_with_names
from reelwright.models.video.vendor import VendorModel, with_abilities
from reelwright.validation import complaints
from reelwright.values import Size, Value
from reelwright.vault import Vault

Thing = Literal[
    "prompt",
    "seconds",
    "aspect_ratio",
    "resolution",
    "width",
    "height",
    "size",
    "first_frame",
    "last_frame",
    "reference_images",
    "reference_videos",
    "reference_audios",
    "audio",
    "negative_prompt",
    "seed",
]
"""What a model may be told."""

_PIXELS = frozenset({"width", "height", "size"})
_ABILITIES: Mapping[Thing, tuple[str, Any]] = {
    "first_frame": ("first_frame", "yes"),
    "last_frame": ("last_frame", True),
    "reference_images": ("reference_images", 4),
    "reference_videos": ("reference_videos", 1),
    "reference_audios": ("reference_audios", 1),
    "audio": ("audio", "optional"),
    "negative_prompt": ("negative_prompt", True),
    "seed": ("seed", True),
}
"""What an entry can do when its options name the field for it and it does not say itself."""


class Naming(Value):
    """What one model calls the things it is told, and how it wants them written."""

    fields: Mapping[Thing, str] = Field(default_factory=dict)
    """The model's name of each thing; an empty one is not told; what is not given has the host's usual name."""
    seconds_as: Literal["number", "text", "text-s", "frames"] = "number"
    """`8`, `"8"`, `"8s"`, or as a number of frames, the first one counted too."""
    frame_rate: int = Field(default=24, gt=0)
    """Frames per second, where a length is told in frames."""
    size_as: Literal["720x1280", "720*1280", "object"] = "720x1280"
    """How the field `size` is written; `object`: `{width, height}`."""
    resolutions: Mapping[str, str] = Field(default_factory=dict)
    """Names of resolutions by their shorter side, e.g. `{"2160": "4k"}`; else `720p`."""
    first_frame_model: str = ""
    """The model that starts from a picture, where it is another one."""
    last_frame_model: str = ""
    """The model that goes from a first to a last picture; empty: as for a first picture."""
    reference_model: str = ""
    """The model that takes references."""
    frames_or_references: bool = False
    """Whether frames and references exclude each other; where references have a model of their own, they do."""
    without_frames: tuple[str, ...] = ()
    """Fields that are told only when there is no frame, e.g. `aspect_ratio`: the frame has one."""
    takes: tuple[str, ...] | None = None
    """A shot's own options that are passed on; `None`: all, under their own names."""
    input: Mapping[str, Any] = Field(default_factory=dict)
    """Further fields of every input."""


def naming_of(entry: Entry) -> Naming:
    """Return what the options of an entry say.

    Raises:
        RecipeError: they are none.
    """
    try:
        return Naming.model_validate(dict(entry.options))
    except ValidationError as error:
        first = complaints(error, Naming)[0]
        hint = f"Expected {first.expected}." if first.expected else ""
        raise RecipeError(first.problem, field=f"{entry.name}.options.{first.field}", hint=hint) from None


def complete(entry: Entry) -> Entry:
    """Return the entry with the abilities whose fields its options name, where it does not say itself.

    Raises:
        RecipeError: its options are none.
    """
    named = naming_of(entry).fields
    can = [ability for thing, ability in _ABILITIES.items() if named.get(thing)]
    return with_abilities(entry, dict(can))


class MappedModel(VendorModel):
    """One model behind a host that serves many."""

    usual_names: ClassVar[Mapping[Thing, str]] = {}
    """What most models of this host call things."""
    last_needs_first: ClassVar[bool] = True
    settings: ClassVar[frozenset[str]] = frozenset(Naming.model_fields)

    def __init__(self, entry: Entry, vault: Vault, auth: Auth, *, base_url: str = "") -> None:
        """Take the entry and its key.

        Raises:
            InvalidInput: its address or its options are none.
        """
        super().__init__(entry, vault, auth, base_url=base_url)
        self.naming = naming_of(entry)
        names = dict(self.usual_names)
        if _PIXELS & set(self.naming.fields):
            # Told in pixels, a size is not told in words besides.
            names |= {"aspect_ratio": "", "resolution": ""}
        self._names: Mapping[Thing, str] = names | dict(self.naming.fields)

    def adapt(self, request: VideoRequest) -> tuple[VideoRequest, tuple[str, ...]]:
        """Return the request as this model can honour it; see `VideoModel.adapt`."""
        adapted, warnings = adapting.adapt(self.entry, request, options=self.naming.takes)
        further: list[str] = []
        changes = self._settle(adapted, further)
        return adapted.model_copy(update=changes), (*warnings, *further)

    def model_for(self, request: VideoRequest) -> str:
        """Return the vendor's name of the model that makes this request."""
        naming, starts = self.naming, request.first_frame or request.continues
        if request.last_frame and naming.last_frame_model:
            return naming.last_frame_model
        if (starts or request.last_frame) and naming.first_frame_model:
            return naming.first_frame_model
        return (naming.reference_model if request.references else "") or self.entry.model

    def _settle(self, request: VideoRequest, warnings: list[str]) -> dict[str, Any]:
        changes = super()._settle(request, warnings)
        exclude = self.naming.frames_or_references or self.naming.reference_model
        if exclude and request.references and (request.first_frame or request.continues):
            warnings.append(f"{self.name} takes frames or references: the references are left out")
            changes["references"] = ()
        check_names(self.entry, request.model_copy(update=changes))
        return changes

    async def _input(self, request: VideoRequest) -> dict[str, Any]:
        """Return the model's input."""
        told = {**self._words(request), **await self._pictures(request)}
        dropped = self.naming.without_frames if request.first_frame or request.continues or request.last_frame else ()
        named = {self._names[thing]: value for thing, value in told.items() if self._names.get(thing)}
        plain = {name: value for name, value in named.items() if name not in dropped}
        return {**plain, **self.naming.input, **request.options}

    def _words(self, request: VideoRequest) -> dict[Thing, Any]:
        size, naming = request.size, self.naming
        short = str(min(size.width, size.height))
        told: dict[Thing, Any] = {
            "prompt": prompt_with_names(request),
            "seconds": self._length(request),
            "aspect_ratio": f"{size.aspect.numerator}:{size.aspect.denominator}",
            "resolution": naming.resolutions.get(short, f"{short}p"),
            "width": size.width,
            "height": size.height,
            "size": _written(size, naming.size_as),
        }
        if self.entry.audio == "optional":
            told["audio"] = request.audio
        if request.negative_prompt:
            told["negative_prompt"] = request.negative_prompt
        if request.seed is not None:
            # Another take is another seed.
            told["seed"] = request.seed + request.take
        return told

    async def _pictures(self, request: VideoRequest) -> dict[Thing, Any]:
        first, last = await self._frames(request)
        frames: dict[Thing, Any] = {"first_frame": first, "last_frame": last}
        told: dict[Thing, Any] = {thing: still.data_url for thing, still in frames.items() if still is not None}
        lists: dict[str, list[str]] = {"image": [], "video": [], "audio": []}
        for reference in request.references:
            if reference.role == "image":
                url = (await self._picture(reference.asset)).data_url
            else:
                url = f"data:{reference.asset.media_type};base64,{await self._media(reference.asset)}"
            lists[reference.role].append(url)
        listed: dict[Thing, Any] = {
            "reference_images": lists["image"],
            "reference_videos": lists["video"],
            "reference_audios": lists["audio"],
        }
        return told | {thing: urls for thing, urls in listed.items() if urls}

    def _length(self, request: VideoRequest) -> int | str:
        whole = math.ceil(request.seconds)
        match self.naming.seconds_as:
            case "text":
                return str(whole)
            case "text-s":
                return f"{whole}s"
            case "frames":
                return math.ceil(request.seconds * self.naming.frame_rate) + 1
            case _:
                return whole


def _written(size: Size, how: str) -> str | dict[str, int]:
    if how == "object":
        return {"width": size.width, "height": size.height}
    return f"{size.width}{'*' if '*' in how else 'x'}{size.height}"
