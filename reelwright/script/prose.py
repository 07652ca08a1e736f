"""A script in prose as a brief: the first heading is the title, a paragraph is a shot, a quote is its picture.

```markdown
---
hashtags: [bread, science]      # optional front matter: title, description, hashtags, language
---
# Why bread goes stale

> A loaf on a wooden board in morning light.

Bread does not dry out. Something stranger happens inside.
```

Plain text has neither marks nor pictures: its paragraphs are said word for word.
"""

from __future__ import annotations

import re

from reelwright.errors import SourceError
from reelwright.script.beats import Script
from reelwright.script.documents import Document, parse_document
from reelwright.script.markdown import read_markdown
from reelwright.script.plain import read_plain
from reelwright.script.words import shortened, split_sentences, title_of
from reelwright.storyboard import Brief, Shot
from reelwright.validation import Place

_FRONT_FIELDS = ("title", "description", "hashtags", "language")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENED = re.compile(r"---[ \t]*\n[ \t]*\S")
# In plain text a line of hyphens is only that, unless a field follows.
_PLAIN_OPENED = re.compile(rf"---[ \t]*\n(?:{'|'.join(_FRONT_FIELDS)})[ \t]*:")


def brief_from_prose(text: str, *, name: str, fallback_title: str = "", plain: bool = False) -> Brief:
    """Make a brief of a Markdown (or `plain` text) script; a heading alone is a topic for a writer.

    Raises:
        SourceError: front matter that is not closed or has other fields, a title too long, or no words to say.
    """
    front, body = _front_matter(text, name, plain=plain)
    given = {field: value for field, value in front.data.items() if value is not None}
    lines_above = text[: len(text) - len(body)].count("\n")
    script = read_plain(body, may_have_title="title" not in given) if plain else read_markdown(body)
    if not script.beats and not script.title:
        raise SourceError("there are no words to say in it", file=name, expected="a paragraph for each shot")
    language = str(given.get("language", "en"))
    titled = given.get("title") or script.title or _title_from(fallback_title, script, language)
    title = str(titled) if isinstance(titled, int) else titled  # `title: 1984` needs no quotes
    shots = [shot for words, picture in script.beats for shot in _shots(words, picture, language)]

    def line_of(place: Place) -> int | None:
        written_in_front = place[:1] and place[0] in given and not (place[0] == "title" and not given["title"])
        return front.line_of(place) if written_in_front else lines_above + script.title_line

    fields = {**given, "title": title, "shots": shots, "topic": "" if shots else title}
    return Document(name, fields, line_of).value(Brief, fields)


def _shots(words: str, picture: str, language: str) -> list[Shot]:
    if not words:
        return [Shot(prompt=picture)]
    return [Shot(narration=part, prompt=picture) for part in split_sentences(words, language)]


def _front_matter(text: str, name: str, *, plain: bool) -> tuple[Document, str]:
    """Return the fields above a script, and the script."""
    found = _FRONT_MATTER.match(text)
    opened = (_PLAIN_OPENED if plain else _OPENED).match(text)
    if not found and opened:
        raise SourceError(
            "the front matter that begins here has no end",
            file=name,
            line=1,
            expected="a line of three hyphens below its fields",
        )
    if not found or (plain and not opened):
        return Document(name, {}, lambda _: None), text
    expected = f"fields such as {', '.join(_FRONT_FIELDS)}"
    # The first line stands for the hyphens, so that lines count from the top of the file.
    front = parse_document("\n" + found[1], name=name, expected=expected)
    for field in front.data:
        if field not in _FRONT_FIELDS:
            raise front.refusal("there is no such field", at=(field,), expected="one of " + ", ".join(_FRONT_FIELDS))
    return front, text[found.end() :]


def _title_from(stem: str, script: Script, language: str) -> str:
    words = shortened(re.sub(r"[-_]+", " ", stem).strip())
    if words:
        return words[0].upper() + words[1:]
    said, seen = script.beats[0]
    return title_of(said or seen, language) or "Untitled"
