"""The kinds of channels as rows, and as a document for everybody: what each takes, and what to do about each error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reelwright.publishing.registry import KINDS, rules_of
from reelwright.publishing.rules import ChannelRules, TextLimit

_INTRODUCTION = """# Channels

Where episodes can be published, as `reelwright channels` prints it from the rules in `reelwright/publishing`: what each
kind takes, what it allows in a period, and what a person should do about every error that it documents.

*Final call*: before it no post can exist, after it one may. *Proved by listing*: whether a post whose answer was lost
can be found again, and its absence proved, where the handle does not tell. What nobody can prove is shown as `unknown`
and never sent again; `reelwright reconcile` reads once more, and takes a person's word.

Errors of kind `busy` and `quota` are tried again later by themselves, after the time that the platform names.
"""


def rows_of(kind: str = "") -> list[dict[str, Any]]:
    """Return the rules of each kind that is built in as plain JSON; `kind` names one, or somebody's own.

    Raises:
        InvalidInput: there is no such kind.
    """
    return [rules.model_dump(mode="json") for rules in _rules(kind)]


def document(kind: str = "") -> str:
    """Return the document, or one kind's part of it.

    Raises:
        InvalidInput: there is no such kind.
    """
    parts = [_part(rules) for rules in _rules(kind)]
    return "\n".join([] if kind else [_INTRODUCTION]) + ("" if kind else "\n") + "\n".join(parts)


def _rules(kind: str) -> list[ChannelRules]:
    return [rules_of(name) for name in ([kind] if kind else sorted(KINDS))]


def _part(rules: ChannelRules) -> str:
    facts = _table(("what", "rule"), ((name, told) for name, told in _facts(rules) if told))
    errors = _table(
        ("error", "HTTP", "seen at", "kind", "what to do"),
        (
            (f"`{error.name}`", str(error.status or ""), error.call, f"`{error.kind}`", error.person_should)
            for error in rules.errors
        ),
    )
    notes = "".join(f"- {note}\n" for note in rules.good_to_know)
    return "\n".join(part for part in (f"## {rules.title} (`{rules.kind}`)\n", facts, notes, errors) if part)


def _facts(rules: ChannelRules) -> Iterable[tuple[str, str]]:
    yield "title", _limit(rules.title_limit)
    yield "text", _limit(rules.text_limit)
    yield "hashtags", "" if rules.most_hashtags is None else f"{rules.most_hashtags}"
    yield "links in the text", "" if rules.links else "plain text, nobody can follow them"
    yield "length", _range(rules.seconds, "s")
    yield "file", f"{rules.most_bytes / 1e6:,.0f} MB" if rules.most_bytes else ""
    yield "picture", _joined(rules.video_codecs, _range(rules.frame_rate, "frames/s"), _range(rules.pixels, "pixels"))
    yield "sound", ", ".join(sorted(rules.audio_codecs))
    yield "privacy", ", ".join(rules.privacy)
    yield "slot", "kept by the platform" if rules.schedules else "kept by Reelwright: the final call waits"
    yield (
        "final call",
        f"`{rules.final_call}`{', which may be repeated' if rules.final_call in rules.repeatable else ''}",
    )
    proved = {"proves": "yes", "suggests": "its presence only", "cannot": "no"}
    yield "proved by listing", proved[rules.find]
    yield "quotas", "; ".join(f"{quota.most} {quota.name} per {quota.per}" for quota in rules.quotas)


def _limit(limit: TextLimit | None) -> str:
    if limit is None:
        return ""
    without = f", without {' '.join(limit.forbidden)}" if limit.forbidden else ""
    return f"{limit.most:,} {limit.unit}{without}"


def _range(bounds: tuple[Any, Any] | None, unit: str) -> str:
    return "" if bounds is None else f"{float(bounds[0]):g} to {float(bounds[1]):g} {unit}"


def _joined(codecs: Iterable[str], *more: str) -> str:
    return "; ".join(part for part in (", ".join(sorted(codecs)), *more) if part)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ") or "–"
