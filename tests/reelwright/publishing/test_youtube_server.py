"""Google's own client drives our YouTube server: an independent witness that the server speaks the wire format."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload
from PIL import Image

from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET
from reelwright.testing.servers.strict import Reply
from reelwright.testing.servers.youtube import FORCE, PLAYLIST, UPLOADS, YouTubeServer
from reelwright.testing.servers.youtube_sessions import GRANULE

VIDEO = bytes(range(256)) * 3000
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nLeaves hold tannin.\n"


@pytest.fixture
def server() -> Iterator[YouTubeServer]:
    """YouTube on loopback."""
    with YouTubeServer() as started:
        yield started


@pytest.fixture
def youtube(server: YouTubeServer) -> Iterator[Any]:
    """Google's client, whose access token is fetched with a refresh token as it goes."""
    token = server.issuer.issue(FORCE)
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None, refresh_token=token.get("refresh_token") or server.issuer.grants[0].refresh_token,
        token_uri=f"{server.url}/token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET,
    )  # fmt: skip
    with build(
        "youtube",
        "v3",
        credentials=credentials,
        client_options={"api_endpoint": f"{server.url}/"},
        static_discovery=True,
    ) as client:
        yield client


def at_loopback(request: Any) -> Any:
    """The library keeps https for media whatever the end-point."""
    request.uri = request.uri.replace("https://", "http://")
    return request


def insert(youtube: Any, *, chunk: int = -1, **status: Any) -> Any:
    """A request for an upload."""
    body = {"snippet": {"title": "Why tea is brown", "tags": ["tea", "rw0123456789ab"]}, "status": status}
    media = MediaInMemoryUpload(VIDEO, "video/mp4", chunksize=chunk, resumable=True)
    return at_loopback(youtube.videos().insert(part="snippet,status", body=body, media_body=media))


def to_the_end(request: Any) -> Any:
    """Send all chunks."""
    answer = None
    while answer is None:
        _, answer = request.next_chunk()
    return answer


def reason(error: HttpError) -> str:
    """YouTube's name of an error."""
    return str(json.loads(error.content)["error"]["errors"][0]["reason"])


def test_googles_client_uploads_in_chunks_and_reads_back(server: YouTubeServer, youtube: Any) -> None:
    """Chunks of 256 KiB; the bytes, the flags and the marker are there."""
    made = to_the_end(insert(youtube, chunk=GRANULE, privacyStatus="private", containsSyntheticMedia=True))
    read = youtube.videos().list(part="status,snippet,fileDetails", id=made["id"]).execute()["items"][0]
    assert server.videos[made["id"]].content == VIDEO
    assert read["status"]["containsSyntheticMedia"]
    assert read["snippet"]["tags"] == ["tea", "rw0123456789ab"]
    assert read["fileDetails"]["fileSize"] == str(len(VIDEO))
    listed = youtube.playlistItems().list(part="contentDetails", playlistId=UPLOADS).execute()
    assert [item["contentDetails"]["videoId"] for item in listed["items"]] == [made["id"]]


def test_googles_client_goes_on_where_an_answer_was_no_answer(server: YouTubeServer, youtube: Any) -> None:
    """After some bytes, and after all of them: one video.

    Its HTTP library resends by itself when a connection breaks, and without chunks it misreckons the range of the rest:
    so the server answers, and the client sends chunks.
    """
    request = insert(youtube, chunk=4 * GRANULE)
    for size in (GRANULE, len(VIDEO)):
        server.sessions.keep_only(size, Reply(503))
        with pytest.raises(HttpError, match="503"):
            to_the_end(request)
    assert to_the_end(request)["id"] in server.videos
    assert (server.created, server.sessions.misaligned) == (1, 0)


def test_an_update_deletes_what_it_does_not_send(server: YouTubeServer, youtube: Any) -> None:
    """The whole part is replaced: the label is gone unless it is sent again."""
    made = to_the_end(insert(youtube, privacyStatus="private", containsSyntheticMedia=True))
    body = {"id": made["id"], "status": {"privacyStatus": "public"}}
    youtube.videos().update(part="status", body=body).execute()
    assert server.videos[made["id"]].parts["status"] == {"privacyStatus": "public"}


def test_googles_client_sets_thumbnail_captions_and_playlist(server: YouTubeServer, youtube: Any) -> None:
    """Each of them lands; a second track of the same name is refused."""
    number = to_the_end(insert(youtube))["id"]
    picture = io.BytesIO()
    Image.new("RGB", (64, 36)).save(picture, "JPEG")
    media = MediaInMemoryUpload(picture.getvalue(), "image/jpeg", resumable=False)
    at_loopback(youtube.thumbnails().set(videoId=number, media_body=media)).execute()
    snippet = {"videoId": number, "language": "en", "name": "English"}
    media = MediaInMemoryUpload(SRT, "application/octet-stream", resumable=True)
    to_the_end(at_loopback(youtube.captions().insert(part="snippet", body={"snippet": snippet}, media_body=media)))
    item = {"snippet": {"playlistId": PLAYLIST, "resourceId": {"kind": "youtube#video", "videoId": number}}}
    youtube.playlistItems().insert(part="snippet", body=item).execute()
    assert server.videos[number].thumbnail == picture.getvalue()
    assert [track["text"] for track in server.videos[number].captions] == [SRT.decode()]
    assert server.playlists[PLAYLIST] == [number]
    with pytest.raises(HttpError) as refused:
        to_the_end(at_loopback(youtube.captions().insert(part="snippet", body={"snippet": snippet}, media_body=media)))
    assert reason(refused.value) == "captionExists"


@pytest.mark.parametrize(
    ("wanted", "snippet", "status"),
    [
        ("invalidTitle", {"title": "a < b"}, {}),
        ("invalidTitle", {"title": "x" * 101}, {}),
        ("invalidDescription", {"title": "t", "description": "é" * 2501}, {}),
        ("invalidTags", {"title": "t", "tags": ["two words"] * 42}, {}),
        ("invalidCategoryId", {"title": "t", "categoryId": "18"}, {}),
        ("invalidPublishAt", {"title": "t"}, {"publishAt": "2030-01-01T10:00:00Z"}),
        ("invalidPublishAt", {"title": "t"}, {"publishAt": "tomorrow", "privacyStatus": "private"}),
    ],
)
def test_fields_are_checked(youtube: Any, wanted: str, snippet: dict[str, Any], status: dict[str, Any]) -> None:
    """Each in YouTube's own unit, with YouTube's own name for the error."""
    media = MediaInMemoryUpload(VIDEO, "video/mp4", resumable=True)
    body = {"snippet": snippet, "status": status}
    request = at_loopback(youtube.videos().insert(part="snippet,status", body=body, media_body=media))
    with pytest.raises(HttpError) as refused:
        request.next_chunk()
    assert reason(refused.value) == wanted


def test_quota_is_counted_in_buckets(server: YouTubeServer, youtube: Any) -> None:
    """An upload takes one of the day's 100; all else shares 10,000 units; search has its own."""
    to_the_end(insert(youtube))
    youtube.search().list(part="id", forMine=True, type="video", q="rw0123456789ab").execute()
    youtube.channels().list(part="id", mine=True).execute()
    assert server.used == {"inserts": 1, "searches": 1, "units": 1}
    server.limits["inserts"] = 1
    with pytest.raises(HttpError) as refused:
        to_the_end(insert(youtube))
    assert reason(refused.value) == "quotaExceeded"
