"""What image models behind a queue share: which size fields they take, and a paid job that is waited for."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.images.contract import ImageRequest
from reelwright.models.images.drawn import nearest, nearest_aspect, references_of, rounded, words_of
from reelwright.values import Size
from reelwright.vault import Vault

_ASPECTS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_STEP, _LONGEST_SIDE = 16, 2048
_MOST_BYTES = 4 << 20
_LONGEST_PAUSE = 5.0
_DEADLINE_SECONDS = 600
OWN_OPTIONS = frozenset(
    {"size", "multiple_of", "longest_side", "references", "edit_model", "aspects", "poll_seconds", "start_seconds"}
)
"""Options of ours; every other one goes into the model's input."""

Result = TypeVar("Result")


async def input_of(
    entry: Entry, request: ImageRequest, vault: Vault, *, size: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the model's input, and a warning for what it does not take.

    Options of the entry: `size` says how the size is told (`image_size`: width and height in one field; `custom`:
    aspect_ratio "custom", width, height; `width_height`; `aspect_ratio`; `none`), `multiple_of` and `longest_side`
    which sizes there are, `references` the field that takes reference pictures.
    """
    words, most = words_of(request, negative=entry.negative_prompt), entry.prompt_characters
    if most is not None and len(words) > most:
        raise InvalidInput(f"{entry.name} takes prompts of {most} characters; this one has {len(words)}.")
    options = {**entry.options, **request.options}
    told: dict[str, Any] = {"prompt": words, **_size_fields(entry, request.size, str(options.get("size", size)))}
    warnings: list[str] = []
    if request.negative_prompt and entry.negative_prompt:
        told["negative_prompt"] = request.negative_prompt
    if request.seed is not None and entry.seed:
        told["seed"] = request.seed
    elif request.seed is not None:
        warnings.append(f"{entry.name} has no seed; the picture cannot be drawn again as it is")
    stills, left_out = await references_of(vault, request.references, entry.reference_images, most_bytes=_MOST_BYTES)
    if stills:
        told[str(options.get("references", "image_urls"))] = [one.data_url for one in stills]
    further = {name: value for name, value in options.items() if name not in OWN_OPTIONS}
    return told | further, (*warnings, *left_out)


async def waited_for(
    entry: Entry,
    remote_id: str,
    ask: Callable[[], Awaitable[Result | None]],
    *,
    cancel: Callable[[], Awaitable[object]],
) -> Result:
    """Ask until there is a result. The job is paid: whatever goes wrong from here on is never tried again by itself.

    Raises:
        ProviderError: no result before the deadline (the job is cancelled), or the vendor cannot be asked; `billed`.
    """
    deadline = time.monotonic() + (entry.deadline_seconds or _DEADLINE_SECONDS)
    pause = float(entry.options.get("poll_seconds", 1.0))
    try:
        while (result := await ask()) is None:
            if time.monotonic() > deadline:
                await cancel()
                raise _gone(entry, FailureKind.TIMED_OUT, f"job {remote_id} did not end in time; it was cancelled")
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - spreads calls, guards nothing
            pause = min(pause * 1.5, _LONGEST_PAUSE)
    except ProviderError as error:
        if not error.retryable:
            raise
        raise _gone(
            entry, FailureKind.LOST, f"job {remote_id} was accepted and cannot be followed: {error.message}"
        ) from None
    return result


def _gone(entry: Entry, kind: FailureKind, words: str) -> ProviderError:
    return ProviderError(f"{entry.vendor}: {words}", provider=entry.vendor, model=entry.name, kind=kind, billed=True)


def _size_fields(entry: Entry, wanted: Size, how: str) -> Mapping[str, Any]:
    options = entry.options
    if how == "aspect_ratio":
        return {"aspect_ratio": nearest_aspect(options.get("aspects", _ASPECTS), wanted)}
    step, longest = int(options.get("multiple_of", _STEP)), int(options.get("longest_side", _LONGEST_SIDE))
    size = nearest(entry.sizes, wanted) if entry.sizes else rounded(wanted, step, longest_side=longest)
    pixels = {"width": size.width, "height": size.height}
    match how:
        case "image_size":
            return {"image_size": pixels}
        case "custom":
            return {"aspect_ratio": "custom", **pixels}
        case "width_height":
            return pixels
        case "none":
            return {}
        case _:
            raise InvalidInput(
                f"{entry.name}: options.size is {how!r}.",
                hint="One of image_size, custom, width_height, aspect_ratio, none.",
            )
