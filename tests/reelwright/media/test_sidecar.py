"""Subtitles beside the video: exact times, escaping, readable lines."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from support.captioned import timed, word

from reelwright.media.captions.parts import joined
from reelwright.media.captions.sidecar import Subtitle, srt, subtitles, webvtt


def test_subtitle_times_are_exact_to_the_millisecond() -> None:
    """Times are those of the episode, cut to milliseconds, also after the first hour."""
    shots = [
        (Fraction(0), Fraction(5, 3), [word("Hello", "1/3", "1/2"), word("world.", "1/2", "1")]),
        (Fraction(36015, 10), Fraction(2), [word("Bye.", "0.0019", "1")]),
    ]
    assert srt(subtitles(shots)) == (
        "1\n00:00:00,333 --> 00:00:01,200\nHello world.\n\n2\n01:00:01,501 --> 01:00:02,700\nBye.\n"
    )


def test_subtitles_never_overlap_nor_cross_their_shot() -> None:
    """One ends before the next begins, and with its shot at the latest."""
    shots = [
        (Fraction(2 * number), Fraction(2), [word(f"a{number}.", "0", "0.9"), word("b.", "1", "2.4")])
        for number in range(5)
    ]
    cues = subtitles(shots)
    assert all(first.end <= second.start for first, second in pairwise(cues))
    assert all(cue.start < cue.end for cue in cues)
    assert all(cue.end <= 2000 * (cue.start // 2000 + 1) for cue in cues)


def test_webvtt_escapes_and_names_its_language() -> None:
    """`&`, `<` and `>` are escaped, so that neither a tag nor an arrow is read out of the text."""
    text = webvtt([Subtitle(start=0, end=1500, text="a < b & c --> d")], language="pt-BR")
    header, cue = text.split("\n\n")
    assert header.splitlines() == ["WEBVTT", "Kind: captions", "Language: pt-BR"]
    assert cue == "00:00:00.000 --> 00:00:01.500\na &lt; b &amp; c --&gt; d\n"


def test_subtitles_are_read_in_two_short_lines() -> None:
    """A subtitle has at most two lines of about 42 characters, cut at a space."""
    said = timed("Slowly the chains line up again and squeeze the water out and they become crystals once more", 9)
    made = srt(subtitles([(Fraction(0), Fraction(10), said)]))
    blocks = [block.splitlines()[2:] for block in made.strip().split("\n\n")]
    assert all(len(lines) <= 2 and all(len(line) <= 50 for line in lines) for lines in blocks)
    assert " ".join(line for lines in blocks for line in lines) == " ".join(part.text for part in said)


def test_words_are_joined_as_they_are_written() -> None:
    """Spaces between words, none between Chinese or Japanese ones, one between Thai phrases."""
    assert joined(["Hello", "world."]) == "Hello world."
    assert joined(["面包", "不会", "变干。"]) == "面包不会变干。"
    assert joined(["แห้ง", "แป้ง"]) == "แห้ง แป้ง"
    assert joined(["BMW", "的", "车"]) == "BMW 的车"
