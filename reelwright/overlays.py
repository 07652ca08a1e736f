"""What is laid over a shot, and cards before and after them all: values, and the hook for compositions of one's own.

A composition of one's own is a Python function that returns a MoviePy clip:

```python
from moviepy import ColorClip

def frame(size, fps, seconds, texts):
    "A bar that is as wide as the shot is old."
    return ColorClip((size[0], 12), (255, 210, 63)).with_duration(seconds).with_position(("left", "top"))
```

```yaml
overlays:
  - {python: "brand.py:frame", shots: [1, 3]}
```

`size` is the picture's width and height in pixels, `fps` its frame rate, `seconds` how long the overlay is seen, and
`texts` what it may write: `title`, `text`, `detail`, `narration`, `number`, `shots`. The clip may be smaller than the
picture; its position at 0 is where it stays, its mask is its transparency. One frame is held in memory at a time.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from reelwright.errors import RecipeError
from reelwright.validation import refused
from reelwright.values import Exact, Value

if TYPE_CHECKING:
    from reelwright.recipe import OutputFormat
    from reelwright.storyboard import Storyboard

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_IN_FIRST_SHOT_SECONDS = {"title": Fraction(5, 2), "lower_third": Fraction(7, 2)}


class Overlay(Value):
    """Something over the picture: one of those that come with Reelwright, or a composition of one's own."""

    name: Literal["", "title", "lower_third", "progress", "logo"] = ""
    """`title` hooks in the first shot, `lower_third` names who is seen, `progress` is a bar over the whole episode."""
    python: str = ""
    """`module:function` or `file.py:function`: a composition of one's own, see `reelwright.overlays`."""
    text: Text = ""
    """Empty: the episode's title, for a `title`."""
    detail: Text = ""
    """A second, smaller line of a `lower_third`."""
    image: str = ""
    """A `logo`'s picture file, with transparency if it has any."""
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-right"
    """Of the safe area: where a `logo` stands."""
    shots: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Numbers of the shots it is seen in. Empty: the first for `title` and `lower_third`, else all."""
    start: Exact = Field(default=Fraction(0), ge=0, le=120)
    """When it appears, in seconds from each shot's start."""
    seconds: Exact | None = Field(default=None, gt=0, le=120)
    """How long it is seen. Empty: 2.5 s for `title`, 3.5 s for `lower_third`, else to the shot's end."""

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if bool(self.name) == bool(self.python):
            raise refused("this is no overlay", expected="either 'name' or 'python'")
        if self.name == "logo" and not self.image:
            raise refused("a logo needs its picture", expected="'image', the path of a file")
        if self.name == "lower_third" and not self.text:
            raise refused("a lower third says who or what is seen", expected="'text'")
        return self

    def covers(self, number: int) -> bool:
        """Whether it is seen in shot `number`, where the recipe names it."""
        return number in self.shots if self.shots else number == 1 or self.name not in _IN_FIRST_SHOT_SECONDS


class Card(Value):
    """A clip of its own before the first shot or after the last: words over the blurred picture of that shot."""

    text: Text = ""
    """Empty: the episode's title."""
    detail: Text = ""
    """A second, smaller line."""
    seconds: Exact = Field(default=Fraction(2), ge=Fraction(1, 2), le=10)
    """How long it is shown."""
    image: str = ""
    """A logo's picture file over the words."""
    python: str = ""
    """A composition of one's own instead; it fills the picture."""


class Layer(Value):
    """An overlay as one shot sees it."""

    overlay: Overlay
    """What is seen."""
    first: int
    """Frame of the shot at which it appears."""
    frames: int
    """How many frames it is seen."""
    texts: dict[str, str]
    """What it may write, by name."""
    span: tuple[int, int] | None = None
    """For `progress`: frames of the episode before this shot, and of the whole."""

    def asked(self) -> dict[str, Any]:
        """Return what it is made of, for keys: files by their bytes."""
        own = self.model_dump(mode="json")
        return {**own, "code": code_of(self.overlay.python), "picture": bytes_of(self.overlay.image)}


def layers_of(
    number: int,
    frames: int,
    overlays: Sequence[Overlay],
    storyboard: Storyboard,
    output: OutputFormat,
    *,
    span: tuple[int, int] | None = None,
) -> tuple[Layer, ...]:
    """Return what is laid over shot `number`: the recipe's overlays that it is in, then its own, in order."""
    shot, rate = storyboard.shots[number - 1], output.frame_rate
    texts = {
        "title": storyboard.title,
        "narration": shot.narration,
        "number": str(number),
        "shots": str(len(storyboard.shots)),
    }
    made = []
    for overlay in (*(one for one in overlays if one.covers(number)), *shot.overlays):
        first = round(overlay.start * rate)
        lasts = overlay.seconds or _IN_FIRST_SHOT_SECONDS.get(overlay.name)
        count = min(frames - first, round(lasts * rate) if lasts else frames)
        if count > 0 and (overlay.name != "progress" or span):
            text = overlay.text or (storyboard.title if overlay.name == "title" else "")
            told = {**texts, "text": text, "detail": overlay.detail}
            place = span if overlay.name == "progress" else None
            made.append(Layer(overlay=overlay, first=first, frames=count, texts=told, span=place))
    return tuple(made)


def code_of(reference: str) -> str:
    """Return the SHA-256 of the file that a composition is in; empty for none.

    Raises:
        RecipeError: there is no such file or function. Nothing of it is run.
    """
    if not reference:
        return ""
    place, _, function = reference.rpartition(":")
    file = source_of(place)
    if file is None:
        raise RecipeError(
            f"there is no Python file for {reference!r}", field="overlays", hint="Name module:function or file.py:name."
        )
    data = file.read_bytes()
    try:
        defined = {node.name for node in ast.parse(data).body if isinstance(node, ast.FunctionDef)}
    except SyntaxError as error:
        raise RecipeError(f"{file.name}, line {error.lineno}: {error.msg}", field="overlays") from None
    if function not in defined:
        raise RecipeError(f"{file.name} has no function {function!r}", field="overlays", hint="Define it at the top.")
    return hashlib.sha256(data).hexdigest()


def source_of(place: str) -> Path | None:
    """Return the file of a module or path; `None`: there is none."""
    if place.endswith(".py"):
        return Path(place).absolute() if Path(place).is_file() else None
    try:
        spec = importlib.util.find_spec(place) if place else None
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def problems_of(overlays: Sequence[Overlay | Card]) -> tuple[str, ...]:
    """Return which files of overlays and cards are not there, found before anything is paid."""
    found = []
    for overlay in overlays:
        try:
            code_of(overlay.python)
            bytes_of(overlay.image)
        except RecipeError as error:
            found.append(f"{error.message.rstrip('.')}{f' ({error.hint})' if error.hint else ''}")
    return tuple(found)


def bytes_of(image: str) -> str:
    """Return the SHA-256 of a picture file; empty for none.

    Raises:
        RecipeError: it cannot be read.
    """
    if not image:
        return ""
    try:
        return hashlib.sha256(Path(image).read_bytes()).hexdigest()
    except OSError as error:
        raise RecipeError(f"the picture {image!r} cannot be read: {error.strerror}", field="overlays") from None
