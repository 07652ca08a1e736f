"""Cues: which words stand together, how they are written, and for how long. Nothing is drawn."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.captioned import format_of, timed, word

from reelwright.media.captions.layout import layout
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Word

Preset = Literal["word", "pop", "sentence"]

WORDS = st.lists(
    st.tuples(
        st.text("abcdefghij. ,!?{}\\ßшя面の안ל👍", min_size=1, max_size=30).filter(lambda text: not text.isspace()),
        st.fractions(0, "0.6", max_denominator=1000),
        st.fractions("0.01", "0.9", max_denominator=1000),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.sampled_from(["word", "pop", "sentence"]), st.sampled_from([24, 30, 60]))
def test_cues_follow_each_other_and_lose_no_word(
    spoken: list[tuple[str, Fraction, Fraction]], preset: Preset, frame_rate: int
) -> None:
    """Whatever is said: cues are in order, on whole frames, never two at once, and every word is in one of them.

    What is said within less than a frame has none to be seen in.
    """
    words, at = [], Fraction(0)
    for text, pause, length in spoken:
        words.append(Word(text=text.strip(), start=at + pause, end=at + pause + length))
        at = words[-1].end
    seconds = Fraction(int(at * frame_rate) + 5, frame_rate)
    cues = layout(words, seconds, Captions(preset=preset), format_of("1080x1920", frame_rate))
    assert all((moment * frame_rate).denominator == 1 for cue in cues for moment in (cue.start, cue.end))
    assert all(first.end <= second.start for first, second in pairwise(cues))
    assert all(0 <= cue.start < cue.end <= seconds for cue in cues)
    shown, said = (
        re.sub(r"[\s-]", "", "".join(texts))
        for texts in ((part.text for cue in cues for part in cue.words), (word.text for word in words))
    )
    remaining = iter(said)
    assert all(letter in remaining for letter in shown), "letters of nobody, or out of order"
    # A word without spaces is several parts, each with a share of its time.
    if all((word.end - word.start) / len(word.text) >= Fraction(1, frame_rate) for word in words):
        assert shown == said
    heard = [cue.start for cue in cues for _ in cue.words]
    starts = [part.start for cue in cues for part in cue.words]
    assert all(begin <= start for begin, start in zip(heard, starts, strict=True))


@pytest.mark.parametrize("preset", ["word", "pop", "sentence"])
def test_a_word_shorter_than_a_frame_is_seen_beside_its_neighbour(preset: Preset) -> None:
    """At 24 frames a second an article can be gone before the next frame; so can the last word of a shot."""
    spans = (("Rye", "0.0", "0.5"), ("a", "0.501", "0.515"), ("crumb", "0.52", "0.9"), ("of", "1.001", "1.01"))
    words = [Word(text=text, start=Fraction(start), end=Fraction(end)) for text, start, end in spans]
    cues = layout(words, Fraction("1.02"), Captions(preset=preset), format_of("1080x1920", 24))
    assert [part.text for cue in cues for part in cue.words] == ["Rye", "a", "crumb", "of"]
    assert all(cue.end - cue.start >= Fraction(1, 24) for cue in cues)


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [("straße", "de", "STRASSE"), ("istanbul", "tr", "İSTANBUL"), ("ήλιος", "el", "ΉΛΙΟΣ")],
)
def test_uppercase_is_that_of_the_language(text: str, language: str, shown: str) -> None:
    """Capitals are those that a reader of the language expects."""
    captions = Captions(uppercase=True)
    (cue,) = layout([word(text, "0", "1")], Fraction(1), captions, OutputFormat(), language=language)
    assert cue.text == shown


def test_long_words_are_cut_with_hyphens_and_addresses_without() -> None:
    """A compound ends its line with a hyphen, an address behind one of its marks."""
    area = OutputFormat()
    compound = "Rindfleischetikettierungsüberwachungsaufgaben"
    cues = layout([word(compound, "0", "3")], Fraction(3), Captions(), area)
    pieces = [part.text for cue in cues for part in cue.words]
    assert len(pieces) > 1
    assert all(piece.endswith("-") for piece in pieces[:-1])
    assert "".join(pieces).replace("-", "") == compound
    assert max(map(len, pieces)) < 2 * min(map(len, pieces))
    address = "https://www.example.com/articles/2026/11/why"
    cues = layout([word(address, "0", "3")], Fraction(3), Captions(), area)
    pieces = [part.text for cue in cues for part in cue.words]
    assert "".join(pieces) == address
    assert all(piece[-1] in "/.-" for piece in pieces[:-1])


def test_last_word_is_not_left_alone() -> None:
    """A phrase that is one word too long for the picture is parted more evenly."""
    words = timed("so warm it up and for a while your bread is fresh again")
    counts = [len(cue.words) for cue in layout(words, Fraction(6), Captions(), OutputFormat())]
    assert min(counts) >= 3


def test_preset_none_draws_nothing() -> None:
    """No captions are no cues."""
    assert layout(timed("one two"), Fraction(6), Captions(preset="none"), OutputFormat()) == ()
