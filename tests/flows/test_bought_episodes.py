"""Episodes whose shots are bought: fallback as branches, identical shots once, budgets, and what a re-run pays."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.prefect_server import Server
from support.shop import entry_for
from support.terminal import Ran, Terminal

from reelwright.media.master import broken_promises
from reelwright.recipe import OutputFormat
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai import KEY as AUTHOR_KEY
from reelwright.testing.servers.openai_text import MODEL as AUTHOR
from reelwright.testing.servers.openai_text import OpenAiText
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

PLAIN = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "voice": {"narrator": "none"},
    "captions": {"preset": "none"},
    "music": {"source": "none"},
    "content_credentials": False,
    "chapters": False,
}
"""Only what is bought: how the rest is made is asked elsewhere."""


@pytest.fixture
def server() -> Iterator[OpenAIVideosServer]:
    """The model that is tried first."""
    with OpenAIVideosServer() as running:
        yield running


@pytest.fixture
def second() -> Iterator[OpenAIVideosServer]:
    """The model that is tried next."""
    with OpenAIVideosServer() as running:
        yield running


class Producer:
    """Someone who makes episodes from the command line with models of their own."""

    def __init__(self, terminal: Terminal, folder: Path, *servers: OpenAIVideosServer) -> None:
        self.terminal, self.folder = terminal, folder
        self.source, self.recipe = folder / "brief.json", folder / "recipe.json"
        self.models = [
            entry_for(server, f"model-{index}").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
            for index, server in enumerate(servers, 1)
        ]

    def make(self, *prompts: str, fresh: str = "", **recipe: Any) -> Ran:
        """Make an episode of silent shots of two seconds."""
        self.write(*prompts, **recipe)
        return self.again(fresh=fresh)

    def again(self, *, fresh: str = "") -> Ran:
        """Make it as it is written down."""
        options = ["--fresh", fresh] if fresh else []
        arguments = ["make", self.source, "-r", self.recipe, "-o", self.folder / "out", "--json", *options]
        return self.terminal.run(*arguments, SHOP_KEY=KEY, AUTHOR_KEY=AUTHOR_KEY)

    def write(self, *prompts: str, **recipe: Any) -> None:
        """Write the brief and the recipe."""
        shots = [{"prompt": prompt, "seconds": 2} for prompt in prompts]
        self.source.write_text(json.dumps({"title": "Bread", "shots": shots}), "utf-8")
        whole = {**PLAIN, "video_models": self.models, **recipe}
        self.recipe.write_text(json.dumps(whole), "utf-8")

    def manifest(self) -> dict[str, Any]:
        """What the episode says of itself."""
        told: dict[str, Any] = json.loads((self.folder / "out" / "bread" / "manifest.json").read_text("utf-8"))
        return told

    def ledger(self, view: str) -> Any:
        """A view of the ledger."""
        return self.terminal.run("ledger", view, "--json").json


@dataclass(frozen=True)
class Bought:
    """An episode that is made, and whose shots were bought."""

    producer: Producer
    ran: Ran
    server: OpenAIVideosServer


@pytest.fixture(scope="module")
def bought(prefect_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bought]:
    """Three shots, two of them alike, with all that an episode has; made once for the tests that go on from it."""
    folder = tmp_path_factory.mktemp("bought")
    with OpenAIVideosServer() as server:
        producer = Producer(Terminal(folder / "home").served_by(prefect_server.address), folder, server)
        whole = {"voice": {}, "captions": {}, "music": {}, "content_credentials": True, "chapters": True}
        yield Bought(producer, producer.make("a loaf", "a knife", "a loaf", **whole), server)


@pytest.mark.slow
def test_a_bought_episode_is_a_whole_one(bought: Bought) -> None:
    """Three shots, two of them alike: two jobs, a master that keeps its promises, the price in the answer."""
    ran = bought.ran
    assert ran.exit_code == 0, ran.stderr
    assert (bought.server.created, Decimal(ran.json["usd"])) == (2, Decimal("0.80"))
    output = OutputFormat(size="720x1280", frame_rate=24)
    assert broken_promises(Path(ran.json["video"]), output, chapter_count=3) == ()
    assert KEY not in ran.stdout + ran.stderr + json.dumps(bought.producer.manifest())


@pytest.mark.slow
def test_what_was_bought_is_found_again_for_nothing(bought: Bought) -> None:
    """Another recipe for the same shots: no job, no price, and what it saved is told."""
    jobs = bought.server.created
    again = bought.producer.make("a loaf", "a knife", "a loaf")
    assert (again.exit_code, bought.server.created, Decimal(again.json["usd"])) == (0, jobs, 0), again.stderr
    assert Decimal(again.json["saved_usd"]) == Decimal("1.20"), "three shots found again, two jobs paid"


@pytest.mark.slow
def test_a_shot_is_bought_anew_on_request(bought: Bought) -> None:
    """`--fresh 2` pays for the second shot alone."""
    jobs = bought.server.created
    ran = bought.producer.make("a loaf", "a knife", fresh="2")
    assert (ran.exit_code, bought.server.created - jobs, Decimal(ran.json["usd"])) == (0, 1, Decimal("0.40")), (
        ran.stderr
    )
    assert bought.producer.make("a loaf", fresh="7").exit_code == 2


@pytest.mark.slow
def test_a_model_that_fails_is_left_for_the_next(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer, second: OpenAIVideosServer
) -> None:
    """Every cause and charge is kept; the next run finds the clip again without calling the first model."""
    server.plan.outcome = "moderated"
    producer = Producer(served_terminal, tmp_path, server, second)
    ran = producer.make("a loaf")
    assert ran.exit_code == 0, ran.stderr
    clip = producer.manifest()["shots"][0]["clip"]
    assert (clip["model"], [cause["kind"] for cause in clip["causes"]]) == ("model-2", ["moderated"])
    assert "model-1 was left" in ran.json["warnings"][0]
    server.plan.outcome = "done"
    calls = sum(server.counts.values())
    again = producer.make("a loaf", chapters=True)
    assert (sum(server.counts.values()), Decimal(again.json["usd"]), second.created) == (calls, 0, 1)


@pytest.mark.slow
def test_when_every_model_fails_one_error_holds_all_causes(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer, second: OpenAIVideosServer
) -> None:
    """The other shots are kept, the exit code says that some are missing."""
    server.plan.outcome, second.plan.clip_seconds = "broken", 1
    ran = Producer(served_terminal, tmp_path, server, second).make("a loaf")
    assert (ran.exit_code, ran.json["error"]["code"]) == (7, "episode_incomplete")
    (_, cause), *_ = ran.json["error"]["causes"]
    assert cause["code"] == "all_models_failed"
    assert [link["kind"] for link in cause["causes"]] == ["busy", "media_rejected"]


@pytest.mark.slow
def test_the_animatic_can_be_the_last_link(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """A vendor that is down costs the night nothing."""
    server.fail("create", "reply", times=99, status=401, body={"error": {"message": "Incorrect API key"}})
    producer = Producer(served_terminal, tmp_path, server)
    producer.models.append("animatic")  # type: ignore[arg-type]
    ran = producer.make("a loaf", "a knife")
    assert (ran.exit_code, Decimal(ran.json["usd"])) == (0, 0), ran.stderr
    assert [shot["clip"]["model"] for shot in producer.manifest()["shots"]] == ["animatic"] * 2
    assert server.counts["create"] == 1, "a dead vendor costs one attempt, not one for each shot"


def test_a_run_that_would_pass_its_cap_is_refused_before_it_starts(
    fresh_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """The plan prices everything first."""
    producer = Producer(fresh_terminal, tmp_path, server)
    producer.write("a", "b", "c", budget={"per_episode_usd": "1.00"})
    ran = fresh_terminal.here("make", producer.source, "-r", producer.recipe, "--json", SHOP_KEY=KEY)
    assert (ran.exit_code, ran.json["error"]["code"], server.created) == (2, "plan_refused", 0)
    assert "$1.20" in ran.json["error"]["message"]


@pytest.mark.slow
def test_a_cap_that_was_used_up_stops_the_next_run_until_it_is_raised(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """A day's cap counts what other episodes spent; raised, the same command goes on."""
    producer = Producer(served_terminal, tmp_path, server)
    assert producer.make("a", "b", budget={"per_day_usd": "1.00"}).exit_code == 0
    stopped = producer.make("a", "b", "c", budget={"per_day_usd": "1.00"})
    assert (stopped.exit_code, server.created) == (7, 2)
    assert "Raise it by at least $0.2" in json.dumps(stopped.json["error"])
    assert producer.make("a", "b", "c", budget={"per_day_usd": "1.20"}).exit_code == 0
    assert server.created == 3
    assert sum(Decimal(line["usd"]) for line in producer.ledger("charges") if line["what"] == "charged") == Decimal(
        "1.20"
    )


@pytest.mark.slow
def test_several_takes_are_made_and_the_best_is_kept(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """All are paid, all stay in the vault; choosing another one later is free."""
    producer = Producer(served_terminal, tmp_path, server)
    ran = producer.make("a loaf", takes=3)
    assert (ran.exit_code, server.created, Decimal(ran.json["usd"])) == (0, 3, Decimal("1.20")), ran.stderr
    assert len(producer.manifest()["shots"][0]["clip"]["takes"]) == 3
    brief = json.loads(producer.source.read_text("utf-8"))
    brief["shots"][0]["take"] = 2
    producer.source.write_text(json.dumps(brief), "utf-8")
    chosen = producer.again()
    assert (chosen.exit_code, server.created, Decimal(chosen.json["usd"])) == (0, 3, 0), chosen.stderr


@pytest.mark.slow
def test_a_crash_in_shot_three_of_four_pays_only_what_was_not_paid(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """Killed with three jobs at the vendor, run again: four jobs in all."""
    server.plan.seconds = 8
    producer = Producer(served_terminal, tmp_path, server)
    producer.write("a", "b", "c", "d")
    served_terminal.environment["SHOP_KEY"] = KEY
    killed = served_terminal.stop(
        "make", producer.source, "-r", producer.recipe, "-o", tmp_path / "out",
        when=lambda: server.created >= 3, by=signal.SIGKILL,
    )  # fmt: skip
    assert killed.exit_code == -signal.SIGKILL
    assert server.created >= 3
    ran = producer.again()
    assert ran.exit_code == 0, ran.stderr
    assert server.created == 4
    assert sum(Decimal(line["usd"]) for line in producer.ledger("charges") if line["what"] == "charged") == Decimal(
        "1.60"
    )


@pytest.mark.slow
def test_a_blocked_prompt_is_said_again_once(
    served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer
) -> None:
    """The recipe's writer finds other words, and the same model makes the shot of them."""
    server.fail("create", "reply", status=400, body={"error": {"code": "moderation_blocked", "message": "blocked"}})
    with OpenAiText() as author:
        author.say({"prompt": "a loaf is cut into slices"})
        writer = {
            "name": "author", "protocol": "openai-responses", "base_url": author.base_url, "model": AUTHOR,
            "api_key": {"env": "AUTHOR_KEY"},
        }  # fmt: skip
        ran = Producer(served_terminal, tmp_path, server).make("a loaf is murdered", writer=writer)
        assert (ran.exit_code, len(author.calls)) == (0, 1), ran.stderr
    (job,) = server.jobs.values()
    assert "cut into slices" in job.asked["prompt"]
    assert "murdered" not in job.asked["prompt"]


@pytest.mark.slow
def test_a_limit_holds_at_the_vendor(served_terminal: Terminal, tmp_path: Path, server: OpenAIVideosServer) -> None:
    """With a limit of one, no two jobs are ever on their way at once."""
    server.plan.seconds = 2
    producer = Producer(served_terminal, tmp_path, server)
    producer.models[0]["name"] = "one-at-a-time"  # the tests' server goes on with the limit
    assert served_terminal.run("limits", "one-at-a-time=1", "--json").json["one-at-a-time"] == 1
    assert producer.make("a loaf", "a knife").exit_code == 0
    starts = sorted(job.created_at for job in server.jobs.values())
    assert all(later - sooner >= 2 for sooner, later in pairwise(starts)), starts
    assert len(starts) == 2
