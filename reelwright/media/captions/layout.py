"""Where and when each word stands: phrases, lines wrapped by measured width, positions inside the safe area. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from reelwright.media.captions import fonts
from reelwright.media.captions.parts import CLAUSE_END, SENTENCE_END, Part, is_right_to_left, is_unspaced, parts_of
from reelwright.media.captions.presets import grouping_of
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Exact, Value, Word

_LONGEST_PAUSE = Fraction(2, 5)
_BRIDGED_GAP = Fraction(3, 10)
_SPACE = 0.27
_TALL, _DEEP = 0.82, 0.28
"""How far the letters of most words reach over and below the line they stand on, in ems."""
_GROWTH = 0.07
"""How far a spoken word may grow over each of its ends, in ems: a quarter of a space."""

_HIGHLIGHT_SCALE = 1.06
_SMALLER, _SMALLEST_PIXELS = 0.94, 14
"""How a text that stands still is made to fit."""


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
    growth: float = 1.0
    """How large it becomes while it is spoken."""
    glued: bool = False
    """Whether it is read together with the part before it."""


class Cue(Value):
    """Words that stand on the picture together, in seconds from the shot's start."""

    start: Exact
    end: Exact
    words: tuple[PlacedWord, ...]

    @property
    def text(self) -> str:
        """The words in reading order."""
        return "".join(("" if word.glued else " ") + word.text for word in self.words).strip()


_SAFE_AREAS = {
    "all": (120, 288, 888, 1248),
    "youtube": (48, 288, 888, 1248),
    "tiktok": (120, 240, 900, 1260),
    "instagram": (65, 269, 1015, 1248),
}
"""Left, top, right, bottom of 1080x1920, from the platforms' published advertising guides (2026)."""


def safe_area(output: OutputFormat, platform: str = "all") -> Box:
    """Return where a platform leaves the picture free, or all of them do, scaled to the output.

    For 9:16 the union of what YouTube, TikTok and Instagram cover: x 120-888, y 288-1248 of 1080x1920. Wider formats
    keep a tenth free at each side.
    """
    width, height = output.pixels.width, output.pixels.height
    if height > width:
        left, top, right, bottom = _SAFE_AREAS[platform]
        return Box(
            left=width * left // 1080,
            top=height * top // 1920,
            right=width * right // 1080,
            bottom=height * bottom // 1920,
        )
    return Box(left=width // 10, top=height // 10, right=width - width // 10, bottom=height - height // 10)


def layout(
    words: Sequence[Word],
    seconds: Fraction,
    captions: Captions,
    output: OutputFormat,
    *,
    language: str = "en",
    brand: fonts.Font | None = None,
) -> tuple[Cue, ...]:
    """Set the words of one shot; nothing stands outside the safe area or beyond the shot's end."""
    if captions.preset == "none":
        return ()
    area, face = safe_area(output, captions.platform), fonts.Face(_em(output), brand)
    room = _usable(area, face)
    spoken = parts_of(words, uppercase=captions.uppercase, language=language, room=room, face=face)
    right_to_left = is_right_to_left(" ".join(part.text for part in spoken) or language)
    most_lines, cues = grouping_of(captions.preset).lines, []

    def may_join(parts: Sequence[Part]) -> bool:
        return _fits(parts, most_lines, area, face)

    phrases = _phrases(spoken, captions.preset, area, face)
    for phrase in _seen(phrases, _frame(seconds, output.frame_rate), output.frame_rate, may_join):
        lines, set_in = _lines(phrase, most_lines, area, face)
        cues.append((phrase, _placed(lines, set_in, area, captions.position, right_to_left=right_to_left)))
    return tuple(_timed(cues, seconds, output.frame_rate))


def set_lines(
    text: str, box: Box, face: fonts.Face, *, most_lines: int, position: str = "middle", language: str = "en"
) -> Cue:
    """Set a text that stands still in a box of its own, smaller where it would need more lines.

    `position` is where in the box: `upper`, `middle` or `lower`.
    """
    words = [Word(text=word, start=Fraction(0), end=Fraction(1)) for word in text.split()]
    set_in = face
    while True:
        parts = parts_of(words, uppercase=False, language=language, room=_usable(box, set_in), face=set_in)
        if not parts:
            return Cue(start=Fraction(0), end=Fraction(1), words=())
        if len(_wrapped(parts, _usable(box, set_in), set_in)) <= most_lines or set_in.pixels < _SMALLEST_PIXELS:
            break
        set_in = set_in.sized(set_in.pixels * _SMALLER)
    lines, set_in = _lines(parts, most_lines, box, set_in)
    turned = is_right_to_left(" ".join(part.text for part in parts))
    return Cue(start=Fraction(0), end=Fraction(1), words=_placed(lines, set_in, box, position, right_to_left=turned))


def _em(output: OutputFormat) -> float:
    return min(output.pixels.width, output.pixels.height) * (
        0.072 if output.pixels.height > output.pixels.width else 0.058
    )


def _phrases(parts: Sequence[Part], preset: str, area: Box, face: fonts.Face) -> list[list[Part]]:
    """Group words into what is shown together: ends at a sentence, a pause, a full box, or a comma when long enough."""
    phrases: list[list[Part]] = []
    for part in parts:
        last = phrases[-1] if phrases else None
        if last is None or _ends(last, part, preset) or not _fits([*last, part], grouping_of(preset).lines, area, face):
            phrases.append([part])
        else:
            last.append(part)
    for first, second in pairwise(phrases):
        _balance(first, second, preset, area, face)
    return phrases


def _seen(
    phrases: Sequence[list[Part]], end: Fraction, frame_rate: int, may_join: Callable[[Sequence[Part]], bool]
) -> list[list[Part]]:
    """Join phrases that begin within one frame, or in the last one: a short word is seen beside its neighbour."""
    joined: list[list[Part]] = []
    for phrase in phrases:
        begin = _frame(phrase[0].start, frame_rate)
        is_late = joined and (begin == _frame(joined[-1][0].start, frame_rate) or begin >= end)
        if is_late and may_join([*joined[-1], *phrase]):
            joined[-1] = [*joined[-1], *phrase]
        else:
            joined.append(phrase)
    return joined


def _ends(phrase: Sequence[Part], following: Part, preset: str) -> bool:
    last, count = phrase[-1], len(phrase)
    limit = grouping_of(preset).words * (2 if is_unspaced(last.text) else 1)
    return _stops(last, following) or count >= limit or (bool(CLAUSE_END.search(last.text)) and count * 2 > limit)


def _stops(last: Part, following: Part) -> bool:
    return bool(SENTENCE_END.search(last.text)) or following.start - last.end > _LONGEST_PAUSE


def _balance(first: list[Part], second: list[Part], preset: str, area: Box, face: fonts.Face) -> None:
    """Move words from a full phrase into the next while that would stand there almost alone."""
    while not _stops(first[-1], second[0]) and not CLAUSE_END.search(first[-1].text):
        moved = [first[-1], *second]
        shorter = _line_width(first[:-1], face) if len(first) > 1 else 0
        if shorter < _line_width(moved, face) or not _fits(moved, grouping_of(preset).lines, area, face):
            return
        second.insert(0, first.pop())


def _fits(parts: Sequence[Part], most_lines: int, area: Box, face: fonts.Face) -> bool:
    return len(_wrapped(parts, _usable(area, face), face)) <= most_lines


def _usable(area: Box, face: fonts.Face) -> float:
    # Outline and shadow on both sides, and the growth of the spoken word at both ends.
    return area.right - area.left - face.pixels * (0.3 + 2 * _GROWTH)


def _growth(wide: float, pixels: float) -> float:
    """Return how large a word becomes while it is spoken: a long one less, so that it never touches its neighbours."""
    return min(_HIGHLIGHT_SCALE, 1 + 2 * _GROWTH * pixels / max(wide, 1))


def _wrapped(parts: Sequence[Part], room: float, face: fonts.Face) -> list[list[Part]]:
    lines: list[list[Part]] = [[]]
    for part in parts:
        if lines[-1] and _line_width([*lines[-1], part], face) > room:
            lines.append([])
        lines[-1].append(part)
    return lines


def _lines(phrase: Sequence[Part], most_lines: int, area: Box, face: fonts.Face) -> tuple[list[list[Part]], fonts.Face]:
    """Break a phrase into balanced lines; one that is still too wide is set smaller until it fits."""
    room = _usable(area, face)
    lines = _wrapped(phrase, room, face)
    widest = max(_line_width(line, face) for line in lines)
    if widest > room:
        face = face.sized(face.pixels * room / widest)
    if 1 < len(lines) <= most_lines:
        # The narrowest box with as many lines has the most even ones.
        low, high = widest / 2, max(widest, room)
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (low, middle) if len(_wrapped(phrase, middle, face)) <= len(lines) else (middle, high)
        lines = _wrapped(phrase, high, face)
    return lines, face


def _line_width(line: Sequence[Part], face: fonts.Face) -> float:
    total = sum(face.width(part.text) for part in line)
    return total + sum(_space(part, face) for part in line[1:])


def _space(later: Part, face: fonts.Face) -> float:
    return 0.0 if later.glued else face.pixels * _SPACE


def _placed(
    lines: Sequence[Sequence[Part]], face: fonts.Face, area: Box, position: str, *, right_to_left: bool
) -> tuple[PlacedWord, ...]:
    pixels = face.pixels
    height = pixels * 1.28
    # The edge of the ink counts, with outline, shadow and the growth of a spoken word; words without tall or deep
    # letters stand on the same line as the others.
    above = max(_TALL * pixels, *(face.ink(part.text)[0] for part in lines[0])) * _HIGHLIGHT_SCALE
    above += pixels * 0.13
    below = max(_DEEP * pixels, *(face.ink(part.text)[1] for part in lines[-1])) + pixels * 0.16
    between = height * (len(lines) - 1)
    first = {
        "upper": area.top + above,
        "middle": (area.top + area.bottom - between + (_TALL - _DEEP) * pixels) / 2,
        "lower": area.bottom - below - between,
    }[position]
    middle, placed = (area.left + area.right) / 2, []
    for index, line in enumerate(lines):
        at = middle - _line_width(line, face) / 2
        ordered = _from_the_left(line) if right_to_left else list(line)
        centres = {}
        for place, part in enumerate(ordered):
            wide = face.width(part.text)
            centres[id(part)] = at + wide / 2
            if place + 1 < len(ordered):
                at += wide + _space(max(part, ordered[place + 1], key=lambda beside: beside.start), face)
        placed += [
            PlacedWord(
                text=part.text,
                start=part.start,
                end=part.end,
                centre=centres[id(part)],
                baseline=first + height * index,
                pixels=pixels,
                growth=_growth(face.width(part.text), pixels),
                glued=part.glued,
            )
            for part in line
        ]
    return tuple(placed)


def _from_the_left(line: Sequence[Part]) -> list[Part]:
    """Return a right-to-left line as it stands from left to right: words of Latin letters keep their own order."""
    turned: list[Part] = []
    for foreign, group in groupby(line, key=lambda part: _is_left_to_right(part.text)):
        parts = list(group)
        turned = [*(parts if foreign else reversed(parts)), *turned]
    return turned


def _is_left_to_right(text: str) -> bool:
    return any(unicodedata.bidirectional(character) == "L" for character in text)


def _timed(
    cues: Sequence[tuple[Sequence[Part], tuple[PlacedWord, ...]]], seconds: Fraction, frame_rate: int
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
