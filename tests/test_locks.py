"""`pyproject.toml` and the lock files agree, without asking the network: a dependency that was added is locked too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {"requirements.lock": ("postgres", "build"), "requirements-dev.lock": ("postgres", "testing", "dev", "build")}
"""What each lock file is resolved for: see `lock` in `run`."""


def pins_in(lock: str) -> dict[str, list[Requirement]]:
    """The pinned requirements of a lock file by name; a name may be pinned once for each of several Pythons."""
    pins: dict[str, list[Requirement]] = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip()):
        requirement = Requirement(entry.split(" \\")[0])
        assert "--hash=sha256:" in entry, f"{requirement} has no hash"
        pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


def wanted_by(lock: str) -> list[Requirement]:
    """What `pyproject.toml` asks for, for one lock file."""
    optional = PROJECT["optional-dependencies"]
    texts = [*PROJECT["dependencies"], *(text for extra in EXTRAS[lock] for text in optional[extra])]
    return [wanted for wanted in map(Requirement, texts) if wanted.name != PROJECT["name"]]


def version_of(pin: Requirement) -> str:
    """The version of a `name==version`."""
    return str(pin.specifier).removeprefix("==")


@pytest.mark.parametrize("lock", EXTRAS)
def test_every_dependency_is_locked_within_its_limits(lock: str) -> None:
    """Otherwise `./run lock` was forgotten, and a fresh clone would lack a package."""
    pins = pins_in(lock)
    missing = {str(wanted) for wanted in wanted_by(lock) if canonicalize_name(wanted.name) not in pins}
    assert missing == set(), "run ./run lock"
    outside = {
        f"{pin} is not {wanted}"
        for wanted in wanted_by(lock)
        for pin in pins[canonicalize_name(wanted.name)]
        if not wanted.specifier.contains(version_of(pin), prereleases=True)
    }
    assert outside == set(), "run ./run lock"


def test_what_is_tested_is_what_is_installed() -> None:
    """Every package of the run-time lock has the same version in the lock that the tests run on."""
    tested = pins_in("requirements-dev.lock")
    installed = pins_in("requirements.lock")
    assert {
        name: pins for name, pins in installed.items() if {*map(str, pins)} != {*map(str, tested.get(name, ()))}
    } == {}
