"""Call each public task in every way, as an author's process does, and write down what came of it.

`python -m support.each_call FOLDER [TASK …]`, with a Prefect server in the environment if there is one; FOLDER gets
`report.json`. A process of its own: Prefect leaves to the garbage collector the connections of the threads in which it
runs submitted tasks.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow
from support.each_task import BOTH, CASES, CORES, Rooms, World, by_the_core, told

import tasks
from reelwright.publishing.desk import open_publishing_desk
from reelwright.testing.servers.jobs import KEY as JOBS_KEY
from reelwright.testing.servers.openai import KEY
from reelwright.testing.servers.openai_moderations import OpenAiModerations
from reelwright.testing.servers.openai_text import OpenAiText
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from tasks.stage import Stage
from tasks.stored import stored_keys
from tasks.studio import desk, studio


def called(name: str, world: World) -> dict[str, Any]:
    """Call a task alone, in a flow, submitted, mapped over two and with other options, then its core function."""
    task: Stage[..., Any] = getattr(tasks, name)
    first, second = (CASES[name].asked(world, number) for number in BOTH)
    found: dict[str, Any] = {}

    async def alone() -> None:
        found["alone"] = told(await task(*first))
        found["renamed"] = told(await task.with_options(name="another name")(*first))

    @flow(name=f"each way to call {name}")
    async def ways() -> None:
        found["inside"] = told(await task(*first))
        found["state_inside"] = (await task(*first, return_state=True)).name
        future = task.submit(*first)
        found["submitted"] = told(future.result())
        found["state_submitted"] = future.state.name
        futures = task.map(*map(list, zip(first, second, strict=True))) if first else []
        found["mapped"] = [told(one.result()) for one in futures]

    asyncio.run(alone())
    asyncio.run(ways())
    made = asyncio.run(by_the_core(name, CORES[name], world, first))
    return {**found, "core": told(made), "core_found_it": getattr(made, "hit", False)}


def report(world: World, names: Sequence[str]) -> dict[str, Any]:
    """Call them all: one that fails costs no other."""
    answers: dict[str, Any] = {}
    for name in names:
        began = time.monotonic()
        try:
            answers[name] = called(name, world)
        except Exception:  # noqa: BLE001 - written down, and told by the test of that task
            answers[name] = {"failed": traceback.format_exc()}
        answers[name]["took_seconds"] = round(time.monotonic() - began, 2)
    shown = (path.parent for path in (world.rooms.folder / "shown").glob("*/*/episode.mp4"))
    return {
        "tasks": answers,
        "paid": world.rooms.videos.created,
        "bought": world.bought,
        "posts": sorted(folder.parent.name for folder in shown if not folder.name.startswith(".")),
    }


def main(folder: Path, names: Sequence[str]) -> None:
    """Open the studio and the vendors, call everything, write the report."""
    os.environ |= {"REELWRIGHT_HOME": str(folder / "home"), "SHOP_KEY": JOBS_KEY, "AUTHOR_KEY": KEY}
    with OpenAIVideosServer() as videos, OpenAiText() as texts, OpenAiModerations() as judge:
        videos.plan.polls = 0
        texts.say(*({"prompt": f"a spoon, {number}"} for number in BOTH))
        publishing = open_publishing_desk(studio().settings, stored_keys)
        world = World(Rooms(folder, studio(), desk(), publishing, videos, texts, judge))
        (folder / "report.json").write_text(json.dumps(report(world, names or tuple(CASES))), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
