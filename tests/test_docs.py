"""The documentation is true: its pages, links, commands, YAML and Python are those of this version."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_examples import CodeExample, find_examples
from ruamel.yaml import YAML
from support.prefect_server import Server
from support.terminal import Terminal

import blocks
import reelwright
import tasks
from reelwright import testing
from reelwright.recipe import Recipe
from reelwright.series.values import Series
from reelwright.storyboard import Brief

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "pages"
COMMANDS = PAGES / "reference" / "commands.md"
MKDOCS = (ROOT / "docs" / "mkdocs.yml").read_text("utf-8")
NAMED = re.findall(r"([\w/-]+\.md)$", MKDOCS, re.MULTILINE)


def yaml_blocks() -> Iterator[Any]:
    """Every block of YAML that is written out in a page."""
    for page in sorted(PAGES.rglob("*.md")):
        text = page.read_text("utf-8")
        for match in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text[: match.start()].count("\n") + 1
            if not match[1].startswith("--8<--"):
                yield pytest.param(match[1], id=f"{page.relative_to(PAGES)}:{line}")


def python_blocks() -> list[CodeExample]:
    """Every block of Python that is written out in a page."""
    return [example for example in find_examples(PAGES) if not example.source.startswith("--8<--")]


def kind_of(fields: dict[str, Any]) -> type[Series | Recipe | Brief]:
    """What a block of YAML is, by the names of its fields."""
    if "slots" in fields or "topics" in fields:
        return Series
    return Brief if "shots" in fields or "title" in fields else Recipe


def anchors(text: str) -> set[str]:
    """The places of a page that a link may name."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([\w-]+)">', text))


def test_every_page_is_in_the_navigation() -> None:
    """None is missing, and none is forgotten."""
    assert sorted(NAMED) == sorted(str(page.relative_to(PAGES)) for page in PAGES.rglob("*.md"))


@pytest.mark.parametrize("page", NAMED)
def test_its_links_lead_somewhere(page: str) -> None:
    """To pages and headings that are there."""
    text = (PAGES / page).read_text("utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose):
        name, _, place = target.partition("#")
        linked = (PAGES / page).parent / name if name else PAGES / page
        assert linked.is_file(), target
        if place and "::: " not in linked.read_text("utf-8"):
            assert place in anchors(linked.read_text("utf-8")), target


def test_every_snippet_is_there() -> None:
    """A page that shows a file shows one of this clone."""
    told = [name for page in NAMED for name in re.findall(r'--8<-- "(.+)"', (PAGES / page).read_text("utf-8"))]
    assert told
    assert [name for name in told if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("text", tuple(yaml_blocks()))
def test_its_yaml_is_valid(text: str) -> None:
    """Every recipe, brief and series can be copied as it stands."""
    fields = YAML(typ="safe").load(text)
    kind = kind_of(fields)
    said = re.match(r"# (recipe|brief|series)\n", text)
    assert said is None or said[1].capitalize() == kind.__name__
    kind.model_validate(fields)


def test_every_command_is_told_as_its_help_tells_it(tmp_path: Path) -> None:
    """After a change: `typer flows.cli utils docs --name reelwright --title Commands --output PAGE`."""
    made = tmp_path / "commands.md"
    options = ("--name", "reelwright", "--title", "Commands", "--output", str(made))
    command = [sys.executable, "-m", "typer", "flows.cli", "utils", "docs", *options]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert COMMANDS.read_text("utf-8") == made.read_text("utf-8")


def test_every_public_name_is_in_the_reference() -> None:
    """What `from reelwright import`, `from tasks import` and `from blocks import` give is told on a page."""
    text = "\n".join((PAGES / page).read_text("utf-8") for page in NAMED)
    told: set[str] = set()
    for place, options in re.findall(r"^::: ([\w.]+)\n((?:    .*\n)*)", text + "\n", re.MULTILINE):
        members = re.search(r"members: \[(.*)\]", options)
        module = ".".join(place.split(".")[:-1]) if place.rsplit(".", 1)[1][0].isupper() else place
        names = members[1].split(", ") if members and module == place else vars(importlib.import_module(module))
        told |= {f"{place}.{name}" for name in names} if module == place else {place}
    public = {
        f"{one.__name__}.{module}.{name}"
        for one in (reelwright, tasks, testing)
        for module, names in one.PLACES.items()
        for name in names
    }
    public |= {f"{block.__module__}.{block.__name__}" for block in blocks.ALL}
    assert public - told == set()


@pytest.mark.slow
@pytest.mark.parametrize("example", python_blocks(), ids=str)
def test_its_python_runs(example: CodeExample, server: Server, terminal: Terminal, tmp_path: Path) -> None:
    """Each block runs as it stands, and prints what it says."""
    (tmp_path / "block.py").write_text(example.source, "utf-8")
    done = subprocess.run(
        [sys.executable, "block.py"],
        cwd=tmp_path,
        env=os.environ | terminal.environment | {"PREFECT_API_URL": server.address, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"^#> (.*)$", example.source, re.MULTILINE)


@pytest.mark.slow
def test_the_site_builds(tmp_path: Path) -> None:
    """Strictly: no page, link or name is missing, and no warning is left."""
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "-f",
        "docs/mkdocs.yml",
        "-d",
        str(tmp_path),
    ]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pages = {str(page.relative_to(tmp_path)): page.read_text("utf-8") for page in tmp_path.rglob("*.html")}
    assert {name.replace(".md", ".html") for name in NAMED} <= set(pages)
    raw = re.compile(r"\]\([\w./#-]+\)|^- \*\*|\*\*\w+\.?\*\*", re.MULTILINE)
    prose = {name: re.sub(r"<(pre|code|script).*?</\1>", "", text, flags=re.DOTALL) for name, text in pages.items()}
    assert [(name, found[0]) for name, text in prose.items() if (found := raw.search(text))] == []
