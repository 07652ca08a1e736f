"""Transitions of one's own: what such a file must hold, how it is found, and how its pictures become frames.

A transition is one file with a function:

```python
import numpy as np

from reelwright import Moment, Picture


def blend(before: Picture, after: Picture, moment: Moment) -> Picture:
    "Push the old picture out to the left."
    gone = round(moment.at * before.shape[1])
    return np.concatenate([before[:, gone:], after[:, :gone]], axis=1)
```

`transition: {kind: effects/push.py, seconds: 0.5}` in a recipe, or in a shot, uses it. It is asked for each frame that
the two shots share; both pictures run on under it. It runs in a worker process, which imports the file, and it must be
pure: the same pictures and moment give the same picture. A changed file makes the frames that two shots share anew, and
nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reelwright import plugins
from reelwright.errors import InvalidInput, MediaError
from reelwright.transition import BUILT_IN
from reelwright.values import Size

Picture: TypeAlias = NDArray[np.uint8]
"""RGB, height x width x 3, 0 to 255."""

_TRIAL = Size(width=18, height=32)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a transition a frame is."""

    index: int
    """Which of its frames, from 0."""
    count: int
    """How many it has."""
    frame_rate: int
    """Frames a second."""

    @property
    def at(self) -> float:
        """How far it has come: above 0, below 1, in even steps."""
        return (self.index + 1) / (self.count + 1)


Blend: TypeAlias = Callable[[Picture, Picture, Moment], Picture]
"""What leads from one picture to the other."""


def require(kind: str) -> None:
    """Try a transition on small pictures, so that a wrong one is refused before anything is spent.

    Raises:
        InvalidInput: it is not there, or does not give pictures.
    """
    if kind in BUILT_IN:
        return
    blend = _blend(kind)
    shape = (_TRIAL.height, _TRIAL.width, 3)
    before, after = (np.full(shape, tone, np.uint8) for tone in (40, 200))
    try:
        for index in range(3):
            _one(kind, blend, before, after, Moment(index, 3, 30))
    except MediaError as error:
        raise InvalidInput(error.message, hint="The documentation tells it under Write a plug-in.") from error


def own_frames(
    kind: str,
    before: Iterable[NDArray[np.uint8]],
    after: Iterable[NDArray[np.uint8]],
    count: int,
    size: Size,
    *,
    frame_rate: int,
    source: str = "",
) -> Iterator[NDArray[np.uint8]]:
    """Yield `count` frames that lead from one picture to the other, as `transitions.blended` does.

    Raises:
        InvalidInput: the transition is not there, or is another version by now.
        MediaError: it broke, or gave no picture.
    """
    from reelwright.media.planes import to_planes, to_rgb  # noqa: PLC0415 - loads OpenCV

    blend = _blend(kind, source)
    for index, (one, other) in enumerate(itertools.islice(zip(before, after, strict=False), count)):
        moment = Moment(index, count, frame_rate)
        yield to_planes(_one(kind, blend, to_rgb(one, size), to_rgb(other, size), moment))


def _blend(kind: str, source: str = "") -> Blend:
    return plugins.function_of("transition", kind, BUILT_IN, "blend(before, after, moment)", source=source)


def _one(kind: str, blend: Blend, before: Picture, after: Picture, moment: Moment) -> Picture:
    shape = before.shape
    for given in (before, after):
        given.flags.writeable = False  # a picture that is drawn over would be seen in the next frame
    try:
        made: Any = blend(before, after, moment)
    except Exception as error:
        raise MediaError(f"The transition {kind!r} broke: {type(error).__name__}: {error}.") from error
    if not (isinstance(made, np.ndarray) and made.shape == shape and made.dtype == np.uint8):
        gave = f"{made.dtype} {made.shape}" if isinstance(made, np.ndarray) else type(made).__name__
        raise MediaError(f"The transition {kind!r} gave {gave}, where a picture of uint8 {shape} is expected.")
    return made
