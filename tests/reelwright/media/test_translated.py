"""Subtitles of a second language: over the time of the line they translate, in every script, and told where missing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError
from support.plans import plan

from reelwright.media.captions.layout import layout, safe_area
from reelwright.media.captions.translated import gaps, languages, translated
from reelwright.recipe import Captions, OutputFormat
from reelwright.storyboard import Shot, Storyboard
from reelwright.timing import ShotTime
from reelwright.values import Span, Word

BOARD = Storyboard(
    title="Bread",
    shots=(
        Shot(narration="Bread goes stale.", translations={"de": "Brot wird altbacken.", "ja": "パンは古くなる。"}),
        Shot(narration="Why?", translations={"de": "Warum?"}),
    ),
)


def heard(begin: str, end: str) -> ShotTime:
    """A shot in which one word is heard."""
    word = Word(text="x", start=Fraction(begin), end=Fraction(end))
    return ShotTime(frames=90, words=(word,), spoken=(Span(start=word.start, end=word.end),))


SHOTS = [(Fraction(0), Fraction(3), heard("0.5", "2")), (Fraction(3), Fraction(3), heard("1", "1.5"))]


def test_a_translation_stands_while_its_line_is_heard() -> None:
    """From the first word to a moment after the last, in the shot it belongs to."""
    told = translated("de", BOARD, SHOTS)
    assert [line.text for line in told] == ["Brot wird altbacken.", "Warum?"]
    assert [(line.start, line.end) for line in told] == [(500, 2200), (4000, 4700)]


def test_a_shot_without_a_translation_has_no_words_of_another_language() -> None:
    """And the plan says so."""
    assert [line.text for line in translated("ja", BOARD, SHOTS)] == ["パンは古くなる。"]
    assert languages(BOARD) == ("de", "ja")
    assert gaps(BOARD) == ("shot 2 has no 'ja' translation: its subtitles leave it out",)
    assert gaps(BOARD)[0] in plan(*BOARD.shots).warnings


def test_a_long_line_without_spaces_is_cut_into_lines_that_can_be_read() -> None:
    """At its marks first."""
    text = "パンは乾くのではありません、" * 8
    board = BOARD.model_copy(update={"shots": (Shot(narration="x", translations={"ja": text}),)})
    told = translated("ja", board, SHOTS[:1])
    assert "".join(line.text for line in told) == text
    assert len(told) > 1
    assert max(len(line.text) for line in told) <= 84


@pytest.mark.parametrize("tag", ["German", "d", "de_DE"])
def test_a_language_is_named_by_its_tag(tag: str) -> None:
    """It becomes part of a file's name."""
    with pytest.raises(ValidationError):
        Shot(narration="x", translations={tag: "y"})


@pytest.mark.parametrize(
    ("platform", "area"),
    [("youtube", (48, 288, 888, 1248)), ("tiktok", (120, 240, 900, 1260)), ("instagram", (65, 269, 1015, 1248))],
)
def test_captions_may_keep_clear_of_one_platform_alone(platform: str, area: tuple[int, ...]) -> None:
    """Its own published area of 1080x1920; the words stand in it, in its middle."""
    output = OutputFormat()
    box = safe_area(output, platform)
    assert (box.left, box.top, box.right, box.bottom) == area
    (cue,) = layout(
        [Word(text="Bread", start=Fraction(0), end=Fraction(1))],
        Fraction(1),
        Captions.model_validate({"platform": platform}),
        output,
    )
    assert abs(cue.words[0].centre - (box.left + box.right) / 2) < 1
    assert cue.words[0].baseline < box.bottom
