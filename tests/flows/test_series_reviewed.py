"""A series whose episodes a person looks at: from the slot to the channel, sent back, and left unanswered."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.life import TINY, Life, listener, living
from support.terminal import Ran, Terminal

from flows.local_server import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 240

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A machine with `reelwright up` at work in a clone without series."""
    clone = tmp_path_factory.mktemp("clone")
    shutil.copy(ROOT / "prefect.yaml", clone)
    terminal = Terminal(tmp_path_factory.mktemp("home"))
    terminal.environment["PYTHONPATH"] = str(ROOT)
    with pytest.MonkeyPatch.context() as here:
        here.chdir(clone)
        terminal.run("series", "deploy")
        with living(terminal, clone / "out", free_port()) as started:
            yield started


class Show:
    """A series with one slot that has just come, and the person who runs it."""

    def __init__(self, life: Life, name: str, **fields: Any) -> None:
        self.life, self.name, self.out = life, name, life.out / name
        self.file = life.out.parent / f"{name}.yaml"
        slot = datetime.now(UTC) - timedelta(minutes=5)
        topics = [{"title": f"{name} {part}", "shots": [{"prompt": "A harbour.", "seconds": 1}]} for part in ("1", "2")]
        self.fields = {
            "title": name,
            "topics": {"list": topics},
            "time_zone": "UTC",
            "slots": [{"times": [f"{slot:%H:%M}"]}],
            "recipe": TINY,
        }
        self.now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
        self.write(**fields)

    def write(self, **fields: Any) -> None:
        """Write its file, with changes."""
        self.fields |= fields
        self.file.write_text(json.dumps(self.fields), "utf-8")

    def run(self) -> tuple[str, str]:
        """Make what is due; return the slot's state and why."""
        ran = self.command("series", "run", str(self.file), "--now", self.now, "--out", str(self.life.out), "--json")
        assert ran.exit_code == 0, ran.stderr
        (slot,) = ran.json["slots"]
        return slot["state"], slot["reason"]

    def command(self, *arguments: str) -> Ran:
        """Run a command on the machine's server."""
        server = str(self.life.http.base_url).rstrip("/")
        return self.life.terminal.run(*arguments, timeout=_PATIENCE_SECONDS, PREFECT_API_URL=server)

    def waiting(self) -> list[tuple[str, str]]:
        """The reviews that wait, as `reelwright review list` tells them."""
        return [(one["name"], one["review"]) for one in self.life.review("list")]


def test_an_episode_is_sent_back_approved_by_one_of_two_and_goes_out_once(life: Life, tmp_path: Path) -> None:
    """Slot → storyboard → made → sent back → storyboard → made → approved → published, though the channel failed."""
    (tmp_path / "in-the-way").write_text("no folder", "utf-8")
    shelf = tmp_path / "in-the-way" / "shelf"
    show = Show(life, "tea", review="both", channels=[{"kind": "folder", "settings": {"path": str(shelf)}}])
    assert show.run()[0] == "in review"
    assert show.run()[0] == "in review"
    life.wait_for("tea 1", "storyboard-1")
    assert show.waiting() == [("tea 1", "storyboard")]
    assert not show.out.exists()
    life.review("approve", "tea 1", "--by", "ann")
    life.wait_for("tea 1", "publish-1")
    assert show.command("review", "send-back", "tea 1", "--by", "ann").exit_code == 2
    life.review("send-back", "tea 1", "--by", "ann", "--note", "Show the sea.")
    run = life.wait_for("tea 1", "storyboard-2")
    assert "Sent back: Show the sea." in the_form(life, run)
    resume(life, run, {"decision": "approve", "shots": [{"number": 1, "prompt": "The sea.", "seconds": 1}]})
    life.wait_for("tea 1", "publish-2")

    with ThreadPoolExecutor(2) as pool:
        decided = list(pool.map(lambda by: show.command("review", "approve", "tea 1", "--by", by), ("ann", "bob")))
    assert sorted(ran.exit_code for ran in decided) == [0, 2], [ran.stderr for ran in decided]
    assert life.wait_for("tea 1")["state"]["type"] == "FAILED"
    assert not list(tmp_path.rglob("*.mp4"))

    (tmp_path / "in-the-way").unlink()
    state, why = show.run()
    assert (state, "AwaitingRetry" in why) == ("in review", True)
    wait_until(lambda: life.run_named("tea 1")["state"]["type"] == "COMPLETED")
    assert show.waiting() == []
    assert len(list(shelf.rglob("*.mp4"))) == 1
    assert [show.run()[0] for _ in range(2)] == ["made", "found"]
    (posted,) = show.command("publications", "--json").json
    assert (posted["series"], posted["state"]) == ("tea", "published")
    (manifest,) = show.out.rglob("manifest.json")
    assert json.loads(manifest.read_text("utf-8"))["storyboard"]["shots"][0]["prompt"] == "The sea."
    wanted = {"key": {"any_": ["review"]}, "flow_run_id": {"any_": [run["id"]]}}
    (told,) = life.http.post("/artifacts/filter", json={"artifacts": wanted}).raise_for_status().json()
    decisions = [[cell.strip() for cell in line.split("|")[1:3]] for line in told["data"].splitlines()[2:]]
    assert decisions == [
        ["storyboard 1", "approve"],
        ["publish 1", "send back"],
        ["storyboard 2", "approve"],
        ["publish 2", "approve"],
    ]


def test_what_nobody_answers_in_time_is_not_made_and_is_asked_again(life: Life) -> None:
    """The run ends, a person is told, nothing is spent; the series asks anew, or leaves the slot out."""
    with listener() as (address, heard):
        life.be_told_at(address)
        # Long enough for a command on a busy machine to see it wait.
        show = Show(life, "rain", review="storyboard", review_hours=0.02)
        show.run()
        first = life.wait_for("rain 1", "storyboard-1")
        assert show.waiting() == [("rain 1", "storyboard")]
        assert life.wait_for("rain 1")["state"]["type"] == "FAILED"
        assert show.waiting() == []
        assert show.command("review", "approve", "rain 1").exit_code == 2
        assert show.command("ledger", "charges", "--json").json == []
        wait_until(lambda: len(heard) >= 2)
        waits, unanswered = heard
        assert "rain 1 waits for your review" in waits
        assert "/runs/flow-run/" in waits
        assert "Nobody answered its review in time, so nothing was spent" in unanswered
        assert not show.out.exists()

        show.write(review_hours=0.003)
        assert show.run()[0] == "in review"
        wait_until(lambda: life.run_named("rain 1")["id"] != first["id"])
        assert life.wait_for("rain 1")["state"]["type"] == "FAILED"
        show.write(unanswered="leave_out")
        assert show.run() == ("skipped", "nobody answered its review in time")
        assert show.run()[0] == "skipped"
        wait_until(lambda: len(heard) >= 4)
    plan = show.command("series", "plan", str(show.file), "--days", "2", "--json").json
    assert "rain 1" in [slot["title"] for slot in plan["slots"]]


def the_form(life: Life, run: dict[str, Any]) -> str:
    """What stands above the form that a run waits with."""
    keys = run["state"]["state_details"]["run_input_keyset"]
    path = f"/flow_runs/{run['id']}/input/{keys['description']}"
    wait_until(lambda: life.http.get(path).status_code == httpx.codes.OK)
    return str(life.http.get(path).json())


def resume(life: Life, run: dict[str, Any], answer: dict[str, Any]) -> None:
    """Answer as the form in the UI does."""
    result = life.http.post(f"/flow_runs/{run['id']}/resume", json={"run_input": answer}).raise_for_status().json()
    assert result["status"] == "ACCEPT", result


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that has its time."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.5)
