"""Texts that fit a platform: counted in its own unit, cut between whole characters and words. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import regex

from reelwright.publishing.rules import TextLimit, Unit

ELLIPSIS = "…"
_TWINS = str.maketrans({"<": "‹", ">": "›"})
"""What reads the same where a platform forbids the character itself."""
_LINK = regex.compile(r"\b(?:https?://|www\.)[^\s<>]+", regex.IGNORECASE)
_HASHTAG = regex.compile(r"(?<![\p{L}\p{N}_&/])[#＃]([\p{L}\p{M}\p{N}_]+)")
_OUTSIDE = regex.compile(r"[^\p{L}\p{M}\p{N}_]+")
_INVISIBLE = frozenset({"Cc", "Cs", "Co"})
_CODECS: dict[Unit, tuple[str, int]] = {"utf-8 bytes": ("utf-8", 1), "utf-16 units": ("utf-16-le", 2)}


def count(text: str, unit: Unit) -> int:
    """Return how long a text is in a unit; a character is a Unicode code point."""
    if unit == "characters":
        return len(text)
    codec, width = _CODECS[unit]
    return len(text.encode(codec, "surrogatepass")) // width


def fits(text: str, limit: TextLimit | None) -> bool:
    """Whether a text is short enough."""
    return limit is None or count(text, limit.unit) <= limit.most


def cut(text: str, limit: TextLimit | None) -> str:
    """Return the longest beginning that fits: a text that is cut ends after a whole word, with an ellipsis.

    No character that people see as one (a letter with its marks, a flag, a family) is ever divided.
    """
    if limit is None or count(text, limit.unit) <= limit.most:
        return text
    room = limit.most - count(ELLIPSIS, limit.unit)
    kept, used = [], 0
    for piece in regex.findall(r"\X", text):
        used += count(piece, limit.unit)
        if used > room:
            break
        kept.append(piece)
    rest = text[len("".join(kept)) :]
    shortened = _whole_words("".join(kept), rest).rstrip(" \t\n,;:–—-") + ELLIPSIS
    return shortened if count(shortened, limit.unit) <= limit.most else ""


def plain(text: str, forbidden: str = "") -> tuple[str, str]:
    """Return a text without what no platform shows, and which of the `forbidden` characters were in it.

    Those become twins that look like them, or go. Line ends become line feeds, at most two in a row.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in _INVISIBLE)
    found = "".join(dict.fromkeys(letter for letter in text if letter in forbidden))
    changed = {ord(letter): _TWINS.get(ord(letter), "") for letter in found}
    text = text.translate(changed)
    return regex.sub(r"\n{3,}", "\n\n", regex.sub(r"[ \t]+\n", "\n", text)).strip(), found


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def hashtag(text: str) -> str:
    """Return a hashtag without its `#`: `fresh bread!` becomes `FreshBread`; empty if nothing makes a tag.

    Digits alone are no hashtag on any platform.
    """
    words = _OUTSIDE.split(unicodedata.normalize("NFC", text).lstrip("#＃ "))
    words = [word for word in words if word]
    tag = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    return "" if not tag or tag.isdigit() or not regex.search(r"[\p{L}\p{N}]", tag) else tag


def hashtags_in(text: str) -> tuple[str, ...]:
    """Return the hashtags that stand in a text, without `#`."""
    return tuple(tag for tag in _HASHTAG.findall(text) if not tag.isdigit())


def links_in(text: str) -> tuple[str, ...]:
    """Return the links that stand in a text."""
    return tuple(link.rstrip(".,;:!?)]}'\"") for link in _LINK.findall(text))


def distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Return hashtags that are some, each once in whatever case, in their order."""
    made: dict[str, str] = {}
    for tag in map(hashtag, tags):
        if tag:
            made.setdefault(tag.casefold(), tag)
    return tuple(made.values())


def with_hashtags(text: str, tags: Sequence[str], limit: TextLimit | None) -> tuple[str, tuple[str, ...]]:
    """Return the text with the hashtags on a last line of their own, and the tags that found no room.

    A tag that stands in the text is not repeated. The text is cut before a tag goes, down to half of the limit.
    """
    there = {tag.casefold() for tag in hashtags_in(text)}
    wanted, left = [tag for tag in tags if tag.casefold() not in there], list[str]()
    while wanted:
        line = " ".join(f"#{tag}" for tag in wanted)
        tail = f"\n\n{line}" if text else line
        if limit is None:
            return text + tail, tuple(left)
        room = limit.most - count(tail, limit.unit)
        if room >= limit.most // 2 or (room >= 0 and fits(text + tail, limit)):
            head = cut(text, limit.model_copy(update={"most": room})) if room > 0 else ""
            return (head + tail if head else line), tuple(left)
        left.insert(0, wanted.pop())
    return cut(text, limit), tuple(left)


def _whole_words(kept: str, rest: str) -> str:
    """Step back to the last space, if there is one near enough and the cut went through a word."""
    if not rest or rest[0].isspace() or not kept or kept[-1].isspace():
        return kept
    head = regex.split(r"\s+(?=\S*$)", kept, maxsplit=1)[0]
    return head if len(head) >= len(kept) - 30 and head != kept else kept
