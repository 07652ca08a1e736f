"""Wall and CPU time of work, with that of the programs it runs, side by side in rounds: machines are never quiet."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Cost:
    """What work cost, in seconds."""

    wall: float
    cpu: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Do the work once."""
    before, began = os.times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, os.times()
    return Cost(wall, sum(after[:4]) - sum(before[:4]))


def compared(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Cost]:
    """Do all the works in turns, so that each meets the same noise, and return the median cost of each."""
    found: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(cost_of(work))
    return {
        name: Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))
        for name, costs in found.items()
    }


def show(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def show_costs(title: str, costs: Mapping[str, Cost], *, against: str, frames: int) -> None:
    """Print costs a frame, and as a ratio to one of them."""
    base = costs[against]
    rows = [
        (
            name,
            f"{cost.wall / frames * 1000:.2f}",
            f"{cost.cpu / frames * 1000:.2f}",
            f"{cost.wall / base.wall:.2f}",
            f"{cost.cpu / base.cpu:.2f}",
        )
        for name, cost in costs.items()
    ]
    show(title, ("", "wall ms/frame", "CPU ms/frame", "wall ratio", "CPU ratio"), rows)
