"""The command line: `reelwright make | plan | models | doctor`. Every command has `--json`; Prefect loads only to run.

Exit codes: 0 done · 2 bad input, nothing spent · 3 a model or service failed · 4 picture or sound failed · 5 vault ·
6 over budget · 7 some shots missing, the others kept · 130 stopped by Ctrl-C, finished work kept · 1 anything else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from flows import terminal
from flows.inputs import open_source, read_recipe
from reelwright.catalogue import Catalogue
from reelwright.errors import ReelwrightError
from reelwright.plan import make_plan
from reelwright.stages.script import expand_script

Parameters = ParamSpec("Parameters")

app = typer.Typer(
    name="reelwright",
    help="Turns a script into a finished vertical video. Start with: reelwright make SCRIPT.md",
    epilog="Exit codes: 0 done, 2 bad input, 3 model failed, 4 media failed, 5 storage, 6 budget, 7 shots missing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="A script (.md, .txt), a brief (.yaml, .json), a manifest.json, or - for stdin."
    ),
]
RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", "-r", help="How to make it (YAML); the default needs no key.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output, and nothing else there.")
]


def _reported(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Print errors for people (or as JSON) and end with their exit code."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        as_json = bool(kwargs.get("as_json"))
        try:
            command(*args, **kwargs)
        except ReelwrightError as error:
            if as_json:
                _print_json({"error": error.to_json()})
            terminal.error(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.note("Stopped. Finished shots are kept: run the same command to continue.")
            raise typer.Exit(130) from None

    return run


@app.command()
@_reported
def make(
    source: Source,
    recipe: RecipeFile = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for results; each episode gets a folder in it.")
    ] = Path("out"),
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")] = False,
) -> None:
    """Make an episode: video, captions, cover, and a manifest that explains it. Run it again to continue or change."""
    from reelwright.stages.episode import unchanged_episode  # noqa: PLC0415 - `--help` needs none of it

    read = open_source(source)
    chosen = read_recipe(recipe, read)
    storyboard = expand_script(read.brief, chosen)
    plan = make_plan(storyboard, chosen, Catalogue.load(), today=datetime.now(UTC).date())
    plan.require()
    folder = out / storyboard.slug
    episode = unchanged_episode(folder, storyboard, chosen)
    if episode is None:
        _quiet_prefect(verbose=verbose)
        from flows.running import run_episode  # noqa: PLC0415 - loads Prefect

        with terminal.progress(plan, shown=not as_json) as listener:
            episode, run_id = run_episode(read.brief, chosen, str(out), listener)
    else:
        run_id = ""
    if as_json:
        _print_json({**episode.model_dump(mode="json"), "flow_run_id": run_id})
    else:
        terminal.episode(episode, plan, run_id)


@app.command()
@_reported
def plan(source: Source, recipe: RecipeFile = None, as_json: AsJson = False) -> None:
    """Show the storyboard with models, seconds and price. Spends nothing and calls nothing."""
    read = open_source(source)
    chosen = read_recipe(recipe, read)
    storyboard = expand_script(read.brief, chosen)
    made = make_plan(storyboard, chosen, Catalogue.load(), today=datetime.now(UTC).date())
    if as_json:
        _print_json({**made.model_dump(mode="json"), "storyboard": storyboard.model_dump(mode="json")})
    else:
        terminal.plan(made)
    if made.problems:
        raise typer.Exit(2)


@app.command()
@_reported
def models(as_json: AsJson = False) -> None:
    """List the models: usable now or why not, limits, price, end date."""
    catalogue, today = Catalogue.load(), datetime.now(UTC).date()
    rows = [
        {**entry.model_dump(mode="json"), "usable": not entry.why_not(today), "why_not": entry.why_not(today)}
        for entry in catalogue.entries
    ]
    if as_json:
        _print_json(rows)
    else:
        terminal.models(rows)


@app.command()
@_reported
def doctor(as_json: AsJson = False) -> None:
    """Check this machine: what works, what is missing, and what that costs you."""
    from flows.doctor import examine  # noqa: PLC0415 - tries every part

    findings = examine()
    if as_json:
        _print_json([finding.model_dump(mode="json") for finding in findings])
    else:
        terminal.doctor(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _quiet_prefect(*, verbose: bool) -> None:
    """Set what Prefect reads when it is imported; what the person has set stays."""
    defaults = {
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "ERROR",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "WARNING" if verbose else "CRITICAL",
        # Without internet these end in error lines; nobody is told about a person's videos.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def main() -> None:
    """Run the command line."""
    app()
