"""The rules of the house that no linter knows: sizes of files and functions, packages, names, what people are told."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from functools import cache
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typer
from ruamel.yaml import YAML

import reelwright
from flows import cli

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("reelwright", "blocks", "tasks", "flows")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
SHORT_FUNCTION = 30
SHORT_SHARE = 0.97
"""The least part of the packages' functions that stay below `SHORT_FUNCTION` lines."""
DRAW = ".venv/bin/python docs/house.py"


@cache
def python_files() -> tuple[str, ...]:
    """Every Python file of the repository, relative to its root."""
    folders = (*PACKAGES, "tests", "examples", "deployments", "docs")
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


def lengths_of_functions(names: tuple[str, ...]) -> dict[str, int]:
    """How many lines each function of these files has, its docstring included."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name in names
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_function_is_longer_than_a_screen() -> None:
    """60 lines, its docstring included."""
    lengths = lengths_of_functions(python_files())
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    """Under 30 lines, 97 of 100 of the packages' functions; the longest are told where too many are not."""
    lengths = lengths_of_functions(tuple(name for name in python_files() if name.split("/")[0] in PACKAGES))
    long = sorted(((lines, name) for name, lines in lengths.items() if lines >= SHORT_FUNCTION), reverse=True)
    told = "\n".join(f"{lines} lines: {name}" for lines, name in long[:10])
    assert len(long) <= (1 - SHORT_SHARE) * len(lengths), f"{len(long)} of {len(lengths)}; the longest:\n{told}"


# The house: docs/house.py draws it from the imports, whatever the contracts of import-linter say


@pytest.fixture(scope="module")
def house() -> ModuleType:
    """The script that draws the house."""
    place = ROOT / "docs" / "house.py"
    spec = importlib.util.spec_from_file_location("house", place)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["house"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_house_is_drawn_as_it_is(house: ModuleType) -> None:
    """A new room, a room less, or a new arrow between two: the picture is drawn anew."""
    is_of_today = house.PICTURE.read_text("utf-8") == house.drawn(house.imports())
    assert is_of_today, f"{house.PICTURE.relative_to(ROOT)} is not the house of today's imports: {DRAW}"


def test_no_arrow_leads_upwards(house: ModuleType) -> None:
    """Each import leads to its own room or to a floor below, the deferred ones too."""
    assert house.upward(house.imports()) == {}


def test_an_arrow_that_leads_up_is_seen(house: ModuleType) -> None:
    """It is told with its import, and drawn in red; so is one to a neighbour."""
    arrows = dict(house.imports())
    before = house.drawn(arrows).count('class="u"')
    wrong = {("ledger/", "tasks/"): ["reelwright.ledger.x → tasks.y"], ("checks/", "animatic/"): ["a → b"]}
    assert wrong.items() <= house.upward(arrows | wrong).items()
    assert house.drawn(arrows | wrong).count('class="u"') == before + 2


def test_every_arrow_of_the_code_can_be_followed(house: ModuleType) -> None:
    """What is drawn leaves out only what follows from others, and nothing of it follows from others."""
    drawn = house.needed(house.imports())
    below: dict[str, set[str]] = {name: set() for name in house.ROOM}
    for user, used in sorted(drawn, key=lambda ends: -house.FLOOR[ends[0]]):
        below[user] |= {used} | below[used]
    down = set(house.imports()) - set(house.upward(house.imports()))
    assert down <= {(user, used) for user, all_used in below.items() for used in all_used}
    for user, used in drawn:
        assert not any(used in below[other] for one, other in drawn if one == user and other != used), (user, used)


def test_a_file_without_a_room_is_told_of(house: ModuleType) -> None:
    """The plan of the house names every file, and no file that is not there."""
    with pytest.raises(LookupError, match=r"^reelwright\.cellar has no room: give it one in HOUSE of docs/house\.py$"):
        house.room_of("reelwright.cellar")
    named = [file for room in house.ROOM.values() for file in room.files]
    assert [file for file in named if importlib.util.find_spec(file) is None] == []
    assert len(set(named)) == len(named)


def test_the_rooms_stand_apart(house: ModuleType) -> None:
    """Each is drawn once, inside the picture, and none covers another."""
    root = ET.fromstring(house.PICTURE.read_text("utf-8"))  # noqa: S314 - a file of ours
    boxes = [one for one in root.iter() if (one.get("class") or "").startswith("room")]
    sides = [tuple(int(box.get(name, "0")) for name in ("x", "y", "width", "height")) for box in boxes]
    names = [one.text for one in root.iter() if one.get("class") == "t"]
    assert sorted(names) == sorted([*house.ROOM, "reelwright/"])
    assert len(sides) == len(house.ROOM)
    width, height = (int(part) for part in root.get("viewBox", "").split()[2:])
    assert all(x >= 0 and y >= 0 and x + wide <= width and y + high <= height for x, y, wide, high in sides)
    for one, other in combinations(sides, 2):
        assert any(
            a + long <= b or b + wide <= a
            for a, long, b, wide in ((one[0], one[2], other[0], other[2]), (one[1], one[3], other[1], other[3]))
        ), (one, other)


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
    assert mirrored <= {*PACKAGES, "author", "support", "servers", "benchmarks", "deployments", "examples", "stored"}


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


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "run", ".ci/run"])
def test_every_command_that_is_told_exists(document: str) -> None:
    """`./run VERB` in the README, in the usage and in the CI is a verb of ./run or a command of reelwright."""
    wanted = {words[0] for words in told(document) if words and re.fullmatch(r"[a-z][a-z-]*", words[0])}
    assert wanted - verbs() == set()


@pytest.mark.parametrize("document", ["README.md", "run"])
def test_every_example_that_is_told_is_there(document: str) -> None:
    """A new person's first command finds its script."""
    files = set(re.findall(r"examples/[\w./-]+\w", (ROOT / document).read_text("utf-8")))
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_the_map_of_the_rooms_leads_to_files() -> None:
    """What CONTRIBUTING names by its path is there: from the root, or in the core; KIND is one of the kinds."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").replace("/KIND/", "/video/")
    told = set(re.findall(r"`([\w.]+(?:/[\w.]*)+|\w+\.py)`", text))
    assert len(told) > 30
    assert {
        name for name in told if not (ROOT / name).exists() and not any(ROOT.glob(f"reelwright/**/{name}"))
    } == set()


def test_the_runner_is_a_script_that_runs() -> None:
    """Executable, and any POSIX shell reads it."""
    assert (ROOT / "run").stat().st_mode & 0o111
    subprocess.run(["sh", "-n", ROOT / "run"], check=True)


def form(name: str) -> Any:
    """A form in which people tell of something, as YAML."""
    return YAML(typ="safe").load((ROOT / ".github" / "ISSUE_TEMPLATE" / name).read_text("utf-8"))


FORMS = sorted(path.name for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize("name", FORMS)
def test_a_form_for_an_issue_is_one(name: str) -> None:
    """Name, description, and parts: each of a kind that is known, with a label, and options where it offers any."""
    told = form(name)
    assert set(told) == {"name", "description", "body"}
    assert all(told.values())
    for part in told["body"]:
        assert set(part) <= {"type", "attributes", "validations"}
        assert part["type"] in {"input", "textarea", "checkboxes"}
        assert part["attributes"]["label"]
        assert ("options" in part["attributes"]) == (part["type"] == "checkboxes")
        assert all(option["label"] for option in part["attributes"].get("options", []))
        assert set(part.get("validations", {})) <= {"required"}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_names_commands_that_exist(name: str) -> None:
    """Each `reelwright X --option` of it is a command with that option."""
    group: Any = typer.main.get_command(cli.app)
    for line in re.findall(r"`reelwright ([^`]+)`", (ROOT / ".github" / "ISSUE_TEMPLATE" / name).read_text("utf-8")):
        command, *arguments = line.split()
        assert command in group.commands, line
        group.commands[command].make_context(command, arguments)


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
