"""How Markdown is read: what is said, what is seen, what only orders the script, and the fields above it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sources import markdown, read, refusal, said, written

from reelwright.script.words import LONGEST_SHOT_WORDS, count_words, split_sentences


def test_the_first_heading_is_the_title(tmp_path: Path) -> None:
    """The first heading names the episode."""
    assert markdown(tmp_path, "# Why bread goes stale\n\nIt does.").title == "Why bread goes stale"


def test_later_headings_are_notsaid(tmp_path: Path) -> None:
    """A heading below the title orders the script; the narrator passes over it."""
    brief = markdown(tmp_path, "# Bread\n\nOne.\n\n## The oven\n\nTwo.")
    assert (brief.title, said(brief)) == ("Bread", ["One.", "Two."])


def test_each_paragraph_is_a_shot(tmp_path: Path) -> None:
    """Paragraphs become shots in their order."""
    assert said(markdown(tmp_path, "# T\n\nFirst.\n\nSecond.\n\nThird.")) == ["First.", "Second.", "Third."]


def test_each_list_item_is_a_shot(tmp_path: Path) -> None:
    """What stands behind a bullet is a paragraph like any other."""
    assert said(markdown(tmp_path, "# T\n\n- First.\n- Second.")) == ["First.", "Second."]


def test_lines_of_a_paragraph_are_joined(tmp_path: Path) -> None:
    """A line break inside a paragraph is a space."""
    assert said(markdown(tmp_path, "# T\n\nBread does\nnot dry out.")) == ["Bread does not dry out."]


def test_marks_are_notsaid(tmp_path: Path) -> None:
    """Of emphasis, code, links and comments only the words for readers are said."""
    script = "# T\n\nA *soft* **loaf** of `rye` <!-- check --> from [the mill](https://example.com)."
    assert said(markdown(tmp_path, script)) == ["A soft loaf of rye from the mill."]


def test_escapes_are_said_as_what_they_stand_for(tmp_path: Path) -> None:
    """Escaped marks and entities are the characters a reader would see."""
    assert said(markdown(tmp_path, "# T\n\n5 \\* 3 &amp; more")) == ["5 * 3 & more"]


def test_code_blocks_are_notsaid(tmp_path: Path) -> None:
    """A fenced block is for readers only."""
    assert said(markdown(tmp_path, "# T\n\n```\nprint()\n```\n\nHello.")) == ["Hello."]


def test_a_quote_is_the_picture_of_the_next_paragraph(tmp_path: Path) -> None:
    """A block quote says what is seen while the paragraph behind it is heard; it counts for one paragraph."""
    brief = markdown(tmp_path, "# T\n\n> A loaf at dawn.\n\nFirst.\n\nSecond.")
    assert [(shot.prompt, shot.narration) for shot in brief.shots] == [("A loaf at dawn.", "First."), ("", "Second.")]


def test_quotes_in_a_row_are_one_picture(tmp_path: Path) -> None:
    """Several quotes before one paragraph describe the same picture."""
    brief = markdown(tmp_path, "# T\n\n> A loaf.\n>\n> Morning light.\n\nHello.")
    assert brief.shots[0].prompt == "A loaf. Morning light."


def test_a_heading_alone_is_a_topic(tmp_path: Path) -> None:
    """Without words to say, the heading is handed to a writer."""
    brief = markdown(tmp_path, "# The honey of the pharaohs")
    assert (brief.topic, brief.shots) == ("The honey of the pharaohs", ())


def test_without_a_heading_the_file_name_is_the_title(tmp_path: Path) -> None:
    """Hyphens and underscores of a file name are spaces, and its first letter is a capital."""
    assert read(tmp_path, "why-bread_goes-stale.md", "It does.").brief.title == "Why bread goes stale"


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    """A script saved on Windows gives the same shots."""
    script = "# T\n\n> A loaf.\n\nFirst line\nof two.\n\nSecond.\n"
    assert markdown(tmp_path, script.replace("\n", "\r\n")) == markdown(tmp_path, script)


def test_a_byte_order_mark_is_not_part_of_the_script(tmp_path: Path) -> None:
    """The mark that some editors write before the text does not hide the heading."""
    assert read(tmp_path, "script.md", b"\xef\xbb\xbf# Bread\n\nHello.").brief.title == "Bread"


def test_a_suffix_in_capitals_means_the_same(tmp_path: Path) -> None:
    """`.YAML` is `.yaml`."""
    assert read(tmp_path, "BRIEF.YAML", "title: Bread\ntopic: why it goes stale\n").brief.title == "Bread"


def test_a_picture_that_nothing_follows_is_a_silent_shot(tmp_path: Path) -> None:
    """The last quote of a script is seen without words: a closing picture."""
    brief = markdown(tmp_path, "# T\n\nHello.\n\n> A loaf at dawn.")
    assert [(shot.prompt, shot.narration) for shot in brief.shots] == [("", "Hello."), ("A loaf at dawn.", "")]


def test_a_script_may_be_pictures_only(tmp_path: Path) -> None:
    """Where nothing is said, the picture is the shot, and its words name the episode when it has no other name."""
    brief = markdown(tmp_path, "> A loaf at dawn.")
    assert [(shot.prompt, shot.narration) for shot in brief.shots] == [("A loaf at dawn.", "")]


@pytest.mark.parametrize(
    ("written_so", "heard"),
    [
        ("It was <cold>.", "It was <cold>."),
        ("<cold>\nand dark.", "<cold> and dark."),
        ("if a <b> c then stop", "if a c then stop"),
        ("It was <b>very</b> H<sub>2</sub>O.<br>Yes.", "It was very H2O. Yes."),
        ("<div>One.</div><div>Two.</div>", "One. Two."),
        ("<!-- pause -->\nAfter.", "After."),
        ("<!-- a\n\nlong pause --> After.", "After."),
        ("<!-- no end\nAfter.", "<!-- no end After."),
        ("    An indented line.", "An indented line."),
    ],
)
def test_no_word_is_lost_to_html_or_indentation(written_so: str, heard: str, tmp_path: Path) -> None:
    """HTML's own tags and comments are marks; what only looks like a tag, or like code, is said."""
    assert said(markdown(tmp_path, f"# T\n\n{written_so}")) == [heard]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("これは\n長い文章です。\n次。", "これは長い文章です。次。"),
        ("他说：\n“好”", "他说： “好”"),
        ("빵은\n굳는다.", "빵은 굳는다."),
    ],
)
def test_lines_are_joined_as_the_script_joins_words(lines: str, joined: str, tmp_path: Path) -> None:
    """Between two Chinese or Japanese characters a line break is no space; Korean has spaces."""
    assert said(markdown(tmp_path, f"# T\n\n{lines}")) == [joined]


def test_a_long_file_name_makes_a_title_that_fits(tmp_path: Path) -> None:
    """The title is as many whole words of the file name as fit."""
    title = read(tmp_path, "-".join(["word"] * 40) + ".md", "Hello.").brief.title
    assert title == "Word" + " word" * 19


# Long paragraphs


def _long(sentences: int) -> str:
    return " ".join(f"Sentence number {number} is seven words long." for number in range(10, 10 + sentences))


def test_a_paragraph_that_fits_is_one_shot(tmp_path: Path) -> None:
    """Up to the longest shot's words, sentences stay together."""
    fits = " ".join(["word"] * (LONGEST_SHOT_WORDS - 1)) + ". End."
    assert said(markdown(tmp_path, f"# T\n\n{fits}")) == [fits]


def test_a_long_paragraph_is_split_between_sentences(tmp_path: Path) -> None:
    """No shot is too long, every shot ends with a sentence, and no word is lost or moved."""
    heard = said(markdown(tmp_path, f"# T\n\n{_long(14)}"))
    assert " ".join(heard) == _long(14)
    assert all(words.endswith("long.") and count_words(words) <= LONGEST_SHOT_WORDS for words in heard)


def test_the_parts_of_a_long_paragraph_are_of_similar_length(tmp_path: Path) -> None:
    """Six sentences become three and three, not four and a short rest."""
    heard = said(markdown(tmp_path, f"# T\n\n{_long(6)}"))
    assert [count_words(words) for words in heard] == [21, 21]


def test_a_long_sentence_is_never_cut(tmp_path: Path) -> None:
    """One sentence is one shot, however long it is."""
    sentence = " ".join(["word"] * (2 * LONGEST_SHOT_WORDS)) + "."
    assert said(markdown(tmp_path, f"# T\n\n{sentence}")) == [sentence]


def test_an_abbreviation_ends_no_sentence(tmp_path: Path) -> None:
    """A paragraph is not split behind `Dr.`."""
    heard = said(markdown(tmp_path, "# T\n\n" + "Every day Dr. Miller tastes a loaf. " * 8))
    assert len(heard) > 1
    assert all(words.endswith("a loaf.") for words in heard)


def test_every_part_of_a_long_paragraph_keeps_its_picture(tmp_path: Path) -> None:
    """The quote before a paragraph is what is seen during all of it."""
    brief = markdown(tmp_path, f"# T\n\n> A loaf.\n\n{_long(6)}")
    assert [shot.prompt for shot in brief.shots] == ["A loaf.", "A loaf."]


def test_a_script_without_spaces_is_split_too(tmp_path: Path) -> None:
    """Japanese has no spaces to count words by, and is split at its own full stop."""
    heard = said(markdown(tmp_path, "---\nlanguage: ja\n---\n# パン\n\n" + "これは長い文章です。" * 14))
    assert len(heard) == 2
    assert all(words.endswith("。") for words in heard)


@pytest.mark.parametrize(
    ("language", "sentence"), [("ja", "これは長い文章です。"), ("zh", "面包不会变干。"), ("en", "It is. ")]
)
def test_a_split_adds_and_takes_nothing(language: str, sentence: str) -> None:
    """Between sentences stands what stood there: a space in English, nothing in Japanese and Chinese."""
    text = (sentence * 40).strip()
    parts = split_sentences(text, language)
    assert len(parts) > 1
    assert (" " if language == "en" else "").join(parts) == text


@given(st.text(st.sampled_from("ab 。.!?「」ก \u3000"), max_size=200), st.sampled_from(["en", "ja", "zh", "th"]))
def test_every_letter_of_a_split_text_is_kept(text: str, language: str) -> None:
    """Whatever is split, only space between the parts may go."""
    parts = split_sentences(text, language, longest_words=5)
    assert "".join("".join(parts).split()) == "".join(text.split())


# Front matter


def test_front_matter_gives_the_fields_around_the_script(tmp_path: Path) -> None:
    """Description, hashtags and language stand above the script, between two lines of three hyphens."""
    front = "---\ndescription: On crumbs.\nhashtags: [bread, science]\nlanguage: de\n---\n"
    brief = markdown(tmp_path, front + "# Brot\n\nHallo.")
    assert (brief.description, brief.hashtags, brief.language) == ("On crumbs.", ("bread", "science"), "de")


def test_front_matter_is_notsaid(tmp_path: Path) -> None:
    """The fields above the script are no shot of it."""
    assert said(markdown(tmp_path, "---\nlanguage: de\n---\n# Brot\n\nHallo.")) == ["Hallo."]


def test_the_title_of_the_front_matter_wins(tmp_path: Path) -> None:
    """A title that is given as a field is preferred to the heading."""
    assert markdown(tmp_path, "---\ntitle: The title\n---\n# A heading\n\nHello.").title == "The title"


def test_a_rule_inside_a_script_is_no_front_matter(tmp_path: Path) -> None:
    """Three hyphens between paragraphs only divide them."""
    assert said(markdown(tmp_path, "First.\n\n---\n\nSecond.")) == ["First.", "Second."]


def test_front_matter_of_windows_is_front_matter(tmp_path: Path) -> None:
    """Its lines may end as they do on Windows."""
    script = "---\nlanguage: de\n---\n# Brot\n\nHallo.\n"
    assert markdown(tmp_path, script.replace("\n", "\r\n")) == markdown(tmp_path, script)


@pytest.mark.parametrize("front", ["", "\n", "# language: de\n", "language:\n"])
def test_front_matter_may_be_empty(front: str, tmp_path: Path) -> None:
    """Blank lines, comments and fields without a value say nothing, and are no mistake."""
    brief = markdown(tmp_path, f"---\n{front}---\n# Bread\n\nHello.")
    assert (brief.title, brief.language, said(brief)) == ("Bread", "en", ["Hello."])


def test_a_year_is_a_title(tmp_path: Path) -> None:
    """A whole number in front matter needs no quotes to be a title."""
    assert markdown(tmp_path, "---\ntitle: 1984\n---\nHello.").title == "1984"


def test_a_rule_above_a_script_is_no_front_matter(tmp_path: Path) -> None:
    """Three hyphens with a blank line below them open nothing."""
    assert said(markdown(tmp_path, "---\n\nFirst.\n\nSecond.")) == ["First.", "Second."]


@pytest.mark.parametrize(
    ("script", "line", "field", "expected"),
    [
        ("---\ntitle: Bread\n\nHello.", 1, "", "a line of three hyphens below its fields"),
        ("---\nlanguage: en\nhashtags: bread\n---\nHello.", 3, "hashtags", "a list"),
        ("---\nhashtags:\n  - bread\n  - 3\n---\nHello.", 4, "hashtags[2]", "text"),
        ("---\n\nlanguage: German\n---\nHello.", 3, "language", "a language tag such as en, de or pt-BR"),
        ("---\nlanguage: en\ntitle: [a]\n---\n# T\n\nHello.", 3, "title", "text"),
        ("---\n- a\n---\nHello.", 2, "", "fields such as title, description, hashtags, language"),
        (f"Hello.\n\n# {'T' * 101}", 3, "title", "text of at most 100 characters"),
        (f"---\nlanguage: en\n---\n\nHello.\n\n# {'T' * 101}", 7, "title", "text of at most 100 characters"),
    ],
)
def test_what_stands_above_a_script_is_refused_where_it_stands(
    script: str, line: int, field: str, expected: str, tmp_path: Path
) -> None:
    """Lines count from the top of the file, front matter included."""
    error = refusal(written(tmp_path, "a.md", script))
    assert (error.line, error.field, error.expected) == (line, field, expected)
