"""What the README tells people is true: its commands, codes, files, examples and pictures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from ruamel.yaml import YAML
from support.prefect_server import Server
from support.terminal import Terminal

from flows import cli
from reelwright import __version__, errors
from reelwright.recipe import Recipe

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LARGEST_PICTURE_BYTES = 250_000


def block(language: str, word: str) -> str:
    """The README's one block in a language that holds a word."""
    found: str
    (found,) = [text for name, text in BLOCKS if name == language and word in text]
    return found


def rows(header: str) -> list[list[str]]:
    """The rows of the README's table whose first header cell says so."""
    lines = README.split(f"| {header} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_every_file_that_it_names_is_there() -> None:
    """Links, pictures and scripts."""
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    told = re.findall(r"(?:\./|\b)((?:examples|\.ci)/[\w./-]+)", README)
    assert linked
    assert [name for name in {*linked, *told} if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "pictures").iterdir()), ids=lambda path: str(path.name))
def test_its_pictures_are_small(path: Path) -> None:
    """A clone is not made slow by them."""
    assert path.stat().st_size < LARGEST_PICTURE_BYTES
    with Image.open(path) as picture:
        assert picture.width >= 1000


def test_its_commands_are_the_command_line_s() -> None:
    """No command is missing and none is invented."""
    told = {row[0].strip("`").split()[0] for row in rows("command")}
    commands = {command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert told == commands | {group.name for group in cli.app.registered_groups}


def test_its_exit_codes_are_the_errors() -> None:
    """Every error of the tree ends with a code that the README explains."""

    def codes(of: type[errors.ReelwrightError]) -> set[int]:
        return {of.exit_code}.union(*(codes(kind) for kind in of.__subclasses__()))

    assert {int(row[0]) for row in rows("exit code")} == codes(errors.ReelwrightError) | {0, 130}


def test_its_recipe_and_brief_make_a_plan(terminal: Terminal, tmp_path: Path) -> None:
    """They can be copied as they stand."""
    recipe, brief = tmp_path / "recipe.yaml", tmp_path / "brief.yaml"
    recipe.write_text(block("yaml", "# recipe.yaml"), "utf-8")
    brief.write_text(block("yaml", "# brief.yaml"), "utf-8")
    ran = terminal.here("plan", brief, "-r", recipe, "--json")
    assert ran.exit_code == 0, ran.stderr
    assert {tuple(shot["models"]) for shot in ran.json["shots"]} == {("our-server", "animatic")}
    assert Recipe.model_validate(YAML(typ="safe").load(recipe)).budget.per_episode_usd is not None


def test_the_changelog_has_this_version() -> None:
    """What is released is described."""
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.slow
def test_its_python_makes_an_episode(server: Server, terminal: Terminal, tmp_path: Path) -> None:
    """The program of the README runs as it stands."""
    ran = python(["-c", block("python", "produce_episode")], server, terminal, tmp_path)
    assert (tmp_path / "out" / "why-tea-is-brown" / "episode.mp4").is_file(), ran.stderr
    assert ran.stdout.startswith("out/why-tea-is-brown/episode.mp4 ")


def python(arguments: list[str], server: Server, terminal: Terminal, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, on the tests' server and home."""
    environment = os.environ | terminal.environment | {"PREFECT_API_URL": server.address}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=True,
    )
