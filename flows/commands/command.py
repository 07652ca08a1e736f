"""What every command shares: errors for people with their exit code, JSON on standard output, a quiet Prefect."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from flows.commands import terminal
from reelwright.errors import ReelwrightError

Parameters = ParamSpec("Parameters")

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON on standard output, and nothing else there.")
]


def reported(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Print errors for people (or as JSON) and end with their exit code."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        as_json = bool(kwargs.get("as_json"))
        try:
            command(*args, **kwargs)
        except ReelwrightError as error:
            if as_json:
                print_json({"error": error.to_json()})
            terminal.error(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            terminal.note("Stopped. Finished shots are kept: run the same command to continue.")
            raise typer.Exit(130) from None

    return run


def quiet_prefect(*, verbose: bool = False) -> None:
    """Set what Prefect reads when it is imported; what the person has set stays."""
    # Prefect makes its home, but not the folder that its home is in.
    Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect")).mkdir(parents=True, exist_ok=True)
    defaults = {
        # The run's page keeps the log; the terminal tells of failures itself, once, with the next step.
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO" if verbose else "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "WARNING" if verbose else "CRITICAL",
        # Without internet these end in error lines; nobody is told about a person's videos.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def print_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()  # `up` stays, and who reads it does not want to wait
