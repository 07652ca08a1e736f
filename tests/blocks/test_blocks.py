"""One standard suite over every block: it teaches, hides its secret, is kept by a real server, checks for nothing."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from prefect.blocks.core import Block
from pydantic import SecretStr, ValidationError
from servers.s3_stores import KEY_ID, SECRET_KEY, moto
from support.prefect_server import Server

import blocks
from blocks import (
    ALL,
    LTX,
    XAI,
    Anthropic,
    Ark,
    ElevenLabs,
    FacebookPage,
    Fal,
    Folder,
    Gemini,
    InstagramAccount,
    Kling,
    MiniMax,
    OpenAIEndpoint,
    Replicate,
    Runway,
    S3Bucket,
    S3Vault,
    TikTokAccount,
    VertexAI,
    Webhook,
    YouTubeChannel,
)
from blocks.vendor import VendorBlock
from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind, ProviderError, ReelwrightError, StorageError
from reelwright.models.remote.auth import bearer
from reelwright.testing.servers import anthropic, elevenlabs, jobs, kling, openai
from reelwright.testing.servers.anthropic import Anthropic as AnthropicServer
from reelwright.testing.servers.ark import ArkServer
from reelwright.testing.servers.elevenlabs import ElevenLabs as ElevenLabsServer
from reelwright.testing.servers.facebook import FacebookServer
from reelwright.testing.servers.fal import FalServer
from reelwright.testing.servers.gemini_omni import GeminiOmniServer
from reelwright.testing.servers.instagram import USER, InstagramServer
from reelwright.testing.servers.kling import KlingServer
from reelwright.testing.servers.ltx import LTXServer
from reelwright.testing.servers.minimax import MiniMaxServer
from reelwright.testing.servers.openai_moderations import OpenAiModerations
from reelwright.testing.servers.replicate import ReplicateServer
from reelwright.testing.servers.runway import RunwayServer
from reelwright.testing.servers.strict import Reply, StrictServer
from reelwright.testing.servers.veo import VertexVeoServer
from reelwright.testing.servers.xai import XAIServer
from reelwright.testing.servers.youtube import SIGN_IN, YouTubeServer

SECRET = "sk-very-secret-0123456789abcdef"
WRONG = "sk-wrong-0123456789abcdef"


@dataclass(frozen=True)
class Case:
    """A block, and the strict server of its vendor."""

    kind: type[VendorBlock]
    server: Callable[[], StrictServer]
    path: str = ""
    key: str = jobs.KEY
    told: str = ""
    methods: frozenset[str] = frozenset({"GET"})
    """A sign-in is exchanged for a token first, by POST."""


CASES = (
    Case(OpenAIEndpoint, OpenAiModerations, "/v1", openai.KEY, "it lists 1 model"),
    Case(Gemini, GeminiOmniServer, "/v1beta", told="it lists"),
    Case(VertexAI, VertexVeoServer, "/v1"),
    Case(Anthropic, AnthropicServer, "/v1", anthropic.KEY, "it lists 1 model"),
    Case(Fal, FalServer, told="a job that is not there"),
    Case(Replicate, ReplicateServer, "/v1"),
    Case(Kling, KlingServer),
    Case(Ark, ArkServer, "/api/v3"),
    Case(MiniMax, MiniMaxServer, told="a job that is not there"),
    Case(Runway, RunwayServer, "/v1", told="credits are left"),
    Case(XAI, XAIServer, "/v1", told="it lists"),
    Case(LTX, LTXServer, "/v2", told="a job that is not there"),
    Case(ElevenLabs, ElevenLabsServer, "/v1", elevenlabs.KEY, "it lists 1 model"),
    Case(InstagramAccount, InstagramServer, "/v26.0", told=f"@bread_daily (user: {USER})"),
    Case(FacebookPage, FacebookServer, "/v26.0", told="it is that of Bread daily"),
    Case(YouTubeChannel, YouTubeServer, "", SIGN_IN, "Kitchen Chemistry", frozenset({"GET", "POST"})),
)
every_block = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
every_secret = pytest.mark.parametrize(
    "kind", [kind for kind in ALL if kind not in {Folder, TikTokAccount}], ids=lambda kind: kind.__name__
)
every_vendor = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind.__name__)


def filled_in(kind: type[Block], secret: str = SECRET) -> Any:
    """A block as a person fills it in."""
    if issubclass(kind, S3Vault | S3Bucket):
        return kind(bucket="reels", prefix="vault", access_key_id="AKIA", secret_access_key=SecretStr(secret))
    if kind is Webhook:
        return Webhook(url="https://cms.example/hooks", secret=SecretStr(secret))
    if kind is Folder:
        return Folder(path="/srv/episodes")
    return TikTokAccount(mode="direct") if kind is TikTokAccount else kind(api_key=SecretStr(secret))


# What the UI shows


@every_block
def test_a_block_teaches_in_the_ui(kind: type[Block]) -> None:
    """What it is for, where the key comes from, the name that runs look for, and code that can be pasted."""
    description, code = kind.get_description() or "", kind.get_code_example() or ""
    assert len(description) > 100
    assert f"`{kind.usual_name}`" in description  # type: ignore[attr-defined]
    assert f'{kind.__name__}.load("{kind.usual_name}").check()' in code  # type: ignore[attr-defined]
    assert str(kind._documentation_url).startswith("https://")


@every_block
def test_every_field_is_explained(kind: type[Block]) -> None:
    """A title and a sentence each; the secret ones are masked by the UI, and what is secret is one."""
    schema = kind.model_json_schema()
    for name, field in schema["properties"].items():
        assert field.get("title"), name
        assert re.fullmatch(r"[A-Z0-9].{15,}[.]", field.get("description", "")), name
    assert bool(schema["secret_fields"]) == (kind not in {Folder, TikTokAccount})


def test_slugs_are_stable() -> None:
    """Stored blocks are found by them: a change would lose what people have stored."""
    assert [kind.get_block_type_slug() for kind in ALL] == [
        "reelwright-openai-endpoint", "reelwright-gemini", "reelwright-vertex-ai", "reelwright-anthropic",
        "reelwright-fal", "reelwright-replicate", "reelwright-kling", "reelwright-ark", "reelwright-minimax",
        "reelwright-runway", "reelwright-xai", "reelwright-ltx", "reelwright-elevenlabs", "reelwright-youtube",
        "reelwright-tiktok", "reelwright-instagram", "reelwright-facebook", "reelwright-s3", "reelwright-folder",
        "reelwright-webhook", "reelwright-s3-vault",
    ]  # fmt: skip


def test_prefect_finds_every_block_in_the_package() -> None:
    """`prefect block register -m blocks` asks for each name of the package."""
    found = {value for _, value in inspect.getmembers(blocks) if Block.is_block_class(value)}
    assert found == set(ALL)
    assert {kind for kind in ALL if issubclass(kind, VendorBlock)} == {case.kind for case in CASES}


def test_every_remote_model_of_the_catalogue_has_a_block_for_its_key() -> None:
    """None is left to the environment alone."""
    stored = {name for case in CASES for name in case.kind.variables}
    wanted = {name for entry in Catalogue.load().entries for name in entry.key_names}
    assert wanted <= stored


# Its secret


@every_secret
def test_the_secret_is_told_by_nothing(kind: type[Block], caplog: pytest.LogCaptureFixture) -> None:
    """Neither as text, nor as JSON, nor in a log line."""
    block = filled_in(kind)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("a run").warning("%s %r %s", block, block, block.model_dump())
    told = [str(block), repr(block), block.model_dump_json(), json.dumps(block.model_dump(mode="json")), caplog.text]
    assert SECRET not in "".join(told)
    assert SECRET in block.get_credential().get_secret_value()


@every_secret
def test_a_mistake_does_not_quote_the_secret(kind: type[Block]) -> None:
    """Neither a misspelt field nor a wrong address shows what else was filled in."""
    given = {"api_key": SECRET, "base_url": "x"}
    if issubclass(kind, S3Vault | S3Bucket):
        given = {"secret_access_key": SECRET, "bucket": "!"}
    elif kind is Webhook:
        given = {"secret": f"whsec_{SECRET}!", "url": "x"}
    with pytest.raises(ValidationError) as caught:
        kind(**given, apikey=SECRET)
    assert SECRET not in str(caught.value) + repr(caught.value)


@every_vendor
def test_a_key_is_kept_without_the_line_end_of_its_file(case: Case) -> None:
    """And an empty one is refused."""
    block = case.kind(api_key=SecretStr(f" {SECRET}\n"))
    assert block.environment() == {case.kind.variables[0]: SECRET}
    with pytest.raises(ValidationError, match="the key is empty"):
        case.kind(api_key=SecretStr(" \n"))


@pytest.mark.parametrize("url", ["https://user:pw@host/v1", "host/v1", "https://host/v1?key=1", "ftp://host"])
@every_vendor
def test_an_address_is_an_address_and_no_more(case: Case, url: str) -> None:
    """A key in it would be shown by the UI."""
    with pytest.raises(ValidationError):
        case.kind(api_key=SecretStr(SECRET), base_url=url)


# On a server


@every_block
def test_a_block_is_kept_by_a_real_server(kind: type[Block], at_server: Server) -> None:
    """Saved and loaded it is the same, and who may not see secrets sees stars."""
    block = filled_in(kind)
    block.save("kept", overwrite=True)
    loaded: Any = kind.load("kept")
    assert loaded.get_credential() == block.get_credential()
    assert loaded.environment() == block.environment()
    slug = kind.get_block_type_slug()
    shown = at_server.get(f"/block_types/slug/{slug}/block_documents/name/kept")
    assert SECRET not in json.dumps(shown)
    registered = at_server.get(f"/block_types/slug/{slug}")
    assert registered["description"] == kind.get_description()


# Its check


@every_vendor
def test_a_check_takes_a_good_key_and_starts_nothing(case: Case) -> None:
    """At the vendor's strict server, by one or two GETs with the key in its header."""
    with case.server() as server:
        told = case.kind(api_key=SecretStr(case.key), base_url=server.url + case.path).check()
        assert {call.method for call in server.calls} == case.methods
        assert all(case.key not in call.path + json.dumps(dict(call.query)) for call in server.calls)
    assert told.startswith(f"{case.kind.vendor} takes this key")
    assert case.told in told
    assert case.key not in told


@every_vendor
def test_a_check_tells_of_a_wrong_key(case: Case) -> None:
    """As the core's error, which says what to do and does not quote it."""
    with case.server() as server, pytest.raises(ProviderError) as caught:
        case.kind(api_key=SecretStr(WRONG), base_url=server.url + case.path).check()
    error: ReelwrightError = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert caught.value.kind is FailureKind.AUTH
    assert "Check the key" in error.hint
    assert WRONG not in str(error) + repr(error.to_json())


@every_vendor
def test_a_check_works_inside_an_event_loop(case: Case) -> None:
    """A flow may check before it begins."""

    async def both(block: VendorBlock) -> tuple[str, str]:
        return block.check(), await block.acheck()

    with case.server() as server:
        block = case.kind(api_key=SecretStr(case.key), base_url=server.url + case.path)
        plain, awaited = asyncio.run(both(block))
    assert plain == awaited


def test_a_check_of_a_host_that_is_down_says_so() -> None:
    """Busy, not a wrong key."""
    with OpenAiModerations() as server:
        address = server.base_url
    with pytest.raises(ProviderError) as caught:
        OpenAIEndpoint(base_url=address).check()
    assert caught.value.kind is FailureKind.BUSY


def test_a_host_without_a_key_is_asked_without_one() -> None:
    """A server of one's own."""
    with OpenAiModerations() as server:
        server.then(Reply(json={"object": "list", "data": []}))
        told = OpenAIEndpoint(base_url=server.base_url).check()
        assert "authorization" not in server.calls[0].headers
    assert told == "OpenAI endpoint answers without a key: it lists 0 models."
    assert OpenAIEndpoint().environment() == {}


def test_the_two_keys_of_an_older_kling_account_are_signed() -> None:
    """As the video model does."""
    with KlingServer() as server:
        block = Kling(api_key=SecretStr(f"{kling.ACCESS}:{kling.SECRET}"), base_url=server.url)
        assert block.check() == "Kling takes this key."
        assert kling.SECRET not in server.calls[0].headers["authorization"]


def test_a_transport_is_the_cores_own() -> None:
    """With the fingerprint that tickets carry."""
    block = Replicate(api_key=SecretStr(SECRET))
    assert block.transport().account == bearer(SecretStr(SECRET)).account


# The vault


@pytest.mark.slow
def test_the_vaults_check_is_its_start_up_test() -> None:
    """Against a real S3 server; its keys are handed over, no environment has them."""
    with moto() as store:
        given = {"bucket": store.bucket, "endpoint": store.endpoint, "region": "us-east-1", "access_key_id": KEY_ID}
        block = S3Vault(**given, secret_access_key=SecretStr(SECRET_KEY))
        assert block.check() == f"{block.address} can be a vault: it honours conditional writes."
        missing = block.model_copy(update={"bucket": "no-such-bucket"})
        with pytest.raises(StorageError, match="no-such-bucket") as caught:
            missing.check()
    assert caught.value.hint
    assert SECRET_KEY not in str(caught.value)


def test_a_vault_has_both_halves_of_a_key_or_none() -> None:
    """Without any, each machine's own role is used."""
    assert S3Vault(bucket="reels").environment() == {"REELWRIGHT_VAULT": "s3://reels"}
    with pytest.raises(ValidationError, match="two halves"):
        S3Vault(bucket="reels", access_key_id="AKIA")
    with pytest.raises(ValidationError):
        S3Vault(bucket="reels", endpoint="https://key:secret@host")
