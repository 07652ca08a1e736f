"""A post as YouTube's video resource, and a video resource as an outcome. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reelwright.publishing.calls import Calls
from reelwright.publishing.contract import Outcome, Post, Processing, Published, now
from reelwright.publishing.youtube_facts import LONGEST_SHORT_SECONDS, MOST_TAG_CHARACTERS

_LOOK_AFTER_SECONDS = 15.0
_STATUS_FIELDS = (
    "privacyStatus", "publishAt", "license", "embeddable", "publicStatsViewable", "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
)  # fmt: skip
"""What an update of the part `status` may set, and deletes if it is not sent."""


def wishes(post: Post, extra: Mapping[str, Any], problems: tuple[str, ...]) -> Post:
    """Return a fitted post with what is YouTube's own: the marker among the tags, and all that will not do."""
    tags, left = _fitting_tags(post.marker, post.tags)
    found, warnings = [*post.problems, *problems], list(post.warnings)
    if left:
        warnings.append(f"YouTube takes {MOST_TAG_CHARACTERS} characters of tags: {', '.join(left)} left out of them")
    if post.at is not None and post.at > now() and post.privacy != "public":
        found.append(f"a video with a slot goes public at it: privacy {post.privacy!r} does not fit")
    if post.size.aspect <= 1 and post.seconds > LONGEST_SHORT_SECONDS:
        warnings.append("longer than 3 minutes: YouTube shows it as an ordinary video, not as a Short")
    changed = {"tags": tags, "extra": dict(extra), "problems": tuple(found), "warnings": tuple(warnings)}
    return post.model_copy(update=changed)


def tags_length(tags: tuple[str, ...]) -> int:
    """Return how long YouTube takes tags to be: with commas between them, and quotes round one with a space."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(len(tags) - 1, 0)


def _fitting_tags(marker: str, wanted: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags with the marker last, and those that found no room."""
    kept: tuple[str, ...] = ()
    left = []
    for tag in wanted:
        if tags_length((*kept, tag, marker)) <= MOST_TAG_CHARACTERS:
            kept = (*kept, tag)
        else:
            left.append(tag)
    return (*kept, marker), tuple(left)


def resource_of(post: Post, *, scheduled: bool) -> dict[str, Any]:
    """Return the video resource of a post; `scheduled`: its slot is yet to come, and YouTube keeps it."""
    return {
        "snippet": {
            "title": post.title,
            "description": post.text,
            "tags": list(post.tags),
            "categoryId": str(post.extra.get("category", "22")),
            **({"defaultLanguage": post.language, "defaultAudioLanguage": post.language} if post.language else {}),
        },
        "status": _status_of(post, scheduled=scheduled),
    }


def _status_of(post: Post, *, scheduled: bool) -> dict[str, Any]:
    # YouTube makes public what says nothing, and takes a slot only for what is private until then.
    slot = {"publishAt": post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} if scheduled and post.at else {}
    return {
        "privacyStatus": "private" if scheduled else post.privacy,
        **slot,
        "license": str(post.extra.get("license", "youtube")),
        "embeddable": bool(post.extra.get("embeddable", True)),
        "selfDeclaredMadeForKids": post.made_for_kids,
        "containsSyntheticMedia": post.ai_label,
    }


def status_to_restore(video: Mapping[str, Any], post: Post) -> dict[str, Any] | None:
    """Return the whole status to send if a label is not as we told it; `None`: all is well.

    An update deletes what it does not send, so all that is there goes along.
    """
    status = video.get("status", {})
    told = {"containsSyntheticMedia": post.ai_label, "selfDeclaredMadeForKids": post.made_for_kids}
    if all(bool(status.get(name)) == wanted for name, wanted in told.items()):
        return None
    return {name: status[name] for name in _STATUS_FIELDS if name in status} | told


def locked(video: Mapping[str, Any], post: Post) -> str:
    """Say that YouTube keeps a video private that was to be seen; empty: it does not."""
    status = video.get("status", {})
    if status.get("privacyStatus") != "private" or post.privacy == "private" or status.get("publishAt"):
        return ""
    if post.at is not None and post.at > now():
        return ""
    return (
        "YouTube keeps it private: the project of the app is not verified. Make it public in YouTube Studio, "
        "and ask Google for an audit of the project"
    )


def outcome_of(video: Mapping[str, Any], post: Post, calls: Calls, note: str) -> Outcome:
    """Return what YouTube says of a video."""
    number, status = str(video["id"]), video.get("status", {})
    match status.get("uploadStatus", "processed"):
        case "uploaded":
            return Processing(look_after_seconds=_LOOK_AFTER_SECONDS, note=f"YouTube works on {number}")
        case "failed":
            reason = str(status.get("failureReason", "conversion"))
            return calls.refused_by(reason, f"YouTube cannot use the video: {reason}", remote_id=number)
        case "rejected":
            reason = str(status.get("rejectionReason", "termsOfUse"))
            return calls.refused_by(reason, f"YouTube has rejected the video: {reason}", remote_id=number)
        case "deleted":
            return calls.refused_by("deleted", f"the video {number} was deleted", remote_id=number)
    shown = _moment(status.get("publishAt")) or _moment(video.get("snippet", {}).get("publishedAt")) or post.at or now()
    return Published(remote_id=number, url=f"https://www.youtube.com/watch?v={number}", at=shown, note=note)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
