"""When each written word is heard: the durations inside the local voice's model, brought back to the written words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

DURATIONS = "/CumSum_output_0"
"""The tensor of the voice's graph that holds where each phoneme ends, in frames."""

FRAME_SECONDS = 0.025
"""Length of one of the model's frames at any speed."""

Span = tuple[Fraction, Fraction]
"""Start and end in samples."""

_SILENT = frozenset(" ;:,.!?—…\"“”()'ˈˌː")
"""Punctuation and marks: no sound of their own."""
_BAND = 8
_SHORTEST_SECONDS = Fraction(1, 25)
_UNSPOKEN_SECONDS = Fraction(3, 25)


def with_durations(model: bytes) -> bytes:
    """Return the ONNX model with its durations as one more output.

    An ONNX file is one protobuf message, and two messages one behind the other are read as their union: appending
    `ModelProto{graph{output{name}}}` adds an output without any ONNX library.
    """
    name = DURATIONS.encode()
    value_info = b"\x0a" + bytes([len(name)]) + name
    graph = b"\x62" + bytes([len(value_info)]) + value_info
    return model + b"\x3a" + bytes([len(graph)]) + graph


def phoneme_groups(phonemes: str) -> list[tuple[int, int]]:
    """Return (index of the space before, index of the last sounding symbol) of each group between spaces.

    Indices count the pad symbol before the first phoneme as 0, as the model's durations do; the first group has no
    space before it and gives 0. Groups of punctuation only are not spoken and left out.
    """
    groups, start = [], 0
    for part in phonemes.split(" "):
        sounding = [index for index, symbol in enumerate(part) if symbol not in _SILENT]
        if sounding:
            groups.append((start, start + 1 + sounding[-1]))
        start += len(part) + 1
    return groups


def spoken_words(phonemes: str) -> list[str]:
    """Return the groups of `phoneme_groups` as text, without marks and punctuation."""
    parts = ("".join(symbol for symbol in part if symbol not in _SILENT) for part in phonemes.split(" "))
    return [part for part in parts if part]


def match(alone: Sequence[Sequence[str]], spoken: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each written word the range [first, last) of the spoken words it stands for ("1969" is four).

    `alone` are the spoken words that each written word makes when it is read by itself; in a sentence it may make one
    more or fewer ("10 - 12", "$5 million"). Then the cheapest division in order is taken, by unlike phonemes.
    """
    counts = [len(words) for words in alone]
    if sum(counts) == len(spoken):
        return _ranges(counts)
    expected = [round(sum(counts[:index]) * len(spoken) / max(sum(counts), 1)) for index in range(len(alone))]
    expected.append(len(spoken))
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for index, word in enumerate(alone):
        sounds = Counter("".join(word))
        reached: dict[int, tuple[float, int]] = {}
        low, high = expected[index + 1] - _BAND, expected[index + 1] + _BAND
        for at, (cost, _) in best[-1].items():
            heard: Counter[str] = Counter()
            for end in range(at, min(len(spoken), high) + 1):
                if end > at:
                    heard.update(spoken[end - 1])
                # A sign that is silent alone ("-") is likelier to be what made a word more than a word is.
                total = cost + _unlike(sounds, heard) + (0.25 * abs(end - at - len(word)) if word else 0)
                if end >= low and (end not in reached or total < reached[end][0]):
                    reached[end] = (total, end - at)
        best.append(reached)
    return _ranges(_traced(best, len(spoken)))


def settle(spans: Sequence[tuple[int, int] | None], length: int, rate: int) -> list[Span]:
    """Return start < end of every word inside `length` samples, in order, none overlapping the next.

    A word that is not spoken (an emoji, a dash: `None`) stands in the pause behind the word before it, or takes a part
    of that word's time. At least one word must be spoken.
    """
    spoken = [span for span in spans if span is not None]
    shortest = min(_SHORTEST_SECONDS * rate, Fraction(length, len(spoken)))
    starts: list[Fraction] = []
    for index, (start, _) in enumerate(spoken):
        earliest = starts[-1] + shortest if starts else Fraction(0)
        starts.append(min(max(Fraction(start), earliest), length - (len(spoken) - index) * shortest))
    ends = [
        min(max(Fraction(end), start + shortest), following)
        for (_, end), start, following in zip(spoken, starts, [*starts[1:], Fraction(length)], strict=True)
    ]
    return _with_unspoken([span is not None for span in spans], starts, ends, length, _UNSPOKEN_SECONDS * rate)


def _with_unspoken(
    is_spoken: Sequence[bool],
    starts: list[Fraction],
    ends: list[Fraction],
    length: int,
    wanted: Fraction,
) -> list[Span]:
    settled: list[Span] = []
    done, at = 0, 0
    while at < len(is_spoken):
        if is_spoken[at]:
            settled.append((starts[done], ends[done]))
            done, at = done + 1, at + 1
            continue
        run = next((index for index in range(at, len(is_spoken)) if is_spoken[index]), len(is_spoken)) - at
        if done:
            limit = starts[done] if done < len(starts) else Fraction(length)
            begin, whole = settled[-1][0], limit - settled[-1][0]
            part = min(run * wanted, max(limit - settled[-1][1], whole / 3))
            first = min(settled[-1][1], limit - part)
            settled[-1] = (begin, first)
        else:
            part = min(run * wanted, max(starts[0], ends[0] / 3))
            starts[0] = max(starts[0], part)
            first = starts[0] - part
        settled += [(first + part * index / run, first + part * (index + 1) / run) for index in range(run)]
        at += run
    return settled


def _ranges(counts: Sequence[int]) -> list[tuple[int, int]]:
    ranges, done = [], 0
    for count in counts:
        ranges.append((done, done + count))
        done += count
    return ranges


def _unlike(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[sound] - other[sound]) for sound in one.keys() | other.keys())


def _traced(best: Sequence[dict[int, tuple[float, int]]], end: int) -> list[int]:
    """Walk the cheapest way back from the last spoken word."""
    counts: list[int] = []
    for reached in reversed(best[1:]):
        counts.append(reached[end][1])
        end -= counts[-1]
    return counts[::-1]
