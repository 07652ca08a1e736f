"""Instagram: the container's form, the bytes, the one call that publishes, and what is read when its answer is lost."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.network_posts import MARKER, prepared, published, refusal, release, through, with_channel

from reelwright.errors import InvalidInput
from reelwright.publishing.contract import (
    Absent,
    Channel,
    ChannelEntry,
    Handle,
    OutcomeUnknown,
    Published,
    Refused,
    Unclear,
    Unfinished,
)
from reelwright.publishing.meta_facts import INSTAGRAM_ERRORS
from reelwright.publishing.rules import LATER, RefusalKind
from reelwright.testing.servers.instagram import USER, InstagramServer
from reelwright.values import Size

SUBCODED = [error for error in INSTAGRAM_ERRORS if "/22" in error.name]
GRAPH = [error for error in INSTAGRAM_ERRORS if "open" in error.call]
RUPLOAD = [error for error in INSTAGRAM_ERRORS if error.call == "upload"]


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    """Instagram on loopback."""
    with InstagramServer() as server:
        yield server


def entry(server: InstagramServer, **settings: Any) -> ChannelEntry:
    """A channel that does not wait."""
    quick = {"user": USER, "settle_seconds": 0, "look_after_seconds": 0.01}
    return ChannelEntry(kind="instagram", base_url=server.base_url, settings={**quick, **settings})


def refused(code: str, message: str = "Words of Instagram.") -> dict[str, Any]:
    """An error as the Graph API writes it."""
    number, _, subcode = code.partition("/")
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": int(number), "fbtrace_id": "A6L"}
    return {"error": error | ({"error_subcode": int(subcode)} if subcode else {})}


def test_a_reel_says_all_that_instagram_asks(instagram: InstagramServer, tmp_path: Path) -> None:
    """Caption with hashtags and our mark, feed, AI label, cover: and the address comes home."""
    extra = {"cover_seconds": "3/2", "share_to_feed": False, "collaborators": ["baker.anna"], "audio_name": "Oven"}
    post = prepared(entry(instagram), release(tmp_path), extra=extra)
    handle, outcome = published(entry(instagram), post)
    caption = f"Why bread goes stale\n\nIts starch turns back into crystals.\n\n#bread #science\n\n{MARKER}"
    form = instagram.jobs[handle.remote_id].asked
    assert {name: form[name] for name in form if name not in {"size", "whole"}} == {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": caption,
        "share_to_feed": "false",
        "is_ai_generated": "true",
        "thumb_offset": "1500",
        "audio_name": "Oven",
        "collaborators": '["baker.anna"]',
    }
    (shown,) = instagram.posts
    assert shown.body == post.video.path.read_bytes()
    assert isinstance(outcome, Published)
    assert (outcome.remote_id, outcome.url) == (shown.id, f"https://www.instagram.com/reel/C{int(shown.id):x}/")
    assert all("access_token" not in call.query for call in instagram.calls), "a token is no part of an address"


def test_what_instagram_would_refuse_is_said_before(instagram: InstagramServer, tmp_path: Path) -> None:
    """All of it in one list; the caption leaves room for our mark."""
    wrong = release(
        tmp_path,
        size_bytes=4_000_000,
        description=" ".join(f"@baker{number}" for number in range(21)),
        size=Size(width=2160, height=3840),
        seconds=Fraction(1),
        video_codec="av1",
    )
    told = prepared(entry(instagram), wrong, extra={"cover_seconds": 2, "share_to_feed": True, "colour": 1})
    for words in (
        "20 mentions",
        "1920 pixels",
        "3 to 900 s",
        "25 Mbit/s",
        "behind the end",
        "h264",
        "no option 'colour'",
    ):
        assert any(words in problem for problem in told.problems), words
    unread = prepared(entry(instagram), release(tmp_path), extra={"share_to_feed": "perhaps"})
    assert any("option share_to_feed" in problem for problem in unread.problems)
    long = prepared(entry(instagram), release(tmp_path, description="word " * 600))
    assert len(long.text) <= 2200
    assert long.text.endswith(f"#bread #science\n\n{MARKER}")


def test_the_live_quota_is_asked_before_a_container_is_made(instagram: InstagramServer, tmp_path: Path) -> None:
    """50 for one account, 100 for another: Instagram says which, and the post waits."""
    instagram.quota_total = 1
    post = prepared(entry(instagram), release(tmp_path))
    published(entry(instagram), post)
    said = with_channel(entry(instagram), lambda channel: refusal(channel.open(post)))
    assert (said.kind, "1 of 1 posts" in said.reason) == (RefusalKind.QUOTA, True)
    assert instagram.created == 1


def test_an_upload_that_broke_goes_on_where_it_stopped(instagram: InstagramServer, tmp_path: Path) -> None:
    """Instagram tells how many bytes it has; not one of them goes twice."""
    post = prepared(entry(instagram), release(tmp_path, size_bytes=3 << 20))

    async def broken(channel: Channel) -> list[int]:
        handle, _ = await through(channel, post, "open")
        instagram.break_upload_after = 1 << 20
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, lambda _sent, _of: None)
        told: list[int] = []
        await channel.upload(handle, post, lambda sent, _of: told.append(sent))
        return told

    assert with_channel(entry(instagram), broken) == [1 << 20, 3 << 20]
    assert [*instagram.bytes_of.values()] == [post.video.path.read_bytes()]
    offsets = [call.headers["offset"] for call in instagram.calls if "offset" in call.headers]
    assert offsets == ["0", str(1 << 20)]


@pytest.mark.parametrize("after", [False, True], ids=["before it arrived", "after it arrived"])
def test_a_lost_publish_is_read_from_the_container(instagram: InstagramServer, tmp_path: Path, after: bool) -> None:
    """PUBLISHED proves the post, and our mark finds its address; FINISHED says that it waits for us still."""
    instagram.fail("publish", "drop_after" if after else "drop")
    post = prepared(entry(instagram), release(tmp_path))

    async def lost(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "upload")
        instagram.plan.polls = 0
        with pytest.raises(OutcomeUnknown):
            await channel.submit(handle, post)
        return await channel.look(handle, post), await channel.submit(handle, post), handle

    instagram.plan.polls = 1
    outcome, _, _ = with_channel(entry(instagram), lost)
    assert isinstance(outcome, Published if after else Unfinished)
    assert len(instagram.posts) == 1
    assert instagram.counts["publish"] == (1 if after else 2)


def test_a_post_that_was_refused_as_spam_and_is_there_is_found(instagram: InstagramServer, tmp_path: Path) -> None:
    """4/2207051 has been seen on posts that went live: the container is read before anybody believes it."""
    instagram.blocks_but_publishes = True
    post = prepared(entry(instagram), release(tmp_path))
    _, outcome = published(entry(instagram), post)
    assert isinstance(outcome, Published)
    assert (outcome.remote_id, len(instagram.posts)) == (instagram.posts[0].id, 1)
    instagram.fail("publish", "reply", times=9, status=400, body=refused("4/2207051"))
    other = prepared(entry(instagram), release(tmp_path, title="Other", description="Another text"))

    async def blocked(channel: Channel) -> Refused:
        handle, _ = await through(channel, other, "upload")
        await channel.look(handle, other)
        return await refusal(channel.submit(handle, other))

    said = with_channel(entry(instagram), blocked)
    assert (said.kind, len(instagram.posts)) == (RefusalKind.POLICY, 1)


def test_a_container_that_expired_unpublished_is_proof_of_no_post(instagram: InstagramServer, tmp_path: Path) -> None:
    """After a day; a new one may be made."""
    post = prepared(entry(instagram), release(tmp_path))

    async def late(channel: Channel) -> Any:
        handle, _ = await through(channel, post, "upload")
        instagram.expire_containers()
        return await channel.look(handle, post), await refusal(channel.submit(handle, post))

    outcome, said = with_channel(entry(instagram), late)
    assert isinstance(outcome, Absent)
    assert said.kind is RefusalKind.EXPIRED


def test_a_post_whose_container_is_forgotten_is_found_by_our_mark(instagram: InstagramServer, tmp_path: Path) -> None:
    """Never the newest of the list, but the one with the mark; several alike are a person's to compare."""
    instagram.hides_status = True
    post = prepared(entry(instagram), release(tmp_path))
    handle, _ = published(entry(instagram), post)
    bare = handle.model_copy(update={"extra": {}})
    other = prepared(entry(instagram), release(tmp_path, description="Other")).model_copy(update={"marker": "rwother"})
    published(entry(instagram), other.model_copy(update={"text": "Other text"}))
    assert isinstance(with_channel(entry(instagram), lambda channel: channel.look(bare, post)), Unclear)
    found = with_channel(entry(instagram), lambda channel: channel.find(post, since=handle.opened_at))
    assert isinstance(found, Published)
    assert found.remote_id == instagram.posts[0].id
    missing = with_channel(entry(instagram), lambda channel: channel.find(other, since=handle.opened_at))
    assert isinstance(missing, Unclear)
    instagram.posts[1].text = post.text
    twins = with_channel(entry(instagram), lambda channel: channel.find(post, since=handle.opened_at))
    assert isinstance(twins, Unclear)
    assert len(twins.candidates) == 2


def test_a_published_container_that_no_list_shows_keeps_its_own_number(
    instagram: InstagramServer, tmp_path: Path
) -> None:
    """PUBLISHED is proof enough; somebody else's post never stands in for it."""
    post = prepared(entry(instagram), release(tmp_path))
    handle, _ = published(entry(instagram), post)
    instagram.posts[0].text = "somebody changed the caption"
    bare: Handle = handle.model_copy(update={"extra": {}})
    found = with_channel(entry(instagram), lambda channel: channel.look(bare, post))
    assert isinstance(found, Published)
    assert (found.remote_id, found.url, "does not list it" in found.note) == (handle.remote_id, "", True)


def test_without_our_mark_the_very_text_is_looked_for(instagram: InstagramServer, tmp_path: Path) -> None:
    """`marker: false` keeps captions clean; one post with just this text is taken for it."""
    clean = entry(instagram, marker=False)
    post = prepared(clean, release(tmp_path))
    assert MARKER not in post.text
    handle, _ = published(clean, post)
    found = with_channel(clean, lambda channel: channel.find(post, since=handle.opened_at))
    assert isinstance(found, Published)


@pytest.mark.parametrize("known", SUBCODED, ids=lambda known: known.name)
def test_a_container_that_failed_says_why(instagram: InstagramServer, tmp_path: Path, known: Any) -> None:
    """What may pass later is begun anew with a new container; the rest is a person's, with the next step."""
    instagram.plan.outcome, instagram.plan.polls = known.name.partition("/")[2], 0
    post = prepared(entry(instagram), release(tmp_path))
    _, outcome = published(entry(instagram), post)
    assert instagram.posts == []
    if known.kind in LATER or known.kind is RefusalKind.EXPIRED:
        assert isinstance(outcome, Absent)
    else:
        assert isinstance(outcome, Refused)
        assert (outcome.kind, outcome.person_should) == (known.kind, known.person_should)


@pytest.mark.parametrize("known", GRAPH, ids=lambda known: known.name)
def test_every_documented_refusal_says_what_to_do(instagram: InstagramServer, tmp_path: Path, known: Any) -> None:
    """Its kind, Instagram's own words, code and subcode, the next step."""
    instagram.fail("container", "reply", status=known.status, body=refused(known.name))
    post = prepared(entry(instagram), release(tmp_path))
    said = with_channel(entry(instagram), lambda channel: refusal(channel.open(post)))
    assert (said.kind, said.person_should) == (known.kind, known.person_should)
    assert said.reason == f"Words of Instagram. ({known.name})"
    assert said.retry_after_seconds == known.retry_after_seconds


@pytest.mark.parametrize("known", RUPLOAD, ids=lambda known: known.name)
def test_every_refusal_of_the_upload_host_says_what_to_do(
    instagram: InstagramServer, tmp_path: Path, known: Any
) -> None:
    """It has a shape of its own, `debug_info`, and says itself what may be tried again."""
    told = {"retriable": known.name == "retriable", "type": known.name, "message": "Words."}
    instagram.fail("upload", "reply", status=known.status or 503, body={"debug_info": told})
    post = prepared(entry(instagram), release(tmp_path))

    async def upload(channel: Channel) -> Refused:
        handle, _ = await through(channel, post, "open")
        return await refusal(channel.upload(handle, post, lambda _sent, _of: None))

    said = with_channel(entry(instagram), upload)
    assert (said.kind, said.person_should) == (known.kind, known.person_should)


def test_a_token_with_a_line_end_is_taken_without_it_and_told_by_no_error(
    instagram: InstagramServer, tmp_path: Path
) -> None:
    """Read from a file it ends so; one that no header can carry is refused without being quoted."""
    post = prepared(entry(instagram), release(tmp_path))
    _, outcome = published(entry(instagram), post, f"{instagram.access_token}\n")
    assert isinstance(outcome, Published)
    with pytest.raises(InvalidInput) as refused_here:
        published(entry(instagram), post, f"{instagram.access_token}\nX: y")
    assert instagram.access_token not in str(refused_here.value)


def test_the_token_goes_to_meta_only(tmp_path: Path) -> None:
    """An upload address elsewhere gets nothing, whatever the ledger says."""
    usual = ChannelEntry(kind="instagram", settings={"user": USER})
    post = prepared(usual, release(tmp_path))

    async def send(channel: Channel) -> Refused:
        handle = Handle(kind="instagram", session="https://rupload.example/x", opened_at="2026-11-21T10:00:00Z")
        return await refusal(channel._graph.send_film(handle, post, 0))  # type: ignore[attr-defined]

    assert "not at Meta" in with_channel(usual, send).reason
