"""The options of `reelwright series plan | check | run | deploy`; their work is loaded when it is asked for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command import AsJson, print_json, quiet_prefect, reported
from tasks.stored import has_server

series = typer.Typer(
    help="Shows that run for months: what comes next, what is due now, and their schedules in Prefect.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A series, e.g. deployments/series/kitchen-science.yaml.")]
Files = Annotated[
    list[Path] | None, typer.Argument(metavar="[FILE]...", help="Series; empty: all of deployments/series.")
]
Now = Annotated[
    datetime | None, typer.Option("--now", help="Look from this moment (UTC) instead of the present, to try it out.")
]


@series.command("plan")
@reported
def plan(
    file: File,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days ahead.")] = 7,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Show the slots to come with their topics and prices. Spends nothing and books nothing."""
    _quiet()
    from flows.commands.series_reports import planned, show_plan  # noqa: PLC0415 - loads the database

    made = planned(file, days, now)
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        show_plan(made)
    if made.problems:
        raise typer.Exit(2)


@series.command("check")
@reported
def check(files: Files = None, as_json: AsJson = False) -> None:
    """Look whether series can be made: files, topics, recipes, keys, budgets, and whether prefect.yaml has them."""
    _quiet()
    from flows.commands.series_reports import checked, show_checks  # noqa: PLC0415 - loads the database

    found = checked(files or [])
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        show_checks(found)
    if any(one.problems for one in found):
        raise typer.Exit(2)


@series.command("run")
@reported
def run(
    file: File,
    slots: Annotated[
        list[str] | None, typer.Option("--slots", help="Only the slots of this rule; may be given several times.")
    ] = None,
    now: Now = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for results.")] = Path("out"),
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")] = False,
) -> None:
    """Make the episodes that are due. Run it again to make what is missing: nothing is made or paid twice."""
    quiet_prefect(verbose=verbose)
    from flows.commands.series_reports import found_already, require_rules, show_report  # noqa: PLC0415 - loads the database
    from flows.commands.series_run import run_series  # noqa: PLC0415 - loads Prefect when it runs

    require_rules(file, slots or [])
    report = found_already(file, slots or [], now) or run_series(file, slots or [], now, str(out))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show_report(report)


@series.command("deploy")
@reported
def deploy(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the schedules of all series into prefect.yaml, and bring the Prefect server up to date if there is one."""
    _quiet()
    from flows.commands.series_deploy import deploy_series, show_changes  # noqa: PLC0415 - reads and writes YAML

    changes = deploy_series(check=check)
    if as_json:
        print_json(changes.model_dump(mode="json"))
    else:
        show_changes(changes, check=check)
    if check and changes.pending:
        raise typer.Exit(1)


def _quiet() -> None:
    if has_server():
        quiet_prefect()
