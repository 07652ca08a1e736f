"""The command line: `reelwright make | plan | models | blocks | …`. Every command has `--json`; Prefect loads to run.

Exit codes: 0 done · 2 bad input, nothing spent · 3 a model or service failed · 4 picture or sound failed · 5 vault ·
6 over budget · 7 some shots missing, the others kept · 8 not published · 9 nobody can tell whether it is published ·
130 stopped by Ctrl-C, finished work kept · 1 anything else.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands import publish_terminal, terminal
from flows.commands.auth import auth
from flows.commands.clean import clean
from flows.commands.command import AsJson, print_json, quiet_prefect, reported
from flows.commands.inputs import open_source, read_recipe
from flows.commands.ledger_options import AsCsv, Since, View
from flows.commands.publish import channels, publications, publish, reconcile
from flows.commands.review import review
from flows.commands.series import series
from flows.commands.up import up
from reelwright import __version__
from reelwright.catalogue import Catalogue, Entry
from reelwright.credentials import StoredKeys, nothing_stored
from reelwright.errors import InvalidInput, ProviderError
from reelwright.plan import Plan, make_plan
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from reelwright.stages.script import Script, expand_script
from reelwright.storyboard import Brief, Storyboard
from reelwright.studio import Studio, open_studio
from tasks.stored import has_server, stored_keys
from tasks.studio import desk, studio

_EXIT_CODES = (
    "Exit codes: 0 done · 2 bad input or plan, nothing spent · 3 a model or service failed · 4 picture or sound"
    " failed · 5 storage · 6 over budget · 7 some shots missing, the others kept · 8 not published ·"
    " 9 nobody can tell whether it is published · 130 stopped, finished work kept ·"
    " 1 anything else."
)

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer

app = typer.Typer(
    name="reelwright",
    help="Turns a script into a finished vertical video.\n\n"
    "Look first: reelwright plan SCRIPT.md. Then make it: reelwright make SCRIPT.md",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

blocks = typer.Typer(
    help="Keys and the shared vault, stored in Prefect: their forms in the UI, and whether what is stored works.",
    no_args_is_help=True,
)
app.add_typer(blocks, name="blocks")
app.add_typer(series, name="series")

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="A script (.md, .txt), a brief (.yaml, .json), a manifest.json, or - for stdin."
    ),
]
RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", "-r", help="How to make it (YAML); the default needs no key.")
]


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"reelwright {__version__}\n")
        raise typer.Exit


@app.callback()
def _reelwright(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    pass


@app.command(epilog=_EXIT_CODES)
@reported
def make(
    source: Source,
    recipe: RecipeFile = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for results; each episode gets a folder in it.")
    ] = Path("out"),
    fresh: Annotated[
        str, typer.Option("--fresh", help="Buy clips anew, and pay for them: 'all', or numbers of shots such as 2,5.")
    ] = "",
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")] = False,
) -> None:
    """Make an episode: video, captions, cover, and a manifest that explains it.

    Run it again to continue after a stop, or to change it: only what is new is made.
    """
    from reelwright.stages.episode import unchanged_episode  # noqa: PLC0415 - `--help` needs none of it

    if has_server():
        quiet_prefect(verbose=verbose)  # it may be asked for keys before the run begins
    read = open_source(source)
    chosen = read_recipe(recipe, read)
    script = _script(read.brief, chosen, may_ask=True)
    storyboard = script.storyboard
    plan = make_plan(storyboard, chosen, Catalogue.load(), today=datetime.now(UTC).date(), stored_keys=stored_keys)
    plan = _signable(_moderated(plan, storyboard, chosen), chosen)
    plan.require()
    folder = out / storyboard.slug
    anew = _shots_named(fresh, len(storyboard.shots))
    episode = None if anew else unchanged_episode(folder, storyboard, chosen, Settings())
    if episode is None:
        quiet_prefect(verbose=verbose)
        from flows.commands.running import page_of, run_episode  # noqa: PLC0415 - loads Prefect

        with terminal.progress(plan, shown=not as_json) as listener:
            episode, run_id = run_episode(read.brief, chosen, str(out), listener, anew)
        page = page_of(run_id)
        if not script.hit:  # written above; the run has found it again
            episode = episode.model_copy(update={"usd": episode.usd + script.charge.usd})
    else:
        run_id, page = "", ""
    posts = _went_out(folder, chosen, verbose=verbose)
    if as_json:
        print_json({**episode.model_dump(mode="json"), "flow_run_id": run_id, "publications": posts})
    else:
        terminal.episode(episode, plan, run_id, page)
        for post in posts:
            publish_terminal.posting(post)


def _went_out(folder: Path, recipe: Recipe, *, verbose: bool) -> list[dict[str, Any]]:
    if not recipe.channels:
        return []
    from flows.commands.publishing_run import went_out  # noqa: PLC0415 - only who publishes loads the ledger

    return went_out(folder, recipe, verbose=verbose)


@app.command()
@reported
def plan(
    source: Source,
    recipe: RecipeFile = None,
    write: Annotated[
        bool, typer.Option("--write", help="Let the recipe's writer make the storyboard of a topic, for its price.")
    ] = False,
    moderate: Annotated[
        bool, typer.Option("--moderate", help="Ask the recipe's moderation service about all texts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the storyboard with models, seconds and price. Spends nothing and calls nobody, but for the two options.

    Where a Prefect server is configured, it is asked for keys that the environment has not.
    """
    read = open_source(source)
    chosen = read_recipe(recipe, read)
    storyboard = _script(read.brief, chosen, may_ask=write).storyboard
    made = make_plan(storyboard, chosen, Catalogue.load(), today=datetime.now(UTC).date(), stored_keys=_keys_if_told)
    made = _moderated(made, storyboard, chosen) if moderate else made
    made = _signable(made, chosen)
    if as_json:
        print_json({**made.model_dump(mode="json"), "storyboard": storyboard.model_dump(mode="json")})
    else:
        terminal.plan(made)
    if made.problems:
        raise typer.Exit(2)


app.command("up")(up)
app.add_typer(review, name="review")
app.command("clean")(clean)
app.command("auth")(auth)
app.command("publish", epilog=_EXIT_CODES)(publish)
app.command("publications")(publications)
app.command("reconcile")(reconcile)
app.command("channels")(channels)


@app.command()
@reported
def models(
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print what each can do, from the catalogue alone, as a document.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the models: usable now or why not, where the key was found, limits, price, end date.

    Calls nobody; where a Prefect server is configured, it is asked for keys that the environment has not.
    """
    from flows.commands.models_table import markdown, rows_of  # noqa: PLC0415 - of this command alone

    catalogue, today = Catalogue.load(), datetime.now(UTC).date()
    if as_markdown:
        sys.stdout.write(markdown(catalogue))
        return
    rows = rows_of(catalogue, today, functools.cache(_keys_if_told))
    if as_json:
        print_json(rows)
    else:
        terminal.models(rows)


@blocks.command("register")
@reported
def register_blocks(as_json: AsJson = False) -> None:
    """Make the forms of all vendors and of the shared vault appear in the Prefect UI."""
    quiet_prefect()
    from flows.commands.blocks import register  # noqa: PLC0415 - loads Prefect

    register(as_json=as_json)


@blocks.command("check")
@reported
def check_blocks(
    name: Annotated[str, typer.Argument(help="One of them, e.g. kling; empty: all.")] = "", as_json: AsJson = False
) -> None:
    """Try the stored blocks: whether each vendor takes its key, and the store the vault. Costs nothing."""
    quiet_prefect()
    from flows.commands.blocks import check  # noqa: PLC0415 - loads Prefect

    if not check(name, as_json=as_json):
        raise typer.Exit(3)


@app.command()
@reported
def doctor(as_json: AsJson = False) -> None:
    """Check this machine: what works, what is missing, and what that costs you."""
    from flows.commands.doctor import examine  # noqa: PLC0415 - tries every part

    findings = examine(_keys_if_told)
    if as_json:
        print_json([finding.model_dump(mode="json") for finding in findings])
    else:
        terminal.doctor(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


@app.command()
@reported
def ledger(
    view: Annotated[View, typer.Argument(help="jobs: what was started · charges: the account · budget: the caps.")],
    since: Since = "",
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what was bought: jobs at models, the account line by line, what is used of each budget."""
    from flows.commands.ledger import show  # noqa: PLC0415 - loads the database

    show(view, since, as_json=as_json, as_csv=as_csv)


def _script(brief: Brief, recipe: Recipe, *, may_ask: bool) -> Script:
    """Return the storyboard; a topic's is written now, or found again."""
    if not brief.shots and recipe.writer != "none":
        terminal.note("Writing the storyboard …" if may_ask else "Looking for the storyboard …")
    # Given shots need neither keys nor the vault, and so no server is asked for them.
    working = open_studio(Settings()) if brief.shots else _studio_of_runs()

    def buyer_of(entry: Entry) -> Buyer:
        from reelwright.takes.call import Buyer  # noqa: PLC0415 - only who pays loads the ledger
        from reelwright.takes.terms import terms_of  # noqa: PLC0415

        return Buyer(desk(), terms_of(entry, brief.slug, recipe))

    return asyncio.run(expand_script(working, brief, recipe, may_ask=may_ask, buyer_of=buyer_of))


@app.command()
@reported
def limits(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL=N]...", help="Limits to set; MODEL=0 takes one away.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or set how many jobs a model works on at once, across all runs of your Prefect server."""
    quiet_prefect()
    from flows.commands.limits import set_and_read  # noqa: PLC0415 - loads Prefect

    found = set_and_read(wanted or [])
    if as_json:
        print_json(found)
    else:
        terminal.note("\n".join(f"{model}: {limit} at once" for model, limit in found.items()) or "No limits are set.")


def _shots_named(fresh: str, shots: int) -> tuple[int, ...]:
    """Return the numbers that `--fresh` names; 0 stands for all."""
    if fresh in {"", "all"}:
        return (0,) if fresh else ()
    numbers = tuple(int(part) if part.strip().isdigit() else 0 for part in fresh.split(","))
    if any(not 1 <= number <= shots for number in numbers):
        raise InvalidInput(f"--fresh {fresh!r} names no shots.", hint=f"Expected 'all' or numbers from 1 to {shots}.")
    return numbers


def _signable(plan: Plan, recipe: Recipe) -> Plan:
    """Return the plan with why its content credentials could not be signed."""
    from reelwright.stages.provenance import signer_problems  # noqa: PLC0415 - loads what reads certificates

    return plan.with_problems(signer_problems(Settings(), recipe))


def _moderated(plan: Plan, storyboard: Storyboard, recipe: Recipe) -> Plan:
    """Return the plan with what the recipe's moderation service flags; without one, as it is."""
    if recipe.moderation is None:
        return plan
    from reelwright.stages.moderation import moderate  # noqa: PLC0415 - most recipes name none

    return plan.with_problems(asyncio.run(moderate(_studio_of_runs(), storyboard, recipe)))


def _studio_of_runs() -> Studio:
    """Return the studio as a run has it: with the vault and the keys that are stored on the person's server."""
    if has_server():
        quiet_prefect()
    return studio()


def _keys_if_told() -> StoredKeys:
    """Return the stored keys; a server that does not answer is said, and is no obstacle to looking."""
    if has_server():
        quiet_prefect()
    try:
        return stored_keys()
    except ProviderError as error:
        terminal.note(f"{error.message} {error.hint}")
        return nothing_stored()


def main() -> None:
    """Run the command line."""
    app()
