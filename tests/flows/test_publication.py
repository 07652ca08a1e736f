"""Publishing as people see it: the command line, the run's graph and page, and what goes on by itself later."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from support.prefect_server import Server
from support.terminal import Ran, Terminal

from blocks import Folder
from flows.commands.doctor import examine_publications
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.posting import begin
from reelwright.settings import Settings
from reelwright.testing.releases import episode_in
from reelwright.testing.servers.webhook import SECRET, WebhookServer


@dataclass
class Newsroom:
    """A terminal, an episode, a recipe with two channels, and the receiver of one of them."""

    terminal: Terminal
    episode: Path
    recipe: Path
    receiver: WebhookServer
    folder: Path

    def publish(self, server: Server | None, *more: str) -> Ran:
        """Run `reelwright publish` on a server; without one, what needs none."""
        arguments = ("publish", self.episode, "--recipe", self.recipe, "--json", *more)
        if server is None:
            return self.terminal.here(*arguments, REELWRIGHT_WEBHOOK_SECRET=SECRET)
        return self.terminal.served_by(server.address).run(*arguments, REELWRIGHT_WEBHOOK_SECRET=SECRET)


@pytest.fixture
def newsroom(tmp_path: Path) -> Any:
    """Two channels: a folder, and a webhook."""
    with WebhookServer() as receiver:
        channels = [
            {"kind": "folder", "settings": {"path": str(tmp_path / "shown")}},
            {"kind": "webhook", "name": "hook", "settings": {"url": f"{receiver.url}/hooks/episodes"}},
        ]
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text(json.dumps({"channels": channels}), "utf-8")
        yield Newsroom(Terminal(tmp_path / "home"), episode_in(tmp_path), recipe, receiver, tmp_path / "shown")


@pytest.mark.slow
def test_a_channel_that_fails_holds_up_no_other_and_says_what_to_do(server: Server, newsroom: Newsroom) -> None:
    """One exit code, one page with both outcomes, visible steps; mended, the same command does only the rest."""
    newsroom.receiver.fail("create", "reply", status=401, body={"error": "wrong signature"})
    failed = newsroom.publish(server)
    assert (failed.exit_code, failed.json["error"]["code"]) == (8, "not_published")
    assert "same secret" in failed.stderr
    (run,) = server.http.post("/flow_runs/filter", json={"sort": "START_TIME_DESC", "limit": 1}).json()
    names = {task["name"] for task in server.of_run("task_runs", run["id"])}
    assert {"folder · prepare", "folder · send", "folder · post", "folder · see", "hook · prepare"} <= names
    pages = {page["key"]: page["data"] for page in server.of_run("artifacts", run["id"])}
    rows = {row["channel"]: row for row in json.loads(pages["publications"])}
    assert (rows["folder"]["state"], rows["hook"]["state"]) == ("published", "failed")
    again = newsroom.publish(server)
    assert [one["state"] for one in again.json["publications"]] == ["published", "published"]
    assert (len(newsroom.receiver.taken), len(list(newsroom.folder.glob("*/episode.mp4")))) == (1, 1)
    assert SECRET not in json.dumps(pages) + failed.stdout + failed.stderr


@pytest.mark.slow
def test_a_channel_that_is_stored_in_prefect_is_named_like_any_other(
    server: Server, newsroom: Newsroom, tmp_path: Path
) -> None:
    """By the block's name, on the command line; no recipe knows of it."""
    with temporary_settings({PREFECT_API_URL: server.address}):
        Folder(path=str(tmp_path / "disk")).save("shared-disk", overwrite=True)
    told = newsroom.publish(server, "--channel", "shared-disk")
    assert told.exit_code == 0, told.stderr
    assert [(one["channel"], one["state"]) for one in told.json["publications"]] == [("shared-disk", "published")]
    assert len(list((tmp_path / "disk").glob("*/episode.mp4"))) == 1


@pytest.mark.slow
def test_what_waits_for_its_slot_goes_on_by_itself_once(server: Server, newsroom: Newsroom) -> None:
    """A run of the deployment `publication` is planned for the slot; asking twice plans it once."""
    flow = server.http.post("/flows/", json={"name": "publication"}).json()["id"]
    deployed = {"name": "publication", "flow_id": flow, "enforce_parameter_schema": False}
    deployment = server.http.post("/deployments/", json=deployed).raise_for_status().json()["id"]
    slot = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0)
    for _ in range(2):
        told = newsroom.publish(server, "--channel", "folder", "--at", slot.isoformat())
        assert told.exit_code == 0, told.stderr
        assert [one["state"] for one in told.json["publications"]] == ["waiting"]
    planned = {"deployments": {"id": {"any_": [deployment]}}}
    (run,) = server.http.post("/flow_runs/filter", json=planned).json()
    assert datetime.fromisoformat(run["expected_start_time"]) == slot
    assert run["parameters"]["channels"][0]["kind"] == "folder"
    assert not list(newsroom.folder.glob("[!.]*")), "nobody sees it before its slot"


@pytest.mark.slow
def test_a_made_episode_goes_where_its_recipe_says(server: Server, newsroom: Newsroom, tmp_path: Path) -> None:
    """From a script to a post: `make` publishes, with what the script says for that channel, and the AI label."""
    script = tmp_path / "kettle.yaml"
    told = {"title": "Why kettles sing", "shots": [{"prompt": "A kettle", "seconds": 1}]}
    script.write_text(json.dumps(told | {"channels": {"folder": {"title": "Kettles, sung"}}}), "utf-8")
    recipe = json.loads(newsroom.recipe.read_text("utf-8")) | {"output": {"size": "720x1280", "frame_rate": 24}}
    newsroom.recipe.write_text(json.dumps({**recipe, "channels": recipe["channels"][:1], "music": {"source": "none"}}))
    served = newsroom.terminal.served_by(server.address)
    made = served.run("make", script, "-r", newsroom.recipe, "--out", tmp_path / "out", "--json")
    assert made.exit_code == 0, made.stderr
    post = json.loads((newsroom.folder / "why-kettles-sing" / "post.json").read_text("utf-8"))
    assert (post["title"], post["made_with_ai"]) == ("Kettles, sung", True)
    again = served.run("make", script, "-r", newsroom.recipe, "--out", tmp_path / "out", "--json")
    assert [post["state"] for post in again.json["publications"]] == ["published"]
    listed = newsroom.terminal.here("publications", "--json").json
    assert [(line["episode"], line["state"]) for line in listed] == [("why-kettles-sing", "published")]


def test_what_would_go_out_is_shown_and_nothing_sent(newsroom: Newsroom) -> None:
    """Titles, texts, labels and problems of each channel, without a key, a server or a row."""
    shown = newsroom.publish(None, "--dry-run", "--title", "Bread <3").json["publications"]
    assert [(one["channel"], one["title"], one["made_with_ai_label"]) for one in shown] == [
        ("folder", "Bread <3", True),
        ("hook", "Bread <3", True),
    ]
    assert newsroom.receiver.counts["create"] == 0
    assert newsroom.terminal.here("publications", "--json").json == []


def test_a_channel_that_is_none_is_told_with_those_that_are(newsroom: Newsroom) -> None:
    """Before Prefect is loaded; bad input, nothing sent."""
    told = newsroom.publish(None, "--channel", "youtoob")
    assert (told.exit_code, "youtoob" in told.stderr, "youtube" in told.stderr) == (2, True, True)


def test_the_doctor_tells_of_what_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which episode on which channel, and what to do; before, that all is known."""
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "home"))
    assert examine_publications().state == "works"
    desk = PublishingDesk(Settings())
    entry = ChannelEntry(kind="folder", settings={"path": str(tmp_path / "shown")})
    posting = asyncio.run(begin(desk, str(episode_in(tmp_path)), entry, PostOptions()))
    held = desk.rows.read(posting.publication, holder=posting.holder)
    desk.rows.unknown(held, "the disk went away", "Look at the disk.")
    desk.database.close()
    finding = examine_publications()
    assert (finding.state, finding.detail) == ("limited", "nobody can tell of 1: why-bread-goes-stale on folder")
    assert "reelwright reconcile" in finding.cost
    assert finding.cost.endswith("Look at the disk.")
