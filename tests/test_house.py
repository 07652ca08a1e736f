"""The rules of the house that no linter knows: sizes of files and functions, packages, names, what people are told."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import reelwright

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("reelwright", "blocks", "tasks", "flows")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


@cache
def python_files() -> tuple[str, ...]:
    """Every Python file of the repository, relative to its root."""
    folders = (*PACKAGES, "tests", "examples", "deployments")
    return tuple(str(path.relative_to(ROOT)) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def distributions() -> dict[str, list[str]]:
    """What is installed here: the distributions behind each name that can be imported."""
    return dict(importlib.metadata.packages_distributions())


def lines_in(name: str) -> int:
    """How many lines a file has."""
    return len((ROOT / name).read_text("utf-8").splitlines())


def test_no_file_is_longer_than_a_person_reads() -> None:
    """400 lines; what grows beyond is two things."""
    too_long = {name: lines_in(name) for name in python_files() if lines_in(name) > LONGEST_FILE}
    assert too_long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """60 lines, its docstring included."""
    too_long = {
        f"{name}:{node.name}": node.end_lineno - node.lineno + 1
        for name in python_files()
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert too_long == {}


# Packages


def test_the_wheel_has_every_package() -> None:
    """Each folder at the root that can be imported, but the tests, and nothing else."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == folders == set(PACKAGES)


@pytest.mark.parametrize("gate", ["mypy", "importlinter"])
def test_the_gates_look_at_every_package(gate: str) -> None:
    """Types and layers."""
    looked_at = {"mypy": "packages", "importlinter": "root_packages"}[gate]
    assert set(PROJECT["tool"][gate][looked_at]) == set(PACKAGES)


def test_every_folder_of_a_package_is_a_package() -> None:
    """A namespace package would be missing from the wheel's import check and from the layers."""
    holding = {path.parent for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    bare = {str(folder.relative_to(ROOT)) for folder in holding if not (folder / "__init__.py").exists()}
    assert {folder for folder in bare if "/migrations" not in folder} == set()


def test_the_version_is_told_once() -> None:
    """The package and its metadata agree."""
    assert reelwright.__version__ == PROJECT["project"]["version"]


def test_the_command_leads_to_a_function() -> None:
    """`reelwright` starts what pyproject.toml names."""
    module, _, function = PROJECT["project"]["scripts"]["reelwright"].partition(":")
    tree = ast.parse((ROOT / Path(*module.split("."))).with_suffix(".py").read_text("utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_package_initialisers_do_no_work() -> None:
    """Importing one part of a package loads no other: an `__init__.py` exports, or is empty."""
    initialisers = {str(path.relative_to(ROOT)) for name in PACKAGES for path in (ROOT / name).rglob("__init__.py")}
    calls = {
        name
        for name in initialisers
        for node in ast.parse((ROOT / name).read_text("utf-8")).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    }
    assert calls == set()


# Names


def test_no_file_of_flows_takes_the_name_of_another_module() -> None:
    """Prefect's file entrypoints register a flow's file under its stem: it must not hide a package or a module."""
    stems = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__", "__main__"}
    installed = set(distributions())
    assert stems & (set(PACKAGES) | set(sys.stdlib_module_names) | installed) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_our_packages_hide_no_module(package: str) -> None:
    """Neither of the standard library nor of a distribution that is installed beside ours."""
    owners = set(distributions().get(package, ()))
    assert package not in sys.stdlib_module_names
    assert owners <= {"reelwright"}


def test_tests_mirror_the_packages() -> None:
    """A test file is found where its subject is."""
    mirrored = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - {"__pycache__"}
    assert mirrored <= {*PACKAGES, "support", "servers", "benchmarks", "deployments", "examples", "stored"}


# What people are told to type


def told(name: str) -> set[tuple[str, ...]]:
    """The `./run …` lines of a text file, as words."""
    lines = re.findall(r"\./run((?: +[^\s`;|&#]+)*)", (ROOT / name).read_text("utf-8"))
    return {tuple(line.split()) for line in lines}


def verbs() -> set[str]:
    """The verbs that `./run` knows itself, and the commands of reelwright that it hands on."""
    script = (ROOT / "run").read_text("utf-8")
    own = re.findall(r"^  ([a-z |-]+)\)", script.split("case $verb in")[1], re.MULTILINE)
    tree = ast.parse((ROOT / "flows" / "cli.py").read_text("utf-8"))
    commands = {
        node.name.replace("_", "-").rstrip("-")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("app.command" in ast.unparse(decorator) for decorator in node.decorator_list)
    }
    named = set(re.findall(r"""app\.command\(["']([a-z-]+)""", (ROOT / "flows" / "cli.py").read_text("utf-8")))
    groups = set(re.findall(r"""add_typer\([^)]*name=["']([a-z-]+)""", (ROOT / "flows" / "cli.py").read_text("utf-8")))
    return {word.strip() for group in own for word in group.split("|")} | commands | named | groups


@pytest.mark.parametrize("document", ["README.md", "run", ".ci/run"])
def test_every_command_that_is_told_exists(document: str) -> None:
    """`./run VERB` in the README, in the usage and in the CI is a verb of ./run or a command of reelwright."""
    wanted = {words[0] for words in told(document) if words and re.fullmatch(r"[a-z][a-z-]*", words[0])}
    assert wanted - verbs() == set()


@pytest.mark.parametrize("document", ["README.md", "run"])
def test_every_example_that_is_told_is_there(document: str) -> None:
    """A new person's first command finds its script."""
    files = set(re.findall(r"examples/[\w./-]+\w", (ROOT / document).read_text("utf-8")))
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_the_runner_is_a_script_that_runs() -> None:
    """Executable, and any POSIX shell reads it."""
    assert (ROOT / "run").stat().st_mode & 0o111
    subprocess.run(["sh", "-n", ROOT / "run"], check=True)


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_every_dependency(lock: str) -> None:
    """What pyproject.toml asks for is pinned, with hashes."""
    text = (ROOT / lock).read_text("utf-8")
    pinned = {plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", text, re.MULTILINE)}
    wanted = {plain(re.split(r"[\[<>=!~; ]", one)[0]) for one in PROJECT["project"]["dependencies"]}
    assert wanted - pinned == set()
    assert text.count("--hash=sha256:") >= len(pinned)
