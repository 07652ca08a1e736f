"""Meta's own SDK, an independent witness, drives our strict servers: what it takes for granted they do."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from reelwright.testing.servers.facebook import PAGE, FacebookServer
from reelwright.testing.servers.instagram import USER, InstagramServer
from reelwright.testing.servers.meta import VERSION, MetaServer

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    """Instagram on loopback."""
    with InstagramServer() as server:
        yield server


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    """Facebook on loopback."""
    with FacebookServer() as server:
        yield server


def api_of(server: MetaServer) -> Any:
    """Meta's client, signed in."""
    session = FacebookSession(access_token=server.access_token)
    session.GRAPH = server.url
    return FacebookAdsApi(session, api_version=VERSION, enable_debug_logger=False)


def send(server: MetaServer, address: str) -> None:
    """Send the film, which the SDK has no method for."""
    headers = {"Authorization": f"OAuth {server.access_token}", "offset": "0", "file_size": str(len(FILM))}
    request = urllib.request.Request(address, FILM, headers, method="POST")  # noqa: S310 - our own server on loopback
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        assert answer.status == 200


def test_the_sdk_publishes_an_instagram_reel(instagram: InstagramServer) -> None:
    """Container, bytes, status, publish, permalink, quota: as the SDK asks for them."""
    api = api_of(instagram)
    user = IGUser(USER, api=api)
    wish = {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": "Bread #sourdough",
        "share_to_feed": True,
        "is_ai_generated": True,
    }
    container = user.create_media(params=wish)
    send(instagram, container["uri"])
    status = {"status_code": ""}
    while status["status_code"] != "FINISHED":
        # The SDK's objects know no field of a container, nor the answer to a start below: its bare client does.
        status = api.call("GET", (container["id"],), {"fields": "status_code"}).json()
    media = user.create_media_publish(params={"creation_id": int(container["id"])})
    shown = IGMedia(media["id"], api=api).api_get(fields=["permalink", "caption", "is_ai_generated"])
    limit = user.get_content_publishing_limit(fields=["quota_usage", "config"])[0]
    assert (shown["caption"], shown["is_ai_generated"], limit["quota_usage"]) == ("Bread #sourdough", True, 1)
    assert [post.body for post in instagram.posts] == [FILM]
    assert [media["id"] for media in user.get_media(fields=["caption", "timestamp"])] == [instagram.posts[0].id]


def test_the_sdk_publishes_a_facebook_reel(facebook: FacebookServer) -> None:
    """Start, bytes, finish, status: as the SDK asks for them."""
    api = api_of(facebook)
    page = Page(PAGE, api=api)
    told = api.call("POST", (PAGE, "video_reels"), {"upload_phase": "start"}).json()
    send(facebook, told["upload_url"])
    finish = {
        "upload_phase": "finish",
        "video_id": told["video_id"],
        "video_state": "PUBLISHED",
        "description": "Bread",
        "is_ai_generated": True,
    }
    page.create_video_reel(params=finish)
    status: dict[str, Any] = {}
    while status.get("video_status") != "ready":
        status = AdVideo(told["video_id"], api=api).api_get(fields=["status"])["status"]
    assert status["publishing_phase"]["publish_status"] == "published"
    assert [(post.text, post.fields["is_ai_generated"]) for post in facebook.posts] == [("Bread", "true")]


def test_the_sdk_reads_our_refusals(instagram: InstagramServer) -> None:
    """Code, subcode and words arrive where Meta's client looks for them."""
    user = IGUser(USER, api=api_of(instagram))
    container = user.create_media(params={"media_type": "REELS", "upload_type": "resumable"})
    with pytest.raises(FacebookRequestError) as caught:
        user.create_media_publish(params={"creation_id": int(container["id"])})
    error = caught.value
    assert (error.api_error_code(), error.api_error_subcode(), error.http_status()) == (9007, 2207027, 400)
    instagram.is_revoked = True
    with pytest.raises(FacebookRequestError) as dead:
        user.get_media()
    assert (dead.value.api_error_code(), dead.value.api_error_subcode()) == (190, 463)


@pytest.mark.parametrize(
    "wish",
    [
        {"media_type": "VIDEO"},
        {"is_ai_generated": "yes"},
        {"caption": "x" * 2201},
        {"caption": "#a #b #c #d #e #f"},
        {"made_by": "us"},
        {"upload_type": ""},
    ],
    ids=["kind", "a word for a boolean", "long caption", "six hashtags", "unknown field", "no source"],
)
def test_a_container_that_instagram_would_refuse_is_refused(instagram: InstagramServer, wish: dict[str, str]) -> None:
    """Each field, its type and its limit."""
    form = {"media_type": "REELS", "upload_type": "resumable", **wish}
    api = api_of(instagram)
    with pytest.raises(FacebookRequestError):
        api.call("POST", (USER, "media"), form)
    assert instagram.created == 0


def test_the_upload_host_takes_whole_files_at_their_place(facebook: FacebookServer) -> None:
    """The headers that are documented, and those that are not but needed; a shape of errors of its own."""
    told = api_of(facebook).call("POST", (PAGE, "video_reels"), {"upload_phase": "start"}).json()
    good = {"Authorization": f"OAuth {facebook.access_token}", "offset": "0", "file_size": str(len(FILM))}

    def sent(**headers: str) -> tuple[int, str]:
        given = {name: value for name, value in {**good, **headers}.items() if value}
        answer = httpx.post(told["upload_url"], content=FILM, headers=given, trust_env=False)
        return answer.status_code, answer.json().get("debug_info", {}).get("type", "taken")

    assert sent(Authorization=f"Bearer {facebook.access_token}") == (400, "NotAuthorizedError")
    assert sent(offset="") == (400, "ParameterValidationError")
    assert sent(offset="5") == (400, "OffsetInvalidError")
    assert sent(file_size="5") == (400, "OffsetInvalidError")
    assert sent() == (200, "taken")


def test_a_page_is_posted_on_with_its_own_token_only(facebook: FacebookServer) -> None:
    """The person's opens it, and does no more."""
    session = FacebookSession(access_token=facebook.person_token)
    session.GRAPH = facebook.url
    person = FacebookAdsApi(session, api_version=VERSION)
    assert person.call("GET", (PAGE,), {"fields": "access_token"}).json()["access_token"] == facebook.access_token
    with pytest.raises(FacebookRequestError) as refused:
        person.call("POST", (PAGE, "video_reels"), {"upload_phase": "start"})
    assert refused.value.api_error_code() == 210
