"""Facebook: start, bytes, finish, slots, a Page's own token, and what is read when an answer is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from support.network_posts import prepared, published, refusal, release, through, with_channel

from reelwright.publishing.contract import (
    Absent,
    Channel,
    ChannelEntry,
    ChannelRefused,
    OutcomeUnknown,
    Published,
    Refused,
    Unclear,
    Unfinished,
)
from reelwright.publishing.meta_facts import FACEBOOK_ERRORS
from reelwright.publishing.oauth import App, ask, exchange, renew
from reelwright.publishing.oauth_providers import FACEBOOK
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.token_store import StoredToken
from reelwright.testing.servers.facebook import PAGE, FacebookServer
from reelwright.testing.servers.meta import APP_ID, APP_SECRET, CODE
from reelwright.values import Size

OWN = [error for error in FACEBOOK_ERRORS if "open" in error.call]


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    """Facebook on loopback."""
    with FacebookServer() as server:
        yield server


def entry(server: FacebookServer, **settings: Any) -> ChannelEntry:
    """A channel that does not wait."""
    quick = {"page": PAGE, "settle_seconds": 0, "look_after_seconds": 0.01}
    return ChannelEntry(kind="facebook", base_url=server.base_url, settings={**quick, **settings})


def test_a_reel_says_all_that_facebook_asks_with_the_pages_own_token(facebook: FacebookServer, tmp_path: Path) -> None:
    """Text, AI label, state; the person's token opens the Page's and posts nothing."""
    post = prepared(entry(facebook), release(tmp_path))
    handle, outcome = published(entry(facebook), post)
    (shown,) = facebook.posts
    form = {name: shown.fields[name] for name in ("upload_phase", "video_id", "video_state", "is_ai_generated")}
    assert form == {
        "upload_phase": "finish",
        "video_id": handle.remote_id,
        "video_state": "PUBLISHED",
        "is_ai_generated": "true",
    }
    assert (shown.text, shown.body) == (post.text, post.video.path.read_bytes())
    assert outcome == Published(
        remote_id=handle.remote_id, url=f"https://www.facebook.com/reel/{handle.remote_id}", at=outcome.at
    )
    asked = [call for call in facebook.calls if call.headers["authorization"].endswith(facebook.person_token)]
    assert [call.path.rpartition("/")[2] for call in asked] == [PAGE] * len(asked)


def test_a_slot_is_kept_by_facebook(facebook: FacebookServer, tmp_path: Path) -> None:
    """Sent now, shown then: it is published for us, with the moment at which people see it."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=6)
    post = prepared(entry(facebook), release(tmp_path), at=at)
    handle, outcome = published(entry(facebook), post)
    assert isinstance(outcome, Published)
    assert (outcome.at, facebook.posts) == (at, [])
    assert facebook.jobs[handle.remote_id].asked["scheduled_publish_time"] == str(int(at.timestamp()))
    facebook.pass_time(6 * 3600 + 1)
    facebook.release_due()
    assert len(facebook.posts) == 1


@pytest.mark.parametrize(
    ("ahead", "wait", "begun"),
    [(timedelta(minutes=5), 300, 1), (timedelta(days=40), 11 * 86_400, 0)],
    ids=["nearer than its schedule", "further than its schedule"],
)
def test_a_slot_that_facebook_cannot_keep_waits_here(
    facebook: FacebookServer, tmp_path: Path, ahead: timedelta, wait: int, begun: int
) -> None:
    """Never early: the post rests until its slot, or until it is near enough."""
    post = prepared(entry(facebook), release(tmp_path), at=datetime.now(UTC) + ahead)

    async def bring(channel: Channel) -> Refused:
        return await refusal(through(channel, post))

    said = with_channel(entry(facebook), bring)
    assert (said.kind, facebook.created, facebook.counts["finish"]) == (RefusalKind.BUSY, begun, 0)
    assert said.retry_after_seconds == pytest.approx(wait, abs=120)


def test_what_facebook_would_refuse_is_said_before(facebook: FacebookServer, tmp_path: Path) -> None:
    """Too long, too small, not 9:16."""
    wrong = release(tmp_path, seconds=91, size=Size(width=480, height=640))
    problems = prepared(entry(facebook), wrong, privacy="private").problems
    for words in ("3 to 90 s", "540x960 at least", "that shape", "privacy 'private'"):
        assert any(words in problem for problem in problems), words


def test_an_upload_that_broke_goes_on_where_it_stopped(facebook: FacebookServer, tmp_path: Path) -> None:
    """Facebook tells how many bytes it has; not one of them goes twice."""
    post = prepared(entry(facebook), release(tmp_path, size_bytes=3 << 20))

    async def broken(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "open")
        facebook.break_upload_after = 1 << 20
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, lambda _sent, _of: None)
        seen = await channel.look(handle, post)
        return seen, await channel.upload(handle, post, lambda _sent, _of: None)

    seen, handle = with_channel(entry(facebook), broken)
    assert seen == Unfinished(waits_for="bytes", received_bytes=1 << 20)
    assert facebook.bytes_of[handle.remote_id] == post.video.path.read_bytes()
    assert [call.headers["offset"] for call in facebook.calls if "offset" in call.headers] == ["0", str(1 << 20)]


@pytest.mark.parametrize("lags", [0, 3], ids=["seen at once", "seen late"])
@pytest.mark.parametrize("after", [False, True], ids=["before it arrived", "after it arrived"])
def test_a_lost_finish_is_read_from_the_video(facebook: FacebookServer, tmp_path: Path, after: bool, lags: int) -> None:
    """A finish that Facebook has but does not show yet is sent again for the same video: one reel, and it is found."""
    facebook.lags = lags
    facebook.fail("finish", "drop_after" if after else "drop")
    post = prepared(entry(facebook), release(tmp_path))

    async def again_and_again(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "upload")
        for _ in range(9):
            try:
                await channel.submit(handle, post)
            except (OutcomeUnknown, ChannelRefused):
                continue
            break
        outcome = await channel.look(handle, post)
        for _ in range(9):
            if isinstance(outcome, Published):
                break
            outcome = await channel.look(handle, post)
        return outcome

    assert isinstance(with_channel(entry(facebook), again_and_again), Published)
    assert len(facebook.posts) == 1


def test_a_false_alarm_after_the_upload_is_waited_out(facebook: FacebookServer, tmp_path: Path) -> None:
    """Seen in the field: `Video Upload Is Missing` right after an upload that was whole."""
    facebook.misses_upload = 1
    post = prepared(entry(facebook), release(tmp_path))

    async def twice(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "upload")
        with pytest.raises(OutcomeUnknown, match="1363130"):
            await channel.submit(handle, post)
        await channel.submit(handle, post)

    with_channel(entry(facebook), twice)
    facebook.settle()
    assert len(facebook.posts) == 1


def test_a_video_that_facebook_cannot_take_says_why(facebook: FacebookServer, tmp_path: Path) -> None:
    """In Facebook's words, with the next step; there is no reel."""
    facebook.plan.outcome, facebook.plan.polls = "processing: The video is damaged", 0
    post = prepared(entry(facebook), release(tmp_path))
    _, outcome = published(entry(facebook), post)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, "The video is damaged" in outcome.reason) == (RefusalKind.MEDIA, True)
    assert facebook.posts == []


def test_a_session_that_ended_unpublished_is_proof_of_no_reel(facebook: FacebookServer, tmp_path: Path) -> None:
    """Expired by Facebook's own word; a new one may be started."""
    post = prepared(entry(facebook), release(tmp_path))

    async def late(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "upload")
        facebook.pass_time(90_000)
        return await channel.look(handle, post), await refusal(channel.submit(handle, post))

    outcome, said = with_channel(entry(facebook), late)
    assert isinstance(outcome, Absent)
    assert said.kind is RefusalKind.EXPIRED


def test_a_video_that_facebook_forgot_is_looked_for_among_the_pages_posts(
    facebook: FacebookServer, tmp_path: Path
) -> None:
    """By the very text; what is not there proves nothing."""
    post = prepared(entry(facebook), release(tmp_path))
    handle, _ = published(entry(facebook), post)
    facebook.jobs.clear()
    assert isinstance(with_channel(entry(facebook), lambda channel: channel.look(handle, post)), Unclear)
    since = handle.opened_at
    found = with_channel(entry(facebook), lambda channel: channel.find(post, since=since))
    assert isinstance(found, Published)
    other = post.model_copy(update={"text": "Another text"})
    assert isinstance(with_channel(entry(facebook), lambda channel: channel.find(other, since=since)), Unclear)


@pytest.mark.parametrize("known", OWN, ids=lambda known: known.name)
def test_every_documented_refusal_says_what_to_do(facebook: FacebookServer, tmp_path: Path, known: Any) -> None:
    """Its kind, Facebook's own words, the next step."""
    number, _, subcode = known.name.partition("/")
    error = {"message": "Words.", "code": int(number), **({"error_subcode": int(subcode)} if subcode else {})}
    facebook.fail("start", "reply", status=known.status, body={"error": error})
    post = prepared(entry(facebook), release(tmp_path))
    said = with_channel(entry(facebook), lambda channel: refusal(channel.open(post)))
    assert (said.kind, said.person_should) == (known.kind, known.person_should)


def test_a_consent_becomes_a_sign_in_of_sixty_days(facebook: FacebookServer) -> None:
    """The code gives an hour's token, that one is exchanged for a long one, and the Page's name is learnt."""
    provider, app = FACEBOOK.at(facebook.base_url), App(id=APP_ID, secret=SecretStr(APP_SECRET))
    consent = ask(provider, app, "https://example.com/done", "both")
    scopes = parse_qs(urlsplit(consent.url).query)["scope"][0].split(",")
    assert {"instagram_content_publish", "pages_manage_posts"} <= set(scopes)
    token = asyncio.run(exchange(provider, app, consent, CODE))
    assert token.secrets["access_token"] == facebook.person_token
    assert (token.account_name, token.secrets["account_id"]) == ("Bread daily", PAGE)
    assert token.refresh_until is not None


def test_a_sign_in_of_sixty_days_renews_itself(facebook: FacebookServer) -> None:
    """The token is exchanged for a new one with the app's id and secret, and the new one is taken."""
    held = {"access_token": facebook.person_token, "client_id": APP_ID, "client_secret": APP_SECRET}
    new = asyncio.run(renew(FACEBOOK.at(facebook.base_url), StoredToken(secrets=held)))
    assert new.secrets["access_token"] == facebook.person_token != held["access_token"]
    assert new.access_until is not None
    assert (new.access_until - datetime.now(UTC)).days >= 59
    assert SecretStr(APP_SECRET).get_secret_value() not in f"{new}"
