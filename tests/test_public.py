"""The public surface: every name is there, explained and annotated, and importing it does nothing else."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import typing
from pathlib import Path
from types import ModuleType

import pytest

import reelwright
import tasks

PACKAGES: tuple[ModuleType, ...] = (reelwright, tasks)
NAMES = [(package, name) for package in PACKAGES for names in package.PLACES.values() for name in names]
AUTHOR = Path(__file__).parent / "author.py"


@pytest.mark.parametrize(("package", "name"), NAMES, ids=lambda value: getattr(value, "__name__", value))
def test_each_name_is_there_and_explained(package: ModuleType, name: str) -> None:
    """It comes from its module, has a docstring of its own, and a function's parameters and result are annotated."""
    (module,) = [module for module, names in package.PLACES.items() if name in names]
    found = getattr(package, name)
    assert found is getattr(importlib.import_module(f"{package.__name__}.{module}"), name)
    assert (inspect.getdoc(found) or "").strip(), f"{name} has no docstring"
    function = getattr(found, "fn", found)
    if inspect.isfunction(function):
        told = typing.get_type_hints(inspect.unwrap(function))
        assert set(told) == {*inspect.signature(function).parameters, "return"}
    assert name in dir(package)


def test_a_name_that_is_not_public_is_none() -> None:
    """Like in any other module."""
    with pytest.raises(AttributeError, match="module 'tasks' has no attribute 'publsh'"):
        tasks.publsh  # noqa: B018 - looked up for its error


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_importing_does_nothing_else(package: ModuleType, tmp_path: Path) -> None:
    """No file, no network, no logging set up, nothing heavy."""
    asked = (
        "import sys, logging, socket\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        f"import {package.__name__}\n"
        "print([name for name in ('prefect', 'numpy', 'PIL', 'av', 'moviepy', 'pydantic') if name in sys.modules],"
        " logging.root.handlers)"
    )
    environment = {"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", asked]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    assert ran.stdout.strip() == "[] []"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_author_s_file_type_checks() -> None:
    """Written as an author would: the types help, and do not stand in the way."""
    command = [sys.executable, "-m", "mypy", "--strict", str(AUTHOR)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=AUTHOR.parents[1])
    assert ran.returncode == 0, ran.stdout
