"""Plain text as a script: a paragraph is a shot, and every word is said as it stands."""

from __future__ import annotations

import re
from itertools import groupby

from reelwright.script.beats import Script
from reelwright.script.words import LONGEST_TITLE, one_line

_RULE = re.compile(r"\s*(?:[-*_=~#]\s*){3,}")
# A line that ends so is said: an opening question is the hook of many a script.
_SENTENCE_END = (".", ",", ";", ":", "!", "?", "…", "。", "！", "？", "”", '"')


def read_plain(text: str, *, may_have_title: bool) -> Script:
    """Read paragraphs; the first is the title if it is one short line, no sentence, with a blank line below it."""
    script, lines = Script(), text.split("\n")
    paragraphs = [
        list(group) for divides, group in groupby(enumerate(lines), key=lambda line: _divides(line[1])) if not divides
    ]
    if may_have_title and len(paragraphs) > 1 and _is_title(paragraphs[0], lines):
        number, script.title = paragraphs.pop(0)[0]
        script.title, script.title_line = one_line(script.title), number + 1
    for paragraph in paragraphs:
        script.say(one_line("\n".join(line for _, line in paragraph)))
    return script


def _divides(line: str) -> bool:
    return not line.strip() or _RULE.fullmatch(line) is not None


def _is_title(paragraph: list[tuple[int, str]], lines: list[str]) -> bool:
    (number, line), *others = paragraph
    text = line.strip()
    blank_below = not lines[number + 1].strip()
    return not others and blank_below and len(text) <= LONGEST_TITLE and not text.endswith(_SENTENCE_END)
