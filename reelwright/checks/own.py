"""Checks of one's own: what such a file must hold, and how it is found. It judges the picture or the sound of a clip.

A check is one file with a function, and maybe its settings:

```python
from collections.abc import Iterator

from reelwright import ClipSeen, Finding, Value


class Settings(Value):
    most_white: float = 0.5


def check(clip: ClipSeen, settings: Settings) -> Iterator[Finding]:
    for seconds, picture in clip.pictures(per_second=2):
        white = float((picture > 250).mean())
        if white > settings.most_white:
            yield Finding(kind="too_white", severity="reject", message="it is nearly white", at_seconds=seconds)
```

`checks: {own: [checks/white.py]}` in a recipe uses it. It is asked about every clip that a model sends, before its
sound is listened to; what the animatic draws is no file and is not looked at. A finding is a `note` or a `reject`: one
that rejects leads to the next take or model. Its verdict stands in the manifest and the report beside the others.

The function runs in a worker process, which imports the file. It must be pure: the same clip and settings give the same
findings, for they are found again until the clip, the settings or the file change. A clip that was bought and then
rejected is not bought again: a mended check looks at the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from reelwright import plugins
from reelwright.canonical import key_of
from reelwright.checks.verdict import Finding, Verdict
from reelwright.errors import InvalidInput, MediaError
from reelwright.recipe import Checks, OwnCheck
from reelwright.validation import complaints
from reelwright.values import Exact, Size, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KIND = "check"
_NONE: Mapping[str, str] = {}
"""No check of this kind comes with Reelwright: its own look and listen at every clip."""


class ClipSeen(Value):
    """A clip as a check of one's own is given it."""

    path: Path
    """The file as the model sent it. Never written to."""
    model: str
    """Who made it, by its name in the recipe or catalogue."""
    shot: int
    """The shot's number, from 1."""
    prompt: str = ""
    """What is to be seen, in the storyboard's words."""
    narration: str = ""
    """What the narrator says over it."""
    dialogue: str = ""
    """What people in it shall say."""
    seconds: Exact
    """The length that is shown; the clip may be a little shorter or longer."""
    size: Size
    """The master's, in pixels; the clip may be of another."""
    start_frame: Path | None = None
    """The picture that the model was told to start from."""

    def pictures(self, per_second: float = 2) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Yield moments in seconds and their pictures (RGB, height x width x 3), so many of each second.

        Raises:
            MediaError: it cannot be decoded.
        """
        import av  # noqa: PLC0415 - only who looks loads a decoder
        import numpy as np  # noqa: PLC0415
        from av.error import FFmpegError  # noqa: PLC0415

        try:
            with av.open(str(self.path)) as video:
                due = 0.0
                for frame in video.decode(video=0):
                    seconds = float(frame.time or 0)
                    if seconds + 1e-6 >= due:
                        yield seconds, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                        due = seconds + 1 / per_second
        except (FFmpegError, IndexError) as error:
            raise MediaError(f"The clip's picture cannot be decoded: {error}.") from error

    def sound(self) -> NDArray[np.float32]:
        """Return its own sound: 48 000 samples a second, two channels, full scale at 1; empty where it has none.

        Raises:
            MediaError: it cannot be decoded.
        """
        import numpy as np  # noqa: PLC0415

        from reelwright.media.probe import probe  # noqa: PLC0415 - only who listens loads a decoder
        from reelwright.media.sound import read  # noqa: PLC0415

        return read(self.path) if probe(self.path).audio else np.zeros((0, 2), np.float32)


class NoSettings(Value):
    """The settings of a check that has none."""


def source_of(own: OwnCheck) -> str:
    """Return what tells a check's versions apart.

    Raises:
        InvalidInput: it is not there.
    """
    return plugins.source_of(_KIND, own.name, _NONE)


def judges_of(checks: Checks) -> str:
    """Return what tells a recipe's checks of clips apart: their limits, and the sources of those of one's own.

    Raises:
        InvalidInput: one is not there.
    """
    if not checks.enabled:
        return key_of("judges/1", {})
    own = [{"source": source_of(one), "settings": one.settings} for one in checks.own]
    return key_of("judges/1", {"picture": checks.picture, "sound": checks.sound, "own": own})


def require(own: OwnCheck) -> None:
    """Refuse a check that is not there, or does not hold what it must, before anything is spent.

    Raises:
        InvalidInput: with what is wrong.
    """
    _settings(own, _module(own))


def judge(own: OwnCheck, clip: ClipSeen, *, source: str = "") -> Verdict:
    """Let a check look at a clip.

    Args:
        own: The check.
        clip: The clip.
        source: The version that is meant, see `plugins.load`.

    Raises:
        InvalidInput: the check is not there, or is another version by now.
        MediaError: it broke, or gave something else than findings.
    """
    module = _module(own, source)
    try:
        found = tuple(module.check(clip, _settings(own, module)))
    except MediaError:
        raise
    except Exception as error:
        told = f"The check {own.name!r} broke over shot {clip.shot}: {type(error).__name__}: {error}."
        raise MediaError(f"{told} Mend it and run again: the clip is kept, and looked at again.") from error
    wrong = [item for item in found if not isinstance(item, Finding) or item.severity == "mend"]
    if wrong:
        raise MediaError(f"The check {own.name!r} gave {wrong[0]!r}: it gives findings that note or reject.")
    return Verdict.of(own.name, found)


def _module(own: OwnCheck, source: str = "") -> ModuleType:
    plugins.function_of(_KIND, own.name, _NONE, "check(clip, settings)", source=source)
    return plugins.load(_KIND, own.name, _NONE)


def _settings(own: OwnCheck, module: ModuleType) -> BaseModel:
    kind = getattr(module, "Settings", NoSettings)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        raise InvalidInput(f"The `Settings` of the check {own.name!r} are no pydantic model.")
    try:
        return kind.model_validate(own.settings)
    except ValidationError as error:
        first = complaints(error, kind)[0]
        hint = f"Expected {first.expected}." if first.expected else ""
        raise InvalidInput(f"checks.own {own.name!r}, settings.{first.field}: {first.problem}", hint=hint) from None
