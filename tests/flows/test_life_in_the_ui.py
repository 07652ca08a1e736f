"""`reelwright up` on a machine that has nothing yet, and a day in the UI: a form, two reviews, a video, a call."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page
from support.browser import browser_page
from support.terminal import Terminal

from flows.local_server import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
_PATIENCE_SECONDS = 240
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class Life:
    """A machine with `reelwright up` at work on it."""

    terminal: Terminal
    port: int
    out: Path
    process: subprocess.Popen[str]
    told: list[dict[str, str]]
    """What it said of its parts when it started."""
    http: httpx.Client

    def up(self, *options: str) -> tuple[int, dict[str, str]]:
        """Run `reelwright up` once more; return its exit code, and the state of each part."""
        ran = self.terminal.run("up", "--port", str(self.port), "--out", self.out, "--json", *options)
        return ran.exit_code, {part["part"]: part["state"] for part in ran.json}

    def review(self, *arguments: str) -> Any:
        """Run `reelwright review`."""
        ran = self.terminal.run("review", *arguments, "--json", PREFECT_API_URL=str(self.http.base_url).rstrip("/"))
        assert ran.exit_code == 0, ran.stderr
        return ran.json

    def start(self, brief: dict[str, Any]) -> None:
        """Ask for a run through the REST API; a server that is busy for a moment is asked again."""
        deployment = self.http.get("/deployments/name/produce-episode/episode").raise_for_status().json()["id"]
        for _ in range(20):
            asked = {"parameters": {"brief": brief}}
            answer = self.http.post(f"/deployments/{deployment}/create_flow_run", json=asked)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.5)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    def run_named(self, name: str) -> dict[str, Any]:
        """Return the newest run of that name."""
        wanted = {"flow_runs": {"name": {"any_": [name]}}, "sort": "START_TIME_DESC", "limit": 1}
        answer = self.http.post("/flow_runs/filter", json=wanted)
        found = answer.json() if answer.status_code == httpx.codes.OK else []
        return dict(found[0]) if found else {"state": {"type": "NONE", "state_details": {}}}

    def wait_for(self, name: str, review: str = "") -> dict[str, Any]:
        """Wait until a run has ended, or waits for that review."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            run = self.run_named(name)
            paused_for = run["state"]["state_details"].get("pause_key") if run["state"]["type"] == "PAUSED" else ""
            if run["state"]["type"] in _ENDED or (review and paused_for == review):
                return run
            time.sleep(0.5)
        pytest.fail(f"{name!r} came to nothing: {run['state']}")

    def artifacts(self, run: dict[str, Any]) -> dict[str, str]:
        """Return the newest artifact of each key of a run."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "CREATED_DESC"}
        found = self.http.post("/artifacts/filter", json=wanted).raise_for_status().json()
        return {one["key"]: one["data"] for one in reversed(found)}


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Start it in a home that has nothing, and stop it as a person does."""
    home, out, port = tmp_path_factory.mktemp("life"), tmp_path_factory.mktemp("episodes"), free_port()
    terminal = Terminal(home)
    ran = terminal.run("up", "--check", "--port", str(port), "--json")
    assert (ran.exit_code, ran.json[0]["state"]) == (1, "missing")
    log = home / "up.json"
    with log.open("w") as stdout:
        command = [sys.executable, "-m", "flows", "up", "--port", str(port), "--out", str(out), "--json"]
        process = subprocess.Popen(command, env=terminal.environment, stdout=stdout, text=True, start_new_session=True)
        try:
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while not (text := log.read_text()).endswith("]\n") and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.2)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=60) as http:
                yield Life(terminal, port, out, process, json.loads(text), http)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
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
    with _listener() as (address, heard):
        kinds = life.http.get("/block_types/slug/custom-webhook").raise_for_status().json()
        schemas = {"block_schemas": {"block_type_id": {"any_": [kinds["id"]]}}}
        schema = life.http.post("/block_schemas/filter", json=schemas).json()[0]
        data = {"name": "reelwright", "url": address, "method": "POST", "json_data": {"text": "{{subject}}|{{body}}"}}
        data["allow_private_urls"] = True
        document = {"name": "reelwright", "block_type_id": kinds["id"], "block_schema_id": schema["id"], "data": data}
        life.http.post("/block_documents/", json=document).raise_for_status()
        assert life.up()[1]["automations"] == "made"
        time.sleep(5)  # the server reads its automations anew
        code = (
            "from decimal import Decimal as D; from flows.alerts import call_a_person as call\n"
            "from reelwright.alerts import nearly_used as used\n"
            "for _ in '12': call(used({'day 2026-11-21': D(9)}, {'day 2026-11-21': D(10)}))"
        )
        environment = life.terminal.environment | {"PREFECT_API_URL": str(life.http.base_url).rstrip("/")}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)
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


class _listener:  # noqa: N801 - used as a function
    """A webhook on the loopback interface, and what it has heard."""

    def __enter__(self) -> tuple[str, list[str]]:
        heard: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/", heard

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
