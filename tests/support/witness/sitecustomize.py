"""Notes which files a process runs or reads: Python imports this module by its name when it starts, from PYTHONPATH.

A Python file is noted when its code is executed, whoever loads it and however; any other file when it is opened.
`REELWRIGHT_WITNESS` names the file of notes, then the folders that are looked at.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def _watch(notes: str, *folders: str) -> None:
    noted: set[str] = set()

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "exec":
            path = getattr(arguments[0], "co_filename", None)
        elif event == "open":
            path = arguments[0]
        else:
            return
        if not isinstance(path, str) or path in noted or path.endswith(".py") != (event == "exec"):
            return
        noted.add(path)
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - this module loads nothing more
        if folder in folders:
            into = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(into, f"{name}\n".encode())
            os.close(into)

    sys.addaudithook(hear)


if watched := os.environ.get("REELWRIGHT_WITNESS"):
    _watch(*watched.split(os.pathsep))
