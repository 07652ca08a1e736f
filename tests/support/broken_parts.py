"""Parts that are not sound, tried with their suites in one run of pytest: what is told of each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

_SUPPORT = Path(__file__).parents[1]


class Broken(NamedTuple):
    """A part that is not sound."""

    kind: str
    behaviour: str
    """The test that must fail."""
    reason: str
    """What is told then, among others."""
    text: str
    """Its file."""


def failures_of(folder: Path, parts: Mapping[str, Broken], suites: Mapping[str, str]) -> dict[str, list[str]]:
    """Return how the behaviour that is asked of each part fails, by the part's name.

    Args:
        folder: Empty.
        parts: The parts, by their names.
        suites: A file with a class `TestPart`, by the kind of part; `FILE` in it is the part's file.
    """
    asked = []
    for number, part in enumerate(parts.values()):
        (folder / f"part{number}.py").write_text(part.text, "utf-8")
        suite = suites[part.kind].replace("FILE", f"part{number}.py")
        (folder / f"test_part{number}.py").write_text(suite, "utf-8")
        asked.append(f"test_part{number}.py::TestPart::{part.behaviour}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=told.xml", *asked]
    # As in somebody's CI: there pytest explains two values that differ to their end, which must not take for ever.
    known = {**os.environ, "PYTHONPATH": str(_SUPPORT), "CI": "1"}
    subprocess.run(command, cwd=folder, env=known, capture_output=True, check=False, timeout=400)
    found: dict[str, list[str]] = {name: [] for name in parts}
    for case in ET.parse(folder / "told.xml").iter("testcase"):  # noqa: S314 - our own pytest wrote it
        number = int(case.attrib["classname"].partition("test_part")[2].partition(".")[0])
        found[list(parts)[number]] += [str(failure.text) for failure in case.iter("failure")]
    return found
