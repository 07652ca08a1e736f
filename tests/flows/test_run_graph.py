"""What a run leaves on a Prefect server: a graph that reads as the story, states that tell a hit, artifacts, no key."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.prefect_server import Server
from support.shop import entry_for
from support.terminal import Ran, Terminal

from reelwright.testing.servers.jobs import KEY as JOBS_KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

RECIPE = {"output": {"size": "720x1280", "frame_rate": 25}}
FIRST, SECOND, THIRD = "Small bubbles collapse.", "The water hums.", "Then it boils."
UNPRONOUNCEABLE = "面包为什么会变硬"
KEY = "sk-this-key-is-nobodys-business"
STAGES = ("narration", "narration check", "start frame", "clip", "segment")


@dataclass(frozen=True)
class Told:
    """One run: what the command line said, and what the server knows of it."""

    ran: Ran
    flow_run: dict[str, Any]
    task_runs: dict[str, dict[str, Any]]
    follows: dict[str, set[str]]
    artifacts: dict[str, dict[str, Any]]
    logs: list[dict[str, Any]]

    def states(self, prefix: str) -> dict[str, str]:
        """The names of the states of a shot's task runs, by stage."""
        return {
            name.removeprefix(f"{prefix} · "): run["state"]["name"]
            for name, run in self.task_runs.items()
            if name.startswith(f"{prefix} · ")
        }


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A machine that has made nothing yet when the first run starts."""
    return Terminal(tmp_path_factory.mktemp("graph"))


@pytest.fixture(scope="module")
def first(server: Server, home: Terminal) -> Told:
    """Two shots, made for the first time."""
    return run(server, home, FIRST, SECOND)


@pytest.fixture(scope="module")
def second(server: Server, home: Terminal, first: Told) -> Told:
    """The first shot again, a new one, and one that the local voice cannot say."""
    assert first.ran.exit_code == 0
    return run(server, home, FIRST, THIRD, UNPRONOUNCEABLE)


def test_the_run_is_named_after_the_episode(first: Told) -> None:
    """In a list of runs a person finds the episode by its title."""
    assert first.ran.exit_code == 0, first.ran.stderr
    assert (first.flow_run["name"], first.flow_run["state"]["name"]) == ("Why kettles sing", "Completed")


def test_task_runs_are_named_by_shot_and_stage(first: Told) -> None:
    """`shot 1 · start frame`: a person knows what each box of the graph is."""
    shots = {f"shot {number} · {stage}" for number in (1, 2) for stage in STAGES}
    episode = {f"episode · {stage}" for stage in ("sound", "stitch", "content credentials", "folder", "report")}
    assert set(first.task_runs) == {"script", *shots, *episode}
    assert {run["state"]["name"] for run in first.task_runs.values()} == {"Completed"}


def test_the_arrows_follow_the_story(first: Told) -> None:
    """From the script through each shot to the folder, and not one arrow more."""
    expected: dict[str, set[str]] = {"script": set()}
    for shot in ("shot 1", "shot 2"):
        before = "script"
        for stage in STAGES:
            expected[f"{shot} · {stage}"] = {before}
            before = f"{shot} · {stage}"
    expected["episode · sound"] = {"shot 1 · segment", "shot 2 · segment"}
    expected["episode · stitch"] = {"episode · sound"}
    expected["episode · content credentials"] = {"episode · stitch"}
    expected["episode · folder"] = {"episode · content credentials"}
    expected["episode · report"] = {"episode · folder"}
    assert first.follows == expected


def test_the_storyboard_is_on_the_run_s_page_with_its_pictures(first: Told) -> None:
    """What each shot says and shows, with its start frame in the page itself."""
    storyboard = first.artifacts["storyboard"]
    assert storyboard["type"] == "markdown"
    assert "at most $0.00" in storyboard["data"]
    for number, words in enumerate((FIRST, SECOND), 1):
        row = next(line for line in storyboard["data"].splitlines() if line.startswith(f"| {number} |"))
        assert words in row
        assert f"![Shot {number}](data:image/jpeg;base64," in row


def test_prices_and_checks_stand_in_tables(first: Told) -> None:
    """After the run: what each shot might have cost, what was paid and saved, and who made it."""
    rows = json.loads(first.artifacts["prices"]["data"])
    assert [row["shot"] for row in rows] == [1, 2, "all"]
    assert {(row["at most"], row["paid"]) for row in rows} == {("$0.00", "$0.00")}
    assert rows[0]["made by"] == "animatic"


def test_each_shot_s_stages_are_told(first: Told, second: Told) -> None:
    """A row a shot: what is done, what was found again, what failed."""
    done = first.artifacts["shots"]["data"].splitlines()
    assert [line.count("✓") for line in done if line[2:3].isdigit()] == [len(STAGES)] * 2
    later = second.artifacts["shots"]["data"]
    assert later.count("✓ found again") >= len(STAGES)
    assert "✗ failed" in later
    assert "at work" not in later


def test_progress_ends_at_a_hundred(first: Told) -> None:
    """The bar is full when the episode is there."""
    assert (first.artifacts["progress"]["type"], first.artifacts["progress"]["data"]) == ("progress", 100)


def test_the_result_is_on_the_run_s_page_with_its_figures(first: Told) -> None:
    """Where the video lies, how long it is, what was made, what it cost, how loud it is."""
    told = first.artifacts["episode"]["data"]
    answer = first.ran.json
    assert f"`{Path(answer['video']).resolve()}`" in told
    for figure in ("in 2 shots", "2 shots made, 0 found again", "$0.00", f"{answer['integrated_lufs']:.1f} LUFS"):
        assert figure in told


def test_work_that_is_found_again_shows_as_cached(second: Told) -> None:
    """In a changed source, the shot that stayed is a row of hits and the new one a row of work."""
    assert second.states("shot 1") == dict.fromkeys(STAGES, "Cached")
    assert second.states("shot 2") == dict.fromkeys(STAGES, "Completed")


def test_a_failed_shot_costs_no_other(second: Told) -> None:
    """The shot that cannot be said fails alone; nothing after it starts; its siblings are finished."""
    assert second.states("shot 3") == {"narration": "Failed"}
    assert not any(name.startswith("episode") for name in second.task_runs)
    assert second.artifacts["progress"]["data"] < 100


def test_a_failed_run_says_which_shot_and_what_to_do(second: Told) -> None:
    """The state's message, the terminal and the exit code tell the same."""
    assert second.ran.exit_code == 7
    assert second.flow_run["state"]["type"] == "FAILED"
    said = "1 of 3 shots could not be made: shot 3: The local voice finds nothing to pronounce"
    for where in (second.flow_run["state"]["message"], second.ran.stderr, second.ran.json["error"]["message"]):
        assert said in where
    assert "only what is missing is made" in second.flow_run["state"]["message"]


def test_no_key_is_on_the_server(first: Told, second: Told) -> None:
    """Nothing of the environment's keys is in parameters, states, artifacts or logs; the log itself is there."""
    assert any("Why kettles sing" in line["message"] for line in first.logs)
    assert KEY not in repr([first, second])


def test_a_model_that_fails_is_a_branch_that_leads_to_the_next(server: Server, home: Terminal) -> None:
    """Red, then green: from the start frame to the model that failed, and from there to the one that made it."""
    with OpenAIVideosServer() as vendor:
        vendor.plan.outcome = "moderated"
        model = entry_for(vendor, "model-1").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
        told = run(server, home, FIRST, video_models=[model, "animatic"])
    assert told.ran.exit_code == 0, told.ran.stderr
    assert told.states("shot 1")["model-1 · wait"] == "Failed"
    assert told.follows["shot 1 · model-1 · start"] == {"shot 1 · start frame"}
    assert told.follows["shot 1 · model-1 · wait"] == {"shot 1 · model-1 · start"}
    assert told.follows["shot 1 · clip"] == {"shot 1 · model-1 · wait"}
    assert told.follows["shot 1 · segment"] == {"shot 1 · clip"}


def run(server: Server, home: Terminal, *sentences: str, **how: Any) -> Told:
    """Make an episode through the command line on a server, then read what the server knows."""
    source, recipe = home.home / "kettle.md", home.home / "recipe.json"
    source.write_text("# Why kettles sing\n\n" + "\n\n".join(sentences) + "\n", "utf-8")
    recipe.write_text(json.dumps(RECIPE | how), "utf-8")
    ran = home.run(
        *("make", source, "-r", recipe, "-o", home.home / "out", "--json"),
        PREFECT_API_URL=server.address,
        OPENAI_API_KEY=KEY,
        SHOP_KEY=JOBS_KEY,
    )
    assert ran.exit_code in {0, 7}, ran.stderr
    newest = {"sort": "START_TIME_DESC", "limit": 1}
    flow_run = server.http.post("/flow_runs/filter", json=newest).raise_for_status().json()[0]
    task_runs = settled(server, flow_run["id"])
    nodes = [node for _, node in server.get(f"/flow_runs/{flow_run['id']}/graph-v2")["nodes"]]
    labels = {node["id"]: node["label"] for node in nodes}
    return Told(
        ran,
        flow_run,
        task_runs,
        {node["label"]: {labels[parent["id"]] for parent in node["parents"]} for node in nodes},
        # Of several with one key the page shows the newest.
        {one["key"]: one for one in sorted(server.of_run("artifacts", flow_run["id"]), key=lambda one: one["created"])},
        server.of_run("logs", flow_run["id"]),
    )


def settled(server: Server, flow_run_id: str) -> dict[str, dict[str, Any]]:
    """The task runs of a finished flow run, once the events that tell their states have all arrived."""
    deadline, before = time.monotonic() + 30, None
    while True:
        runs = {run["name"]: run for run in server.of_run("task_runs", flow_run_id)}
        states = {name: run["state"]["type"] for name, run in runs.items()}
        ended = bool(states) and set(states.values()) <= {"COMPLETED", "FAILED"}
        if (ended and states == before) or time.monotonic() > deadline:
            return runs
        before = states
        time.sleep(0.3)
