"""Channels stored in Prefect: each kind has a block, and where a recipe or a person names it, runs publish there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from pydantic import SecretStr, ValidationError
from servers.s3_stores import KEY_ID, SECRET_KEY, moto
from support.prefect_server import Server

from blocks import (
    FacebookPage,
    Folder,
    InstagramAccount,
    S3Bucket,
    TikTokAccount,
    Webhook,
    YouTubeChannel,
)
from blocks.base import StoredBlock
from blocks.stored import read_stored
from reelwright.errors import InvalidInput, ProviderError, ReelwrightError
from reelwright.publishing.choosing import entries_of
from reelwright.publishing.contract import ChannelEntry, ChannelRefused, PostOptions
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.posting import begin, go_on
from reelwright.publishing.registry import KINDS
from reelwright.publishing.token_store import StoredToken
from reelwright.settings import Settings
from reelwright.testing.releases import episode_in
from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET
from reelwright.testing.servers.tiktok import TikTokServer
from reelwright.testing.servers.webhook import SECRET, WebhookServer
from reelwright.testing.servers.youtube import SIGN_IN

KEY = SecretStr("EAA-0123456789abcdef")
CHANNELS: tuple[StoredBlock, ...] = (
    YouTubeChannel(api_key=SecretStr(SIGN_IN)),
    TikTokAccount(),
    InstagramAccount(api_key=KEY, user="17841400000000001"),
    FacebookPage(api_key=KEY, page="100000000000001"),
    S3Bucket(bucket="reels", access_key_id="AKIA", secret_access_key=KEY),
    Folder(path="/srv/episodes"),
    Webhook(url="https://cms.example/hooks", secret=SecretStr(SECRET)),
)
every_channel = pytest.mark.parametrize("block", CHANNELS, ids=lambda block: type(block).__name__)


@pytest.fixture
def desk(at_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublishingDesk]:
    """A desk with a ledger of its own that reads the blocks of a server on which nothing is stored yet."""
    assert at_server.address
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "home"))
    with get_client(sync_client=True) as client:
        for document in client.read_block_documents():
            client.delete_block_document(document.id)
    made = PublishingDesk(Settings(), lambda: read_stored().keys)
    yield made
    made.database.close()


def publish(desk: PublishingDesk, name: str, folder: Path) -> str:
    """Publish an episode on the channel of this name; return the state that it comes to."""

    async def bring_on() -> str:
        entry = entries_of([name], stored=desk.stored_keys)[0]
        posting = await begin(desk, str(folder), entry, PostOptions())
        return (await go_on(desk, posting, upto="published")).state

    return asyncio.run(bring_on())


def test_every_kind_of_channel_has_a_block() -> None:
    """None is left to the recipe alone."""
    made = [block.entry(block.usual_name) for block in CHANNELS]
    assert {entry.kind for entry in made if entry} == set(KINDS)


@every_channel
def test_a_channel_by_its_name_is_the_stored_one(desk: PublishingDesk, block: StoredBlock) -> None:
    """With its settings, and its key where the block has one; the ledger and the run's parameters get no secret."""
    block.save("evening-show")
    entry = entries_of(["evening-show"], stored=desk.stored_keys)[0]
    assert (entry.called, entry.kind) == ("evening-show", block.usual_name)
    channel = desk.channel(entry)
    assert channel.name == "evening-show"
    assert channel.account
    asyncio.run(channel.aclose())
    credential = block.get_credential()
    assert credential is None or credential.get_secret_value() not in entry.model_dump_json()


def test_two_accounts_of_one_platform_are_kept_apart() -> None:
    """The sign-in of one is never renewed into the other's."""
    kitchen, garden = (CHANNELS[0].entry(name) for name in ("kitchen", "garden"))
    assert kitchen is not None
    assert garden is not None
    assert (kitchen.account, kitchen.api_key and kitchen.api_key.env) == ("kitchen", "REELWRIGHT_YOUTUBE_KITCHEN")
    assert garden.account == "garden"


def test_a_recipes_own_channel_goes_before_a_stored_one(desk: PublishingDesk) -> None:
    """A bare kind means the block of that name where there is one, for it has the settings."""
    Folder(path="/srv/stored").save("folder")
    own = ChannelEntry(kind="folder", settings={"path": "/srv/recipe"})
    assert entries_of([own], ["folder"], stored=desk.stored_keys) == (own,)
    assert entries_of(["folder"], stored=desk.stored_keys)[0].settings == {"path": "/srv/stored"}
    assert entries_of([own], stored=desk.stored_keys) == (own,)


def test_a_name_that_nobody_has_lists_what_there_is(desk: PublishingDesk) -> None:
    """Stored ones too."""
    Folder(path="/srv/stored").save("shared-disk")
    with pytest.raises(InvalidInput) as caught:
        entries_of([], ["shared-dusk"], stored=desk.stored_keys)
    assert "shared-disk" in caught.value.hint


def test_two_channels_of_one_name_are_told_apart_by_their_kind(desk: PublishingDesk) -> None:
    """The bare name is none: which of them was meant is not guessed."""
    Folder(path="/srv/show").save("show")
    Webhook(url="https://cms.example/hooks", secret=SecretStr(SECRET)).save("show")
    with pytest.raises(InvalidInput) as caught:
        entries_of([], ["show"], stored=desk.stored_keys)
    assert "reelwright-folder/show" in caught.value.hint
    assert entries_of([], ["reelwright-webhook/show"], stored=desk.stored_keys)[0].kind == "webhook"


def test_an_episode_goes_out_in_a_stored_folder(desk: PublishingDesk, tmp_path: Path) -> None:
    """By the block's name alone."""
    Folder(path=str(tmp_path / "disk")).save("shared-disk")
    assert publish(desk, "shared-disk", episode_in(tmp_path, "folder")) == "published"
    assert len(list((tmp_path / "disk").glob("*/post.json"))) == 1


def test_a_stored_receiver_is_told_with_the_blocks_secret(desk: PublishingDesk, tmp_path: Path) -> None:
    """The strict receiver checks the signature: the variable is nowhere set."""
    with WebhookServer() as server:
        Webhook(url=f"{server.url}/hooks/episodes", secret=SecretStr(SECRET)).save("cms")
        assert publish(desk, "cms", episode_in(tmp_path, "webhook")) == "published"
        assert len(server.taken) == 1


@pytest.mark.slow
def test_a_stored_bucket_is_written_with_the_blocks_keys(
    desk: PublishingDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an environment nor a profile of AWS has any; the vault's keys are others."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with moto() as store:
        given = {"bucket": store.bucket, "endpoint": store.endpoint, "region": "us-east-1", "access_key_id": KEY_ID}
        block = S3Bucket(**given, prefix="shows", secret_access_key=SecretStr(SECRET_KEY))
        assert block.check() == f"{block.address} can be a channel: it honours conditional writes."
        block.save("site")
        assert publish(desk, "site", episode_in(tmp_path, "s3")) == "published"
        assert any(key.endswith("/post.json") for key in store.keys("shows"))


def signed_in(desk: PublishingDesk, server: TikTokServer, *scopes: str) -> None:
    """Sign in to TikTok; its access has ended, so that the first use must renew it."""
    told = server.issuer.issue(*scopes, access_seconds=0)
    secrets = {"refresh_token": told["refresh_token"], "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    desk.tokens.put("tiktok/default", StoredToken(secrets=secrets, scopes=scopes), seen=0)


# Their checks


@pytest.mark.parametrize(("mode", "told"), [("inbox", "drafts"), ("direct", "@bread_daily")])
def test_tiktoks_check_renews_the_sign_in_of_the_ledger(desk: PublishingDesk, mode: str, told: str) -> None:
    """The rotated token is in the ledger afterwards; nothing is posted."""
    with TikTokServer() as server:
        signed_in(desk, server, "video.publish", "video.upload")
        before = desk.tokens.get("tiktok/default")
        assert told in TikTokAccount.model_validate({"mode": mode, "base_url": server.url}).check()
        after = desk.tokens.get("tiktok/default")
        assert (server.posts, server.issuer.refreshes, len(server.jobs)) == ([], 1, 0)
    assert before
    assert after
    assert after.secrets["refresh_token"] != before.secrets["refresh_token"]


def test_tiktoks_check_says_that_nobody_has_signed_in(desk: PublishingDesk) -> None:
    """With the command that does."""
    assert desk.tokens.accounts() == ()
    with TikTokServer() as server, pytest.raises(ChannelRefused) as caught:
        TikTokAccount(base_url=server.url).check()
    assert "reelwright auth tiktok --for draft" in caught.value.hint


def test_a_receivers_check_sends_no_message() -> None:
    """A receiver would take it for an episode."""
    with WebhookServer() as server:
        block = Webhook(url=f"{server.url}/hooks/episodes", secret=SecretStr(SECRET))
        assert block.check().startswith("The receiver answers (HTTP ")
        assert server.taken == {}
    with pytest.raises(ProviderError, match="Nobody answers"):
        block.check()


def test_a_folders_check_writes_there_and_leaves_nothing(tmp_path: Path) -> None:
    """One that cannot be written is told, with what to do."""
    assert (
        Folder(path=str(tmp_path / "new")).check() == f"{tmp_path / 'new'} can be a channel: this machine writes there."
    )
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ReelwrightError) as caught:
        Folder(path=str(tmp_path / "file" / "sub")).check()
    assert caught.value.hint


WRONG: tuple[Callable[[], StoredBlock], ...] = (
    lambda: Webhook(url="https://cms.example/hooks", secret=SecretStr("whsec_not base64!")),
    lambda: Webhook(url="https://cms.example/hooks", secret=SecretStr(" ")),
    lambda: Webhook(url="cms.example/hooks", secret=SecretStr(SECRET)),
    lambda: S3Bucket(bucket="reels", access_key_id="AKIA"),
    lambda: Folder(path=""),
    lambda: InstagramAccount(api_key=KEY, user="@bread"),
)


@pytest.mark.parametrize("make", WRONG)
def test_what_cannot_be_is_refused_by_the_form(make: Callable[[], StoredBlock]) -> None:
    """When it is filled in, not at the slot."""
    with pytest.raises(ValidationError):
        make()
