"""What an episode costs from script to file: `python tests/benchmarks/episode.py [SCRIPT]`, by hand on a quiet machine.

CPU seconds (user and system, of all processes) and the memory of the largest process, for `reelwright make` cold,
again unchanged, and with one sentence changed; beside them a plain x264 encode of the same frames, in the same run, so
that a figure can be carried from one machine to another.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
from measuring import show

from reelwright.media import ffmpeg

ROOT = Path(__file__).parent.parent.parent
PAUSE = 0.05


def cpu_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Largest(threading.Thread):
    """The most memory that one descendant of this process has held, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.name_of_largest = ""
        self._done = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        me = psutil.Process()
        while not self._done.wait(PAUSE):
            for child in me.children(recursive=True):
                try:
                    held, words = child.memory_info().rss, child.cmdline()
                except psutil.Error:
                    continue
                if held > self.bytes:
                    self.bytes, self.name_of_largest = held, " ".join(Path(word).name for word in words[:3])

    def stop(self) -> None:
        """Stop looking."""
        self._done.set()
        self.join()


def measured(title: str, arguments: list[str], environment: Mapping[str, str]) -> tuple[str, float, int, str]:
    """Run a program; return the title, CPU seconds, bytes of its largest process and that one's name."""
    watch, before = Largest(), cpu_seconds()
    watch.start()
    subprocess.run(arguments, env={**os.environ, **environment}, check=True, capture_output=True, cwd=ROOT)
    watch.stop()
    return title, cpu_seconds() - before, watch.bytes, watch.name_of_largest


def main() -> None:
    """Measure, and print the table."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "examples" / "why-bread-goes-stale.md"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = {"REELWRIGHT_HOME": str(folder / "home"), "PREFECT_HOME": str(folder / "prefect")}
        script = folder / source.name
        words = source.read_text("utf-8")
        script.write_text(words, "utf-8")
        make = [sys.executable, "-m", "flows", "make", str(script), "--out", str(folder / "out")]
        rows = [measured("cold", make, home), measured("unchanged", make, home)]
        head, _, last = words.rstrip().rpartition("\n\n")
        script.write_text(f"{head}\n\n{last} And that is all there is to it.\n", "utf-8")
        rows.append(measured("one sentence changed", make, home))
        video = next((folder / "out").rglob("episode.mp4"))
        encode = [ffmpeg.executable(), "-v", "error", "-i", str(video), "-an", "-c:v", "libx264", "-preset", "veryfast"]
        rows.append(measured("decode and x264 veryfast", [*encode, "-crf", "18", "-f", "null", "-"], {}))
    base = rows[-1][1]
    told = [(title, f"{cpu:.1f}", f"{cpu / base:.2f}", f"{held / 1e6:.0f}", who) for title, cpu, held, who in rows]
    show(f"reelwright make {source.name}", ("", "CPU s", "ratio", "largest MB", "which"), told)


if __name__ == "__main__":
    main()
