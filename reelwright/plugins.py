"""Parts that others write: found by entry point, or named by their module where a recipe uses them.

A part is one file. Its distribution names it in `pyproject.toml`, under the group of its kind:

```toml
[project.entry-points."reelwright.video"]
my-protocol = "my_package.my_protocol"
```

Groups are `reelwright.` and the kind: `video`, `image`, `narrator`, `writer`, `transcriber`, `channel`. A file that no
distribution names can be used as well: a protocol that is nothing else is the module itself, such as `my_protocol` or
`my_package.my_protocol`. What the module must hold is said by the kind's contract (for models: `build(entry, bench)`,
and `complete(entry)` where the protocol knows what its models can do).
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from types import ModuleType

from reelwright.errors import InvalidInput

_GROUP = "reelwright"
_MODULE = re.compile(r"[a-z_][\w]*(\.[a-z_][\w]*)*", re.IGNORECASE)


def module_of(kind: str, name: str, built_in: Mapping[str, str]) -> str | None:
    """Return the module that holds a part; `None` if there is none. Imports nothing of it.

    Args:
        kind: Such as `video`.
        name: What the recipe calls it: built in, an entry point's name, or a module that is not Python's own.
        built_in: The parts that come with Reelwright; none can be replaced by another's.
    """
    if name in built_in:
        return built_in[name]
    installed = _installed(kind)
    if name in installed:
        return installed[name]
    return name if _MODULE.fullmatch(name) and _exists(name) else None


def load(kind: str, name: str, built_in: Mapping[str, str]) -> ModuleType:
    """Import the module of a part.

    Raises:
        InvalidInput: there is no such part, or its module cannot be imported.
    """
    module = module_of(kind, name, built_in)
    if module is None:
        raise InvalidInput(
            f"There is no {kind} {name!r} here.",
            hint=f"It is one of {', '.join(names(kind, built_in))}, or a module that Python can import.",
        )
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InvalidInput(f"The {kind} {name!r} cannot be imported from {module}: {error}.") from error


def names(kind: str, built_in: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of all parts of a kind that are built in or installed."""
    return (*built_in, *(name for name in _installed(kind) if name not in built_in))


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
