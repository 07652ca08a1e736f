"""What waiting costs: `python tests/benchmarks/orchestration.py [overhead | waiting]`, run by hand on a quiet machine.

`overhead`: an episode of 12 shots at a server that takes 20 s for each, against its critical path (the slowest shot's
own stages, then sound, stitch and folder). `waiting`: 200 shots in one process that wait for a slow server: memory and
CPU of that process while nothing else happens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.shop import entry_for
from support.terminal import Terminal

from flows.local_server import local_server
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer


def start(folder: Path, server: OpenAIVideosServer, shots: int, api: str) -> subprocess.Popen[str]:
    """Begin to make an episode of silent shots."""
    model = entry_for(server, "slow").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
    brief = {"title": "Bench", "shots": [{"prompt": f"loaf {number}", "seconds": 2} for number in range(shots)]}
    recipe = {
        "output": {"size": "720x1280", "frame_rate": 24},
        "video_models": [model],
        "budget": {"per_episode_usd": None},
    }
    (folder / "brief.json").write_text(json.dumps(brief), "utf-8")
    (folder / "recipe.json").write_text(json.dumps(recipe), "utf-8")
    environment = Terminal(folder / "home").environment | {"SHOP_KEY": KEY, "PREFECT_API_URL": api}
    arguments = ["make", folder / "brief.json", "-r", folder / "recipe.json", "-o", folder / "out", "--json"]
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def overhead(folder: Path, server: OpenAIVideosServer, api: str) -> dict[str, Any]:
    """Compare the wall time of a 12-shot episode with its critical path, both as Prefect has recorded them."""
    server.plan.seconds = 20
    process = start(folder, server, 12, api)
    answer, _ = process.communicate()
    os.environ["PREFECT_API_URL"] = api
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - reads the address when it is imported
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        run = client.read_flow_run(json.loads(answer)["flow_run_id"])
        own = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        tasks = client.read_task_runs(flow_run_filter=own, limit=200)
    seconds: dict[str, float] = {}
    for task in tasks:
        name = task.name.split(" · ")[0]
        seconds[name] = seconds.get(name, 0.0) + task.total_run_time.total_seconds()
    critical = max(value for name, value in seconds.items() if name.startswith("shot")) + seconds["episode"]
    wall = run.total_run_time.total_seconds()
    return {"wall": wall, "critical": critical, "allowed": 1.15 * critical + 5, "kept": wall <= 1.15 * critical + 5}


def waiting(folder: Path, server: OpenAIVideosServer, api: str) -> dict[str, Any]:
    """Measure the process that waits for 200 shots."""
    server.plan.seconds, server.poll_after_ms = 3600, "10000"
    with start(folder, server, 200, api) as process:
        while server.created < 200 and process.poll() is None:
            time.sleep(1)
        time.sleep(20)
        watched = psutil.Process(process.pid)
        before, since = watched.cpu_times(), time.monotonic()
        time.sleep(60)
        after, passed = watched.cpu_times(), time.monotonic() - since
        used = (after.user + after.system - before.user - before.system) / passed
        peak = watched.memory_info().rss / 1e6
        process.kill()
    return {"rss_mb": round(peak), "cpu_of_a_core": round(used, 3), "kept": peak < 600 and used < 0.15}


def main() -> None:
    """Run what is asked for."""
    for name in sys.argv[1:] or ["overhead", "waiting"]:
        with tempfile.TemporaryDirectory() as home, OpenAIVideosServer() as server:
            os.environ |= {"PREFECT_HOME": f"{home}/prefect", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
            with local_server() as prefect:
                prefect.wait_until_ready()
                measure = {"overhead": overhead, "waiting": waiting}[name]
                print(name, json.dumps(measure(Path(home), server, prefect.address)))  # noqa: T201


if __name__ == "__main__":
    main()
