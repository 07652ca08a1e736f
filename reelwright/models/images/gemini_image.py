"""Google's image models (Nano Banana, Gemini image) by `generateContent`.

Facts: google-genai 3.4.0 (`imageConfig`: aspect ratio and 1K, 2K or 4K); the answer may hold drafts, the last picture
counts. 9:16 at 1K is 768x1376, so that a full-size frame is drawn at 2K. Up to 14 reference pictures.
"""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import InvalidInput
from reelwright.models.bench import Bench
from reelwright.models.gemini import Gemini
from reelwright.models.identity import identity_of
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.images.drawn import each_or, finished, nearest_aspect, references_of, words_of
from reelwright.vault import Vault

ASPECTS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_LONGEST_SIDE_1K = 1376
_MOST_BYTES = 7 << 20
_OWN_OPTIONS = frozenset({"image_size", "start_seconds"})


class GeminiImage:
    """An image model that speaks `gemini-image`.

    Options: `image_size` (`1K`, `2K`, `4K`), `start_seconds`; every other one is sent in `generationConfig`.
    """

    def __init__(self, gemini: Gemini, vault: Vault) -> None:
        self.name, self.identity = gemini.entry.name, identity_of(gemini.entry)
        self._gemini, self._entry, self._vault = gemini, gemini.entry, vault

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Ask once for one picture; see `ImageModel.draw`."""
        del idempotency_key  # the protocol has no place for it
        stills, warnings = await references_of(
            self._vault, request.references, self._entry.reference_images, most_bytes=_MOST_BYTES
        )
        parts: list[dict[str, Any]] = [
            {"inlineData": {"mimeType": one.media_type, "data": one.base64}} for one in stills
        ]
        parts.append({"text": self._prompt(request)})
        options = {**self._entry.options, **request.options}
        size = options.get("image_size") or (
            "1K" if max(request.size.width, request.size.height) <= _LONGEST_SIDE_1K else "2K"
        )
        config: dict[str, Any] = {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": nearest_aspect(ASPECTS, request.size), "imageSize": size},
        }
        if request.seed is not None:
            config["seed"] = request.seed
        config |= {name: value for name, value in options.items() if name not in _OWN_OPTIONS}
        body = {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}
        made, charge, told, _ = await self._gemini.parts(body)
        data, _ = self._gemini.data_of(made, "image/")
        charge, told = each_or(self._entry, charge, told)
        return await finished(
            self._vault,
            data,
            request,
            charge,
            provider=self._entry.vendor,
            model=self.name,
            warnings=(*warnings, *told),
        )

    async def aclose(self) -> None:
        """Close the client."""
        await self._gemini.transport.aclose()

    def _prompt(self, request: ImageRequest) -> str:
        words, most = words_of(request), self._entry.prompt_characters
        if most is not None and len(words) > most:
            raise InvalidInput(f"{self.name} takes prompts of {most} characters; this one has {len(words)}.")
        return words


def build(entry: Entry, bench: Bench) -> GeminiImage:
    """Return the image model of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    return GeminiImage(Gemini(entry, bench), bench.vault)
