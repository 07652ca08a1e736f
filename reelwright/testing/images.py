"""The contract of image models as a suite for pytest: the exact size, every word, the references, one charge.

```python
class TestOurs(ImageContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from reelwright.catalogue import Entry
from reelwright.models.images.contract import ImageModel, ImageRequest, Picture
from reelwright.studio import Studio
from reelwright.testing.call import CallHarness, CallTrial
from reelwright.testing.call_contract import CallContract
from reelwright.testing.servers.stills import picture
from reelwright.testing.suite import needs
from reelwright.testing.wire import Fields, differing
from reelwright.values import Asset, Size

ImageTrial = CallTrial[ImageRequest, Picture]

_NAMES = {
    "style": ("style",),
    "palette": ("palette", "colour", "color"),
    "negative_prompt": ("negative prompt", "negative_prompt"),
}
"""How a warning may name a field; else it tells its words."""


class ImageHarness(CallHarness[ImageRequest, Picture]):
    """One protocol of image models."""

    kind = "image"
    native: str = "720x1280"
    """A size that it makes without any adapting, in pixels."""
    reference_images: int = 2
    """How many reference pictures the entry takes; 0: none."""

    def says(self, wish: ImageRequest) -> Mapping[str, tuple[str, ...]]:
        """Return the words that must go out for each field of a wish, capitals or not: as they are wished for.

        What tells a vendor a field in another way, such as colours by name or a style by number, says it here.
        """
        words = {"prompt": (wish.prompt.rstrip(". "),), "style": (wish.style,), "palette": wish.palette}
        return {**words, "negative_prompt": (wish.negative_prompt,)}

    def drawn(self, size: Size) -> bytes | None:
        """Return the very picture that the server draws at a size, the usual wish given; `None`: nobody knows."""
        del size
        return None

    def request(self, **changes: Any) -> ImageRequest:
        """Return a full-size frame with changes."""
        wish = {"prompt": "A baker turns a loaf.", "size": Size(width=1080, height=1920)}
        return ImageRequest.model_validate({**wish, **changes})

    def build(self, studio: Studio, entry: Entry) -> ImageModel:
        """Return the model of an entry."""
        return studio.image_model(entry)

    async def ask(self, part: ImageModel, wish: ImageRequest, folder: Path) -> Picture:
        """Let it draw."""
        del folder
        return await part.draw(wish, idempotency_key="key-1")


class ImageContract(CallContract):
    """Every behaviour that a start frame relies on, over each harness."""

    def test_the_picture_has_exactly_the_wanted_size(self, trial: ImageTrial) -> None:
        """Whatever the vendor draws; a 1080x1920 frame is a picture of 1080x1920, for one call."""
        made = trial.ask()
        assert _seen(made) == ((1080, 1920), made.media_type)
        assert trial.starts == (1 if trial.harness.is_remote else 0)

    def test_a_size_that_it_draws_itself_is_not_touched(self, trial: ImageTrial) -> None:
        """Nothing is said about it; where the harness knows what the server drew (`drawn`), no pixel is another."""
        assert isinstance(trial.harness, ImageHarness)
        native = Size.parse(trial.harness.native)
        made = trial.ask(trial.harness.request(size=native), **trial.harness.prices)
        assert _seen(made)[0] == (native.width, native.height)
        assert made.warnings == ()
        drawn = trial.harness.drawn(native)
        assert drawn is None or _changed(drawn, made.data) is None

    @needs("is_remote")
    def test_every_word_of_the_wish_is_sent_or_said_to_be_left_out(self, trial: ImageTrial) -> None:
        """The prompt goes out; style, colours and what is not wanted do as the harness `says`, or a warning tells."""
        assert isinstance(trial.harness, ImageHarness)
        wish = trial.harness.request(style="woodcut", palette=("#ffaa00",), negative_prompt="umbrellas")
        warnings = " ".join(trial.ask(wish).warnings).casefold()
        told = trial.told.casefold()
        for field, words in trial.harness.says(wish).items():
            unsent = [word for word in words if word.casefold() not in told]
            names = (*_NAMES[field], *words) if field in _NAMES else ()
            assert not unsent or any(name.casefold() in warnings for name in names), (field, unsent)

    @needs("reference_images")
    def test_reference_pictures_go_along(self, trial: ImageTrial) -> None:
        """Another picture in the place of any that is taken makes another call; what is too many is told, not sent."""
        assert isinstance(trial.harness, ImageHarness)
        most = trial.harness.reference_images
        *taken, surplus, other = (reference(trial.studio, (number + 1) / (most + 3)) for number in range(most + 2))
        for picture_of_one in (*taken, surplus, other):
            _referring(trial, [picture_of_one])  # what remembers uploads has sent each of them now
        usual, sent = _referring(trial, taken)
        chance = differing(sent, _referring(trial, taken)[1])
        more, sent_of_more = _referring(trial, [*taken, surplus])
        assert set(more.warnings) - set(usual.warnings), "nothing is said of the one that is too many"
        if trial.harness.is_remote:
            assert differing(sent, sent_of_more) - chance == set(), "more goes out than the entry takes"
            swapped = [[*taken[:place], other, *taken[place + 1 :]] for place in range(most)]
            unseen = [
                place for place in range(most) if not differing(sent, _referring(trial, swapped[place])[1]) - chance
            ]
            assert unseen == [], "these places do not count for what goes out"


def reference(studio: Studio, colour: float = 0.5) -> Asset:
    """Keep a reference picture of a character in the vault; `colour` from 0 to 1 tells them apart."""
    return studio.vault.put_bytes(picture(320, 320, at=(colour, 0.5)), "image/png")


def _seen(made: Picture) -> tuple[tuple[int, int], str]:
    """The size and the media type that the bytes really have."""
    with Image.open(io.BytesIO(made.data)) as image:
        image.load()
        return image.size, Image.MIME[str(image.format)]


def _changed(drawn: bytes, made: bytes) -> tuple[int, int, int, int] | None:
    """The box in pixels outside which two pictures of one size are the same; `None`: they are the same everywhere."""
    with Image.open(io.BytesIO(drawn)) as before, Image.open(io.BytesIO(made)) as after:
        return ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()


def _referring(trial: ImageTrial, references: Sequence[Asset]) -> tuple[Picture, Fields]:
    """Ask for a small picture with these references."""
    assert isinstance(trial.harness, ImageHarness)
    native = Size.parse(trial.harness.native)
    return trial.sent(trial.harness.request(size=native, references=tuple(references)))
