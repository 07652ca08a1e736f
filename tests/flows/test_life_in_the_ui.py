"""`reelwright up` on a machine that has nothing yet, and a day in the UI: a form, two reviews, a video, a call."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page
from support.browser import browser_page
from support.life import Life, listener, living
from support.terminal import Terminal

from flows.local_server import free_port

pytestmark = pytest.mark.slow
_PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Start it in a home that has nothing, and stop it as a person does."""
    home, out, port = tmp_path_factory.mktemp("life"), tmp_path_factory.mktemp("episodes"), free_port()
    terminal = Terminal(home)
    ran = terminal.run("up", "--check", "--port", str(port), "--json")
    assert (ran.exit_code, ran.json[0]["state"]) == (1, "missing")
    with living(terminal, out, port) as started:
        yield started
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/api/health")


def test_the_first_start_makes_what_is_missing_and_the_second_finds_it(life: Life) -> None:
    """All parts are made once. Where `up` is at work, another one changes nothing and ends well."""
    first = {part["part"]: part["state"] for part in life.told}
    made = dict.fromkeys(("blocks", "work pool", "deployments", "automations"), "made")
    assert first.items() >= {"server": "started", "worker": "started", **made}.items()
    code, second = life.up()
    assert (code, {part for part, state in second.items() if state != "found"}) == (0, {"notifications"})
    code, checked = life.up("--check")
    assert (code, checked["worker"], "missing" in checked.values()) == (0, "found", False)


def test_a_producer_fills_in_the_form_and_approves_in_the_browser(life: Life) -> None:
    """From the form to a video that plays, past a review of the storyboard and one of the episode."""
    title = "Why bread smells"
    with browser_page() as page:
        _fill_in(page, life, title)
        run = life.wait_for(title, "storyboard-1")
        assert run["state"]["name"] == "Suspended", run["state"]
        assert not (life.out / "why-bread-smells").exists()
        _approve(page, life, run)
        run = life.wait_for(title, "publish-1")
        assert [one["review"] for one in life.review("list")] == ["publish"]
        life.review("approve", title, "--by", "ann", "--note", "lovely")
        server = str(life.http.base_url).rstrip("/")
        assert life.terminal.run("review", "reject", title, "--by", "bob", PREFECT_API_URL=server).exit_code == 2
        run = life.wait_for(title)
        assert (run["state"]["type"], run["state"]["message"]) == ("COMPLETED", None)
        told = life.artifacts(run)
        assert {"storyboard", "prices", "shots", "progress", "episode", "video", "review"} <= told.keys()
        assert "| storyboard 1 | approve |" in told["review"]
        assert "| publish 1 | approve | ann | lovely |" in told["review"]
        address = f"http://127.0.0.1:{life.port}/episodes/why-bread-smells"
        assert f"({address}/episode.mp4)" in told["video"]
        page.goto(f"{address}/report.html")
        playing = "video => video.play().then(() => video.currentTime >= 0 && video.duration)"
        assert page.locator("video").evaluate(playing) > 1


def test_what_the_form_lets_through_is_told_on_the_run_s_page(life: Life) -> None:
    """A model that has ended, a shot that is too long: the run fails before its first shot, and its page says why."""
    life.start({"title": "Too late", "shots": [{"narration": "Hello.", "models": ["sora-2"]}]})
    life.start({"title": "Too long", "shots": [{"narration": "Hello.", "seconds": 500}]})
    run = life.wait_for("Too late")
    assert run["state"]["type"] == "FAILED"
    problem = life.artifacts(run)["problem"]
    assert "sora-2 ended on 2026-09-24" in problem
    assert "nothing was spent" in problem.lower()
    failed = {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}, "sort": "START_TIME_DESC"}
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(found := life.http.post("/flow_runs/filter", json=failed).json()) < 2 and time.monotonic() < deadline:
        time.sleep(0.5)
    said = "brief.shots[1].seconds: 500 will not do (expected a number of at most 120)"
    assert any(said in one["state"]["message"] for one in found)
    assert any(said in life.artifacts(one).get("problem", "") for one in found)


def test_a_person_is_called_once_a_cause(life: Life) -> None:
    """A notification block named `reelwright` gets one message for a cause, however many runs meet it."""
    with listener() as (address, heard):
        life.be_told_at(address)
        code = (
            "from decimal import Decimal as D; from flows.alerts import call_a_person as call\n"
            "from reelwright.alerts import nearly_used as used\n"
            "for _ in '12': call(used({'day 2026-11-21': D(9)}, {'day 2026-11-21': D(10)}))"
        )
        environment = life.terminal.environment | {"PREFECT_API_URL": str(life.http.base_url).rstrip("/")}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=400)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not heard and time.monotonic() < deadline:
            time.sleep(0.5)
        time.sleep(5)  # a second one would follow at once
    assert len(heard) == 1
    assert "'day 2026-11-21' is used to 90%" in heard[0]
    assert "Raise the cap" in heard[0]


def _fill_in(page: Page, life: Life, title: str) -> None:
    deployment = life.http.get("/deployments/name/produce-episode/episode").json()["id"]
    page.goto(f"http://127.0.0.1:{life.port}/v2/deployments/deployment/{deployment}/run")
    page.get_by_label("Title", exact=True).fill(title)
    shots = page.locator("div.group").filter(has=page.get_by_text("Shots (Optional)", exact=True)).last
    shots.get_by_role("button", name="Add item").click()
    page.get_by_label("Narration (Optional)", exact=True).fill("Warm crust smells of caramel.")
    page.get_by_label("Prompt (Optional)", exact=True).fill("A loaf on a wooden table, steam in morning light.")
    page.get_by_label("Select Size").click()
    page.get_by_role("option", name="720x1280").click()
    page.get_by_label("Select Review", exact=True).click()
    page.get_by_role("option", name="both").click()
    page.get_by_label("Out (Optional)", exact=True).fill(str(life.out))
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda address: not address.endswith("/run"))


def _approve(page: Page, life: Life, run: dict[str, Any]) -> None:
    page.goto(f"http://127.0.0.1:{life.port}/v2/runs/flow-run/{run['id']}")
    page.locator("button[aria-haspopup=menu]").last.click()
    page.get_by_role("menuitem", name="Resume").click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("img", name="Shot 1").evaluate("picture => picture.naturalWidth") > 100
    dialog.get_by_label("Select Decision").click()
    page.get_by_role("option", name="approve").click()
    dialog.get_by_role("button", name="Resume").click()
    dialog.wait_for(state="hidden")
