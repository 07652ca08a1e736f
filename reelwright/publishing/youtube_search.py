"""Our marker among a channel's uploads: what proves that a video is there, or that it is not. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from reelwright.publishing.contract import Absent, Outcome, Post, Unclear, now
from reelwright.publishing.youtube_calls import YouTubeCalls
from reelwright.publishing.youtube_fields import outcome_of

_MOST_PAGES = 40
_FOUND = "found by its marker: see whether thumbnail, captions and playlist are as they should be"
_BEFORE = timedelta(hours=1)
"""Clocks differ: videos of so long before are looked at too."""


async def find_marked(calls: YouTubeCalls, post: Post, *, since: datetime, settle_seconds: float) -> Outcome:
    """Return the video that carries the post's marker, or what the channel's list proves.

    The marker is among the tags and in the file's name; only the owner is shown them.
    """
    uploads = await calls.uploads()
    if not uploads:
        return Unclear(reason="YouTube shows no channel for this sign-in")
    token, read, alike, ended = "", 0, list[str](), False
    for _ in range(_MOST_PAGES):
        items, token = await calls.page(uploads, token)
        numbers = tuple(str(item["contentDetails"]["videoId"]) for item in items)
        videos = await calls.videos(numbers, "snippet,status,fileDetails") if numbers else []
        read += len(videos)
        for video in videos:
            if _is_marked(video, post.marker):
                return outcome_of(video, post, calls, _FOUND)
        alike += [str(video["id"]) for video in videos if _is_alike(video, post, since)]
        ended = not token or any(_added(item) < since - _BEFORE for item in items)
        if ended:
            break
    return _absent(post, since, read, tuple(alike), ended=ended, settle_seconds=settle_seconds)


def _absent(
    post: Post, since: datetime, read: int, alike: tuple[str, ...], *, ended: bool, settle_seconds: float
) -> Outcome:
    urls = tuple(f"https://www.youtube.com/watch?v={number}" for number in alike)
    if urls:
        return Unclear(reason="videos of the same size are there, without our marker", candidates=urls)
    if not ended:
        return Unclear(reason=f"the channel has more uploads since {since:%Y-%m-%d} than were read ({read})")
    if (now() - since).total_seconds() < settle_seconds:
        return Unclear(reason="too early to tell: a new video may not be in the channel's list yet")
    return Absent(proof=f"{read} uploads of the channel read, none since {since:%Y-%m-%d %H:%M} UTC with {post.marker}")


def _is_marked(video: Mapping[str, Any], marker: str) -> bool:
    snippet, file = video.get("snippet", {}), video.get("fileDetails", {})
    named = str(file.get("fileName", ""))
    return marker in snippet.get("tags", ()) or named.startswith(marker) or marker in snippet.get("description", "")


def _is_alike(video: Mapping[str, Any], post: Post, since: datetime) -> bool:
    """Whether a video could be ours with its marker gone: its file has just as many bytes."""
    published = _when(video.get("snippet", {}).get("publishedAt"))
    same = str(video.get("fileDetails", {}).get("fileSize", "")) == str(post.video.size_bytes)
    return same and (published is None or published >= since - _BEFORE)


def _added(item: Mapping[str, Any]) -> datetime:
    return _when(item.get("snippet", {}).get("publishedAt")) or now()


def _when(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
