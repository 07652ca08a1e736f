"""What YouTube takes in a video, a caption track and a playlist item: each field and the error that names it.

Limits: developers.google.com/youtube/v3/docs/videos; shapes: the discovery document, revision 20261104.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from reelwright.testing.servers.strict import Refused

CATEGORIES = {"1", "2", "10", "15", "17", "19", "20", "22", "23", "24", "25", "26", "27", "28", "29"}
"""Those that can be assigned."""
PARTS = {
    "contentDetails", "fileDetails", "id", "liveStreamingDetails", "localizations", "paidProductPlacementDetails",
    "player", "processingDetails", "recordingDetails", "snippet", "statistics", "status", "suggestions", "topicDetails",
}  # fmt: skip
_STRING, _BOOL = str, bool
_SNIPPET: dict[str, type] = {
    "title": _STRING, "description": _STRING, "tags": list, "categoryId": _STRING, "defaultLanguage": _STRING,
    "defaultAudioLanguage": _STRING,
}  # fmt: skip
_STATUS: dict[str, type] = {
    "privacyStatus": _STRING, "publishAt": _STRING, "license": _STRING, "embeddable": _BOOL,
    "publicStatsViewable": _BOOL, "selfDeclaredMadeForKids": _BOOL, "containsSyntheticMedia": _BOOL,
}  # fmt: skip
_WRITABLE: dict[str, dict[str, type] | None] = {
    "snippet": _SNIPPET,
    "status": _STATUS,
    "localizations": None,
    "recordingDetails": {"recordingDate": _STRING},
    "paidProductPlacementDetails": {"hasPaidProductPlacement": _BOOL},
}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def bad(reason: str, message: str, status: int = 400) -> Refused:
    """Return YouTube's refusal with a reason."""
    return Refused(status, message, code=reason)


def parts_of(query: Any, known: set[str] = PARTS) -> list[str]:
    """Return the parts that a call names.

    Raises:
        Refused: none, or one that is not known.
    """
    parts = [part.strip() for part in query.get("part", "").split(",") if part.strip()]
    if not parts:
        raise bad("missingRequiredParameter", "No value for the required parameter: part")
    if unknown := sorted(set(parts) - known):
        raise bad("unknownPart", f"'{unknown[0]}'")
    return parts


def checked_video(body: Any, parts: list[str], *, updates: bool = False) -> dict[str, dict[str, Any]]:
    """Return the writable parts of a video resource, each checked.

    Raises:
        Refused: a field that YouTube would not take.
    """
    if not isinstance(body, dict):
        raise bad("invalidVideoMetadata", "The request metadata is invalid.")
    given = {name: value for name, value in body.items() if name not in {"id", "kind", "etag"}}
    if surplus := sorted(set(given) - set(parts)):
        raise bad("unexpectedPart", f"{surplus}")
    for name, value in given.items():
        _typed(name, value)
    if "snippet" in parts:
        _snippet(given.get("snippet", {}), updates=updates)
    if "status" in parts:
        _status(given.get("status", {}))
    if given.get("localizations") and not given.get("snippet", {}).get("defaultLanguage"):
        raise bad("defaultLanguageNotSet", "The default language is not set.")
    return given


def _typed(name: str, value: Any) -> None:
    if name not in _WRITABLE or not isinstance(value, dict):
        raise bad("badRequest", f'Invalid JSON payload received. Unknown name "{name}"')
    fields = _WRITABLE[name]
    if fields is None:
        return
    for field, content in value.items():
        if field not in fields:
            raise bad("badRequest", f"Invalid JSON payload received. Unknown name \"{field}\" at '{name}'")
        if not isinstance(content, fields[field]):
            raise bad("badRequest", f"Invalid value at '{name}.{field}'")


def _snippet(snippet: dict[str, Any], *, updates: bool) -> None:
    title, description = snippet.get("title", ""), snippet.get("description", "")
    if not title.strip() or len(title) > 100 or set(title) & set("<>"):
        raise bad("invalidTitle", "The request metadata specifies an invalid or empty video title.")
    if len(description.encode()) > 5000 or set(description) & set("<>"):
        raise bad("invalidDescription", "The request metadata specifies an invalid video description.")
    tags = snippet.get("tags", [])
    if not all(isinstance(tag, str) and tag.strip() for tag in tags) or tags_length(tags) > 500:
        raise bad("invalidTags", "The request metadata specifies invalid video keywords.")
    if any(set(tag) & set("<>") for tag in tags):
        raise bad("invalidTags", "The request metadata specifies invalid video keywords.")
    if snippet.get("categoryId", "" if updates else "22") not in CATEGORIES:
        raise bad("invalidCategoryId", "The request metadata specifies an invalid category ID.")


def _status(status: dict[str, Any]) -> None:
    privacy = status.get("privacyStatus", "public")
    if privacy not in {"public", "unlisted", "private"}:
        raise bad("invalidVideoMetadata", "The request metadata is invalid.")
    if status.get("license", "youtube") not in {"youtube", "creativeCommon"}:
        raise bad("forbiddenLicenseSetting", "The request metadata specifies an invalid license setting.", 403)
    if "publishAt" in status:
        moment = status["publishAt"]
        if not _RFC3339.fullmatch(moment) or privacy != "private":
            raise bad("invalidPublishAt", "The request metadata specifies an invalid scheduled publishing time.")
        datetime.fromisoformat(moment)


def tags_length(tags: list[str]) -> int:
    """Count as YouTube does: the commas between tags, and quotes round a tag with a space."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(len(tags) - 1, 0)


def checked_caption(body: Any) -> dict[str, Any]:
    """Return the snippet of a caption track.

    Raises:
        Refused: it is none.
    """
    snippet = body.get("snippet", {}) if isinstance(body, dict) else {}
    if set(snippet) - {"videoId", "language", "name", "isDraft"}:
        raise bad("badRequest", "Invalid JSON payload received. Unknown name at 'snippet'")
    language = snippet.get("language", "")
    if not snippet.get("videoId") or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        raise bad("invalidMetadata", "The request contains invalid metadata values.")
    if not isinstance(snippet.get("name"), str) or len(snippet["name"]) > 150:
        raise bad("nameTooLong", "The snippet.name specified in the request is too long.")
    return dict(snippet)


def checked_srt(data: bytes) -> None:
    """Refuse a caption file whose cues have no times: `sync` is no longer supported.

    Raises:
        Refused: it has none.
    """
    text = data.decode("utf-8", "replace")
    if not re.search(r"(\d\d:)?\d\d:\d\d[,.]\d{3} --> (\d\d:)?\d\d:\d\d[,.]\d{3}", text):
        raise bad("contentRequired", "The request does not contain a caption track with timings.")
