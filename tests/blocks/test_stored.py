"""Keys and the vault in Prefect's blocks, as runs and the command line find them on a real server."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from pydantic import SecretStr
from support.plans import BOUGHT, MODEL, plan
from support.prefect_server import Server
from support.terminal import Terminal

from blocks import ALL, Gemini, Kling, OpenAIEndpoint, S3Vault
from blocks.stored import read_stored
from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import FailureKind, MissingCredential, ProviderError
from reelwright.testing.servers import openai
from reelwright.testing.servers.openai_moderations import OpenAiModerations
from reelwright.vault_s3 import S3Vault as SharedVault
from tasks.stored import stored_keys
from tasks.studio import studio

ROOT = Path(__file__).parents[2]
KEY = "sk-stored-0123456789abcdef"
pytestmark = pytest.mark.usefixtures("stored")
CLOUD: dict[str, Any] = {**MODEL, "api_key": {"env": "CLOUD_KEY"}}
OPENAI = Catalogue.load().resolve("gpt-6-luna", "writer")


def entry(**fields: Any) -> Entry:
    """A video model that a recipe defines in place."""
    return Catalogue.load().resolve({**CLOUD, **fields}, "video")


@pytest.fixture
def stored(at_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """The server with nothing stored, an environment without keys, and a home of its own."""
    for name in [name for name in os.environ if name.endswith(("_API_KEY", "_KEY", "_TOKEN", "_SECRET"))]:
        monkeypatch.delenv(name)
    for name in ("REELWRIGHT_VAULT", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "REELWRIGHT_STORED_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path))
    with get_client(sync_client=True) as client:  # it asks again when SQLite is locked
        for document in client.read_block_documents():
            client.delete_block_document(document.id)
    yield at_server
    monkeypatch.undo()


def test_a_block_named_like_the_vendor_is_found_where_the_environment_has_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And what the environment has comes first."""
    with pytest.raises(MissingCredential, match="OPENAI_API_KEY"):
        OPENAI.credential(stored=stored_keys)
    OpenAIEndpoint(api_key=SecretStr(KEY)).save("openai")
    monkeypatch.setattr("tasks.stored._last", None)
    assert OPENAI.credential(stored=stored_keys) == SecretStr(KEY)
    assert OPENAI.key_place(stored=stored_keys) == "block reelwright-openai-endpoint/openai"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    assert OPENAI.credential(stored=stored_keys) == SecretStr("sk-of-the-environment")
    assert OPENAI.key_place(stored=stored_keys) == "OPENAI_API_KEY"


def test_a_key_goes_to_its_own_host_only() -> None:
    """A gateway's key under the usual name is not sent to OpenAI, nor OpenAI's to a gateway."""
    OpenAIEndpoint(api_key=SecretStr(KEY), base_url="https://gateway.example/v1").save("openai")
    keys = stored_keys()
    assert keys.find(("OPENAI_API_KEY",), "https://api.openai.com/v1") is None
    assert keys.find(("OPENAI_API_KEY",)) is None
    found = keys.find(("OPENAI_API_KEY",), "https://gateway.example/other")
    assert found
    assert found.secret == SecretStr(KEY)


def test_a_block_of_another_name_stands_for_the_variable_of_that_name() -> None:
    """`cloud-key` for `{env: CLOUD_KEY}`; it does not stand for the vendor's own variable."""
    OpenAIEndpoint(api_key=SecretStr(KEY), base_url=MODEL["base_url"]).save("cloud-key")
    assert entry().credential(stored=stored_keys) == SecretStr(KEY)
    assert stored_keys().find(("OPENAI_API_KEY",), MODEL["base_url"]) is None
    made = plan(BOUGHT, video_models=(CLOUD,), stored_keys=stored_keys)
    assert made.problems == ()
    assert plan(BOUGHT, video_models=(CLOUD,)).problems == ("cloud cannot be used: no key: set CLOUD_KEY",)


def test_a_model_is_built_with_a_stored_key() -> None:
    """Inside an event loop, as tasks do; its account is the key's fingerprint."""
    OpenAIEndpoint(api_key=SecretStr(KEY), base_url=MODEL["base_url"]).save("cloud-key")

    async def build() -> str:
        model = studio().video_model(entry())
        await model.aclose()
        return model.account

    assert asyncio.run(build()) == OpenAIEndpoint.load("cloud-key").transport().account


def test_what_is_stored_is_no_secret_in_any_text() -> None:
    """The values that hold keys can be logged."""
    Gemini(api_key=SecretStr(KEY)).save("gemini")
    found = read_stored()
    assert KEY not in repr(found) + repr(found.keys) + found.keys.model_dump_json() + str(found.keys)


def test_the_settings_can_forbid_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """`REELWRIGHT_STORED_KEYS=false`: the environment is all there is."""
    OpenAIEndpoint(api_key=SecretStr(KEY)).save("openai")
    monkeypatch.setenv("REELWRIGHT_STORED_KEYS", "false")
    assert stored_keys().keys == ()


def test_a_server_that_is_down_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing key would be the wrong explanation."""
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings  # noqa: PLC0415

    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}),
        pytest.raises(ProviderError, match="could not be read") as caught,
    ):
        stored_keys()
    assert caught.value.kind is FailureKind.BUSY
    assert "PREFECT_API_URL" in caught.value.hint


def test_a_block_of_another_version_hides_no_other(stored: Server) -> None:
    """It is named, and the rest is used."""
    Kling(api_key=SecretStr(KEY)).save("kling")
    document = Gemini(api_key=SecretStr(KEY)).save("gemini")
    answer: httpx.Response = stored.http.patch(
        f"/block_documents/{document}", json={"data": {"api_key": "", "base_url": ""}, "merge_existing_data": False}
    )
    answer.raise_for_status()
    found = read_stored()
    assert [name for name, _ in found.blocks] == ["kling"]
    assert found.unreadable == ("reelwright-gemini/gemini",)


def test_the_stored_vault_is_used_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By this process and by its workers, which read the environment; a vault that is named there stays."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "REELWRIGHT_VAULT"):
        monkeypatch.setenv(name, "")  # so that it is put back
    vault = S3Vault(bucket="reels", access_key_id="AKIA", secret_access_key=SecretStr(KEY))
    vault.save("vault")
    found = studio().vault
    assert isinstance(found, SharedVault)
    assert str(found.place) == "s3://reels"
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == KEY


# The command line


@pytest.fixture
def at(stored: Server, fresh_terminal: Terminal) -> Terminal:
    """A terminal whose environment names the server."""
    fresh_terminal.environment["PREFECT_API_URL"] = stored.address
    return fresh_terminal


@pytest.mark.slow
@pytest.mark.parametrize("command", ["reelwright", "prefect"])
def test_one_command_registers_all_blocks(at: Terminal, stored: Server, command: str) -> None:
    """`reelwright blocks register` and `prefect block register -m blocks`: each makes every form appear in the UI."""
    with get_client(sync_client=True) as client:
        for kind in client.read_block_types():
            if kind.slug.startswith("reelwright-"):
                client.delete_block_type(kind.id)
    if command == "reelwright":
        ran = at.run("blocks", "register", "--json")
        assert (ran.exit_code, ran.json) == (0, [kind.get_block_type_slug() for kind in ALL])
    else:
        words = [sys.executable, "-m", "prefect", "block", "register", "-m", "blocks"]
        subprocess.run(words, env=at.environment, cwd=ROOT, check=True, capture_output=True)
    known = {kind["slug"] for kind in stored.http.post("/block_types/filter", json={"limit": 200}).json()}
    assert {kind.get_block_type_slug() for kind in ALL} <= known


def test_the_catalogue_says_where_a_key_was_found(at: Terminal) -> None:
    """In the environment or in which block, and never the key."""
    OpenAIEndpoint(api_key=SecretStr(KEY)).save("openai")
    ran = at.run("models", "--json", GEMINI_API_KEY="AIzaSecret")
    told = {row["name"]: row for row in ran.json}
    assert told["gpt-6-luna"]["key_found"] == "block reelwright-openai-endpoint/openai"
    assert told["gpt-6-luna"]["usable"]
    assert told["gemini-omni-1.2-flash"]["key_found"] == "GEMINI_API_KEY"
    assert told["kling-v3"]["key_found"] == ""
    assert KEY not in ran.stdout + ran.stderr
    assert "AIzaSecret" not in ran.stdout + ran.stderr


@pytest.mark.slow
def test_stored_blocks_are_tried_from_the_terminal(at: Terminal) -> None:
    """Each with its vendor; one that does not work makes the exit code 3."""
    with OpenAiModerations() as vendor:
        OpenAIEndpoint(api_key=SecretStr(openai.KEY), base_url=vendor.base_url).save("good")
        OpenAIEndpoint(api_key=SecretStr(KEY), base_url=vendor.base_url).save("bad")
        ran, one = at.run("blocks", "check", "--json"), at.run("blocks", "check", "good")
    assert (ran.exit_code, one.exit_code) == (3, 0)
    assert {told["block"].partition("/")[2]: told["works"] for told in ran.json} == {"good": True, "bad": False}
    assert KEY not in json.dumps(ran.json) + ran.stderr
    assert "good" in one.stderr


def test_without_a_server_blocks_say_what_to_start(fresh_terminal: Terminal) -> None:
    """Bad input, with the next step."""
    ran = fresh_terminal.run("blocks", "register")
    assert ran.exit_code == 2
    assert "PREFECT_API_URL" in ran.stderr
