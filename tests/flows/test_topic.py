"""`reelwright make "a topic in words"`: the recipe's writer makes the storyboard, and is paid for it once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.prefect_server import Server
from support.terminal import Ran, Terminal

from reelwright.testing.servers.openai import KEY
from reelwright.testing.servers.openai_text import MODEL, NARRATIONS, OpenAiText, storyboard
from reelwright.testing.servers.strict import Drop, Reply

TOPIC = "why bread goes stale overnight"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAiText]:
    """One writer for all tests of this file."""
    with OpenAiText() as started:
        yield started


def recipe(folder: Path, server: OpenAiText, protocol: str = "openai-responses", **writer: Any) -> Path:
    """A recipe whose writer is the server."""
    named = {"name": "author", "protocol": protocol, "base_url": server.base_url, "model": MODEL}
    prices = {"usd_per_million_input": 100, "usd_per_million_output": 100}
    told = {
        "writer": {**named, **prices, "api_key": {"env": "AUTHOR_KEY"}, **writer},
        "target_seconds": 12,
        "output": {"size": "720x1280", "frame_rate": 25},
    }
    path = folder / "recipe.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


@pytest.fixture(scope="module")
def made(
    terminal: Terminal, server: OpenAiText, prefect_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ran]:
    """An episode of a topic; the first draft has a fault, so that the writer is asked twice."""
    folder = tmp_path_factory.mktemp("topic")
    server.say(storyboard(hashtags=[]), storyboard())
    served = terminal.served_by(prefect_server.address)
    ran = served.run("make", TOPIC, "-r", recipe(folder, server), "-o", folder / "out", "--json", AUTHOR_KEY=KEY)
    assert ran.exit_code == 0, ran.stderr
    return folder, ran


def manifest(made: tuple[Path, Ran]) -> dict[str, Any]:
    """The manifest of the episode."""
    path = made[0] / "out" / "the-crystal-inside-your-bread" / "manifest.json"
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


@pytest.mark.slow
def test_a_topic_becomes_an_episode(made: tuple[Path, Ran], server: OpenAiText) -> None:
    """The writer's title, its shots in order, and a finished video."""
    told = manifest(made)
    assert Path(made[1].json["video"]).stat().st_size > 10_000
    assert [shot["narration"] for shot in told["storyboard"]["shots"]] == list(NARRATIONS)
    assert told["storyboard"]["writer"] == "author"
    assert TOPIC in server.calls[0].json["input"][0]["content"]


@pytest.mark.slow
def test_the_writer_is_paid_once_for_each_round(made: tuple[Path, Ran], server: OpenAiText, terminal: Terminal) -> None:
    """Two calls at 2000 tokens for $100 a million are $0.40; neither the run nor a second `make` asks again."""
    assert (len(server.calls), made[1].json["usd"]) == (2, "0.400000")
    again = terminal.here("make", TOPIC, "-r", made[0] / "recipe.json", "-o", made[0] / "out", "--json", AUTHOR_KEY=KEY)
    assert (again.json["unchanged"], again.json["usd"], len(server.calls)) == (True, "0", 2)


@pytest.mark.slow
def test_the_plan_finds_what_was_written(made: tuple[Path, Ran], server: OpenAiText, terminal: Terminal) -> None:
    """`plan` shows the storyboard for nothing, and needs no key for it."""
    ran = terminal.here("plan", TOPIC, "-r", made[0] / "recipe.json", "--json")
    assert (ran.exit_code, len(ran.json["shots"]), len(server.calls)) == (0, 3, 2)


def test_a_plan_of_a_new_topic_pays_only_when_told_to(server: OpenAiText, terminal: Terminal, tmp_path: Path) -> None:
    """Without `--write` it is refused and nothing is called."""
    calls = len(server.calls)
    named = ("plan", "why milk boils over so fast", "-r", recipe(tmp_path, server), "--json")
    refused = terminal.here(*named, AUTHOR_KEY=KEY)
    assert (refused.exit_code, len(server.calls)) == (2, calls)
    assert "--write" in refused.json["error"]["hint"]
    server.say(storyboard())
    written = terminal.here(*named, "--write", AUTHOR_KEY=KEY)
    assert (written.exit_code, len(server.calls)) == (0, calls + 1)
    charges = [Decimal(line["usd"]) for line in terminal.here("ledger", "charges", "--json").json]
    assert Decimal("0.2") in charges, charges


def test_a_cap_holds_for_a_writer(server: OpenAiText, fresh_terminal: Terminal, tmp_path: Path) -> None:
    """What an answer may cost is set aside before it is asked for: nothing is sent."""
    path, calls = recipe(tmp_path, server), len(server.calls)
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(told | {"budget": {"per_episode_usd": "0.50"}}), "utf-8")
    ran = fresh_terminal.here("plan", "why rice sticks", "-r", path, "--write", "--json", AUTHOR_KEY=KEY)
    assert (ran.exit_code, ran.json["error"]["code"], len(server.calls)) == (6, "budget_exceeded", calls)


def test_a_lost_answer_stays_counted(server: OpenAiText, fresh_terminal: Terminal, tmp_path: Path) -> None:
    """Nobody can tell whether it was billed: the next run may ask again, and both are in the account."""
    named = ("plan", "why ice floats", "-r", recipe(tmp_path, server), "--write", "--json")
    server.then(Drop())
    lost = fresh_terminal.here(*named, AUTHOR_KEY=KEY)
    assert (lost.exit_code, lost.json["error"]["code"]) == (3, "start_ambiguous")
    server.say(storyboard())
    assert fresh_terminal.here(*named, AUTHOR_KEY=KEY).exit_code == 0
    states = [job["state"] for job in fresh_terminal.here("ledger", "jobs", "--json").json]
    assert sorted(states) == ["done", "suspect"]


@pytest.mark.slow
def test_the_key_is_nowhere(made: tuple[Path, Ran], terminal: Terminal, prefect_server: Server) -> None:
    """Not in the result, the terminal, the vault or Prefect's database."""
    folders = (made[0], terminal.home, prefect_server.home)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert KEY not in made[1].stdout + made[1].stderr


def test_a_writer_without_a_key_is_refused_before_anything_is_sent(
    terminal: Terminal, server: OpenAiText, tmp_path: Path
) -> None:
    """The variable is named."""
    calls = len(server.calls)
    ran = terminal.here("make", "a topic of its own", "-r", recipe(tmp_path, server), "-o", tmp_path, "--json")
    assert (ran.exit_code, ran.json["error"]["code"], len(server.calls)) == (2, "missing_credential", calls)
    assert "AUTHOR_KEY" in ran.json["error"]["message"]


def test_a_refusal_ends_with_a_reason(terminal: Terminal, server: OpenAiText, tmp_path: Path) -> None:
    """Exit code 3, the vendor's words."""
    server.then(Reply(400, {"error": {"message": "Blocked.", "type": "x", "param": None, "code": "content_filter"}}))
    named = ("make", "another topic", "-r", recipe(tmp_path, server, "openai-chat"), "-o", tmp_path, "--json")
    ran = terminal.here(*named, AUTHOR_KEY=KEY)
    assert (ran.exit_code, ran.json["error"]["kind"]) == (3, "moderated")
