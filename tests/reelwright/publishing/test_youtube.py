"""YouTube: what goes over the wire, what follows an upload, and what every refusal tells a person to do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.youtube_harness import MARKER, VIDEO, at, file_of, posted, published, quiet

from reelwright.publishing.contract import (
    ChannelRefused,
    Handle,
    Outcome,
    Post,
    PostOptions,
    Published,
)
from reelwright.publishing.contract import Refused as Refusal
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.youtube import YouTube
from reelwright.publishing.youtube_calls import seconds_to_midnight
from reelwright.publishing.youtube_facts import ERRORS, RULES
from reelwright.testing.servers.youtube import CHANNEL, PLAYLIST, READ, UPLOAD, YouTubeServer

VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nLeaves hold tannin.\n"
SLOT = datetime(2030, 3, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[YouTubeServer]:
    """YouTube on loopback."""
    with YouTubeServer() as started:
        yield started


def full(folder: Path) -> dict[str, Any]:
    """A cover and captions."""
    picture = io.BytesIO()
    Image.new("RGB", (108, 192), "orange").save(picture, "JPEG")
    return {
        "cover": file_of(folder, "cover.jpg", picture.getvalue(), "image/jpeg"),
        "captions": file_of(folder, "captions.vtt", VTT, "text/vtt"),
    }


# The post


def test_a_post_is_what_youtube_takes(server: YouTubeServer, tmp_path: Path) -> None:
    """Title, description with hashtags, the marker among the tags, language, category, label, made for kids or not."""

    async def do(channel: YouTube) -> Outcome:
        return (await published(channel, posted(channel, tmp_path)))[1]

    outcome = at(server, do)
    (video,) = server.live
    assert isinstance(outcome, Published)
    assert outcome.url == f"https://www.youtube.com/watch?v={video.id}"
    assert video.content == VIDEO
    assert video.file_name == f"{MARKER}.mp4"
    assert video.parts["snippet"] == {
        "title": "Why tea is brown", "description": "Leaves hold tannin.\n\n#tea #food",
        "tags": ["tea", "food", MARKER], "categoryId": "22", "defaultLanguage": "en", "defaultAudioLanguage": "en",
    }  # fmt: skip
    assert video.parts["status"] == {
        "privacyStatus": "public", "license": "youtube", "embeddable": True, "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": True,
    }  # fmt: skip


def test_a_slot_is_kept_by_youtube(server: YouTubeServer, tmp_path: Path) -> None:
    """Private until then; the outcome says when people see it. A slot for what stays private is a problem."""

    async def do(channel: YouTube) -> tuple[Outcome, Post]:
        odd = posted(channel, tmp_path, PostOptions(at=SLOT, privacy="unlisted"))
        return (await published(channel, posted(channel, tmp_path, PostOptions(at=SLOT))))[1], odd

    outcome, odd = at(server, do)
    status = server.live[0].parts["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2030-03-01T18:00:00Z")
    assert isinstance(outcome, Published)
    assert outcome.at == SLOT
    assert "unlisted" in odd.problems[0]


def test_texts_fit_in_youtubes_own_units(server: YouTubeServer, tmp_path: Path) -> None:
    """Bytes, characters and quotes are counted as YouTube counts: the strict server takes the longest of each."""
    tags = tuple(f"hashtag{number:02}ofthisepisode" for number in range(30))

    async def do(channel: YouTube) -> Post:
        post = posted(channel, tmp_path, title="<b>" + "é" * 200, description="é" * 4000, hashtags=tags)
        await channel.open(post)
        return post

    post = at(server, do)
    assert post.problems == ()
    assert post.tags[-1] == MARKER
    assert any("characters of tags" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    ("extra", "told"), [({"category": "18"}, "category"), ({"licence": "cc"}, "licence"), ({"playlist": 7}, "playlist")]
)
def test_wrong_options_are_problems(server: YouTubeServer, tmp_path: Path, extra: dict[str, Any], told: str) -> None:
    """Found before anything is sent, by name."""

    async def do(channel: YouTube) -> Post:
        return posted(channel, tmp_path, PostOptions(extra=extra))

    assert told in " ".join(at(server, do).problems)
    assert server.calls == []


# What follows an upload


def test_thumbnail_captions_and_playlist_follow_and_may_follow_twice(server: YouTubeServer, tmp_path: Path) -> None:
    """Done again after a crash, each is there once."""

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path, PostOptions(extra={"playlist": PLAYLIST}), **full(tmp_path))
        handle = await channel.upload(await channel.open(post), post, quiet)
        await channel.submit(handle, post)
        return await channel.submit(handle, post)

    handle = at(server, do)
    (video,) = server.live
    assert video.thumbnail[:2] == b"\xff\xd8"
    assert [track["text"] for track in video.captions] == [VTT.decode()]
    assert server.playlists[PLAYLIST] == [video.id]
    assert handle.extra["notes"] == []


def test_what_youtube_refuses_for_good_is_a_note_and_the_video_is_out(server: YouTubeServer, tmp_path: Path) -> None:
    """An unverified channel's thumbnail, captions without the scope, a playlist of nobody: what to do is said."""
    server.may_set_thumbnails = False

    async def do(channel: YouTube) -> Outcome:
        options = PostOptions(extra={"playlist": "PLnone"})
        return (await published(channel, posted(channel, tmp_path, options, **full(tmp_path))))[1]

    outcome = at(server, do, UPLOAD, READ)
    assert isinstance(outcome, Published)
    for told in (
        "thumbnail is missing",
        "youtube.com/verify",
        "captions are missing",
        "--for captions",
        "in no playlist",
    ):
        assert told in outcome.note


def test_a_quota_that_ends_halfway_lets_the_rest_wait(server: YouTubeServer, tmp_path: Path) -> None:
    """The video is out, nothing is lost, and the rest is done later."""
    server.limits["units"] = 60

    async def refused(channel: YouTube) -> tuple[Handle, Post]:
        post = posted(channel, tmp_path, **full(tmp_path))
        handle = await channel.upload(await channel.open(post), post, quiet)
        with pytest.raises(ChannelRefused) as caught:
            await channel.submit(handle, post)
        assert caught.value.refused.kind is RefusalKind.QUOTA
        assert 0 < (caught.value.refused.retry_after_seconds or 0) <= 25 * 3600
        return handle, post

    async def later(channel: YouTube) -> Handle:
        return await channel.submit(handle, post)

    handle, post = at(server, refused)
    server.limits["units"] = 10_000
    assert at(server, later).extra["notes"] == []
    assert len(server.live[0].captions) == 1


def test_a_label_that_got_lost_is_set_again_and_nothing_else_goes(server: YouTubeServer, tmp_path: Path) -> None:
    """An update deletes what it does not send: slot, licence and all the rest go along."""
    server.forgets = {"containsSyntheticMedia"}

    async def do(channel: YouTube) -> Outcome:
        return (await published(channel, posted(channel, tmp_path, PostOptions(at=SLOT))))[1]

    at(server, do)
    assert server.live[0].parts["status"] == {
        "privacyStatus": "private", "publishAt": "2030-03-01T18:00:00Z", "license": "youtube", "embeddable": True,
        "selfDeclaredMadeForKids": False, "containsSyntheticMedia": True,
    }  # fmt: skip


# Accounts and errors


def test_an_upload_goes_on_only_with_its_own_channel(server: YouTubeServer, tmp_path: Path) -> None:
    """Somebody signed in elsewhere meanwhile: the bytes do not follow."""

    async def do(channel: YouTube) -> ChannelRefused:
        post = posted(channel, tmp_path)
        handle = (await channel.open(post)).model_copy(update={"account": "UCother"})
        with pytest.raises(ChannelRefused, match=CHANNEL) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value

    assert at(server, do).refused.kind is RefusalKind.SIGN_IN


def test_a_sign_in_that_was_taken_back_is_said_before_anything_is_sent(server: YouTubeServer, tmp_path: Path) -> None:
    """With the command, and without a secret."""

    async def do(channel: YouTube) -> ChannelRefused:
        server.issuer.revoke()
        with pytest.raises(ChannelRefused) as caught:
            await channel.open(posted(channel, tmp_path))
        return caught.value

    error = at(server, do)
    assert error.refused.kind is RefusalKind.SIGN_IN
    assert "reelwright auth youtube" in error.hint
    assert "SECRET" not in f"{error}"


@pytest.mark.parametrize("error", [error for error in ERRORS if "open" in error.call], ids=lambda error: error.name)
def test_every_documented_error_of_an_upload_says_what_to_do(server: YouTubeServer, tmp_path: Path, error: Any) -> None:
    """By its reason, in Google's own shape."""
    body = {"error": {"code": error.status, "message": "No.", "errors": [{"reason": error.name, "message": "No."}]}}
    server.fail("videos.insert", "reply", times=2, status=error.status, body=body)

    async def do(channel: YouTube) -> Refusal:
        with pytest.raises(ChannelRefused) as caught:
            await channel.open(posted(channel, tmp_path))
        return caught.value.refused

    refused = at(server, do)
    assert (refused.kind, refused.person_should) == (error.kind, error.person_should)
    assert error.name in refused.reason
    daily = error.name in {"quotaExceeded", "dailyLimitExceeded"}
    assert daily or refused.retry_after_seconds == error.retry_after_seconds


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-11-21T08:00:00Z", 24),
        ("2026-11-21T07:30:00Z", 0.5),
        ("2026-11-01T07:00:00Z", 25),
        ("2026-03-08T08:00:00Z", 23),
    ],
)
def test_googles_day_ends_at_midnight_in_california(moment: str, hours: float) -> None:
    """On the days on which its clocks change too."""
    assert seconds_to_midnight(datetime.fromisoformat(moment)) == hours * 3600


def test_the_errors_of_the_facts_are_all_in_the_table() -> None:
    """Each once, with a next step that is a sentence."""
    names = [error.name for error in ERRORS]
    assert len(names) == len(set(names))
    documented = {
        "invalidTitle", "invalidDescription", "invalidTags", "invalidCategoryId", "invalidPublishAt", "invalidFilename",
        "invalidVideoMetadata", "mediaBodyRequired", "defaultLanguageNotSet", "invalidRecordingDetails", "legal",
        "uploadLimitExceeded", "forbiddenLicenseSetting", "forbiddenPrivacySetting", "quotaExceeded", "claim",
        "rateLimitExceeded", "userRateLimitExceeded", "invalid_grant", "conversion", "invalidFile", "codec",
        "tooSmall", "forbidden", "emptyFile", "uploadAborted", "copyright", "inappropriate", "duplicate", "length",
        "uploaderAccountSuspended", "uploaderAccountClosed", "termsOfUse", "trademark", "session ended",
    }  # fmt: skip
    assert documented <= set(names)
    assert all(error.person_should.endswith(".") for error in ERRORS)
    assert RULES.errors == ERRORS
