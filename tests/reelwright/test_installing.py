"""The line that installs an optional part is the one for this installation: it can be typed as it stands."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from reelwright import installing

ASKED = "from reelwright.installing import install_line; print(install_line('recognition'))"


def clone(folder: Path, *files: str) -> Path:
    """A copy of the room, and an environment in it as `./run` makes one; return its Python."""
    (folder / "reelwright").mkdir(parents=True)
    for file in files:
        (folder / file).touch()
    shutil.copy(installing.__file__, folder / "reelwright")
    venv.create(folder / ".venv", symlinks=True)
    (folder / ".venv/bin/pip").touch()
    return folder / ".venv/bin/python"


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("clone", ".venv/bin/pip install -e '.[recognition]'"),
        (".", "clone/.venv/bin/pip install -e 'clone[recognition]'"),
        ("elsewhere", "{tmp}/clone/.venv/bin/pip install -e '{tmp}/clone[recognition]'"),
    ],
)
def test_in_a_clone_it_is_that_of_its_environment(tmp_path: Path, where: str, line: str) -> None:
    """From wherever it is asked for."""
    python = clone(tmp_path / "clone", "pyproject.toml", "reelwright/__init__.py")
    (tmp_path / "elsewhere").mkdir()
    environment = {"PYTHONPATH": str(tmp_path / "clone")}
    ran = subprocess.run(
        [python, "-c", ASKED], cwd=tmp_path / where, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == line.format(tmp=tmp_path)


def test_of_a_wheel_it_names_the_distribution(tmp_path: Path) -> None:
    """There is nothing to install from beside it."""
    python = clone(tmp_path / "lib", "reelwright/__init__.py")
    environment = {"PYTHONPATH": str(tmp_path / "lib")}
    ran = subprocess.run(
        [python, "-c", ASKED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "lib/.venv/bin/pip install 'reelwright[recognition]'"
