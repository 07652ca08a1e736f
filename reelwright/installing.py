"""How an optional part is installed here: the very line, for a clone with its `.venv` or for an installed wheel."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def install_line(extra: str) -> str:
    """Return the command that adds an extra to the environment that runs this, as it can be typed in this folder."""
    root, pip = Path(__file__).parents[1], Path(sys.prefix) / "bin" / "pip"
    command = shlex.quote(_from_here(pip)) if pip.exists() else f"{shlex.quote(sys.executable)} -m pip"
    if not (root / "pyproject.toml").is_file():
        return f"{command} install {shlex.quote(f'reelwright[{extra}]')}"
    return f"{command} install -e {shlex.quote(f'{_from_here(root)}[{extra}]')}"


def _from_here(path: Path) -> str:
    """Return a path as somebody in this folder would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
