"""An episode whose keys are in Prefect's blocks alone: made, judged once, and no key in anything that is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr
from support.prefect_server import Server
from support.shop import entry_for
from support.terminal import Terminal

from blocks import OpenAIEndpoint
from flows.local_server import local_server
from reelwright.testing.servers import openai
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_moderations import OpenAiModerations
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

pytestmark = pytest.mark.slow


def write(folder: Path, shop: OpenAIVideosServer, judge: OpenAiModerations, *others: str) -> list[str | Path]:
    """Write a brief and a recipe whose keys the environment does not have; return the command's words."""
    model = entry_for(shop, "model-1").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
    recipe: dict[str, Any] = {
        "output": {"size": "720x1280", "frame_rate": 24},
        "video_models": [model, *others],
        "moderation": {"base_url": judge.base_url, "api_key": {"env": "JUDGE_KEY"}},
    }
    (folder / "recipe.json").write_text(json.dumps(recipe), "utf-8")
    brief = {"title": "Bread", "shots": [{"prompt": "a loaf of bread", "seconds": 2}]}
    (folder / "brief.json").write_text(json.dumps(brief), "utf-8")
    return ["make", folder / "brief.json", "-r", folder / "recipe.json", "-o", folder / "out", "--json"]


def test_an_episode_is_made_with_stored_keys(at_server: Server, fresh_terminal: Terminal, tmp_path: Path) -> None:
    """The plan finds them, the run uses them, and neither files nor the server's tables show them."""
    with OpenAIVideosServer() as shop, OpenAiModerations() as judge:
        words = write(tmp_path, shop, judge)
        OpenAIEndpoint(api_key=SecretStr(KEY), base_url=f"{shop.url}/v1").save("shop-key", overwrite=True)
        OpenAIEndpoint(api_key=SecretStr(openai.KEY), base_url=judge.base_url).save("judge-key", overwrite=True)
        ran = fresh_terminal.run(*words, "--verbose", PREFECT_API_URL=at_server.address)
        assert ran.exit_code == 0, ran.stderr
        assert (shop.created, len(judge.calls)) == (1, 1)
    run = ran.json["flow_run_id"]
    seen = [ran.stdout, ran.stderr, json.dumps(at_server.get(f"/flow_runs/{run}"))]
    seen += [json.dumps(at_server.of_run(kind, run)) for kind in ("task_runs", "artifacts", "logs")]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    seen += [path.read_bytes().decode("latin-1") for path in files]
    assert len(files) > 10
    for text in seen:
        assert KEY not in text
        assert openai.KEY not in text


def test_a_run_on_its_own_server_uses_the_environment_alone(
    fresh_terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan did not know of the blocks in that server's database, and so the run buys nothing with them."""
    monkeypatch.setenv("PREFECT_HOME", fresh_terminal.environment["PREFECT_HOME"])
    with OpenAIVideosServer() as shop, OpenAiModerations() as judge:
        words = write(tmp_path, shop, judge, "animatic")
        with local_server() as own, temporary_settings({PREFECT_API_URL: own.address}):
            own.wait_until_ready()
            OpenAIEndpoint(api_key=SecretStr(KEY), base_url=f"{shop.url}/v1").save("shop-key")
        ran = fresh_terminal.run(*words, JUDGE_KEY=openai.KEY)
        assert (ran.exit_code, shop.created) == (0, 0), ran.stderr
    assert ran.json["usd"] == "0"
