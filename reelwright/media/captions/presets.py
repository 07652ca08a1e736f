r"""How captions are grouped and lit: the presets that come with Reelwright, and those of one's own.

A preset is one file with a function, and maybe how many words stand together:

```python
from reelwright import Grouping, SpokenWord, WordStyle, ass_colour

GROUPING = Grouping(lines=1, words=4)


def style(word: SpokenWord) -> WordStyle:
    "Words appear when they are spoken, and stay."
    seen = rf"\alpha&HFF&\t({word.begin},{word.begin + 80},\alpha&H00&)"
    return WordStyle(letters=seen, outline=seen)
```

`captions: {preset: captions/appear.py}` in a recipe uses it. Fonts, sizes, places, line breaks and the safe area stay
what they are; the tags say how each word looks over time (libass override tags: `\1c`, `\alpha`, `\t`, `\fad`, `\frz`,
`\fscx`, `\blur` …). The function runs in a worker process, which imports the file, and must be pure. A changed file
finishes the segments anew; their clips are found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reelwright import plugins
from reelwright.errors import InvalidInput, MediaError
from reelwright.recipe import Captions

_KIND = "caption"
_HINT = "The documentation tells it under Write a plug-in."
_MOST_LINES, _MOST_WORDS = 4, 30
_OURS = re.compile(r"[{}\r\n]|\\(?:an?\d|pos|move|org|fn|fs[\d.+-]|fs$|r|p\d|q\d|clip|iclip)")
"""What a style may not say: the place, the font and the size of a word are measured, and stand where they were put."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How many words are shown together, at most: twice as many in languages without spaces.

    More where several words are spoken within one frame: each of them is seen.
    """

    lines: int = 2
    """Lines that stand on the picture at once."""
    words: int = 7
    """Words that stand on the picture at once."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of a phrase, as a preset is asked about it. Times are in milliseconds from when its phrase appears."""

    text: str
    """As it is written."""
    index: int
    """Which word of the phrase it is, from 0."""
    count: int
    """How many words the phrase has; see `Grouping`."""
    begin: int
    """When it begins to be spoken, at a frame's beginning: for the first word 0, or less than a frame lasts."""
    end: int
    """When it has been spoken."""
    lasts: int
    """How long the phrase stands."""
    pixels: float
    """Height of the em."""
    captions: Captions
    """The recipe's: its colours."""


@dataclass(frozen=True, slots=True)
class WordStyle:
    """How a word looks, in libass override tags without braces; empty: as the recipe's colours say."""

    letters: str = ""
    """Of its letters."""
    outline: str = ""
    """Of the outline and shadow below them. What moves or fades the letters belongs here, too."""


Style: TypeAlias = Callable[[SpokenWord], WordStyle]
"""What says how a word looks."""

GROUPINGS: Mapping[str, Grouping] = {"word": Grouping(2, 7), "pop": Grouping(1, 3), "sentence": Grouping(3, 14)}
"""Those of the presets that come with Reelwright."""
_BUILT_IN: Mapping[str, str] = dict.fromkeys((*GROUPINGS, "none"), __name__)
_SAMPLE = SpokenWord("Bread", 0, 2, 0, 320, 900, 72.0, Captions())


def ass_colour(text: str) -> str:
    """Return a colour `#rrggbb` as the tags for colours read it: `&H00BBGGRR&`."""
    return f"&H00{text[5:7]}{text[3:5]}{text[1:3]}&".upper()


def source_of(preset: str) -> str:
    """Return what tells a preset's versions apart; empty for those that come with Reelwright.

    Raises:
        InvalidInput: it is not there.
    """
    return plugins.source_of(_KIND, preset, _BUILT_IN)


def require(preset: str) -> None:
    """Try a preset on a word, so that a wrong one is refused before anything is spent.

    Raises:
        InvalidInput: it is not there, or gives no style.
    """
    if preset in _BUILT_IN:
        return
    grouping_of(preset)
    style = own_style(preset)
    if style:
        try:
            style(_SAMPLE)
        except MediaError as error:
            raise InvalidInput(error.message, hint=_HINT) from error


def grouping_of(preset: str) -> Grouping:
    """Return how many words a preset shows together.

    Raises:
        InvalidInput: a preset of one's own is not there, or its `GROUPING` is none.
    """
    if preset in GROUPINGS:
        return GROUPINGS[preset]
    found: Any = getattr(plugins.load(_KIND, preset, _BUILT_IN), "GROUPING", Grouping())
    if not isinstance(found, Grouping) or not (0 < found.lines <= _MOST_LINES and 0 < found.words <= _MOST_WORDS):
        most = f"at most {_MOST_LINES} lines and {_MOST_WORDS} words"
        raise InvalidInput(f"The `GROUPING` of the caption preset {preset!r} is no `Grouping` of {most}.", hint=_HINT)
    return found


def own_style(preset: str, *, source: str = "") -> Style | None:
    """Return the style of a preset of one's own, whose answers are checked; `None` for one that is built in.

    Raises:
        InvalidInput: it is not there, is another version by now, or does not hold what it must.
    """
    if preset in _BUILT_IN:
        return None
    style = plugins.function_of(_KIND, preset, _BUILT_IN, "style(word)", source=source)

    def checked(word: SpokenWord) -> WordStyle:
        try:
            made: Any = style(word)
        except Exception as error:
            told = f"The caption preset {preset!r} broke over {word.text!r}: {type(error).__name__}: {error}."
            raise MediaError(told) from error
        if not isinstance(made, WordStyle):
            raise MediaError(
                f"The caption preset {preset!r} gave {type(made).__name__}, where a WordStyle is expected."
            )
        for tags in (made.letters, made.outline):
            if wrong := _OURS.search(tags):
                raise MediaError(
                    f"The caption preset {preset!r} says {wrong[0]!r}, which is not for it to say: {tags!r}."
                )
        return made

    return checked
