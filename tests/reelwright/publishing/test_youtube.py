"""YouTube: what goes over the wire, what breaks, and that one episode is one video."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from servers.strict import Drop, Refused, Reply
from servers.youtube import CHANNEL, FORCE, PLAYLIST, READ, UPLOAD, YouTubeServer
from servers.youtube_sessions import GRANULE
from support.signing_in import close_all, tokens_at
from support.youtube_harness import MARKER, VIDEO, at, file_of, release_in, sign_in

from reelwright.publishing.contract import (
    Absent,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    PostOptions,
    Processing,
    Published,
    Unclear,
    Unfinished,
    now,
)
from reelwright.publishing.contract import Refused as Refusal
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.youtube import YouTube
from reelwright.publishing.youtube_facts import ERRORS, RULES

VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nLeaves hold tannin.\n"
SLOT = datetime(2030, 3, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[YouTubeServer]:
    """YouTube on loopback."""
    with YouTubeServer() as started:
        yield started


@pytest.fixture(scope="module")
def one_ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger that holds the tokens: made once."""
    return f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.db'}"


@pytest.fixture
def ledger(one_ledger: str) -> Iterator[str]:
    """The ledger, with nobody signed in."""
    tokens_at(one_ledger).forget("youtube/default")
    yield one_ledger
    close_all()


def posted(channel: YouTube, folder: Path, options: PostOptions | None = None, **changes: Any) -> Post:
    """The post of an episode."""
    return channel.prepare(release_in(folder, **changes), options or PostOptions(), marker=MARKER)


def full(folder: Path) -> dict[str, Any]:
    """A cover and captions."""
    picture = io.BytesIO()
    Image.new("RGB", (108, 192), "orange").save(picture, "JPEG")
    return {
        "cover": file_of(folder, "cover.jpg", picture.getvalue(), "image/jpeg"),
        "captions": file_of(folder, "captions.vtt", VTT, "text/vtt"),
    }


def quiet(_sent: int, _of: int) -> None:
    """Tell nobody of progress."""


async def published(channel: YouTube, post: Post) -> tuple[Handle, Outcome]:
    """All calls, one after the other."""
    handle = await channel.open(post)
    handle = await channel.submit(await channel.upload(handle, post, quiet), post)
    return handle, await channel.look(handle, post)


# The post


def test_a_post_is_what_youtube_takes(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """Title, description with hashtags, the marker among the tags, language, category, label, made for kids or not."""

    async def do(channel: YouTube) -> Outcome:
        return (await published(channel, posted(channel, tmp_path)))[1]

    outcome = at(server, ledger, do)
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


def test_a_slot_is_kept_by_youtube(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """Private until then; the outcome says when people see it. A slot for what stays private is a problem."""

    async def do(channel: YouTube) -> tuple[Outcome, Post]:
        odd = posted(channel, tmp_path, PostOptions(at=SLOT, privacy="unlisted"))
        return (await published(channel, posted(channel, tmp_path, PostOptions(at=SLOT))))[1], odd

    outcome, odd = at(server, ledger, do)
    status = server.live[0].parts["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2030-03-01T18:00:00Z")
    assert isinstance(outcome, Published)
    assert outcome.at == SLOT
    assert "unlisted" in odd.problems[0]


def test_texts_fit_in_youtubes_own_units(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """Bytes, characters and quotes are counted as YouTube counts: the strict server takes the longest of each."""
    tags = tuple(f"hashtag{number:02}ofthisepisode" for number in range(30))

    async def do(channel: YouTube) -> Post:
        post = posted(channel, tmp_path, title="<b>" + "é" * 200, description="é" * 4000, hashtags=tags)
        await channel.open(post)
        return post

    post = at(server, ledger, do)
    assert post.problems == ()
    assert post.tags[-1] == MARKER
    assert any("characters of tags" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    ("extra", "told"), [({"category": "18"}, "category"), ({"licence": "cc"}, "licence"), ({"playlist": 7}, "playlist")]
)
def test_wrong_options_are_problems(
    server: YouTubeServer, ledger: str, tmp_path: Path, extra: dict[str, Any], told: str
) -> None:
    """Found before anything is sent, by name."""

    async def do(channel: YouTube) -> Post:
        return posted(channel, tmp_path, PostOptions(extra=extra))

    assert told in " ".join(at(server, ledger, do).problems)
    assert server.calls == []


# What follows an upload


def test_thumbnail_captions_and_playlist_follow_and_may_follow_twice(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """Done again after a crash, each is there once."""

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path, PostOptions(extra={"playlist": PLAYLIST}), **full(tmp_path))
        handle = await channel.upload(await channel.open(post), post, quiet)
        await channel.submit(handle, post)
        return await channel.submit(handle, post)

    handle = at(server, ledger, do)
    (video,) = server.live
    assert video.thumbnail[:2] == b"\xff\xd8"
    assert [track["text"] for track in video.captions] == [VTT.decode()]
    assert server.playlists[PLAYLIST] == [video.id]
    assert handle.extra["notes"] == []


def test_what_youtube_refuses_for_good_is_a_note_and_the_video_is_out(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """An unverified channel's thumbnail, captions without the scope, a playlist of nobody: what to do is said."""
    server.may_set_thumbnails = False

    async def do(channel: YouTube) -> Outcome:
        options = PostOptions(extra={"playlist": "PLnone"})
        return (await published(channel, posted(channel, tmp_path, options, **full(tmp_path))))[1]

    outcome = at(server, ledger, do, UPLOAD, READ)
    assert isinstance(outcome, Published)
    for told in (
        "thumbnail is missing",
        "youtube.com/verify",
        "captions are missing",
        "--for captions",
        "in no playlist",
    ):
        assert told in outcome.note


def test_a_quota_that_ends_halfway_lets_the_rest_wait(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """The video is out, nothing is lost, and the rest is done later."""
    server.limits["units"] = 60

    async def refused(channel: YouTube) -> tuple[Handle, Post]:
        post = posted(channel, tmp_path, **full(tmp_path))
        handle = await channel.upload(await channel.open(post), post, quiet)
        with pytest.raises(ChannelRefused) as caught:
            await channel.submit(handle, post)
        assert caught.value.refused.kind is RefusalKind.QUOTA
        assert caught.value.refused.retry_after_seconds == 3600
        return handle, post

    async def later(channel: YouTube) -> Handle:
        return await channel.submit(handle, post)

    handle, post = at(server, ledger, refused)
    server.limits["units"] = 10_000
    assert at(server, ledger, later).extra["notes"] == []
    assert len(server.live[0].captions) == 1


def test_a_label_that_got_lost_is_set_again_and_nothing_else_goes(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """An update deletes what it does not send: slot, licence and all the rest go along."""
    server.forgets = {"containsSyntheticMedia"}

    async def do(channel: YouTube) -> Outcome:
        return (await published(channel, posted(channel, tmp_path, PostOptions(at=SLOT))))[1]

    at(server, ledger, do)
    assert server.live[0].parts["status"] == {
        "privacyStatus": "private", "publishAt": "2030-03-01T18:00:00Z", "license": "youtube", "embeddable": True,
        "selfDeclaredMadeForKids": False, "containsSyntheticMedia": True,
    }  # fmt: skip


# Broken lines


@pytest.mark.parametrize("size", [0, GRANULE, 2 * GRANULE, len(VIDEO)])
@pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(503, None, {"Retry-After": "0"})])
def test_an_upload_goes_on_where_the_line_broke(
    server: YouTubeServer, ledger: str, tmp_path: Path, size: int, outcome: Reply | Drop
) -> None:
    """After none, some and all of the bytes: one video, and no byte was sent where it did not belong."""
    server.sessions.keep_only(size, outcome)

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path)
        return await channel.upload(await channel.open(post), post, quiet)

    handle = at(server, ledger, do)
    assert (handle.remote_id, server.created, server.sessions.misaligned) == (server.live[0].id, 1, 0)
    assert server.live[0].content == VIDEO


@pytest.mark.parametrize("size", [0, GRANULE, len(VIDEO)])
def test_another_process_goes_on_with_the_session(
    server: YouTubeServer, ledger: str, tmp_path: Path, size: int
) -> None:
    """It asks first: what is there is not sent again, and what is finished gives the same video."""

    async def begun(channel: YouTube) -> tuple[Handle, Post]:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        server.sessions.keep_only(size, Drop())
        server.fail("status", "reply", status=503, headers={"Retry-After": "60"})
        with pytest.raises(OutcomeUnknown):
            await channel.upload(handle, post, quiet)
        return handle, post

    async def looked(channel: YouTube) -> tuple[Outcome, Handle, Outcome]:
        before = await channel.look(handle, post)
        after = await channel.upload(handle, post, quiet)
        after = await channel.submit(after, post)
        return before, after, await channel.look(after, post)

    handle, post = at(server, ledger, begun)
    server.faults.clear()
    before, after, outcome = at(server, ledger, looked)
    assert before == Unfinished(received_bytes=size, waits_for="submit" if size == len(VIDEO) else "bytes")
    assert isinstance(outcome, Published)
    assert (after.remote_id, server.created, server.sessions.misaligned) == (server.live[0].id, 1, 0)


def test_a_token_that_ends_during_the_upload_is_renewed(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """And the upload goes on where it was."""

    async def do(channel: YouTube) -> Handle:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        server.issuer.end_access()
        return await channel.upload(handle, post, quiet)

    assert at(server, ledger, do).remote_id == server.live[0].id
    assert server.issuer.refreshes == 1


def test_a_platform_that_takes_nothing_is_left_alone_for_a_while(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """It asks for two minutes: the run does not sit and wait, and surely nothing has come of it."""
    server.sessions.keep_only(GRANULE, Reply(503, None, {"Retry-After": "120"}))

    async def do(channel: YouTube) -> ChannelRefused:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        with pytest.raises(ChannelRefused) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value

    refused = at(server, ledger, do).refused
    assert (refused.kind, refused.retry_after_seconds, server.created) == (RefusalKind.BUSY, 120, 0)


def test_a_refusal_at_the_last_byte_is_no_video(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """YouTube's last word stands, and the session repeats it."""
    server.refuses_at_the_end = Refused(400, "The user has exceeded …", code="uploadLimitExceeded")

    async def do(channel: YouTube) -> tuple[ChannelRefused, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.open(post)
        with pytest.raises(ChannelRefused) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value, await channel.look(handle, post)

    raised, looked = at(server, ledger, do)
    assert (raised.refused.kind, raised.refused.retry_after_seconds) == (RefusalKind.QUOTA, 86_400)
    assert isinstance(looked, Refusal)
    assert looked.kind is RefusalKind.EXPIRED, "only a new session can help"


# Finding out


def test_a_video_whose_session_is_forgotten_is_found_by_its_marker(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """Among more than a page of others."""

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        for number in range(60):
            server.videos[f"other{number}"] = type(server.live[0])(
                f"other{number}", {"snippet": {"title": "x"}}, 5, "", "2030-01-01T00:00:00Z"
            )
        server.sessions.expire()
        lost = handle.model_copy(update={"remote_id": ""})
        return await channel.look(lost, post), await channel.find(post, since=now())

    looked, found = at(server, ledger, do)
    assert isinstance(looked, Unclear)
    assert isinstance(found, Published)
    assert found.remote_id == "vid00000001"


def test_absence_is_proved_by_reading_and_not_too_early(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """A list that may lag behind proves nothing; a video of the same size without the marker is for a person."""

    async def do(channel: YouTube) -> Outcome:
        return await channel.find(posted(channel, tmp_path), since=now() - timedelta(seconds=1))

    async def alike(channel: YouTube) -> Outcome:
        await channel.upload(await channel.open(post := posted(channel, tmp_path)), post, quiet)
        server.live[0].parts["snippet"]["tags"] = []
        server.live[0].file_name = "unknown"
        return await do(channel)

    early, late = at(server, ledger, do, settle_seconds=900), at(server, ledger, do)
    assert isinstance(early, Unclear)
    assert isinstance(late, Absent)
    assert "0 uploads" in late.proof
    assert at(server, ledger, alike) == Unclear(
        reason="videos of the same size are there, without our marker",
        candidates=("https://www.youtube.com/watch?v=vid00000001",),
    )


def test_a_sign_in_that_may_only_upload_says_what_it_cannot_see(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """Published all the same; looking for a lost one proves nothing."""

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        return (await published(channel, post))[1], await channel.find(post, since=now())

    outcome, found = at(server, ledger, do, UPLOAD)
    assert isinstance(outcome, Published)
    assert "may not read" in outcome.note
    assert isinstance(found, Unclear)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"uploadStatus": "failed", "failureReason": "codec"}, RefusalKind.MEDIA),
        ({"uploadStatus": "rejected", "rejectionReason": "duplicate"}, RefusalKind.DUPLICATE),
        ({"uploadStatus": "rejected", "rejectionReason": "copyright"}, RefusalKind.POLICY),
        ({"uploadStatus": "deleted"}, RefusalKind.UNKNOWN),
    ],
)
def test_what_youtube_makes_of_a_video_is_told(
    server: YouTubeServer, ledger: str, tmp_path: Path, told: dict[str, str], kind: RefusalKind
) -> None:
    """With what a person should do, and the video that is left."""
    server.processing_polls = 1
    server.outcome = told

    async def do(channel: YouTube) -> tuple[Outcome, Outcome]:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        handle = handle.model_copy(update={"extra": {"finished": True}})
        return await channel.look(handle, post), await channel.look(handle, post)

    first, second = at(server, ledger, do)
    assert isinstance(first, Processing)
    assert isinstance(second, Refusal)
    assert (second.kind, second.remote_id) == (kind, server.live[0].id)
    assert second.person_should


def test_a_locked_video_is_told(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """Google's pages contradict one another on unverified projects: it is seen, and said what to do."""

    async def do(channel: YouTube) -> Outcome:
        post = posted(channel, tmp_path)
        handle = await channel.upload(await channel.open(post), post, quiet)
        server.live[0].parts["status"]["privacyStatus"] = "private"
        return await channel.look(await channel.submit(handle, post), post)

    outcome = at(server, ledger, do)
    assert isinstance(outcome, Published)
    assert "keeps it private" in outcome.note


# Accounts and errors


def test_an_upload_goes_on_only_with_its_own_channel(server: YouTubeServer, ledger: str, tmp_path: Path) -> None:
    """Somebody signed in elsewhere meanwhile: the bytes do not follow."""

    async def do(channel: YouTube) -> ChannelRefused:
        post = posted(channel, tmp_path)
        handle = (await channel.open(post)).model_copy(update={"account": "UCother"})
        with pytest.raises(ChannelRefused, match=CHANNEL) as caught:
            await channel.upload(handle, post, quiet)
        return caught.value

    assert at(server, ledger, do).refused.kind is RefusalKind.SIGN_IN


def test_a_sign_in_that_was_taken_back_is_said_before_anything_is_sent(
    server: YouTubeServer, ledger: str, tmp_path: Path
) -> None:
    """With the command, and without a secret."""
    sign_in(tokens_at(ledger), server, FORCE)
    server.issuer.revoke()

    async def do(channel: YouTube) -> ChannelRefused:
        with pytest.raises(ChannelRefused) as caught:
            await channel.open(posted(channel, tmp_path))
        return caught.value

    error = at(server, ledger, do)
    assert error.refused.kind is RefusalKind.SIGN_IN
    assert "reelwright auth youtube" in error.hint
    assert "SECRET" not in f"{error}"


@pytest.mark.parametrize("error", [error for error in ERRORS if "open" in error.call], ids=lambda error: error.name)
def test_every_documented_error_of_an_upload_says_what_to_do(
    server: YouTubeServer, ledger: str, tmp_path: Path, error: Any
) -> None:
    """By its reason, in Google's own shape."""
    body = {"error": {"code": error.status, "message": "No.", "errors": [{"reason": error.name, "message": "No."}]}}
    server.fail("videos.insert", "reply", times=2, status=error.status, body=body)

    async def do(channel: YouTube) -> Refusal:
        with pytest.raises(ChannelRefused) as caught:
            await channel.open(posted(channel, tmp_path))
        return caught.value.refused

    refused = at(server, ledger, do)
    assert (refused.kind, refused.person_should) == (error.kind, error.person_should)
    assert error.name in refused.reason
    assert refused.retry_after_seconds == error.retry_after_seconds


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
        "uploaderAccountSuspended", "uploaderAccountClosed", "termsOfUse", "trademark",
    }  # fmt: skip
    assert documented <= set(names)
    assert all(error.person_should.endswith(".") for error in ERRORS)
    assert RULES.errors == ERRORS
