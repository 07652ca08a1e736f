"""How plain text is read: as it stands, with nothing taken for a mark."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sources import plain, read, said


def test_each_paragraph_of_plain_text_is_a_shot(tmp_path: Path) -> None:
    """An empty line divides shots in plain text too."""
    assert said(read(tmp_path, "notes.txt", "First.\n\nSecond.").brief) == ["First.", "Second."]


def test_plain_text_is_named_by_its_file(tmp_path: Path) -> None:
    """Plain text has no heading; its file's name is the title."""
    assert read(tmp_path, "stale-bread.txt", "Hello.").brief.title == "Stale bread"


def test_a_file_without_a_suffix_is_a_script(tmp_path: Path) -> None:
    """What is neither YAML nor JSON is read as words."""
    assert said(read(tmp_path, "SCRIPT", "First.\n\nSecond.").brief) == ["First.", "Second."]


@pytest.mark.parametrize(
    "words",
    [
        "1984. A great year.",
        "It was <cold>.",
        "    Four spaces, then words.",
        "# Not a heading",
        "> Not a picture",
        "- Not a bullet",
        "5 * 3 * 2 &amp; `code` [link](x) <!-- said -->",
        "[a]: definition",
        "title: not a field",
    ],
)
def test_every_word_of_plain_text_is_said(words: str, tmp_path: Path) -> None:
    """What Markdown would take for a mark is a word here."""
    assert said(plain(tmp_path, f"Hello.\n\n{words}\n\nBye.")) == ["Hello.", words.strip(), "Bye."]


def test_a_line_above_hyphens_is_said(tmp_path: Path) -> None:
    """A row of hyphens divides paragraphs; the line above it is no heading."""
    assert said(plain(tmp_path, "First line.\n---\nSecond line.\n\n* * *\n\nThird.")) == [
        "First line.",
        "Second line.",
        "Third.",
    ]


def test_a_short_first_line_is_the_title(tmp_path: Path) -> None:
    """One line that is no sentence, with a blank line below it, names the episode and is not said."""
    brief = plain(tmp_path, "Why bread goes stale\n\nIt freezes.\nSlowly.\n\nThe end.")
    assert (brief.title, said(brief)) == ("Why bread goes stale", ["It freezes. Slowly.", "The end."])


@pytest.mark.parametrize(
    "first",
    ["Did you know?", "Hello.", "A line\nand another", "Alone", f"Long {'word ' * 20}", "Above hyphens\n---"],
)
def test_any_other_first_paragraph_is_said(first: str, tmp_path: Path) -> None:
    """A sentence, several lines, all there is, or too long for a title: the narrator says it."""
    rest = "" if first == "Alone" else "\n\nIt freezes."
    brief = plain(tmp_path, first + (rest if "---" not in first else "\nIt freezes."))
    assert brief.title == "Script"
    assert said(brief)[0] == " ".join(first.removesuffix("---").split())


def test_plain_text_may_have_front_matter(tmp_path: Path) -> None:
    """The fields above a script are the only place to say its language."""
    brief = plain(tmp_path, "---\nlanguage: de\ntitle: Brot\n---\nEin Brot\n\nHallo.")
    assert (brief.language, brief.title, said(brief)) == ("de", "Brot", ["Ein Brot", "Hallo."])


def test_hyphens_above_plain_text_are_no_front_matter(tmp_path: Path) -> None:
    """Unless a field follows them, they are a line of hyphens."""
    assert said(plain(tmp_path, "---\nFirst.\n---\nSecond.")) == ["First.", "Second."]
