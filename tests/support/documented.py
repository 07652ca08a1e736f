"""The commands that the documentation tells people to type: found, cut into words, read by the real command line."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from flows import cli

ROOT = Path(__file__).parents[2]
PAGES = (*sorted((ROOT / "docs" / "pages").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
FENCE = re.compile(r"^( *)```(\w*)(.*)\n((?:.*\n)*?)\1```", re.MULTILINE)
OURS = ("./run", "reelwright", ".venv/bin/reelwright")
_SPAN = re.compile(rf"`((?:{'|'.join(map(re.escape, (*OURS, 'prefect')))})(?: [^`\n]+)?)`")
_BETWEEN = frozenset({">", ">>", "|", "&&", "||", ";", "&"})
_PLACEHOLDER = re.compile(r"[A-Z][A-Z_-]+|\$\w+|…")


@dataclass(frozen=True)
class Fence:
    """A block of a page."""

    page: str
    line: int
    language: str
    name: str
    """The file that it is, where its title or first comment says so."""
    text: str


@dataclass(frozen=True)
class Command:
    """A line that a page tells people to type."""

    page: str
    line: int
    text: str
    """As it stands, without its comment."""
    in_block: bool
    """Whether it stands in a block of its own, not in a sentence."""

    @property
    def words(self) -> list[str]:
        """Its words up to where the shell goes on, without the variables before them."""
        words = shlex.split(self.text)
        end = next((at for at, word in enumerate(words) if word in _BETWEEN), len(words))
        start = next((at for at, word in enumerate(words) if not re.match(r"[A-Z_]+=", word)), 0)
        return words[start:end]

    @property
    def arguments(self) -> list[str] | None:
        """What it gives to our command line, also inside a container; `None`: it starts something else."""
        words = self.words
        if words[:2] == ["docker", "run"]:
            words = words[words.index("reelwright") + 1 :]  # the image's name comes first
        return words[1:] if words and words[0] in OURS else None


def fences() -> Iterator[Fence]:
    """Every block of every page."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in FENCE.finditer(text):
            told = re.search(r'title="([\w.-]+\.\w+)"', match[3]) or re.match(r" *# ([\w-]+\.\w+)\n", match[4])
            line = text[: match.start()].count("\n") + 1
            yield Fence(_name(page), line, match[2], told[1] if told else "", match[4])


def commands() -> Iterator[Command]:
    """Every command of every page: the lines of its shell blocks, and those that its sentences name."""
    for fence in fences():
        if fence.language == "sh":
            yield from _lines(fence)
    for page in PAGES:
        prose = FENCE.sub(lambda match: "\n" * match[0].count("\n"), page.read_text("utf-8"))
        for match in _SPAN.finditer(prose):
            yield Command(_name(page), prose[: match.start()].count("\n") + 1, match[1], in_block=False)


def problem(arguments: list[str], *, named_only: bool) -> str:
    """Return what our command line has against arguments; nothing if it would take them.

    Nothing is run: the words are looked up and every value is converted, as when the command starts. A word in
    capitals, or `$NAME`, stands for any value that fits. `named_only`: a sentence may name a command without what it
    needs.
    """
    command = _tree()
    rest = [*arguments]
    while rest and hasattr(command, "commands"):
        name = rest.pop(0)
        if name not in command.commands:
            return "" if name.startswith("--") or _PLACEHOLDER.fullmatch(name) else f"there is no command {name!r}"
        command = command.commands[name]
    if hasattr(command, "commands") or (named_only and not rest):
        return ""
    refusals = []
    for value in _VALUES:
        try:
            command.make_context(command.name, [_PLACEHOLDER.sub(value, word) for word in rest])
        except Exception as error:  # noqa: BLE001 - whatever it has against them, it is told
            refusals.append(str(error) or repr(error))
        else:
            return ""
    return refusals[0]


@functools.cache
def _tree() -> Any:
    """Our command line as typer reads it."""
    return typer.main.get_command(cli.app)


_VALUES = ("1", "youtube")
"""What stands for a placeholder: a number, which is a text and a path too; a platform, where only those are taken."""


def verbs() -> set[str]:
    """The verbs that `./run` knows itself; it hands all others on."""
    cases = (ROOT / "run").read_text("utf-8").split("case $verb in")[1]
    told = re.findall(r"^  ([a-z |-]+)\)", cases, re.MULTILINE)
    return {word.strip() for group in told for word in group.split("|")}


def _lines(fence: Fence) -> Iterator[Command]:
    """Cut a block where the shell does: not inside quotes, and not after a backslash."""
    begun, start = "", 0
    for number, line in enumerate(fence.text.splitlines(), fence.line + 1):
        start = start or number
        begun += line + "\n"
        text = re.sub(r"(^|\s+)#\s.*$", "", begun, flags=re.MULTILINE).strip()
        if text.endswith("\\") or not _is_whole(text):
            continue
        if text:
            yield Command(fence.page, start, text, in_block=True)
        begun, start = "", 0
    assert not begun.strip(), f"{fence.page}:{start} does not end"


def _is_whole(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT)).removeprefix("docs/pages/")
