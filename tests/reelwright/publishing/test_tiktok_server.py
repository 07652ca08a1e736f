"""Our TikTok refuses what TikTok would: no SDK of the vendor's drives this API, so each rule is tried by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reelwright.testing.servers.tiktok import TikTokServer

MIB = 1 << 20
SIZES = {"source": "FILE_UPLOAD", "video_size": 25 * MIB, "chunk_size": 10 * MIB, "total_chunk_count": 2}
INFO = {"privacy_level": "SELF_ONLY", "title": "Bread"}


@pytest.fixture
def tiktok() -> Iterator[TikTokServer]:
    """TikTok on loopback."""
    with TikTokServer() as server:
        yield server


def start(server: TikTokServer, body: dict[str, Any], **headers: str) -> tuple[int, str, dict[str, Any]]:
    """Begin a post; return the status, the error's code and the data."""
    usual = {"Authorization": f"Bearer {server.access_token}", "Content-Type": "application/json; charset=UTF-8"}
    address = f"{server.base_url}/v2/post/publish/video/init/"
    answer = httpx.post(address, json=body, headers={**usual, **headers}, trust_env=False)
    told = answer.json()
    return answer.status_code, told["error"]["code"], told["data"]


@pytest.mark.parametrize(
    "sizes",
    [
        {"total_chunk_count": 3},
        {"chunk_size": 4 * MIB, "total_chunk_count": 6},
        {"chunk_size": 65 * MIB, "total_chunk_count": 1},
        {"video_size": 65 * MIB, "chunk_size": 64 * MIB, "total_chunk_count": 2},
        {"video_size": 3 * MIB, "chunk_size": 2 * MIB, "total_chunk_count": 1},
        {"video_size": 5 << 30, "chunk_size": 64 * MIB, "total_chunk_count": 80},
        {"video_url": "https://example.com/x.mp4"},
        {"video_size": "26214400"},
    ],
    ids=["rounded up", "small chunks", "large chunk", "count", "small file in parts", "5 GiB", "both sources", "text"],
)
def test_chunks_that_do_not_add_up_are_refused(tiktok: TikTokServer, sizes: dict[str, Any]) -> None:
    """The rest belongs to the last chunk; sizes are numbers; one source at a time."""
    assert start(tiktok, {"post_info": INFO, "source_info": {**SIZES, **sizes}})[:2] == (400, "invalid_params")


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"title": "Bread"}, "invalid_params"),
        ({**INFO, "title": "🥖" * 1101}, "invalid_params"),
        ({**INFO, "is_aigc": "true"}, "invalid_params"),
        ({**INFO, "made_by": "us"}, "invalid_params"),
        ({**INFO, "brand_content_toggle": True}, "invalid_params"),
        ({**INFO, "privacy_level": "FOLLOWER_OF_CREATOR"}, "privacy_level_option_mismatch"),
    ],
    ids=["no privacy", "long in UTF-16", "a word for a boolean", "unknown field", "private advertising", "no option"],
)
def test_fields_that_do_not_fit_are_refused(tiktok: TikTokServer, info: dict[str, Any], code: str) -> None:
    """Each field, its type, and what goes together."""
    assert start(tiktok, {"post_info": info, "source_info": SIZES})[1] == code


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Content-Type": "application/json"}, (400, "invalid_params")),
        ({"Authorization": "Bearer other"}, (401, "access_token_invalid")),
    ],
    ids=["charset", "token"],
)
def test_headers_that_do_not_fit_are_refused(
    tiktok: TikTokServer, headers: dict[str, str], told: tuple[int, str]
) -> None:
    """The documented content type to the letter."""
    assert start(tiktok, {"post_info": INFO, "source_info": SIZES}, **headers)[:2] == told


def test_chunks_come_in_order_and_whole(tiktok: TikTokServer) -> None:
    """A gap, an overlap, another length, another total, a token: none of the bytes are taken."""
    size = 6 * MIB
    whole = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1}
    _, _, data = start(tiktok, {"post_info": INFO, "source_info": whole})
    body = bytes(size)

    def put(span: str, sent: bytes = body, **headers: str) -> int:
        given = {"Content-Type": "video/mp4", "Content-Range": span, **headers}
        return httpx.put(data["upload_url"], content=sent, headers=given, trust_env=False).status_code

    assert put(f"bytes 1-{size}/{size + 1}") == 400
    assert put(f"bytes 1-{size - 1}/{size}", body[1:]) == 416
    assert put(f"bytes 0-{MIB - 1}/{size}", body[:MIB]) == 400
    assert put(f"bytes 0-{size - 1}/{size}", **{"Content-Type": "video/avi"}) == 400
    assert put(f"bytes 0-{size - 1}/{size}", Authorization=f"Bearer {tiktok.access_token}") == 400
    assert tiktok.bytes_of == {data["publish_id"]: b""}
    assert put(f"bytes 0-{size - 1}/{size}") == 201
    assert put(f"bytes 0-{size - 1}/{size}") == 416


def test_a_day_has_its_limits(tiktok: TikTokServer) -> None:
    """So many posts of a creator; so many creators of an app that is not audited."""
    tiktok.most_posts = 0
    assert start(tiktok, {"post_info": INFO, "source_info": SIZES})[:2] == (403, "spam_risk_too_many_posts")
    tiktok.audited, tiktok.private_account, tiktok.active_users = False, True, 5
    assert start(tiktok, {"post_info": INFO, "source_info": SIZES})[:2] == (403, "reached_active_user_cap")
