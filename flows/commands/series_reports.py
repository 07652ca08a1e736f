"""What people see of series in the terminal: the plan, what a check found, what a run did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from flows.commands.series_schedules import PREFIX
from flows.commands.terminal import console, note
from flows.figures import counted, dollars
from reelwright.errors import InvalidInput, ProviderError, ReelwrightError
from reelwright.ledger.ledger import Ledger
from reelwright.recipe import Recipe
from reelwright.series.agenda import look
from reelwright.series.episodes import channels_for, is_whole
from reelwright.series.files import FOLDER, SeriesFile, read_series, series_files
from reelwright.series.forecast import SeriesPlan, forecast, repetitions
from reelwright.series.memory import Memory
from reelwright.series.prices import Price, price_of
from reelwright.series.production import Outcome, SeriesReport, topics_of
from reelwright.series.topics import has_writer
from reelwright.settings import Settings
from reelwright.storyboard import Brief
from reelwright.values import Value
from tasks.stored import stored_keys
from tasks.studio import studio

_CHECKED_DAYS = 28
_MOST_WARNINGS = 8


class Checked(Value):
    """What the check of a series found."""

    series: str
    topics: int
    slots: int
    """In the next four weeks."""
    usd_high: Decimal
    """What those may cost."""
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def planned(file: Path, days: int, now: datetime | None) -> SeriesPlan:
    """Plan a series; see `forecast`.

    Raises:
        SourceError: the series or its topics cannot be read.
        ProviderError: its feed cannot be reached.
    """
    return _forecast(read_series(file), days, now)


def checked(files: Sequence[Path]) -> tuple[Checked, ...]:
    """Look at series, or at all there are: everything that would keep an episode from being made.

    Raises:
        InvalidInput: there are none.
    """
    chosen = tuple(files) or series_files()
    if not chosen:
        raise InvalidInput(f"There are no series in {FOLDER}.", hint="Write one: docs and examples show how.")
    return tuple(_checked(file) for file in chosen)


def require_rules(file: Path, rules: Sequence[str]) -> None:
    """Refuse rules that a series does not have.

    Raises:
        InvalidInput: with those that it has.
    """
    known = [rule.name for rule in read_series(file).series.slots]
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        raise InvalidInput(f"{file} has no slots called {unknown[0]!r}.", hint=f"It has: {', '.join(known)}.")


def found_already(file: Path, rules: Sequence[str], now: datetime | None) -> SeriesReport | None:
    """Return the report of a run that would find all there, if it would: Prefect is not needed to say so."""
    read = read_series(file)
    items = look(read.series, _memory(read.name), _in_utc(now), rules)
    outcomes = []
    for item in items:
        if item.verdict == "left_out":
            outcomes.append(Outcome(slot=item.name, state="skipped", reason=item.why))
            continue
        if item.verdict != "found" or item.booking is None or not is_whole(item.booking.folder):
            return None
        if channels_for(read, item.slot.at if item.slot else None, stored_keys):
            return None  # whether it has gone out is looked at too
        outcomes.append(Outcome(slot=item.name, state="found", title=item.booking.title, folder=item.booking.folder))
    return SeriesReport.of(read.name, tuple(outcomes))


def show_plan(plan: SeriesPlan) -> None:
    """Show a plan as a table."""
    table = Table(title=escape(plan.title), title_justify="left", caption_justify="left", expand=True)
    for name in ("slot", "made from", "state", "topic", "price"):
        table.add_column(name, justify="right" if name == "price" else "left", overflow="fold")
    zone = ZoneInfo(plan.time_zone)
    for slot in plan.slots:
        price = (
            "" if slot.state in {"made", "skipped", "no topic"} else dollars(slot.price.usd_low, slot.price.usd_high)
        )
        table.add_row(
            slot.slot.replace("T", " "),
            f"{slot.due.astimezone(zone):%Y-%m-%d %H:%M}",
            slot.state,
            escape(slot.title),
            f"about {price}" if slot.price.is_estimate else price,
        )
    left = "" if plan.topics_left is None else f" · {counted(plan.topics_left, 'topic')} left after that"
    idle = "" if plan.active else " · not active: its schedules do not run"
    table.caption = f"times of {plan.time_zone} · at most {dollars(plan.usd_high)}{left}{idle}"
    console.print(table)
    _show_notes(plan.problems, plan.warnings)


def show_checks(found: Sequence[Checked]) -> None:
    """Show what a check found."""
    for one in found:
        mark = "[bold red]cannot be made[/]" if one.problems else "[green]can be made[/]"
        money = f"at most {dollars(one.usd_high)}"
        console.print(
            f"{mark} [bold]{escape(one.series)}[/]: {counted(one.topics, 'topic')},"
            f" {counted(one.slots, 'slot')} in {_CHECKED_DAYS} days, {money}"
        )
        _show_notes(one.problems, one.warnings)


def show_report(report: SeriesReport) -> None:
    """Show what a run did."""
    if not report.slots:
        note("Nothing is due.")
    for one in report.slots:
        cost = f" · {dollars(one.usd)}" if one.state == "made" else ""
        why = f" ({one.reason})" if one.reason else ""
        console.print(f"[green]{one.state}[/] {one.slot} {escape(one.title)}{cost}{escape(why)}", soft_wrap=True)
        if one.folder:
            console.print(f"  {escape(one.folder)}", soft_wrap=True)


def _show_notes(problems: Sequence[str], warnings: Sequence[str]) -> None:
    for warning in warnings[:_MOST_WARNINGS]:
        console.print(f"[yellow]note[/]: {escape(warning)}")
    if len(warnings) > _MOST_WARNINGS:
        console.print(f"[yellow]note[/]: and {len(warnings) - _MOST_WARNINGS} more (--json has all)")
    for problem in problems:
        console.print(f"[bold red]problem[/]: {escape(problem)}")


def _checked(file: Path) -> Checked:
    try:
        read = read_series(file)
        plan = _forecast(read, _CHECKED_DAYS, None)
        topics = topics_of(read, _memory(read.name))
    except ReelwrightError as error:
        return Checked(series=str(file), topics=0, slots=0, usd_high=Decimal(0), problems=(str(error),), warnings=())
    problems, warnings = list(plan.problems), list(dict.fromkeys([*repetitions(topics), *plan.warnings]))
    if read.series.topics.ideas is not None and not has_writer(read.recipe):
        problems.append("its topics are a writer's ideas, and its recipe names no writer")
    warnings += _not_deployed(file, read.name)
    run_out = [problem for problem in problems if problem.startswith("the topics have run out")]
    # In four weeks there is time to write more.
    warnings += run_out
    return Checked(
        series=read.name,
        topics=len(topics),
        slots=len(plan.slots),
        usd_high=plan.usd_high,
        problems=tuple(problem for problem in problems if problem not in run_out),
        warnings=tuple(warnings),
    )


def _not_deployed(file: Path, name: str) -> list[str]:
    """Say whether prefect.yaml still has to learn what the series file says."""
    from flows.commands.series_deploy import PREFECT_FILES, differences, wanted_deployments  # noqa: PLC0415 - reads all series

    prefect_file = PREFECT_FILES[0]
    if file.resolve() not in {path.resolve() for path in series_files()} or not prefect_file.is_file():
        return []
    lines = differences(prefect_file, wanted_deployments())
    stale = any(PREFIX + name in line for line in lines)
    return [f"{prefect_file} does not say what it says yet: reelwright series deploy"] if stale else []


def _forecast(file: SeriesFile, days: int, now: datetime | None) -> SeriesPlan:
    memory = _memory(file.name)
    return asyncio.run(forecast(file, memory, topics_of(file, memory), _in_utc(now), days, _price, stored_keys))


def _in_utc(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    return now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)


async def _price(brief: Brief, recipe: Recipe) -> Price:
    try:
        return await price_of(studio(), brief, recipe, datetime.now(UTC).date(), stored_keys)
    except ProviderError as error:  # a Prefect server that does not answer is no obstacle to looking
        return Price(warnings=(str(error),))


def _memory(series: str) -> Memory:
    return Memory(Ledger(Settings().ledger_url), series)
