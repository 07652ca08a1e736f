"""Every example is run by a test in this folder, and is told of where people look for one."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from support.examples import EXAMPLES, Examples
from support.terminal import Terminal

FILES = sorted(path.name for path in EXAMPLES.glob("[!.]*") if path.is_file())
COMPOSE = EXAMPLES.parent / "docs/pages/how-to/compose.md"


def declared() -> Iterator[str]:
    """The arguments of `pytest.mark.runs` at each test of this folder; its fixture holds the test to them."""
    for path in Path(__file__).parent.glob("test_*.py"):
        functions = (node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef))
        for test in (function for function in functions if function.name.startswith("test_")):
            calls = [node for one in test.decorator_list for node in ast.walk(one) if isinstance(node, ast.Call)]
            marks = [call for call in calls if ast.unparse(call.func) == "pytest.mark.runs"]
            assert not marks or "examples" in {argument.arg for argument in test.args.args}, test.name
            yield from (ast.literal_eval(name) for mark in marks for name in mark.args)


def test_every_example_is_in_the_table() -> None:
    """Somebody who looks for one finds what it shows."""
    page = COMPOSE.read_text("utf-8")
    assert [name for name in FILES if f"`examples/{name}`" not in page] == []


def test_every_example_is_run_by_a_test() -> None:
    """By one that fails if it does not run it; no name is told that is no example's."""
    assert sorted(set(declared())) == FILES


def test_what_is_only_mentioned_is_not_run(tmp_path: Path) -> None:
    """A process that names one example and looks at a second has run the third alone, whose code it executed."""
    examples = Examples(Terminal(tmp_path), "http://127.0.0.1:1/api", tmp_path)
    named, looked_at, imported = "approval.py", EXAMPLES / "mascot.py", "house_style"
    asked = f"from pathlib import Path; print({named!r}); Path({str(looked_at)!r}).read_text(); import {imported}"
    environment = examples.terminal.environment | examples.environment(importable=True)
    subprocess.run([sys.executable, "-c", asked], env=environment, check=True, capture_output=True)
    assert examples.ran == {"house_style.py"}


def test_a_copy_counts_when_it_is_read(tmp_path: Path) -> None:
    """Made, it does not yet."""
    examples = Examples(Terminal(tmp_path), "http://127.0.0.1:1/api", tmp_path)
    copy = examples.changed("house-style.yaml", "http://127.0.0.1:8000", "http://127.0.0.1:1")
    assert examples.ran == frozenset()
    asked = f"print(open({str(copy)!r}).read())"
    environment = examples.terminal.environment | examples.environment()
    done = subprocess.run([sys.executable, "-c", asked], env=environment, check=True, capture_output=True, text=True)
    assert examples.ran == {"house-style.yaml"}
    assert "base_url: http://127.0.0.1:1/v1" in done.stdout
