"""What a vendor answered: status, headers, JSON if it is JSON; and what an error answer says, whatever its shape."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes = field(repr=False)
    url: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of HTTP statuses

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def payload(self) -> Any:
        """The JSON value of the body; `None` for an empty body, HTML, or anything else that is no JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object of the body; empty if there is none."""
        payload = self.payload
        return payload if isinstance(payload, dict) else {}

    @property
    def retry_after_seconds(self) -> float | None:
        """The vendor's wish when to come back: `retry-after-ms`, or `Retry-After` in seconds or as a date."""
        return retry_after_seconds(self.headers)

    @property
    def poll_after_seconds(self) -> float | None:
        """The vendor's hint when to poll again: `openai-poll-after-ms`, or `Retry-After`."""
        hinted = _number(self.headers.get("openai-poll-after-ms"))
        return hinted / 1000 if hinted is not None else self.retry_after_seconds


@dataclass(frozen=True)
class Refusal:
    """What a vendor says of a failure, however it says it."""

    status: int | None = None
    """The HTTP status; `None` for a job that failed."""
    code: str = ""
    """The machine-readable code, e.g. `model_not_found`, `1102`."""
    type: str = ""
    """The class of the error, e.g. `invalid_request_error`, `RESOURCE_EXHAUSTED`."""
    message: str = ""
    param: str = ""

    @property
    def words(self) -> str:
        """The message, or what stands for it, on one line."""
        return self.message or self.code or self.type or (f"HTTP {self.status}" if self.status else "no reason given")


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return the wait in seconds that the headers ask for, never negative; `None` if they do not."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "").strip()
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def refusal_of(payload: object, status: int | None = None) -> Refusal:
    """Read an error: `{error: {…}}`, `{error: "…"}`, `{detail: "…" | […]}`, `{code, message}`, text, or nothing."""
    match payload:
        case [first, *_]:
            return refusal_of(first, status)
        case str():
            return Refusal(status=status, message=plain_text(payload))
        case dict():
            return _of_fields(payload, status)
        case _:
            return Refusal(status=status)


def _of_fields(given: dict[str, Any], status: int | None) -> Refusal:
    outer, inner = _fields(given), given.get("error") or given.get("detail") or given.get("errors")
    match inner:
        case {"error": _} | {"detail": _}:
            return refusal_of(inner, status)
        case dict():
            # Some put the code beside the error, some inside.
            return _refusal(outer | _fields(inner), status)
        case list() if "detail" in given:
            return _detail(inner, status)
        case [first, *_]:
            return refusal_of(first, status)
        case str():
            return _refusal(outer | {"message": inner}, status)
        case _:
            return _refusal(outer, status)


def refusal_in(answer: Answer) -> Refusal:
    """Read the error that an answer carries, HTML pages and empty bodies included."""
    payload = answer.payload
    if payload is not None:
        return refusal_of(payload, answer.status)
    text = answer.content[:20_000].decode("utf-8", "replace") if not _is_binary(answer.media_type) else ""
    return Refusal(status=answer.status, message=plain_text(text))


def plain_text(text: str) -> str:
    """Return the gist of a text or an HTML page, on one line."""
    if "<" in text and (found := _TITLE.search(text)):
        text = found.group(1) or found.group(2) or ""
    return _SPACE.sub(" ", _TAGS.sub(" ", text)).strip()


def shortened(text: str, letters: int = 300) -> str:
    """Return `text` on one line of at most `letters`."""
    line = _SPACE.sub(" ", text).strip()
    return line if len(line) <= letters else line[: letters - 1].rstrip() + "…"


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "code": ("code", "error_code", "errorCode", "failureCode"),
        "type": ("type", "status", "error_type", "err_type"),
        "message": ("message", "msg", "error_message", "failure", "title", "description"),
        "param": ("param", "field"),
    }
    return {
        target: value
        for target, sources in names.items()
        for value in [next((given[source] for source in sources if _is_plain(given.get(source))), None)]
        if value is not None
    }


def _refusal(found: Mapping[str, Any], status: int | None) -> Refusal:
    text = {name: str(value) for name, value in found.items()}
    return Refusal(
        status=status,
        code=text.get("code", ""),
        type=text.get("type", ""),
        message=plain_text(text.get("message", "")),
        param=text.get("param", ""),
    )


def _detail(several: list[Any], status: int | None) -> Refusal:
    """Read FastAPI's and fal's list of findings."""
    findings = [item for item in several if isinstance(item, dict)]
    if not findings:
        return Refusal(status=status, message="; ".join(map(str, several)))
    first = findings[0]
    locations = [item["loc"] if isinstance(item.get("loc"), list) else [] for item in findings]
    places = [".".join(map(str, location)) for location in locations]
    messages = [
        f"{place}: {item.get('msg', '')}" if place else str(item.get("msg", ""))
        for place, item in zip(places, findings, strict=True)
    ]
    return Refusal(
        status=status,
        code=str(first.get("code") or first.get("type") or ""),
        type=str(first.get("type") or ""),
        message="; ".join(messages),
        param=places[0],
    )


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _is_binary(media_type: str) -> bool:
    return media_type.startswith(("video/", "image/", "audio/")) or media_type == "application/octet-stream"


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
