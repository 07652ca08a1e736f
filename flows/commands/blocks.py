"""`reelwright blocks register | check`: what people store in Prefect, from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from rich.markup import escape
from rich.table import Table

from flows.commands.terminal import console, note
from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.values import Value
from tasks.stored import has_server


class Tried(Value):
    """A stored block, and what its check told."""

    block: str
    works: bool
    told: str


def register(*, as_json: bool = False) -> None:
    """Make the forms of all our blocks appear in the Prefect UI. Doing it again brings them up to date.

    Raises:
        InvalidInput: there is no Prefect server.
    """
    _require_server()
    from blocks import ALL  # noqa: PLC0415 - loads Prefect

    for kind in ALL:
        kind.register_type_and_schema()
    names = [kind.get_block_type_slug() for kind in ALL]
    if as_json:
        _print(names)
        return
    note(f"Registered {len(names)} kinds of blocks: {', '.join(names)}.")
    note("Fill them in on the Blocks page of the UI; then: reelwright blocks check")


def check(name: str = "", *, as_json: bool = False) -> bool:
    """Try the stored blocks, or one (`kling`, or `reelwright-kling/kling`); return whether all work. Costs nothing.

    Raises:
        InvalidInput: there is no Prefect server, or no such block.
    """
    _require_server()
    from blocks.stored import read_stored  # noqa: PLC0415 - loads Prefect

    stored = read_stored()
    known = {f"{block.get_block_type_slug()}/{title}": block for title, block in stored.blocks}
    chosen = {place: block for place, block in known.items() if name in {"", place, place.partition("/")[2]}}
    unread = [place for place in stored.unreadable if name in {"", place, place.partition("/")[2]}]
    if name and not chosen and not unread:
        raise InvalidInput(f"There is no block {name!r}.", hint=f"There are: {', '.join(known) or 'none'}.")
    told = [_tried(place, block.check) for place, block in chosen.items()]
    told += [Tried(block=place, works=False, told="This version cannot read it: save it again.") for place in unread]
    if as_json:
        _print([one.model_dump(mode="json") for one in told])
    else:
        _show(told)
    return all(one.works for one in told)


def _tried(place: str, attempt: Callable[[], str]) -> Tried:
    try:
        return Tried(block=place, works=True, told=attempt())
    except ReelwrightError as error:
        return Tried(block=place, works=False, told=str(error))


def _show(told: list[Tried]) -> None:
    if not told:
        note("No block is stored yet: reelwright blocks register, then fill one in on the Blocks page of the UI.")
        return
    table = Table.grid(padding=(0, 2))
    for one in told:
        mark = "[green]works[/]" if one.works else "[bold red]does not work[/]"
        table.add_row(mark, f"[bold]{escape(one.block)}[/]", escape(one.told))
    console.print(table)


def _require_server() -> None:
    if not has_server():
        raise InvalidInput(
            "No Prefect server is named, so nothing is stored.",
            hint="Start one (prefect server start), and set PREFECT_API_URL to its address.",
        )


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
