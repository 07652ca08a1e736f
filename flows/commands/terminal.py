"""What people see in the terminal: tables, live progress, results, errors with the next step. All on standard error."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from flows.figures import counted, dollars
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:  # every command loads this module, and few load what they show
    from flows.commands.doctor import Finding
    from reelwright.plan import Plan
    from reelwright.stages.episode import Episode

console = Console(stderr=True, highlight=False)

_STAGES = ("narration", "narration check", "start frame", "clip", "segment")


def note(text: str) -> None:
    """Say one line."""
    console.print(escape(text))


def error(problem: ReelwrightError) -> None:
    """Say what happened and what to do next."""
    console.print(f"[bold red]{problem.code.replace('_', ' ')}[/]: {escape(problem.message)}")
    if problem.hint:
        console.print(f"[bold]→[/] {escape(problem.hint)}")


def plan(made: Plan) -> None:
    """Show a plan as a table."""
    table = Table(title=escape(made.title), title_justify="left", caption_justify="left", expand=True)
    for name, how in (
        ("shot", "right"),
        ("says", "left"),
        ("shows", "left"),
        ("seconds", "right"),
        ("model", "left"),
        ("price", "right"),
    ):
        table.add_column(name, justify=how, overflow="fold")  # type: ignore[arg-type]
    for shot in made.shots:
        table.add_row(
            str(shot.number),
            escape(shot.narration),
            escape(shot.picture),
            f"{float(shot.seconds):.1f}",
            " → ".join(shot.models),
            dollars(shot.usd_low, shot.usd_high),
        )
    about = f"about {float(made.seconds):.0f} s · {made.output} · narrator {made.narrator}"
    more = f", {dollars(made.usd_more)} of it for further takes of dialogue" if made.usd_more else ""
    table.caption = f"{about} · at most {dollars(made.usd_high)}{more}"
    console.print(table)
    for post in made.posts:
        label = "labelled as made with AI" if post.made_with_ai_label else "without an AI label"
        console.print(f"[bold]{post.channel}[/] ({post.privacy}, {label}): {escape(post.title)}")
        console.print(f"[dim]{escape(post.text)}[/]")
        for warning in post.warnings:
            console.print(f"[yellow]note[/]: {post.channel}: {escape(warning)}")
    for warning in made.warnings:
        console.print(f"[yellow]note[/]: {escape(warning)}")
    for problem in made.problems:
        console.print(f"[bold red]cannot be made[/]: {escape(problem)}")


def models(rows: Sequence[dict[str, Any]]) -> None:
    """Show the catalogue."""
    table = Table(title="Models", title_justify="left", expand=True)
    for name in ("model", "kind", "usable now", "key", "seconds", "sound", "USD/s", "ends", "from"):
        table.add_column(name, overflow="fold")
    for row in rows:
        lengths = ", ".join(str(length) for length in row["seconds"]) or (
            f"to {row['longest_seconds']}" if row["longest_seconds"] else "any"
        )
        price = row["usd_per_second"] or ("free" if row["protocol"] in {"animatic", "local"} else "?")
        usable = "[green]yes[/]" if row["usable"] else f"[yellow]no[/]: {escape(row['why_not'])}"
        table.add_row(
            row["name"],
            row["kind"],
            usable,
            escape(row["key_found"]),
            lengths,
            row["audio"],
            str(price),
            str(row["ends_on"] or ""),
            row["vendor"],
        )
    console.print(table)


def doctor(findings: Sequence[Finding]) -> None:
    """Show what works on this machine."""
    marks = {"works": "[green]works[/]", "limited": "[yellow]limited[/]", "missing": "[bold red]missing[/]"}
    table = Table.grid("state", "part", Column(overflow="fold"), padding=(0, 2))
    for finding in findings:
        cost = f"\n→ {escape(finding.cost)}" if finding.cost else ""
        table.add_row(marks[finding.state], f"[bold]{finding.part}[/]", escape(finding.detail) + cost)
    console.print(table)


def parts(looked_at: Sequence[Any]) -> None:
    """Show the parts of a set-up (`flows.commands.setting_up.Part`), each with how it is."""
    colours = {"found": "green", "made": "cyan", "started": "cyan", "missing": "bold red", "note": "yellow"}
    table = Table.grid("state", "part", Column(overflow="fold"), padding=(0, 2))
    for part in looked_at:
        what = f"\n→ {escape(part.what_to_do)}" if part.what_to_do else ""
        table.add_row(f"[{colours[part.state]}]{part.state}[/]", f"[bold]{part.part}[/]", escape(part.detail) + what)
    console.print(table)


def reviews(waiting: Sequence[Any]) -> None:
    """Show the reviews that wait (`flows.commands.reviewing.Waiting`)."""
    table = Table("run", "episode", "review", "waits since", "until", expand=True)
    for one in waiting:
        until = f"{one.until:%Y-%m-%d %H:%M}" if one.until else ""
        table.add_row(one.run[:8], escape(one.name), one.review, f"{one.since:%Y-%m-%d %H:%M}", until)
    console.print(table)
    note("Decide: reelwright review approve|reject|send-back RUN --note …")


def episode(made: Episode, planned: Plan, run_id: str, page: str) -> None:
    """Say where the result lies, how long it is, what it cost and how to look at the run.

    `page` is the run's address on a server that still runs; empty if that server ended with the run.
    """
    again = made.shots - made.made
    if made.unchanged:
        console.print("[green]Nothing to do[/]: this very episode is there already.")
    else:
        kept = f", {again} found again" if again else ""
        console.print(f"[green]Done[/]: {counted(made.made, 'shot')} made{kept}.")
    console.print(f"  [bold]{escape(made.video)}[/]", soft_wrap=True)
    console.print(
        f"  {float(made.seconds):.1f} s · {planned.output} · {made.integrated_lufs:.1f} LUFS · cost {dollars(made.usd)}"
        + (f" · {dollars(made.saved_usd)} saved: found again" if made.saved_usd else "")
    )
    console.print("  report.html (how it was made), captions, cover.jpg and manifest.json lie beside it")
    for warning in made.warnings:
        console.print(f"  [yellow]note[/]: {escape(warning)}")
    if page:
        console.print(f"  Its run: {escape(page)}", soft_wrap=True)
    elif run_id:
        console.print(f"  Its run in the Prefect UI: {escape(_prefect())} server start, then open", soft_wrap=True)
        console.print(f"  http://127.0.0.1:4200/runs/flow-run/{run_id}", soft_wrap=True)


def _prefect() -> str:
    """Return what a person types to start Prefect: its name where that is enough, else its path."""
    found, own = shutil.which("prefect"), Path(sys.executable).with_name("prefect")
    if found and Path(found) == own:
        return "prefect"
    with contextlib.suppress(ValueError):
        return str(own.relative_to(Path.cwd()))
    return str(own)


@contextlib.contextmanager
def progress(planned: Plan, *, shown: bool) -> Iterator[Callable[[Any], None]]:
    """Show live progress: one line for the episode, one for each shot that is being worked on."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not shown, transient=not console.is_terminal) as bars:
        whole = bars.add_task("episode", total=1.0, note="starting Prefect …")
        lines: dict[int, TaskID] = {}

        def listen(event: Any) -> None:
            if event.share is not None:
                bars.update(whole, completed=event.share)
            if event.shot == 0:
                bars.update(whole, note=event.stage)
                return
            bars.update(whole, note=f"{len(planned.shots)} shots")
            if event.shot not in lines:
                lines[event.shot] = bars.add_task(f"shot {event.shot}", total=len(_STAGES), note="")
            done = _STAGES.index(event.stage) + (event.state in {"done", "found"})
            bars.update(
                lines[event.shot], completed=done, note=f"{event.stage}{' (found)' if event.state == 'found' else ''}"
            )
            if event.state == "failed":
                bars.update(lines[event.shot], note=f"[red]{event.stage} failed[/]")

        yield listen
        bars.update(whole, completed=1.0, note="done")
