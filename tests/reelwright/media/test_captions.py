"""Captions, asserted on the pixels that ffmpeg draws: where they stand, when, in which script, in which order."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from support.captioned import Burnt, burn, expected_letters, format_of, letters, overlap, timed, word

from reelwright.media.captions import fonts

Preset = Literal["word", "pop", "sentence"]

TEXTS: dict[str, tuple[str, str]] = {
    "latin": ("Internationalization and counterrevolutionaries, electroencephalographically misunderstood.", "en"),
    "german": ("Die Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-Straßenbahn hält.", "de"),
    "cyrillic": ("Хлеб не высыхает: крахмал превращается в кристаллы, вот почему.", "ru"),
    "greek": ("Το ψωμί δεν ξεραίνεται· το άμυλο γίνεται κρύσταλλοι, γι’ αυτό.", "el"),
    "chinese": ("面包不会变干，它的淀粉重新结晶，所以烤面包机可以拯救它。", "zh"),
    "japanese": ("パンは乾くのではありません。でんぷんが結晶に戻るのです！", "ja"),
    "korean": ("빵은 마르지 않습니다. 전분이 다시 결정으로 변합니다.", "ko"),
    "arabic": ("الخبز لا يجف، بل يتحول النشا إلى بلورات، ولهذا تنقذه المحمصة.", "ar"),
    "hebrew": ("הלחם של Anna Schmidt לא מתייבש, אומר Dr. John Smith בירושלים.", "he"),
    "thai": ("ขนมปังไม่ได้แห้ง แป้งของมันกลับกลายเป็นผลึก เครื่องปิ้งจึงช่วยได้", "th"),
    "hindi": ("रोटी सूखती नहीं है, उसका स्टार्च फिर से क्रिस्टल बन जाता है।", "hi"),
    "emoji": ("Bread 🍞 is 👍🏽 for 👩🏽‍🚀 and 👨‍👩‍👧‍👦 in 🇩🇪 🇯🇵 today ❤️", "en"),
    "capitals": ("WHY BREAD GOES STALE, AND HOW TO SAVE IT WITH A TOASTER ÄÖÜÅÇ", "en"),
    "address": (
        "More at https://www.example.com/articles/2026/11/why-bread-goes-stale?utm_source=x&id=12345 today",
        "en",
    ),
    "stacked marks": ("Vie\u0323\u0302t a\u030a\u0301 ộ̂ ปู่ ที่ กี่ กุ้ง ផ្ទះ ក្រុម நிறை", "en"),
}
"""Short texts that are hard to set, with their language."""


@pytest.fixture(scope="session")
def font_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fonts that were cut once for all tests."""
    return tmp_path_factory.mktemp("fonts")


# --- Where


def require_inside(burnt: Burnt) -> None:
    """The union of what YouTube, TikTok and Instagram leave free: x 120-888, y 288-1248 of 1080x1920."""
    rows, columns = (np.flatnonzero(burnt.changed().any(axis)) for axis in (1, 0))
    assert len(rows), "nothing was drawn"
    scale = burnt.size.width / 1080
    assert (columns[0] >= 120 * scale, columns[-1] < 888 * scale) == (True, True), (columns[0], columns[-1])
    assert (rows[0] >= 288 * scale, rows[-1] < 1248 * scale) == (True, True), (rows[0], rows[-1])


# The longest of them take as long as all others: they are drawn at full size by the slow test below.
@pytest.mark.parametrize("name", [name for name in TEXTS if name not in {"cyrillic", "greek"}])
def test_no_pixel_leaves_the_safe_area(name: str, tmp_path: Path, font_folder: Path) -> None:
    """No letter, outline, shadow or grown word is under a platform's buttons, in any frame."""
    text, language = TEXTS[name]
    preset, position = [("word", "lower"), ("word", "upper"), ("sentence", "lower")][list(TEXTS).index(name) % 3]
    burnt = burn(timed(text), tmp_path, font_folder, language=language, preset=preset, position=position)
    require_inside(burnt)


@pytest.mark.slow
@pytest.mark.parametrize("position", ["upper", "middle", "lower"])
@pytest.mark.parametrize("preset", ["word", "pop", "sentence"])
@pytest.mark.parametrize("size", ["1080x1920", "720x1280"])
@pytest.mark.parametrize("name", TEXTS)
def test_no_pixel_leaves_the_safe_area_at_full_size(
    name: str, size: str, preset: Preset, position: str, tmp_path: Path, font_folder: Path
) -> None:
    """The same for every preset and position, as it is published."""
    text, language = TEXTS[name]
    output = format_of(size, 10)
    burnt = burn(timed(text), tmp_path, font_folder, output=output, language=language, preset=preset, position=position)
    require_inside(burnt)


@pytest.mark.parametrize("position", ["upper", "middle", "lower"])
@pytest.mark.parametrize("size", ["1920x1080", "1280x720", "1080x1080"])
def test_wide_formats_keep_a_tenth_free(size: str, position: str, tmp_path: Path, font_folder: Path) -> None:
    """Square and wide pictures have no buttons; a tenth stays free at each side."""
    text, language = TEXTS["german"]
    output = format_of(size, 2)
    burnt = burn(timed(text), tmp_path, font_folder, output=output, language=language, position=position)
    changed = burnt.changed()
    height, width = changed.shape
    assert changed[height // 10 : height - height // 10, width // 10 : width - width // 10].sum() == changed.sum() > 0


def test_position_is_where_its_name_says(tmp_path: Path, font_folder: Path) -> None:
    """Upper, middle and lower stand in this order, and lines of text keep one base line from cue to cue."""
    heights = []
    for position in ("upper", "middle", "lower"):
        burnt = burn(timed("one two. mum paid. Ääh."), tmp_path, font_folder, preset="pop", position=position)
        heights.append({part.baseline for cue in burnt.cues for part in cue.words})
        assert len(burnt.cues) == 3
    assert [len(found) for found in heights[1:]] == [1, 1]
    assert max(heights[0]) < min(heights[1]) < min(heights[2])


# --- When


@pytest.mark.parametrize("frame_rate", [24, 30, 60])
def test_highlight_is_on_its_word_on_exactly_its_frames(frame_rate: int, tmp_path: Path, font_folder: Path) -> None:
    """A frame shown at time t has the highlight on the word that is heard at t, and nowhere else; none in a pause."""
    words = [word("one", "1/3", "0.8"), word("two", "0.8", "1.117"), word("three", "1.25", "1.7")]
    output = format_of("360x640", frame_rate)
    burnt = burn(words, tmp_path, font_folder, output=output, seconds=Fraction(2), highlight="#ff0000")
    middles = [part.centre for part in burnt.cues[0].words]
    for index in range(len(burnt.frames)):
        moment = Fraction(index, frame_rate)
        heard = [middle for middle, said in zip(middles, words, strict=True) if said.start <= moment < said.end]
        columns = np.flatnonzero(burnt.lit(index).any(0))
        assert bool(heard) == bool(len(columns)), f"frame {index}"
        if heard:
            assert abs((columns[0] + columns[-1]) / 2 - heard[0]) < 4, f"frame {index}"


@pytest.mark.parametrize("preset", ["pop", "sentence"])
def test_only_the_word_preset_highlights(preset: Preset, tmp_path: Path, font_folder: Path) -> None:
    """The other presets show their words in one colour."""
    burnt = burn(timed("one two three four"), tmp_path, font_folder, preset=preset, highlight="#ff0000")
    assert not any(burnt.lit(index).any() for index in range(len(burnt.frames)))


def test_words_are_shown_while_they_are_spoken(tmp_path: Path, font_folder: Path) -> None:
    """A cue is there on the first frame of its first word, and the picture is free again in a pause and at the end."""
    words = [word("Hello.", "0.5", "1"), word("Bye.", "2", "2.5")]
    output = format_of("360x640", 30)
    burnt = burn(words, tmp_path, font_folder, output=output, seconds=Fraction(3), shown=Fraction(4), preset="pop")
    seen = [bool((burnt.luma(index) > 200).any()) for index in range(len(burnt.frames))]
    assert not any(seen[:15])
    assert all(seen[15:30])
    assert not any(seen[36:60])
    assert all(seen[60:75])
    assert not any(seen[79:])


def test_no_cue_crosses_the_end_of_its_shot(tmp_path: Path, font_folder: Path) -> None:
    """Words that run on, or begin, after the shot are not drawn after it."""
    words = [word("too", "0.2", "0.9"), word("long", "0.9", "1.6"), word("late", "1.7", "2")]
    output = format_of("360x640", 30)
    burnt = burn(words, tmp_path, font_folder, output=output, seconds=Fraction(1), shown=Fraction(5, 2))
    assert max(cue.end for cue in burnt.cues) <= 1
    assert (burnt.luma(29) > 200).any()
    assert not any((burnt.luma(index) != 110).any() for index in range(30, len(burnt.frames)))


@pytest.mark.parametrize("name", TEXTS)
def test_letters_are_drawn_as_they_were_measured(name: str, tmp_path: Path, font_folder: Path) -> None:
    """Shapes, joins and places are those of another renderer: no letter apart, no box, no overlap of words."""
    text, language = TEXTS[name]
    output = format_of("720x1280", 4)
    burnt = burn(timed(text), tmp_path, font_folder, output=output, language=language, preset="sentence")
    for cue in burnt.cues:
        common = overlap(letters(burnt, cue), expected_letters(burnt.size, cue.words, font_folder))
        assert common > 0.78, cue.text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "\\",
        "\\N",
        "\\n",
        "\\h",
        "\\{",
        "{\\b1}",
        "a,b",
        "{\\an8}x",
        "x{y}z",
        "%{x}",
        "'",
        ":",
        "\\\\",
        "-->",
        "&amp;",
        "<b>",
    ],
)
def test_characters_of_the_format_show_as_written(text: str, tmp_path: Path, font_folder: Path) -> None:
    """Nothing that a person writes is a command."""
    output = format_of("720x1280", 2)
    burnt = burn([word(text, "0", "1")], tmp_path, font_folder, output=output, seconds=Fraction(1), preset="sentence")
    assert [part.text for part in burnt.cues[0].words] == [text]
    drawn = letters(burnt, burnt.cues[0])
    assert drawn.sum() > 20
    assert overlap(drawn, expected_letters(burnt.size, burnt.cues[0].words, font_folder)) > 0.7


def test_new_line_in_a_word_is_a_space(tmp_path: Path, font_folder: Path) -> None:
    """A word that a transcriber broke in two does not end the event."""
    burnt = burn([word("one\ntwo", "0", "1")], tmp_path, font_folder, seconds=Fraction(1), preset="sentence")
    same = burn([word("one two", "0", "1")], tmp_path, font_folder, seconds=Fraction(1), preset="sentence")
    assert (burnt.frames[2] == same.frames[2]).all()


def test_arabic_letters_join(tmp_path: Path, font_folder: Path) -> None:
    """The four letters of a word are one stroke; kept apart on purpose they are four."""
    output = format_of("1080x1920", 2)

    def strokes(text: str) -> int:
        burnt = burn([word(text, "0", "1")], tmp_path, font_folder, output=output, seconds=Fraction(1), language="ar")
        return int(cv2.connectedComponents(letters(burnt, burnt.cues[0]).astype(np.uint8))[0]) - 1

    assert strokes("محمد") == 1
    assert strokes("م\u200cح\u200cم\u200cد") == 4


@pytest.mark.parametrize("language", ["ar", "en"])
def test_words_of_right_to_left_text_stand_from_right_to_left(language: str, tmp_path: Path, font_folder: Path) -> None:
    """As the highlight goes from word to word it goes to the left, and down a line at a time."""
    burnt = burn(timed(TEXTS["arabic"][0]), tmp_path, font_folder, language=language, highlight="#ff0000")
    assert len(highlighted(burnt)) == 11
    for (line, x), (next_line, next_x) in pairwise(highlighted(burnt)):
        if next_line == line:
            assert next_x < x - 10


def test_latin_names_keep_their_order_inside_hebrew(tmp_path: Path, font_folder: Path) -> None:
    """In one line: the Hebrew words run to the left, the two Latin ones between them to the right."""
    words = timed("הלחם של Anna Schmidt לא")
    output = format_of("1920x1080", 6)
    burnt = burn(words, tmp_path, font_folder, output=output, language="he", highlight="#ff0000")
    columns = [x for _, x in highlighted(burnt)]
    bread, of, anna, schmidt, no = columns
    assert bread > of > schmidt > anna > no


def highlighted(burnt: Burnt) -> list[tuple[tuple[int, float], float]]:
    """Return where the highlight is in the middle of each word's time: its line (cue and base line), and its x."""
    found = []
    for number, cue in enumerate(burnt.cues):
        for part in cue.words:
            columns = np.flatnonzero(burnt.lit(burnt.at((part.start + part.end) / 2)).any(0))
            found.append(((number, part.baseline), float(columns[0] + columns[-1]) / 2))
    return found


def test_highlighted_word_touches_no_neighbour(tmp_path: Path, font_folder: Path) -> None:
    """A grown word keeps a gap to the words beside it, however long it is."""
    words = [word("a", "0", "0.3"), word("превращается", "0.3", "1.7"), word("в", "1.7", "2")]
    output = format_of("1080x1920", 5)
    burnt = burn(words, tmp_path, font_folder, output=output, seconds=Fraction(2), language="ru", highlight="#ff0000")
    frame = burnt.at(Fraction(1))
    band = slice(int(burnt.cues[0].words[-1].baseline) - 40, int(burnt.cues[0].words[-1].baseline))
    red, white = burnt.lit(frame)[band].any(0), (burnt.luma(frame)[band] > 200).any(0)
    end = np.flatnonzero(red)[-1]
    beside = np.flatnonzero(white)
    assert beside[beside > end][0] - end > 8


def test_chinese_and_japanese_have_their_own_forms(tmp_path: Path, font_folder: Path) -> None:
    """One code point, two pictures: the language decides."""
    pictures = {
        language: burn([word("骨直", "0", "1")], tmp_path, font_folder, seconds=Fraction(1), language=language).frames[
            2
        ]
        for language in ("ja", "zh", "zh-Hans-CN", "zh-TW", "ko")
    }
    assert (pictures["ja"] != pictures["zh"]).any()
    assert (pictures["zh"] == pictures["zh-Hans-CN"]).all()
    assert (pictures["ja"] == pictures["zh-TW"]).all()


def test_space_between_thai_phrases_is_kept(tmp_path: Path, font_folder: Path) -> None:
    """Thai has no spaces between words; where one is written, it is seen and read."""
    output = format_of("1920x1080", 2)
    burnt = burn(timed("แห้ง แป้ง", 1), tmp_path, font_folder, output=output, seconds=Fraction(2), language="th")
    together = burn(timed("แห้งแป้ง", 1), tmp_path, font_folder, output=output, seconds=Fraction(2), language="th")
    wide, narrow = (np.ptp(np.flatnonzero(found.changed().any(0))) for found in (burnt, together))
    assert wide > narrow + 10
    assert burnt.cues[0].text == "แห้ง แป้ง"


@pytest.mark.parametrize("text", ["𓀀", "Ꭰ", "ᚠ", "\ue000", "ꦄ"])
def test_character_without_a_font_is_named_and_left_out(text: str, tmp_path: Path, font_folder: Path) -> None:
    """It is told beforehand, and no box is drawn in its place."""
    assert fonts.uncovered(f"ab {text} c{text}") == (text,)
    burnt = burn([word(text, "0", "1")], tmp_path, font_folder, seconds=Fraction(1), preset="sentence")
    assert burnt.cues == ()
    mixed = burn([word(f"a{text}b", "0", "1")], tmp_path, font_folder, seconds=Fraction(1), preset="sentence")
    plain = burn([word("ab", "0", "1")], tmp_path, font_folder, seconds=Fraction(1), preset="sentence")
    assert (mixed.frames[2] == plain.frames[2]).all()


def test_every_character_is_either_drawn_or_named() -> None:
    """There is no third way: a character of any script has a font, or `uncovered` says so."""
    for code in (*range(0x21, 0x3000, 3), *range(0x3000, 0x30000, 97)):
        character = chr(code)
        if character.isprintable() and not character.isspace() and not fonts.is_invisible(character):
            assert bool(fonts.runs(character)) != bool(fonts.uncovered(character)), hex(code)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_this_file_is_covered(name: str) -> None:
    """The shipped fonts have every character of the languages above."""
    assert fonts.uncovered(TEXTS[name][0]) == ()


def test_folder_of_fonts_may_have_any_name(tmp_path: Path) -> None:
    """Quotes, commas, colons and brackets in a path are no filter syntax."""
    folder = tmp_path / "it's, a [fol;der]: 100% \\ ö"
    folder.mkdir()
    burnt = burn([word("Hello", "0", "1")], folder, folder / "fonts", seconds=Fraction(1))
    assert burnt.changed().any()
