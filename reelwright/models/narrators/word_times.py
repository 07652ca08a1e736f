"""When each written word is heard: the durations inside the local voice's model, brought back to the written words."""

from __future__ import annotations

from collections.abc import Sequence

DURATIONS = "/CumSum_output_0"
"""The tensor of the voice's graph that holds where each phoneme ends, in frames."""

FRAME_SECONDS = 0.025

_SILENT = frozenset(" ;:,.!?—…\"“”()'")


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


def words_of(
    written: Sequence[str], counts: Sequence[int], spans: Sequence[tuple[float, float]], seconds: float
) -> list[tuple[str, float, float]]:
    """Give every written word the time of the spoken words it stands for ("1969" is four).

    `counts` says how many spoken words each written word makes when it is read alone; in a sentence it may make one
    more or fewer, so the counts are scaled to the spans that are there. A word that is not spoken (an emoji, a dash)
    gets an empty time after the word before it.
    """
    total, words, done = sum(counts), [], 0
    previous_end = 0.0
    for word, count in zip(written, counts, strict=True):
        first = round(done * len(spans) / total) if total else 0
        done += count
        last = round(done * len(spans) / total) if total else 0
        if last > first:
            start, end = max(spans[first][0], previous_end), spans[last - 1][1]
        else:
            start = end = previous_end
        end = min(max(end, start), seconds)
        words.append((word, start, end))
        previous_end = end
    return words
