"""How long an author waits for `reelwright.testing`: imports, ledger, vault, server, and the first answer of a script.

Run by hand: `python tests/benchmarks/harness.py [ROUNDS]`. In turns with a script that imports the libraries below only
(pydantic, httpx, SQLAlchemy, NumPy, PyAV, Pillow, jsonschema, pytest), which is what nobody here can make faster. What
counts: under 3 s by the clock on a quiet machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import compared, show

_TESTS = Path(__file__).parent.parent
_LIBRARIES = "import pydantic, httpx, sqlalchemy, numpy, av, PIL.Image, jsonschema, pytest\n"
_SCRIPT = f"""import sys
sys.path.insert(0, {str(_TESTS)!r})
from support.openai_videos_harness import OPENAI
from reelwright.testing import studio
with studio(OPENAI) as trial:
    print(trial.start().remote_id)
"""
_IMAGE = _SCRIPT.replace("openai_videos_harness import", "image_harnesses import").replace(
    "trial.start().remote_id", "trial.ask().media_type"
)


def main() -> None:
    """Run each script in turns and print what it cost."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, text in {"the libraries": _LIBRARIES, "a video started": _SCRIPT, "a picture drawn": _IMAGE}.items():
            files[name] = Path(folder) / f"{name.rpartition(' ')[2]}.py"
            files[name].write_text(text, "utf-8")
        costs = compared({name: lambda file=file: _run(file) for name, file in files.items()}, rounds)
    base = costs["the libraries"]
    rows = [
        (name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.wall / base.wall:.2f}") for name, cost in costs.items()
    ]
    show("From nothing to the first answer", ("script", "s", "CPU s", "to the libraries"), rows)


def _run(file: Path) -> None:
    subprocess.run([sys.executable, str(file)], check=True, capture_output=True)


if __name__ == "__main__":
    main()
