"""OpenAI's image protocol, at OpenAI or at any host that speaks it: `/images/generations` and `/images/edits`.

Facts: OpenAI's published OpenAPI document of 2026-08-21. gpt-image-2 and later draw any size whose sides are divisible
by 16 (ratio 1:3 to 3:1, longest side 3840); earlier ones have three sizes. Edits take up to 16 references of up to
50 MB as PNG, JPEG or WEBP. A blocked prompt is HTTP 400 with the code `moderation_blocked`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.images.drawn import each_or, fetched, finished, nearest, references_of, rounded, words_of
from reelwright.models.remote.clients import client_of, unusable
from reelwright.models.remote.transport import Transport
from reelwright.models.tokens import count, token_charge
from reelwright.models.video.contract import Charge
from reelwright.values import Size
from reelwright.vault import Vault

_STEP = 16
_LONGEST_SIDE = 3840
_MOST_REFERENCES = 16
_MOST_BYTES = 50 << 20
_OWN_OPTIONS = frozenset({"multiple_of", "longest_side", "start_seconds", "palette"})


class OpenAiImages:
    """An image model that speaks `openai-images`.

    Options: `multiple_of` and `longest_side` (pixels) say which sizes it draws where the entry lists none,
    `start_seconds` how long a picture may take; every other option is sent along by its name, e.g. `quality`,
    `moderation`, `response_format` for hosts that need it.
    """

    def __init__(self, entry: Entry, transport: Transport, vault: Vault) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport, self._vault = entry, transport, vault

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Ask once for one picture; see `ImageModel.draw`."""
        size, warnings = self._size(request.size), self._warnings(request)
        told = {
            "model": self._entry.model,
            "prompt": self._prompt(request),
            "size": str(size),
            **self._further(request),
        }
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        if request.references and self._entry.reference_images:
            most = min(self._entry.reference_images, _MOST_REFERENCES)
            stills, left_out = await references_of(self._vault, request.references, most, most_bytes=_MOST_BYTES)
            files = [("image[]", (one.file_name, one.data, one.media_type)) for one in stills]
            form = {name: value if isinstance(value, str) else str(value).lower() for name, value in told.items()}
            answer = await self._transport.paid("images/edits", data=form, files=files, headers=headers)
            warnings = (*warnings, *left_out)
        else:
            answer = await self._transport.paid("images/generations", json=told, headers=headers)
        charge, unknown = self._charge(answer.fields.get("usage"))
        data = await self._data(answer.fields)
        return await finished(
            self._vault,
            data,
            request,
            charge,
            provider=self._entry.vendor,
            model=self.name,
            warnings=(*warnings, *unknown),
        )

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _size(self, wanted: Size) -> Size:
        if self._entry.sizes:
            return nearest(self._entry.sizes, wanted)
        step = int(self._entry.options.get("multiple_of", _STEP))
        return rounded(wanted, step, longest_side=int(self._entry.options.get("longest_side", _LONGEST_SIDE)))

    def _prompt(self, request: ImageRequest) -> str:
        words, most = words_of(request), self._entry.prompt_characters
        if most is not None and len(words) > most:
            raise InvalidInput(
                f"{self.name} takes prompts of {most} characters; this one has {len(words)}.", hint="Shorten it."
            )
        return words

    def _further(self, request: ImageRequest) -> dict[str, Any]:
        options = {**self._entry.options, **request.options}
        return {name: value for name, value in options.items() if name not in _OWN_OPTIONS}

    def _warnings(self, request: ImageRequest) -> tuple[str, ...]:
        told = []
        if request.seed is not None:
            told.append(f"{self.name} has no seed; the picture cannot be drawn again as it is")
        if request.references and not self._entry.reference_images:
            told.append(f"{self.name} takes no reference pictures; {len(request.references)} were left out")
        return tuple(told)

    def _charge(self, usage: Any) -> tuple[Charge, tuple[str, ...]]:
        pictures = count(usage, "input_tokens_details", "image_tokens")
        charge, unknown = token_charge(
            self._entry,
            input_tokens=max(count(usage, "input_tokens") - pictures, 0),
            image_input_tokens=pictures,
            output_tokens=count(usage, "output_tokens"),
        )
        return each_or(self._entry, charge, unknown)

    async def _data(self, told: dict[str, Any]) -> bytes:
        first = next((item for item in told.get("data") or () if isinstance(item, dict)), {})
        if text := first.get("b64_json"):
            try:
                return base64.b64decode(text)
            except (binascii.Error, TypeError, ValueError):
                raise self._empty("a picture that is not base64") from None
        if not first.get("url"):
            raise self._empty("no picture")
        return await fetched(self._transport, self._vault, str(first["url"]))

    def _empty(self, what: str) -> ProviderError:
        return unusable(self._transport, FailureKind.MEDIA_REJECTED, f"it answered with {what}.")


def build(entry: Entry, bench: Bench) -> OpenAiImages:
    """Return the image model of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    transport = client_of(entry, bench, start_seconds=400)  # a large picture of high quality takes two minutes and more
    return OpenAiImages(entry, transport, bench.vault)
