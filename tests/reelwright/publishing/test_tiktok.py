"""TikTok: what goes over the wire, what the creator and an unaudited app may not do, chunks, drafts, every error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from support.databases import database
from support.network_posts import prepared, published, refusal, release, through, with_channel
from support.signing_in import close_all, given, tokens_at

from reelwright.publishing.contract import (
    Absent,
    Bench,
    Channel,
    ChannelEntry,
    ChannelRefused,
    OutcomeUnknown,
    Processing,
    Published,
    Refused,
    Unclear,
    Unfinished,
)
from reelwright.publishing.oauth_providers import TIKTOK
from reelwright.publishing.registry import build
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.tiktok_facts import DIRECT, ERRORS, INBOX
from reelwright.testing.servers.tiktok import TikTokServer

START = [error for error in ERRORS if "open" in error.call]
LOOK = [error for error in ERRORS if "look" in error.call and error.status is not None]
FAILED = [error for error in ERRORS if error.call in {"look", "open, look"} and error.status is None]


@pytest.fixture
def tiktok() -> Iterator[TikTokServer]:
    """TikTok on loopback."""
    with TikTokServer() as server:
        yield server


def entry(server: TikTokServer, mode: str = DIRECT, *, audited: bool = True) -> ChannelEntry:
    """A channel."""
    settings = {"mode": mode, "audited": audited, "look_after_seconds": 0.01}
    return ChannelEntry(kind="tiktok", base_url=server.base_url, settings=settings)


def told(server: TikTokServer, ending: str) -> dict[str, Any]:
    """The body of the last call of an end-point."""
    body: dict[str, Any] = [call for call in server.calls if call.path.endswith(ending)][-1].json
    return body


def test_a_direct_post_says_all_that_tiktok_asks(tiktok: TikTokServer, tmp_path: Path) -> None:
    """Caption with hashtags, who may see it, the AI label, the cover's moment; a public post tells its address."""
    options = {"extra": {"cover_seconds": "3/2", "duet": False}}
    post = prepared(entry(tiktok), release(tmp_path), **options)
    handle, outcome = published(entry(tiktok), post, tiktok.access_token)
    assert told(tiktok, "/video/init/")["post_info"] == {
        "title": "Why bread goes stale\n\nIts starch turns back into crystals.\n\n#bread #science",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": False,
        "disable_duet": True,
        "disable_stitch": False,
        "video_cover_timestamp_ms": 1500,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": True,
    }
    assert isinstance(outcome, Published)
    (shown,) = tiktok.posts
    assert shown.body == post.video.path.read_bytes()
    assert (outcome.remote_id, outcome.url) == (shown.id, f"https://www.tiktok.com/@bread_daily/video/{shown.id}")
    old = handle.model_copy(update={"opened_at": handle.opened_at - timedelta(hours=1)})
    tiktok.moderates_for = 99
    late = with_channel(entry(tiktok), lambda channel: channel.look(old, post), tiktok.access_token)
    assert late == Published(remote_id=handle.remote_id, at=late.at), "an address that takes hours is not waited for"


def test_what_the_creator_has_switched_off_stays_off(tiktok: TikTokServer, tmp_path: Path) -> None:
    """Though nobody asked for it: TikTok would refuse the post."""
    tiktok.disabled = {"comment", "stitch"}
    published(entry(tiktok), prepared(entry(tiktok), release(tmp_path)), tiktok.access_token)
    info = told(tiktok, "/video/init/")["post_info"]
    assert (info["disable_comment"], info["disable_duet"], info["disable_stitch"]) == (True, False, True)


@pytest.mark.parametrize(
    ("harm", "kind", "words"),
    [
        ({"private_account": True}, RefusalKind.OPTIONS, "FOLLOWER_OF_CREATOR"),
        ({"most_seconds": 10}, RefusalKind.MEDIA, "10.5 s; this account may post 10 s"),
        ({"cannot_post": "spam_risk_too_many_posts"}, RefusalKind.QUOTA, "spam_risk_too_many_posts"),
        ({"cannot_post": "spam_risk_user_banned_from_posting"}, RefusalKind.POLICY, "spam_risk_user_banned"),
    ],
    ids=["private account", "too long", "enough for today", "banned"],
)
def test_the_creator_is_asked_first(
    tiktok: TikTokServer, tmp_path: Path, harm: dict[str, Any], kind: RefusalKind, words: str
) -> None:
    """What the account cannot do is refused before anything is begun, with the next step."""
    for name, value in harm.items():
        setattr(tiktok, name, value)
    post = prepared(entry(tiktok), release(tmp_path))
    said = with_channel(entry(tiktok), lambda channel: refusal(channel.open(post)), tiktok.access_token)
    assert (said.kind, words in said.reason, bool(said.person_should)) == (kind, True, True)
    assert (tiktok.counts["init"], tiktok.created) == (0, 0)


def test_an_app_that_is_not_audited_posts_to_the_account_alone_and_says_so(
    tiktok: TikTokServer, tmp_path: Path
) -> None:
    """Unasked it is private, with a warning; asked to be public it is a problem that names the ways out."""
    tiktok.audited, tiktok.private_account = False, True
    channel = entry(tiktok, audited=False)
    quiet = prepared(channel, release(tmp_path))
    loud = prepared(channel, release(tmp_path), privacy="public")
    assert any("only the account itself" in warning for warning in quiet.warnings)
    assert any("mode: inbox" in problem for problem in loud.problems)
    published(channel, quiet, tiktok.access_token)
    assert [post.fields["privacy_level"] for post in tiktok.posts] == ["SELF_ONLY"]
    tiktok.private_account = False
    said = with_channel(channel, lambda each: refusal(each.open(quiet)), tiktok.access_token)
    assert (said.kind, "mode: inbox" in said.person_should) == (RefusalKind.PERMISSION, True)


def test_a_draft_waits_in_the_app_and_says_what_a_person_must_do(tiktok: TikTokServer, tmp_path: Path) -> None:
    """No text goes along; when the person has posted it, that is read too."""
    post = prepared(entry(tiktok, INBOX), release(tmp_path))
    assert any("AI label" in warning for warning in post.warnings)
    handle, outcome = published(entry(tiktok, INBOX), post, tiktok.access_token)
    assert set(told(tiktok, "/inbox/video/init/")) == {"source_info"}
    assert isinstance(outcome, Published)
    assert "AI-generated" in outcome.note
    assert (tiktok.posts, tiktok.counts["creator_info"]) == ([], 0)
    tiktok.finish_in_app(handle.remote_id)
    done = with_channel(entry(tiktok, INBOX), lambda channel: channel.look(handle, post), tiktok.access_token)
    assert isinstance(done, Published)
    assert done.note == ""


def test_a_large_file_goes_in_chunks_and_on_from_where_it_broke(tiktok: TikTokServer, tmp_path: Path) -> None:
    """25 MiB are two chunks, the second with the rest; a chunk that broke is sent again, one that arrived is not."""
    size = 25 << 20
    post = prepared(entry(tiktok), release(tmp_path, size_bytes=size))

    async def broken(channel: Channel) -> tuple[list[Any], list[int]]:
        handle, begun = await through(channel, post, "open")
        tiktok.break_upload_after = 1 << 20
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, lambda _sent, _of: None)
        none = await channel.look(handle, post)
        tiktok.fail("upload", "drop_after")
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, lambda _sent, _of: None)
        one = await channel.look(handle, post)
        progress: list[int] = []
        await channel.upload(handle, post, lambda sent, _of: progress.append(sent))
        return [begun, none, one, await channel.look(handle, post)], progress

    outcomes, progress = with_channel(entry(tiktok), broken, tiktok.access_token)
    chunk = 10 << 20
    assert [getattr(outcome, "received_bytes", None) for outcome in outcomes] == [0, 0, chunk, None]
    assert isinstance(outcomes[-1], Processing)
    assert progress == [chunk, size]
    assert told(tiktok, "/video/init/")["source_info"] == {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk,
        "total_chunk_count": 2,
    }
    (arrived,) = tiktok.bytes_of.values()
    assert arrived == post.video.path.read_bytes()
    ranges = [call.headers["content-range"] for call in tiktok.calls if call.method == "PUT"]
    assert ranges == [f"bytes 0-{chunk - 1}/{size}"] * 2 + [f"bytes {chunk}-{size - 1}/{size}"]


def test_an_upload_address_that_died_is_proof_that_nothing_was_posted(tiktok: TikTokServer, tmp_path: Path) -> None:
    """Refused as expired; a look after its hour says that nothing came of a part."""
    post = prepared(entry(tiktok), release(tmp_path))

    async def late(channel: Channel) -> tuple[Refused, Any]:
        handle, _ = await through(channel, post, "open")
        tiktok.pass_time(3601)
        said = await refusal(channel.upload(handle, post, lambda _sent, _of: None))
        old = handle.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
        return said, await channel.look(old, post)

    said, outcome = with_channel(entry(tiktok), late, tiktok.access_token)
    assert said.kind is RefusalKind.EXPIRED
    assert isinstance(outcome, Absent)
    assert "of a part nothing is posted" in outcome.proof


def test_a_post_whose_slot_is_far_is_opened_later(tiktok: TikTokServer, tmp_path: Path) -> None:
    """An upload address lives for an hour: one for tomorrow would be dead by then."""
    post = prepared(entry(tiktok), release(tmp_path), at=datetime.now(UTC) + timedelta(hours=5))
    said = with_channel(entry(tiktok), lambda channel: refusal(channel.open(post)), tiktok.access_token)
    assert said.kind is RefusalKind.BUSY
    assert said.retry_after_seconds == pytest.approx(5 * 3600 - 900, abs=60)
    assert tiktok.created == 0


def test_the_seventh_start_of_a_minute_is_told_when_to_come_back(tiktok: TikTokServer, tmp_path: Path) -> None:
    """TikTok takes six a minute; a minute later it passes."""
    post = prepared(entry(tiktok, INBOX), release(tmp_path))

    async def seven(channel: Channel) -> Refused:
        for number in range(6):
            handle = await channel.open(post)
            if number < 5:
                tiktok.jobs[handle.remote_id].asked["finished"] = True
        said = await refusal(channel.open(post))
        tiktok.pass_time(60)
        await channel.open(post)
        return said

    said = with_channel(entry(tiktok, INBOX), seven, tiktok.access_token)
    assert (said.kind, said.retry_after_seconds) == (RefusalKind.BUSY, 60)


@pytest.mark.parametrize("known", START, ids=lambda known: known.name)
def test_every_documented_refusal_of_a_start_says_what_to_do(tiktok: TikTokServer, tmp_path: Path, known: Any) -> None:
    """Its kind, TikTok's own words, the next step; nothing was begun."""
    body = {"data": {}, "error": {"code": known.name, "message": "Words of TikTok.", "log_id": "2026"}}
    tiktok.fail("inbox_init", "reply", status=known.status, body=body)
    post = prepared(entry(tiktok, INBOX), release(tmp_path))
    said = with_channel(entry(tiktok, INBOX), lambda channel: refusal(channel.open(post)), tiktok.access_token)
    assert (said.kind, said.person_should) == (known.kind, known.person_should)
    assert said.reason == f"Words of TikTok. [log_id 2026] ({known.name})"
    assert said.retry_after_seconds == known.retry_after_seconds


@pytest.mark.parametrize("known", FAILED, ids=lambda known: known.name)
def test_every_documented_way_to_fail_is_told(tiktok: TikTokServer, tmp_path: Path, known: Any) -> None:
    """What may pass later begins anew, for a failed publish id stays failed; the rest is a person's."""
    tiktok.plan.outcome, tiktok.plan.polls = known.name, 0
    post = prepared(entry(tiktok), release(tmp_path))
    _, outcome = published(entry(tiktok), post, tiktok.access_token)
    assert tiktok.posts == []
    if known.kind in {RefusalKind.BUSY, RefusalKind.QUOTA}:
        assert isinstance(outcome, Absent)
        assert known.name in outcome.proof
    else:
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.person_should) == (known.kind, known.person_should)


@pytest.mark.parametrize("known", LOOK, ids=lambda known: known.name)
def test_a_look_that_is_refused_proves_nothing(tiktok: TikTokServer, tmp_path: Path, known: Any) -> None:
    """It is told as what it is; a publish id that TikTok no longer knows is unclear."""
    post = prepared(entry(tiktok), release(tmp_path))

    async def look(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "open")
        error = {"code": known.name, "message": "Words.", "log_id": "2026"}
        tiktok.fail("status", "reply", times=9, status=known.status, body={"data": {}, "error": error})
        try:
            return await channel.look(handle, post)
        except ChannelRefused as refused:
            return refused.refused

    with stamina.set_testing(testing=True, attempts=4):
        outcome = with_channel(entry(tiktok), look, tiktok.access_token)
    if known.name == "invalid_publish_id":
        assert isinstance(outcome, Unclear)
    else:
        assert outcome.kind is known.kind


def test_a_token_that_ended_is_renewed_and_the_rotated_one_kept(tiktok: TikTokServer, tmp_path: Path) -> None:
    """Refused in the middle of the work: renewed once, stored, and the same call goes on; no token in any error."""
    with database("sqlite", tmp_path) as url:
        tokens = tokens_at(url)
        first = given(tiktok.issuer.issue("video.publish", "video.upload"), "video.publish")
        first = first.model_copy(update={"access_until": None})
        tokens.put("tiktok/default", first, seen=0)
        tiktok.issuer.end_access()
        post = prepared(entry(tiktok), release(tmp_path))

        async def run() -> Any:
            channel = build(entry(tiktok), Bench(tokens=tokens, credential=lambda _: None))
            try:
                done = await through(channel, post)
                tiktok.issuer.revoke()
                return done, await refusal(channel.open(post))
            finally:
                await channel.aclose()

        (_, outcome), said = asyncio.run(run())
        kept = tokens.get("tiktok/default")
        close_all()
    assert isinstance(outcome, Published)
    assert kept is not None
    assert kept.secrets["refresh_token"] not in {"", first.secrets["refresh_token"]}
    assert (tiktok.issuer.refreshes, len(tiktok.posts)) == (1, 1)
    assert (said.kind, "SECRET" in f"{said}") == (RefusalKind.SIGN_IN, False)
    assert f"reelwright auth {TIKTOK.name}" in said.person_should


def test_an_answer_that_is_none_of_tiktoks_is_no_refusal_of_the_bytes(tiktok: TikTokServer, tmp_path: Path) -> None:
    """A gateway's page after the last chunk: nobody can tell, so it is read; there is one post."""
    post = prepared(entry(tiktok), release(tmp_path))

    async def stumbled(channel: Channel) -> Any:
        handle, begun = await through(channel, post, "open")
        assert isinstance(begun, Unfinished)
        tiktok.fail("upload", "reply", status=502, body="<html>Bad gateway</html>", media_type="text/html")
        with pytest.raises(OutcomeUnknown, match="HTTP 502"):
            await channel.upload(handle, post, lambda _sent, _of: None)
        return await channel.look(handle, post)

    assert isinstance(with_channel(entry(tiktok), stumbled, tiktok.access_token), Unfinished)
