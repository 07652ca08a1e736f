"""Words as a listener hears them: lines joined, sentences counted and kept whole, titles that fit."""

from __future__ import annotations

import re

from sentencex import segment

LONGEST_SHOT_WORDS = 34
"""A paragraph with more words than this is split at sentences: about 12 seconds of speech in one picture."""

LONGEST_TITLE = 100
"""Characters of a title, as `Brief` takes them."""

# Scripts written without spaces: about three characters are said in the time of one Latin word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
# Chinese and Japanese, their punctuation included: a line break between two of these is no space.
_IDEOGRAPHIC = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
_UNSPACED_BREAK = re.compile(rf"(?<={_IDEOGRAPHIC})[ \t]*\n[ \t]*(?={_IDEOGRAPHIC})")


def one_line(text: str) -> str:
    """Return `text` with its lines joined as its script joins them, and every other white space as one space."""
    return " ".join(_UNSPACED_BREAK.sub("", text).split())


def split_sentences(text: str, language: str, *, longest_words: int = LONGEST_SHOT_WORDS) -> tuple[str, ...]:
    """Split `text` at sentences into pieces of similar length, none over `longest_words` unless one sentence is."""
    # Each sentence keeps the space behind it, if its script has one: joined, they are the text again.
    sentences = [sentence for sentence in _sentences(text, language) if sentence.strip()]
    total = sum(map(count_words, sentences))
    if total <= longest_words:
        return (text,)
    pieces = -(-total // longest_words)
    target = total / pieces
    parts: list[list[str]] = [[]]
    length = 0
    for sentence in sentences:
        words = count_words(sentence)
        # Half a sentence past the target still reads better than a lone short piece at the end.
        if parts[-1] and (length + words / 2 > target or length + words > longest_words):
            parts.append([])
            length = 0
        parts[-1].append(sentence)
        length += words
    return tuple("".join(part).strip() for part in parts)


def count_words(text: str) -> int:
    """Return how many words long `text` is to a listener; three characters of an unspaced script count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + -(-unspaced // 3)


def title_of(text: str, language: str) -> str:
    """Return a title made of the first words of a text; empty if it has none."""
    first = next(iter(_sentences(text, language)), "")
    return shortened(" ".join(first.split()[:10]).rstrip(".,;:!?。！？、"))


def shortened(title: str) -> str:
    """Return as many whole words of `title` as fit into a title."""
    if len(title) <= LONGEST_TITLE:
        return title
    return title[: LONGEST_TITLE + 1].rsplit(" ", 1)[0][:LONGEST_TITLE].rstrip()


def _sentences(text: str, language: str) -> list[str]:
    return list(segment(language.split("-", maxsplit=1)[0], text))
