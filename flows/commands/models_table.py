"""The catalogue as rows for this machine, and as a document for everybody: each vendor's abilities, in Markdown."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from reelwright.catalogue import Catalogue, Entry
from reelwright.credentials import KeySource
from reelwright.values import Size

_INTRODUCTION = """# Models

What each model of the catalogue can do, as `reelwright models --markdown` prints it from `reelwright/catalogue.toml`.
`reelwright models` tells which of them can be used on a machine now, and where their keys were found.

Prices are in US dollars, and the source says whose they are where they are not the vendor's. Deadlines are for the
longest clip: a job that has not ended by then is given up. A job is *found* if a start without an answer can be looked
up at the vendor, so that it is never paid twice. URL life is how long a finished clip can be fetched.
"""

Column = tuple[str, Callable[[Entry], str]]


def rows_of(catalogue: Catalogue, today: date, stored: KeySource) -> list[dict[str, Any]]:
    """Return every entry with whether it can be used on this machine, and where its key was found: never the key."""
    return [
        {
            **entry.model_dump(mode="json"),
            "usable": not (why_not := entry.why_not(today, stored=stored)),
            "why_not": why_not,
            "key_found": entry.key_place(stored=stored),
        }
        for entry in catalogue.entries
    ]


def markdown(catalogue: Catalogue) -> str:
    """Return the whole document."""
    parts = [_INTRODUCTION]
    for title, kind, columns in _TABLES:
        entries = sorted(catalogue.of(kind), key=lambda entry: (entry.vendor.lower(), entry.name))  # type: ignore[arg-type]
        parts += [f"## {title}\n", _table(columns, entries)]
    return "\n".join(parts)


def _table(columns: Sequence[Column], entries: Sequence[Entry]) -> str:
    rows = [[name for name, _ in columns], ["---"] * len(columns)]
    rows += [[_cell(tell(entry)) for _, tell in columns] for entry in entries]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or "–"


def _sizes(entry: Entry) -> str:
    by_shape: dict[Fraction, list[Size]] = {}
    for size in map(Size.parse, entry.sizes):
        by_shape.setdefault(size.aspect, []).append(size)
    # Upright first: that is what is made here.
    return "; ".join(", ".join(map(str, by_shape[shape])) for shape in sorted(by_shape)) or "any"


def _seconds(entry: Entry) -> str:
    lengths = entry.seconds
    if not lengths:
        return f"to {entry.longest_seconds}" if entry.longest_seconds else "any"
    if len(lengths) > 2 and all(later - one == 1 for one, later in itertools.pairwise(lengths)):  # noqa: PLR2004 - a range
        return f"{lengths[0]} to {lengths[-1]}"
    return ", ".join(map(str, lengths))


def _frames(entry: Entry) -> str:
    first = {"no": "", "yes": "first", "required": "first (needed)"}[entry.first_frame]
    return ", ".join(part for part in (first, "last" if entry.last_frame else "") if part)


def _references(entry: Entry) -> str:
    counts = {"pictures": entry.reference_images, "clips": entry.reference_videos, "sounds": entry.reference_audios}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _price(entry: Entry) -> str:
    if entry.is_local:
        return "free"
    if entry.prices:
        told = [
            f"{price.usd_per_second}/s{f' to {price.short_side} lines' if price.short_side else ''}"
            f"{'' if price.audio is None else ' with sound' if price.audio else ' silent'}"
            for price in entry.prices
        ]
        return "; ".join(told)
    rates = {
        "/s": entry.usd_per_second,
        " each": entry.usd_each,
        " per 1000 characters": entry.usd_per_1000_characters,
        " per million tokens read": entry.usd_per_million_input,
        " per million tokens of pictures read": entry.usd_per_million_image_input,
        " per million tokens made": entry.usd_per_million_output,
        " per minute": entry.usd_per_minute,
    }
    return "; ".join(f"{usd}{what}" for what, usd in rates.items() if usd is not None) or "not known for sure"


def _deadline(entry: Entry) -> str:
    if entry.is_local:
        return ""
    longest = max(entry.seconds, default=entry.longest_seconds or Fraction(0))
    return f"{float(entry.deadline(longest)) / 60:.0f} min"


def _url_life(entry: Entry) -> str:
    seconds = entry.url_life_seconds
    return "" if seconds is None else f"{seconds // 3600} h"


def _ends(entry: Entry) -> str:
    instead = f" (use {', '.join(entry.instead)})" if entry.instead else ""
    return f"{entry.ends_on}{instead}" if entry.ends_on else ""


def _has(ability: str) -> Callable[[Entry], str]:
    return lambda entry: "yes" if getattr(entry, ability) else ""


_WHO: tuple[Column, ...] = (
    ("vendor", lambda entry: entry.vendor),
    ("model", lambda entry: f"`{entry.name}`"),
    ("protocol", lambda entry: f"`{entry.protocol}`"),
)
_LAST: tuple[Column, ...] = (
    ("price", _price),
    ("ends on", _ends),
    ("key", lambda entry: " or ".join(f"`{name}`" for name in entry.key_names)),
    ("source", lambda entry: entry.source),
)
_PROMPT: Column = ("prompt", lambda entry: f"{entry.prompt_characters} characters" if entry.prompt_characters else "")
_TABLES: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    (
        "Video",
        "video",
        (
            *_WHO,
            ("sizes", _sizes),
            ("seconds", _seconds),
            ("sound", lambda entry: entry.audio),
            ("frames", _frames),
            ("references", _references),
            _PROMPT,
            ("negative prompt", _has("negative_prompt")),
            ("seed", _has("seed")),
            ("continues a clip", _has("continues")),
            ("deadline", _deadline),
            ("URL life", _url_life),
            ("cancelled", _has("cancels")),
            ("found", _has("finds")),
            ("refuses", lambda entry: ", ".join(entry.refuses)),
            *_LAST,
        ),
    ),
    (
        "Start frames",
        "image",
        (*_WHO, ("sizes", _sizes), ("references", _references), _PROMPT, ("seed", _has("seed")), *_LAST),
    ),
    ("Narrators", "narrator", (*_WHO, _PROMPT, *_LAST)),
    ("Writers", "writer", (*_WHO, *_LAST)),
    ("Transcribers", "transcriber", (*_WHO, *_LAST)),
)
