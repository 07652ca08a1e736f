"""Markdown as a script: the first heading is the title, a paragraph is a shot, a quote is its picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.token import Token

from reelwright.script.beats import Script
from reelwright.script.words import one_line

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG_NAME = re.compile(r"</?([a-z][a-z0-9-]*)", re.IGNORECASE)
_DIVIDING = frozenset({*block_names, "br", "img"})
_FORMATTING = re.compile(
    "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strike|strong|sub"
    "|sup|time|tt|u|var|wbr"
)


def read_markdown(text: str) -> Script:
    """Read headings, paragraphs, list items and quotes; code in fences and comments are for readers only."""
    # People indent paragraphs; nobody hides code in a script that way.
    parser = MarkdownIt("commonmark").disable("code")
    script, kind, depth = Script(), "", 0
    for token in parser.parse(text):
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
                _take(script, kind, _spoken(token.children or ()), token)
            case "html_block":
                inline = parser.parseInline(_without_comments(token.content))[0]
                _take(script, "quote" if depth else "paragraph", _spoken(inline.children or ()), token)
            case _:
                pass
    script.end()
    return script


def _take(script: Script, kind: str, text: str, token: Token) -> None:
    if kind == "quote":
        script.show(text)
    elif kind == "paragraph":
        script.say(text)
    elif not script.title:
        script.title, script.title_line = text, token.map[0] + 1 if token.map else 1


def _spoken(tokens: Sequence[Token]) -> str:
    """Return what is said: link texts without addresses, no marks, no comments, one line."""
    parts = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "html_inline":
                parts.append(_said_of_tag(token.content))
            case _:
                pass
    return one_line("".join(parts))


def _without_comments(html: str) -> str:
    # A comment that nobody closed is no comment: what stands behind it would be lost.
    closed, end, rest = html.rpartition("-->")
    return _COMMENT.sub(" ", closed + end) + rest


def _said_of_tag(tag: str) -> str:
    """Return nothing for HTML, and for anything else in angle brackets the words as they stand: `It was <cold>.`."""
    found = _TAG_NAME.match(tag)
    name = found[1].lower() if found else ""
    if not found or _FORMATTING.fullmatch(name):
        return ""
    return " " if name in _DIVIDING else tag
