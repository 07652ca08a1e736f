"""What publishing tells on the terminal."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from flows.commands.terminal import console

_COLOURS = {"published": "green", "waiting": "yellow", "unknown": "bold red", "failed": "red"}
_HEADS = {"publication": "no", "changed_at": "when"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?")


def text(words: str) -> None:
    """Print words as they are."""
    sys.stdout.write(words if words.endswith("\n") else f"{words}\n")


def rows(title: str, lines: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    """Show a table. `next` is what a person should do, or why it stands so."""
    if not lines:
        console.print(f"No {title} yet.")
        return
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(_HEADS.get(name, name), overflow="fold")
    for line in lines:
        told = {**line, "next": line.get("person_should") or line.get("reason") or ""}
        table.add_row(*(_cell(name, told.get(name)) for name in names))
    console.print(table)


def posting(row: Mapping[str, Any]) -> None:
    """Show what came of one channel, or what would."""
    state = str(row.get("state") or "would be posted")
    at = row.get("published_at") or row.get("not_before") or row.get("at") or ""
    when = f" · {_shown(at)}" if at else ""
    console.print(f"[bold]{escape(str(row['channel']))}[/]: [{_COLOURS.get(state, 'cyan')}]{state}[/]{when}")
    for line in _details(row):
        console.print(f"  {line}", soft_wrap=True)


@contextlib.contextmanager
def sending(*, shown: bool) -> Iterator[Callable[[Any], None]]:
    """Show a line for each channel, and how much of the video it has."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not shown, transient=not console.is_terminal
    ) as bars:
        lines: dict[str, TaskID] = {}

        def listen(event: Any) -> None:
            channel = event.stage.partition(" · ")[0]
            if channel not in lines:
                lines[channel] = bars.add_task(channel, total=1.0, note="")
            bars.update(lines[channel], note=event.note)
            if event.share is not None:
                bars.update(lines[channel], completed=event.share)

        yield listen


def _details(row: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "text"):
        if row.get(name):
            yield escape(str(row[name]))
    label = row.get("made_with_ai_label")
    if label is not None:
        why = f": {row['ai_label_reason']}" if row.get("ai_label_reason") else ""
        yield escape(f"{'labelled as made with AI' if label else 'without an AI label'}{why}")
    if row.get("url"):
        yield escape(str(row["url"]))
    for problem in row.get("problems", ()):
        yield f"[bold red]cannot be posted[/]: {escape(problem)}"
    for warning in row.get("warnings", ()):
        yield f"[yellow]note[/]: {escape(warning)}"
    todo = row.get("person_should") or row.get("reason")
    if todo:
        yield f"[bold]→[/] {escape(str(todo))}"


def _cell(name: str, value: object) -> str:
    shown = escape(_shown(value))
    return f"[{_COLOURS[shown]}]{shown}[/]" if name in {"state", "before", "after"} and shown in _COLOURS else shown


def _shown(value: object) -> str:
    words = "" if value is None else str(value)
    return words[5:16].replace("T", " ") if _MOMENT.fullmatch(words) else words
