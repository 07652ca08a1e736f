"""The words of a whole episode as SRT and WebVTT: sentence-like cues, exact milliseconds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from reelwright.media.captions.parts import SENTENCE_END, joined
from reelwright.values import Value, Word

_LINE_CHARACTERS = 42
_LONGEST_SECONDS = 7


class Subtitle(Value):
    """One subtitle, in milliseconds from the episode's start."""

    start: int
    end: int
    text: str


def subtitles(shots: Iterable[tuple[Fraction, Fraction, Sequence[Word]]]) -> tuple[Subtitle, ...]:
    """Make subtitles of (start, length in seconds, words from the shot's start) of each shot; none crosses a shot."""
    made = []
    for start, seconds, words in shots:
        for group in _groups(words):
            begin, end = start + group[0].start, start + min(group[-1].end + Fraction(1, 5), seconds)
            made.append(
                Subtitle(start=int(begin * 1000), end=int(end * 1000), text=joined(word.text for word in group))
            )
    return tuple(_without_overlap(made))


def srt(cues: Sequence[Subtitle]) -> str:
    """Return SubRip text."""
    parts = (
        f"{index}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_two_lines(cue.text)}\n"
        for index, cue in enumerate(cues, 1)
    )
    return "\n".join(parts)


def webvtt(cues: Sequence[Subtitle], *, language: str = "en") -> str:
    """Return WebVTT text; `&`, `<` and `>` are escaped as the format asks."""
    header = f"WEBVTT\nKind: captions\nLanguage: {language}\n"
    parts = [f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_two_lines(_escaped(cue.text))}\n" for cue in cues]
    return "\n".join([header, *parts])


def _groups(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        last = groups[-1] if groups else None
        if (
            last is None
            or SENTENCE_END.search(last[-1].text)
            or len(joined([*(item.text for item in last), word.text])) > _LINE_CHARACTERS * 2
            or word.end - last[0].start > _LONGEST_SECONDS
        ):
            groups.append([word])
        else:
            last.append(word)
    return groups


def _without_overlap(cues: Sequence[Subtitle]) -> list[Subtitle]:
    made = list(cues)
    for index, following in enumerate(cues[1:]):
        cue = made[index]
        made[index] = cue.model_copy(update={"end": max(min(cue.end, following.start), cue.start + 1)})
    return made


def _two_lines(text: str) -> str:
    if len(text) <= _LINE_CHARACTERS or " " not in text:
        return text
    spaces = [index for index, character in enumerate(text) if character == " "]
    cut = min(spaces, key=lambda index: abs(index - len(text) / 2))
    return f"{text[:cut]}\n{text[cut + 1 :]}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int, mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"
