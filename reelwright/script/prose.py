"""Markdown and plain text as a script: the first heading is the title, a paragraph is a shot, a quote is its picture.

```markdown
---
hashtags: [bread, science]      # optional front matter: description, hashtags, language
---
# Why bread goes stale

> A loaf on a wooden board in morning light.

Bread does not dry out. Something stranger happens inside.
```
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import ValidationError
from sentencex import segment

from reelwright.errors import SourceError
from reelwright.script.documents import parse_document
from reelwright.storyboard import Brief, Shot
from reelwright.validation import complaints

LONGEST_SHOT_WORDS = 34
"""A paragraph with more words than this is split at sentences: about 12 seconds of speech in one picture."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELDS = ("title", "description", "hashtags", "language")
# Scripts written without spaces: about three characters are said in the time of one Latin word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(slots=True)
class _Script:
    title: str = ""
    picture: str = ""
    paragraphs: list[tuple[str, str]] = field(default_factory=list)

    def say(self, text: str) -> None:
        if text:
            self.paragraphs.append((text, self.picture))
            self.picture = ""


def brief_from_prose(text: str, *, name: str, fallback_title: str = "") -> Brief:
    """Make a brief of a Markdown or plain text script; a heading alone is a topic for a writer.

    Raises:
        SourceError: front matter with unknown fields, or no words to say.
    """
    front, body = _front_matter(text, name)
    language = str(front.get("language", "en"))
    script = _read(body)
    title = str(front.get("title") or script.title or _title_from(fallback_title, script, language))
    if not script.paragraphs and not script.title:
        raise SourceError("there are no words to say in it", file=name, expected="a paragraph for each shot")
    shots = [shot for words, picture in script.paragraphs for shot in _shots(words, picture, language)]
    fields = {**front, "title": title, "shots": shots, "topic": "" if shots else title}
    try:
        return Brief.model_validate(fields)
    except ValidationError as error:
        first = complaints(error, Brief)[0]
        raise SourceError(first.problem, file=name, line=1, field=first.field, expected=first.expected) from None


def split_sentences(text: str, language: str, *, longest_words: int = LONGEST_SHOT_WORDS) -> tuple[str, ...]:
    """Split `text` at sentences into pieces of similar length, none over `longest_words` unless one sentence is."""
    sentences = [sentence.strip() for sentence in segment(language.split("-", maxsplit=1)[0], text) if sentence.strip()]
    total = sum(map(count_words, sentences))
    if total <= longest_words:
        return (text,)
    pieces = -(-total // longest_words)
    target = total / pieces
    parts: list[list[str]] = [[]]
    for sentence in sentences:
        length = sum(map(count_words, parts[-1]))
        # Half a sentence past the target still reads better than a lone short piece at the end.
        if parts[-1] and (
            length + count_words(sentence) / 2 > target or length + count_words(sentence) > longest_words
        ):
            parts.append([])
        parts[-1].append(sentence)
    return tuple(" ".join(part) for part in parts)


def count_words(text: str) -> int:
    """Return how many words long `text` is to a listener; three characters of an unspaced script count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + -(-unspaced // 3)


def _shots(words: str, picture: str, language: str) -> list[Shot]:
    return [Shot(narration=part, prompt=picture) for part in split_sentences(words, language)]


def _front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    document = parse_document("\n" + found[1], name=name)
    for given in document.data:
        if given not in _FRONT_FIELDS:
            raise SourceError(
                "there is no such field",
                file=name,
                line=document.line_of((given,)),
                field=given,
                expected="one of " + ", ".join(_FRONT_FIELDS),
            )
    return document.data, text[found.end() :]


def _read(body: str) -> _Script:
    script, kind, depth = _Script(), "", 0
    for token in MarkdownIt("commonmark").parse(body):
        match token.type:
            case "heading_open":
                kind = "heading"
            case "paragraph_open":
                kind = "quote" if depth else "paragraph"
            case "blockquote_open":
                depth += 1
            case "blockquote_close":
                depth -= 1
            case "inline":
                _take(script, kind, _spoken(token))
            case _:
                pass
    return script


def _take(script: _Script, kind: str, text: str) -> None:
    if kind == "heading":
        script.title = script.title or text
    elif kind == "quote":
        script.picture = f"{script.picture} {text}".strip()
    else:
        script.say(text)


def _spoken(inline: Token) -> str:
    """Return what is said: link texts without addresses, no marks, no comments, one line."""
    parts = []
    for token in inline.children or []:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())


def _title_from(stem: str, script: _Script, language: str) -> str:
    words = re.sub(r"[-_]+", " ", stem).strip()
    if words:
        return words[0].upper() + words[1:]
    spoken = script.paragraphs[0][0] if script.paragraphs else ""
    first = next(iter(segment(language.split("-", maxsplit=1)[0], spoken)), "")
    return " ".join(first.split()[:10]).rstrip(".,;:!?")[:100] or "Untitled"
