"""`reelwright series run` from the outside: a day that is run again, a budget, a server that goes away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.prefect_server import Server
from support.shop import entry_for
from support.terminal import Ran, Terminal

from flows.local_server import free_port, local_server
from reelwright.ledger.ledger import Ledger
from reelwright.series.memory import Memory
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

TINY = {
    "output": {"size": "720x1280", "frame_rate": 24},
    "voice": {"narrator": "none"},
    "captions": {"preset": "none"},
    "music": {"source": "none"},
    "content_credentials": False,
    "chapters": False,
}
PLACES = ("harbour", "forest", "desert", "kitchen", "station", "garden", "library", "mountain", "market", "lighthouse")
NOON = "2026-06-01T12:00"
_PATIENCE_SECONDS = 850
"""Nothing here depends on how fast the machine is."""


class Channel:
    """Someone who runs a series from the command line."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self.terminal, self.folder, self.file = terminal, folder, folder / "places.yaml"
        terminal.environment |= {"SHOP_KEY": KEY, "PYTHONPATH": str(Path(__file__).parents[1])}

    def write(self, times: list[str], **fields: Any) -> None:
        """Write a series (YAML is a superset of JSON) with a shot of a second for each topic."""
        topics = [{"title": f"The {place}", "shots": [{"prompt": f"A {place}.", "seconds": 1}]} for place in PLACES]
        whole = {
            "title": "Places",
            "topics": {"list": topics},
            "time_zone": "UTC",
            "slots": [{"times": times}],
            "lead_hours": 10,
            "recipe": TINY,
        }
        self.file.write_text(json.dumps(whole | fields), "utf-8")

    def run(self, *, crash: str = "") -> Ran:
        """Run what is due at noon, in a process that is killed at `crash` (see `reelwright.testing.crash`)."""
        arguments = ["series", "run", str(self.file), "--now", NOON, "--out", str(self.folder / "out"), "--json"]
        if not crash:
            return self.terminal.run(*arguments, timeout=_PATIENCE_SECONDS)
        command = [sys.executable, "-m", "reelwright.testing.crash", crash, "flows", *arguments]
        done = subprocess.run(
            command,
            env=self.terminal.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def booked(self) -> dict[str, tuple[str, str]]:
        """What the ledger knows: state and title by slot."""
        ledger = Ledger(f"sqlite:///{self.terminal.home / 'reelwright' / 'ledger.db'}")
        try:
            return {
                booking.slot[-5:]: (booking.state, booking.title) for booking in Memory(ledger, "places").bookings()
            }
        finally:
            ledger.database.close()

    def charged(self) -> Decimal:
        """What was paid in all."""
        lines = self.terminal.run("ledger", "charges", "--json").json
        return sum((Decimal(line["usd"]) for line in lines if line["what"] == "charged"), Decimal(0))


@pytest.fixture
def shop() -> Iterator[OpenAIVideosServer]:
    """A model that costs ten cents a second."""
    with OpenAIVideosServer() as running:
        yield running


@pytest.fixture
def channel(fresh_terminal: Terminal, tmp_path: Path) -> Channel:
    """A channel on a machine that has made nothing yet."""
    return Channel(fresh_terminal, tmp_path)


def bought(shop: OpenAIVideosServer) -> dict[str, Any]:
    """The recipe that buys its clips."""
    model = entry_for(shop, "model-1").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
    # What the test's vendor films is not what was asked for: that is not looked at here.
    return {**TINY, "video_models": [model], "checks": {"enabled": False}}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_day_that_is_killed_three_times_is_the_same_day(
    channel: Channel, server: Server, shop: OpenAIVideosServer
) -> None:
    """Killed as it booked, as it bought and as it noted: the same episodes, each paid once, and a re-run finds them."""
    channel.terminal.environment["PREFECT_API_URL"] = server.address
    channel.write(["14:00", "20:00"], recipe=bought(shop))
    for crash in (
        "reelwright.series.memory:Memory.book:return",
        "reelwright.ledger.ledger:Ledger.started:return",
        "reelwright.series.memory:Memory.made:call",
    ):
        killed = channel.run(crash=crash)
        assert killed.exit_code == -signal.SIGKILL, killed.stderr
    ran = channel.run()
    assert ran.exit_code == 0, ran.stderr
    assert [(slot["slot"], slot["title"], slot["state"] in {"made", "found"}) for slot in ran.json["slots"]] == [
        ("2026-06-01T14:00", "The harbour", True),
        ("2026-06-01T20:00", "The forest", True),
    ]
    assert (shop.created, channel.charged()) == (2, Decimal("0.80"))
    again = channel.run()
    assert [slot["state"] for slot in again.json["slots"]] == ["found", "found"]
    assert (shop.created, channel.charged()) == (2, Decimal("0.80"))
    episode = Path(again.json["slots"][0]["folder"]) / "episode.mp4"
    episode.unlink()
    healed = channel.run()
    assert [slot["state"] for slot in healed.json["slots"]] == ["made", "found"]
    assert episode.is_file()
    assert (shop.created, Decimal(healed.json["usd"])) == (2, 0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_budget_stops_what_it_cannot_pay_and_nothing_else(
    channel: Channel, server: Server, shop: OpenAIVideosServer
) -> None:
    """The day's cap has room for one episode; raised, the other one is made, and the first is not paid again."""
    channel.terminal.environment["PREFECT_API_URL"] = server.address
    budget = {"per_day_usd": "0.50", "per_month_usd": "5"}
    channel.write(["14:00", "20:00"], recipe=bought(shop), budget=budget, at_once=1)
    ran = channel.run()
    assert (ran.exit_code, ran.json["error"]["code"], shop.created) == (7, "series_incomplete", 1), ran.stderr
    made, stopped = ran.json["error"]["slots"]
    assert (made["state"], stopped["state"]) == ("made", "failed")
    assert "'series places on 2026-06-01' ($0.50) $0.10 is left" in stopped["reason"]
    channel.write(["14:00", "20:00"], recipe=bought(shop), budget=budget | {"per_day_usd": "1"}, at_once=1)
    ran = channel.run()
    assert ran.exit_code == 0, ran.stderr
    assert [slot["state"] for slot in ran.json["slots"]] == ["found", "made"]
    assert (shop.created, channel.charged()) == (2, Decimal("0.80"))
    used = {
        line["scope"]: Decimal(line["committed_usd"])
        for line in channel.terminal.run("ledger", "budget", "--json").json
    }
    assert used["series places in 2026-06"] == Decimal("0.80")
    assert {line["series"] for line in channel.terminal.run("ledger", "jobs", "--json").json} == {"places"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_episode_goes_out_once_and_a_channel_that_fails_costs_no_other(
    channel: Channel, server: Server, tmp_path: Path
) -> None:
    """A folder takes it; one that cannot be made does not, and is told; mended, a re-run sends only what is missing."""
    channel.terminal.environment["PREFECT_API_URL"] = server.address
    (tmp_path / "file").write_text("no folder", "utf-8")
    channels = [
        {"kind": "folder", "name": "shelf", "settings": {"path": str(tmp_path / "shelf")}},
        {"kind": "folder", "name": "broken", "settings": {"path": str(tmp_path / "file" / "in")}},
    ]
    channel.write(["11:30"], channels=channels, lead_hours=2)
    ran = channel.run()
    assert (ran.exit_code, ran.json["error"]["code"]) == (7, "series_incomplete"), ran.stderr
    (slot,) = ran.json["error"]["slots"]
    assert slot["state"] == "not published"
    assert channel.booked() == {"11:30": ("made", "The harbour")}
    (video,) = (tmp_path / "shelf").rglob("*.mp4")
    before = video.stat()
    (tmp_path / "file").unlink()
    again = channel.run()
    assert again.exit_code == 0, again.stderr
    (slot,) = again.json["slots"]
    assert (slot["state"], slot["channels"]) == ("found", {"shelf": "published", "broken": "published"})
    assert video.stat() == before
    published = channel.terminal.run("publications", "--json")
    assert {one["series"] for one in published.json} == {"places"}, published.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_server_that_is_killed_costs_no_episode_of_a_batch(
    channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten episodes; Prefect's server dies without a word after the third and comes back: all ten are there."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    channel.write([f"{hour}:00" for hour in range(12, 22)], at_once=3)
    port = free_port()
    channel.terminal.environment["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    ran: list[Ran] = []
    with local_server(port) as first:
        first.wait_until_ready()
        batch = threading.Thread(target=lambda: ran.append(channel.run()))
        batch.start()
        while len(list((tmp_path / "out").rglob("manifest.json"))) < 3:
            assert batch.is_alive(), ran
            time.sleep(0.2)
        first.process.kill()
        first.process.wait()
        time.sleep(3)
    with local_server(port) as second:
        second.wait_until_ready()
        batch.join()
        assert [(one.exit_code, one.stderr) for one in ran if one.exit_code] == []
        assert [slot["state"] for slot in ran[0].json["slots"]] == ["made"] * 10
        assert len(list((tmp_path / "out").rglob("episode.mp4"))) == 10
        assert len({slot["title"] for slot in ran[0].json["slots"]}) == 10
