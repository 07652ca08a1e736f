"""Feeds: the entries of an RSS or Atom feed as titles and plain paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx

from reelwright.errors import FailureKind, ProviderError, SourceError
from reelwright.values import Value

LARGEST_BYTES = 8 << 20
_SECONDS = 30.0
_BLOCKS = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "tr")
)
_SILENT = frozenset({"script", "style", "figure"})


class Entry(Value):
    """One entry."""

    title: str
    text: str
    """Its text as plain paragraphs, parted by empty lines."""
    link: str


def read_feed(place: str) -> tuple[Entry, ...]:
    """Return the entries of a feed in its own order; `place` is an address or a file.

    Raises:
        SourceError: it is not there, or no feed.
        ProviderError: its server cannot be reached, or says no.
    """
    import feedparser  # noqa: PLC0415 - most series have no feed

    # Read here, so that the parser opens nothing of its own.
    parsed = feedparser.parse(_fetch(place) if "://" in place else _read(place), sanitize_html=True)
    if not parsed.get("version"):
        raise SourceError("this is no feed", file=place, expected="RSS or Atom")
    return tuple(_entries(parsed.entries))


def _entries(entries: list[dict[str, object]]) -> Iterator[Entry]:
    for entry in entries:
        content = entry.get("content")
        long = content[0].get("value", "") if isinstance(content, list) and content else ""
        title = " ".join(plain(str(entry.get("title", ""))).split())
        if title:
            text = plain(str(entry.get("summary", "") or long))
            yield Entry(title=title, text=text, link=str(entry.get("link", "")))


def plain(html: str) -> str:
    """Return HTML as plain paragraphs."""
    reader = _Paragraphs()
    reader.feed(html)
    reader.close()
    paragraphs = (" ".join(part.split()) for part in "".join(reader.parts).split("\0"))
    return "\n\n".join(part for part in paragraphs if part)


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        if tag in _BLOCKS:
            self.parts.append("\0")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\0", " "))


def _read(place: str) -> bytes:
    try:
        return Path(place).read_bytes()
    except OSError as error:
        expected = "an address (https://…) or a file"
        raise SourceError(f"it cannot be read: {error.strerror or error}", file=place, expected=expected) from None


def _fetch(place: str) -> bytes:
    headers = {"User-Agent": "Reelwright", "Accept": "application/atom+xml, application/rss+xml, text/xml;q=0.9"}
    found = bytearray()
    try:
        with httpx.stream("GET", place, headers=headers, timeout=_SECONDS, follow_redirects=True) as answer:
            if answer.is_error:
                kind = FailureKind.BUSY if answer.is_server_error else FailureKind.INVALID_REQUEST
                raise _refusal(place, f"answered with status {answer.status_code}", kind, answer.status_code)
            for part in answer.iter_bytes():
                found += part
                if len(found) > LARGEST_BYTES:
                    raise SourceError("it is too large", file=place, expected=f"at most {LARGEST_BYTES:,} bytes")
    except httpx.InvalidURL:
        raise SourceError("this is no address", file=place, expected="https://…") from None
    except httpx.HTTPError as error:
        raise _refusal(place, f"cannot be reached: {type(error).__name__}", FailureKind.BUSY, None) from error
    return bytes(found)


def _refusal(place: str, problem: str, kind: FailureKind, status: int | None) -> ProviderError:
    hint = "Run again later: slots whose topics are chosen already need no feed."
    return ProviderError(f"The feed {place} {problem}.", provider="feed", kind=kind, status=status, hint=hint)
