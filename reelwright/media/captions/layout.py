"""Where and when each word stands: phrases, lines wrapped by measured width, positions inside the safe area. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from reelwright.media.captions import fonts
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Exact, Value, Word

_LONGEST_PAUSE = Fraction(2, 5)
_BRIDGED_GAP = Fraction(3, 10)
_SMALLEST = 0.62
_LINES = {"word": 2, "pop": 1, "sentence": 3}
_WORDS = {"word": 7, "pop": 3, "sentence": 14}
SENTENCE_END = re.compile(r"[.!?…。！？؟।]['\"”’»)\]]*$")
_CLAUSE_END = re.compile(r"[,;:–—،、，；：]['\"”’»)\]]*$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")

HIGHLIGHT_SCALE = 1.06
"""How much the spoken word grows."""


class Box(Value):
    """A part of the picture, in pixels; `right` and `bottom` are outside it."""

    left: int
    top: int
    right: int
    bottom: int


class PlacedWord(Value):
    """One word on the picture."""

    text: str
    start: Exact
    end: Exact
    centre: float
    """Of the word, in pixels from the left."""
    baseline: float
    """In pixels from the top."""
    pixels: float
    """Height of the em."""


class Cue(Value):
    """Words that stand on the picture together, in seconds from the shot's start."""

    start: Exact
    end: Exact
    words: tuple[PlacedWord, ...]

    @property
    def text(self) -> str:
        """The words in reading order."""
        return joined(word.text for word in self.words)


def safe_area(output: OutputFormat) -> Box:
    """Return where every platform leaves the picture free, scaled to the output.

    For 9:16 the union of what YouTube, TikTok and Instagram cover: x 120-888, y 288-1248 of 1080x1920 (their published
    advertising guides, 2026). Wider formats keep a tenth free at each side.
    """
    width, height = output.pixels.width, output.pixels.height
    if height > width:
        return Box(
            left=width * 120 // 1080, top=height * 288 // 1920, right=width * 888 // 1080, bottom=height * 1248 // 1920
        )
    return Box(left=width // 10, top=height // 10, right=width - width // 10, bottom=height - height // 10)


def layout(
    words: Sequence[Word], seconds: Fraction, captions: Captions, output: OutputFormat, *, language: str = "en"
) -> tuple[Cue, ...]:
    """Set the words of one shot; nothing stands outside the safe area or beyond the shot's end."""
    if captions.preset == "none":
        return ()
    area, pixels = safe_area(output), _em(output)
    shown = [word for part in words for word in _pieces(part, captions) if fonts.runs(word.text)]
    spoken = [piece for word in shown for piece in _cut(word, _usable(area, pixels), pixels)]
    right_to_left = is_right_to_left(" ".join(word.text for word in spoken) or language)
    cues = []
    for phrase in _phrases(spoken, captions.preset, area, pixels):
        lines, size = _lines(phrase, _LINES[captions.preset], area, pixels)
        cues.append((phrase, _placed(lines, size, area, captions.position, right_to_left=right_to_left)))
    return tuple(_timed(cues, seconds, output.frame_rate))


def joined(texts: Iterable[str]) -> str:
    """Join words as they are written: with spaces, but none between characters of scripts that have none."""
    text = ""
    for word in texts:
        spaced = text and not (_UNSPACED.match(text[-1]) and _UNSPACED.match(word[0]))
        text += (" " if spaced else "") + word
    return text


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction reads from the right (Arabic, Hebrew, …)."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((name in {"R", "AL"} for name in directions if name in {"L", "R", "AL"}), False)


def _em(output: OutputFormat) -> float:
    return min(output.pixels.width, output.pixels.height) * (
        0.072 if output.pixels.height > output.pixels.width else 0.058
    )


def _pieces(word: Word, captions: Captions) -> list[Word]:
    """Split a run of a script without spaces into short pieces that share its time; closing marks stay behind."""
    text = word.text.upper() if captions.uppercase else word.text
    if len(_UNSPACED.findall(text)) < 3:  # noqa: PLR2004 - short enough as it is
        return [word.model_copy(update={"text": text})]
    pieces: list[str] = []
    for character in text:
        glued = unicodedata.category(character)[0] in "MPS" or (
            pieces and unicodedata.category(pieces[-1][-1]) in {"Ps", "Pi"}
        )
        if pieces and (glued or (len(pieces[-1]) < 2 and not _CLAUSE_END.search(pieces[-1]))):  # noqa: PLR2004 - pairs
            pieces[-1] += character
        else:
            pieces.append(character)
    step = (word.end - word.start) / max(len(text), 1)
    split, done = [], 0
    for piece in pieces:
        split.append(Word(text=piece, start=word.start + step * done, end=word.start + step * (done + len(piece))))
        done += len(piece)
    return split


def _cut(word: Word, room: float, pixels: float) -> list[Word]:
    """Cut a word that would have to be set tiny (an address, a compound) into pieces as wide as a line."""
    if fonts.width(word.text, pixels) * _SMALLEST <= room:
        return [word]
    pieces = [""]
    for character in word.text:
        if pieces[-1] and fonts.width(pieces[-1] + character, pixels) > room:
            pieces.append("")
        pieces[-1] += character
    step, made, done = (word.end - word.start) / len(word.text), [], 0
    for piece in pieces:
        made.append(Word(text=piece, start=word.start + step * done, end=word.start + step * (done + len(piece))))
        done += len(piece)
    return made


def _phrases(words: Sequence[Word], preset: str, area: Box, pixels: float) -> list[list[Word]]:
    """Group words into what is shown together: ends at a sentence, a pause, a full box, or a comma when long enough."""
    phrases: list[list[Word]] = []
    for word in words:
        last = phrases[-1] if phrases else None
        if last is None or _ends(last, word, preset) or not _fits([*last, word], _LINES[preset], area, pixels):
            phrases.append([word])
        else:
            last.append(word)
    return phrases


def _ends(phrase: Sequence[Word], following: Word, preset: str) -> bool:
    last, count = phrase[-1], len(phrase)
    if SENTENCE_END.search(last.text) or following.start - last.end > _LONGEST_PAUSE:
        return True
    limit = _WORDS[preset] * (2 if _UNSPACED.match(last.text[-1]) else 1)
    return count >= limit or (bool(_CLAUSE_END.search(last.text)) and count * 2 > limit)


def _fits(words: Sequence[Word], most_lines: int, area: Box, pixels: float) -> bool:
    return len(_wrapped(words, _usable(area, pixels), pixels)) <= most_lines


def _usable(area: Box, pixels: float) -> float:
    # Outline and shadow on both sides, and the growth of the spoken word at both ends.
    return (area.right - area.left) - pixels * 0.3


def _wrapped(words: Sequence[Word], room: float, pixels: float) -> list[list[Word]]:
    lines: list[list[Word]] = [[]]
    for word in words:
        if lines[-1] and _line_width([*lines[-1], word], pixels) > room:
            lines.append([])
        lines[-1].append(word)
    return lines


def _lines(phrase: Sequence[Word], most_lines: int, area: Box, pixels: float) -> tuple[list[list[Word]], float]:
    """Break a phrase into balanced lines; one that is still too wide is set smaller until it fits."""
    room, size = _usable(area, pixels), pixels
    lines = _wrapped(phrase, room, size)
    widest = max(_line_width(line, size) for line in lines)
    if widest > room:
        size *= room / widest
    if 1 < len(lines) <= most_lines:
        # The narrowest box with as many lines has the most even ones.
        low, high = widest / 2, max(widest, room)
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (low, middle) if len(_wrapped(phrase, middle, size)) <= len(lines) else (middle, high)
        lines = _wrapped(phrase, high, size)
    return lines, size


def _line_width(line: Sequence[Word], pixels: float) -> float:
    total = sum(fonts.width(word.text, pixels) for word in line)
    return total + sum(_space(first, second, pixels) for first, second in pairwise(line))


def _space(first: Word, second: Word, pixels: float) -> float:
    tight = _UNSPACED.match(first.text[-1]) and _UNSPACED.match(second.text[0])
    return 0.0 if tight else pixels * 0.27


def _placed(
    lines: Sequence[Sequence[Word]], pixels: float, area: Box, position: str, *, right_to_left: bool
) -> tuple[PlacedWord, ...]:
    height = pixels * 1.28
    # The edge of the ink counts, with outline, shadow and the growth of a spoken word.
    above = max(fonts.ink(word.text, pixels)[0] for word in lines[0]) * HIGHLIGHT_SCALE + pixels * 0.13
    below = max(fonts.ink(word.text, pixels)[1] for word in lines[-1]) + pixels * 0.16
    between = height * (len(lines) - 1)
    first = {
        "upper": area.top + above,
        "middle": (area.top + area.bottom - between + above - below) / 2,
        "lower": area.bottom - below - between,
    }[position]
    middle, placed = (area.left + area.right) / 2, []
    for index, line in enumerate(lines):
        at = middle - _line_width(line, pixels) / 2
        ordered = list(reversed(line)) if right_to_left else list(line)
        centres = {}
        for place, word in enumerate(ordered):
            wide = fonts.width(word.text, pixels)
            centres[id(word)] = at + wide / 2
            at += wide + (_space(word, ordered[place + 1], pixels) if place + 1 < len(ordered) else 0)
        baseline = first + height * index
        placed += [
            PlacedWord(
                text=word.text,
                start=word.start,
                end=word.end,
                centre=centres[id(word)],
                baseline=baseline,
                pixels=pixels,
            )
            for word in line
        ]
    return tuple(placed)


def _timed(
    cues: Sequence[tuple[Sequence[Word], tuple[PlacedWord, ...]]], seconds: Fraction, frame_rate: int
) -> list[Cue]:
    """Give each phrase its time in whole frames: until the next one when the gap is short, never past the shot."""
    timed = []
    for index, (phrase, placed) in enumerate(cues):
        start = _frame(phrase[0].start, frame_rate)
        following = cues[index + 1][0][0].start if index + 1 < len(cues) else seconds
        end = phrase[-1].end + Fraction(1, 10)
        if following - end < _BRIDGED_GAP:
            end = following
        end = min(_frame(end, frame_rate), _frame(following, frame_rate), seconds)
        if end > start:
            timed.append(Cue(start=start, end=end, words=placed))
    return timed


def _frame(moment: Fraction, frame_rate: int) -> Fraction:
    return Fraction(int(moment * frame_rate), frame_rate)
