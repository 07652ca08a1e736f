"""Parts that others write: found by entry point, or named by their module or file where a recipe uses them.

A part is one file. Its distribution names it in `pyproject.toml`, under the group of its kind:

```toml
[project.entry-points."reelwright.video"]
my-protocol = "my_package.my_protocol"
```

Groups are `reelwright.` and the kind: `video`, `image`, `narrator`, `writer`, `transcriber`, `channel`, `check`,
`caption`, `transition`. A file that no distribution names can be used as well: by its module, such as `my_protocol` or
`my_package.my_protocol`, or by its path, such as `parts/my_protocol.py`. What the module must hold is said by the
kind's contract (for models: `build(entry, bench)`, and `complete(entry)` where the protocol knows what they can do).

What checks, captions and transitions make is found again by their source, see `source_of`: a changed part makes its own
work anew, and only that. Worker processes import it, too, and surely the same version (`load` with `source`). What a
model makes is paid, and found again by its identity (`reelwright.models.identity`).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import importlib.machinery
import importlib.util
import inspect
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from reelwright.errors import InvalidInput

_GROUP = "reelwright"
_MODULE = re.compile(r"[a-z_][\w]*(\.[a-z_][\w]*)*", re.IGNORECASE)
_FILE = ".py"

_imported: dict[str, str] = {}
_importing = threading.RLock()
"""The source of each module as it was when it was imported here."""


def module_of(kind: str, name: str, built_in: Mapping[str, str]) -> str | None:
    """Return the module (or the path of the file) that holds a part; `None` if there is none. Imports nothing of it.

    Args:
        kind: Such as `video`.
        name: What the recipe calls it: built in, an entry point's name, a module that is not Python's own, or a file.
        built_in: The parts that come with Reelwright; none can be replaced by another's.
    """
    if name in built_in:
        return built_in[name]
    installed = _installed(kind)
    if name in installed:
        return installed[name]
    if name.endswith(_FILE):
        return name if Path(name).is_file() else None
    return name if _MODULE.fullmatch(name) and _exists(name) else None


def load(kind: str, name: str, built_in: Mapping[str, str], *, source: str = "") -> ModuleType:
    """Import the module of a part.

    Args:
        kind: As `module_of`.
        name: As `module_of`.
        built_in: As `module_of`.
        source: What `source_of` said of it where the work was ordered; an older version that this process has imported
            is replaced. Empty: whichever version is imported.

    Raises:
        InvalidInput: there is no such part, its module cannot be imported, or it is another version by now.
    """
    place = _require(kind, name, built_in)
    if source and place not in built_in.values():
        if _imported.get(place) != source:
            _forget(place)
        if _digest(place) != source:
            raise InvalidInput(f"The {kind} {name!r} was changed while it was used.", hint="Run it again.")
    try:
        module = _of_file(place) if place.endswith(_FILE) else importlib.import_module(place)
    except ImportError as error:
        raise InvalidInput(f"The {kind} {name!r} cannot be imported from {place}: {error}.") from error
    except Exception as error:
        # Whatever a file of somebody else's does when it is imported, the plan says so.
        told = f"{type(error).__name__}: {error}"
        raise InvalidInput(f"The {kind} {name!r} cannot be imported from {place}: {told}.") from error
    if place not in built_in.values():
        _imported.setdefault(place, source or _digest(place))
    return module


def function_of(
    kind: str, name: str, built_in: Mapping[str, str], call: str, *, source: str = ""
) -> Callable[..., Any]:
    """Import a part and return the function that its contract asks for: `call` is such as `blend(before, after)`.

    Raises:
        InvalidInput: as `load`, or it has no such function.
    """
    called, _, parameters = call.partition("(")
    found = getattr(load(kind, name, built_in, source=source), called, None)
    if not callable(found) or not _takes(found, parameters.count(",") + 1):
        raise InvalidInput(
            f"The {kind} {name!r} needs a function `{call}`.", hint="The documentation tells it under Write a plug-in."
        )
    function: Callable[..., Any] = found
    return function


def source_of(kind: str, name: str, built_in: Mapping[str, str]) -> str:
    """Return the SHA-256 of a part's source, which tells its versions apart; empty for one that is built in.

    Of a module it is its file, of a package all of its Python files. What they import from elsewhere is not in it: a
    part that depends on such a thing names its version in a line of its own file.

    Raises:
        InvalidInput: there is no such part, or its source cannot be read.
    """
    return "" if name in built_in else _digest(_require(kind, name, built_in))


def names(kind: str, built_in: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of all parts of a kind that are built in or installed."""
    return (*built_in, *(name for name in _installed(kind) if name not in built_in))


def _require(kind: str, name: str, built_in: Mapping[str, str]) -> str:
    place = module_of(kind, name, built_in)
    if place is None:
        raise InvalidInput(
            f"There is no {kind} {name!r} here.",
            hint=_known(names(kind, built_in)) + "a module or file of yours that Python can import.",
        )
    return place


def _known(there: Sequence[str]) -> str:
    return f"It is one of {', '.join(there)}, or " if there else "Name "


def _takes(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


@functools.cache
def _installed(kind: str) -> Mapping[str, str]:
    return {point.name: point.module for point in entry_points(group=f"{_GROUP}.{kind}")}


def _exists(module: str) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return False  # a slip of the pen, not a plug-in
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # its package is not there, or is no package
        return False


class _Source(importlib.machinery.SourceFileLoader):
    """Reads the source itself: Python's kept bytecode is taken for current if size and second are the same."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file as it is now."""
        return self.source_to_code(self.get_data(self.path), self.get_filename(fullname))


def _of_file(place: str) -> ModuleType:
    """Import a file by its path; another content is another module, so that an edited file is never an old one.

    So is another place: a part may read what lies beside it.
    """
    told = f"{Path(place).resolve()}\n{_digest(place)}"
    name = f"reelwright_part_{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    with _importing:  # another thread waits for the whole module
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, place, loader=_Source(name, place))
            if spec is None or spec.loader is None:
                raise ImportError(place)
            module = sys.modules[name] = importlib.util.module_from_spec(spec)
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
        return sys.modules[name]


def _forget(place: str) -> None:
    """Let a module, and all that is in its package, be imported anew."""
    for name in [known for known in sys.modules if known == place or known.startswith(f"{place}.")]:
        # Python's kept bytecode is taken for current if size and second are the same.
        if cached := getattr(sys.modules[name], "__cached__", None):
            with contextlib.suppress(OSError):
                Path(cached).unlink()
        del sys.modules[name]
    _imported.pop(place, None)
    importlib.invalidate_caches()


def _digest(place: str) -> str:
    try:
        found = hashlib.sha256()
        for name, data in _sources(place):
            found.update(f"{name}\n{len(data)}\n".encode() + data)
        return found.hexdigest()
    except OSError as error:
        raise InvalidInput(f"The source of {place} cannot be read: {error.strerror}.") from error


def _sources(place: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of the files that a part is; the names are from its own folder, the same everywhere."""
    if place.endswith(_FILE):
        yield "", Path(place).read_bytes()
        return
    spec = importlib.util.find_spec(place)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in map(Path, folders):
        for file in sorted(folder.rglob("*.py")):
            yield file.relative_to(folder).as_posix(), file.read_bytes()
    if spec and spec.origin and not folders:
        yield "", Path(spec.origin).read_bytes()
