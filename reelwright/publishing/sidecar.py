"""What lies beside a video where no platform shows it: `post.json`, for readers and other programs."""

from __future__ import annotations

from typing import Any

from reelwright.publishing.contract import MediaFile, Post, now

POST = "post.json"
FILES = {"video": "episode.mp4", "cover": "cover.jpg", "captions": "captions.vtt"}


def files_of(post: Post) -> dict[str, MediaFile]:
    """Return a post's files by the names that they get."""
    files = {FILES["video"]: post.video, FILES["cover"]: post.cover, FILES["captions"]: post.captions}
    return {name: file for name, file in files.items() if file is not None}


def described(post: Post) -> dict[str, Any]:
    """Return what is said with the video: the same for the same post, at any time."""
    return {
        "marker": post.marker,
        "title": post.title,
        "text": post.text,
        "hashtags": list(post.tags),
        "language": post.language,
        "made_with_ai": post.ai_label,
        "sha256": post.video.sha256,
        "seconds": str(post.seconds),
        "size": str(post.size),
    }


def said_of(post: Post) -> dict[str, Any]:
    """Return what `post.json` holds: what is said, and when."""
    return described(post) | {"published_at": now().isoformat(timespec="seconds")}
