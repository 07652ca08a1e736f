"""The examples as people run them: in processes of their own, which note what they really ran and read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.terminal import Terminal

EXAMPLES = Path(__file__).parents[2] / "examples"
_WITNESS = Path(__file__).parent / "witness"


class Examples:
    """The examples for one test: each process that it starts with `environment` is looked at.

    Args:
        terminal: Whose home they use.
        address: Of the Prefect server that their runs are on.
        folder: Where they are started, and put what they make.
    """

    def __init__(self, terminal: Terminal, address: str, folder: Path) -> None:
        self.terminal, self.folder = terminal, folder
        self.address, self._notes, self._copies = address, folder / "notes.txt", folder / "copies"

    def environment(self, *, importable: bool = False) -> dict[str, str]:
        """Return what a process is told besides its terminal's; `importable`: modules of the folder have names."""
        paths = [str(_WITNESS), *([str(EXAMPLES)] if importable else [])]
        watched = [str(self._notes), str(EXAMPLES), str(self._copies)]
        return {
            "PYTHONPATH": os.pathsep.join(paths),
            "REELWRIGHT_WITNESS": os.pathsep.join(watched),
            "PREFECT_API_URL": self.address,
        }

    def start(self, name: str, *arguments: str | Path, importable: bool = False, **more: str) -> subprocess.Popen[str]:
        """Start a script."""
        return subprocess.Popen(
            [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | self.terminal.environment | self.environment(importable=importable) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, name: str, *arguments: str | Path, importable: bool = False, **more: str) -> list[str]:
        """Run a script to its end; return the lines it prints."""
        stdout, stderr, code = self.ended(self.start(name, *arguments, importable=importable, **more))
        assert code == 0, stderr
        return stdout.splitlines()

    @staticmethod
    def ended(process: subprocess.Popen[str]) -> tuple[str, str, int]:
        """Wait for a script's end; return its two outputs and its exit code."""
        with process:
            try:
                stdout, stderr = process.communicate(timeout=400)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return stdout, stderr, process.returncode

    def manifest(self, video: str) -> dict[str, Any]:
        """Return the manifest beside a video, which is named from where the examples are started."""
        told: dict[str, Any] = json.loads((self.folder / video).with_name("manifest.json").read_text("utf-8"))
        return told

    def changed(self, name: str, before: str, after: str) -> Path:
        """Return a copy of an example's file with one text in place of another; read, it counts as the file."""
        text = (EXAMPLES / name).read_text("utf-8")
        assert before in text
        self._copies.mkdir(exist_ok=True)
        copy = self._copies / name
        copy.write_text(text.replace(before, after), "utf-8")
        return copy

    @property
    def ran(self) -> frozenset[str]:
        """The files of `examples/` that were executed (Python) or opened (all others)."""
        return frozenset(self._notes.read_text("utf-8").split("\n")) - {""} if self._notes.exists() else frozenset()
