"""Sources as a person has them: written to a file, then read; or refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from reelwright.errors import SourceError
from reelwright.script.source import Source, read_source
from reelwright.storyboard import Brief


@dataclass(frozen=True)
class Bad:
    """A source or recipe with one mistake, and what its error must say."""

    what: str
    file: str
    content: str | bytes
    line: int | None
    field: str
    expected: str


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file, its line ends as they are given."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, name: str, content: str | bytes) -> Source:
    """Write a file and read it as a source."""
    return read_source(str(written(folder, name, content)))


def piped(folder: Path, content: str | bytes) -> Source:
    """Read a source from standard input."""
    with written(folder, "piped", content).open("rb") as stdin:
        return read_source("-", stdin=stdin)


def markdown(folder: Path, content: str) -> Brief:
    """Return the brief of a Markdown script."""
    return read(folder, "script.md", content).brief


def plain(folder: Path, content: str) -> Brief:
    """Return the brief of a plain text script."""
    return read(folder, "script.txt", content).brief


def said(brief: Brief) -> list[str]:
    """Return what the narrator says, shot by shot."""
    return [shot.narration for shot in brief.shots]


def refusal(source: Path | str) -> SourceError:
    """Return the error that refuses a source."""
    with pytest.raises(SourceError) as caught:
        read_source(str(source))
    return caught.value
