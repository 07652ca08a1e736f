"""`reelwright review list | approve | reject | send-back`: reviews from the command line."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from flows.commands import terminal
from flows.commands.command import AsJson, print_json, quiet_prefect, reported
from reelwright.errors import InvalidInput
from tasks.stored import has_server

review = typer.Typer(help="Reviews that wait for a person: list, approve, reject, send back.", no_args_is_help=True)

Run = Annotated[str, typer.Argument(help="The run: its name, its id, or the beginning of its id.")]
Note = Annotated[str, typer.Option("--note", "-n", help="Why; it stays on the run's page.")]
By = Annotated[str, typer.Option("--by", help="Who decides. Default: your user name.")]


@review.command("list")
@reported
def list_reviews(as_json: AsJson = False) -> None:
    """List the reviews that wait, the oldest first."""
    _require_server()
    from flows.commands.reviewing import waiting  # noqa: PLC0415 - loads Prefect

    found = asyncio.run(waiting())
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif not found:
        terminal.note("No review waits.")
    else:
        terminal.reviews(found)


@review.command("approve")
@reported
def approve(run: Run, note: Note = "", by: By = "", as_json: AsJson = False) -> None:
    """Approve: the episode is made, or goes out."""
    _decide(run, "approve", note, by, as_json=as_json)


@review.command("reject")
@reported
def reject(run: Run, note: Note = "", by: By = "", as_json: AsJson = False) -> None:
    """Reject: the run ends, nothing more is spent or published."""
    _decide(run, "reject", note, by, as_json=as_json)


@review.command("send-back")
@reported
def send_back(run: Run, note: Note = "", by: By = "", as_json: AsJson = False) -> None:
    """Send a finished episode back to its storyboard, which waits for changes then."""
    if not note:
        raise InvalidInput("Whoever changes it needs to know what is wrong.", hint="Say it with --note.")
    _decide(run, "send back", note, by, as_json=as_json)


def _decide(run: str, decision: str, note: str, by: str, *, as_json: bool) -> None:
    _require_server()
    from flows.commands.reviewing import decide  # noqa: PLC0415 - loads Prefect

    decided = asyncio.run(decide(run, decision, reviewer=by or getpass.getuser(), note=note))
    if as_json:
        print_json({**decided.model_dump(mode="json"), "decision": decision})
    else:
        terminal.note(f"{decided.name}: {decided.review}, {decision}. The run goes on: {decided.page}")


def _require_server() -> None:
    quiet_prefect()
    if not has_server():
        raise InvalidInput(
            "Reviews wait on a Prefect server, and none is named.",
            hint="Set PREFECT_API_URL to the address that `reelwright up` prints, with /api behind it.",
        )
