"""What a source may be: a file, a pipe, standard input, a topic in words, an earlier manifest."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.sources import piped, read, refusal, said, written

from reelwright.errors import SourceError
from reelwright.recipe import OutputFormat, Recipe
from reelwright.script.source import read_source
from reelwright.stages.episode import SCHEMA
from reelwright.storyboard import Brief, Shot, Storyboard


def test_a_hyphen_reads_a_script_from_standard_input(tmp_path: Path) -> None:
    """A piped script is read as a Markdown file is."""
    brief = piped(tmp_path, "# Bread\n\nFirst.\n\nSecond.").brief
    assert (brief.title, said(brief)) == ("Bread", ["First.", "Second."])


def test_a_hyphen_reads_json_from_standard_input(tmp_path: Path) -> None:
    """What begins with a brace is JSON: another program's output can be piped in."""
    assert piped(tmp_path, '{"title": "Bread", "topic": "stale"}').brief.topic == "stale"


def test_a_piped_script_without_a_heading_is_named_by_its_first_sentence(tmp_path: Path) -> None:
    """There is no file name to make a title of."""
    assert piped(tmp_path, "Bread does not dry out. It freezes.").brief.title == "Bread does not dry out"


def test_standard_input_has_no_folder(tmp_path: Path) -> None:
    """No relative path can start from text that came without a file."""
    assert not piped(tmp_path, "# Bread\n\nHello.").folder


def test_complaints_about_standard_input_name_it_and_the_line(tmp_path: Path) -> None:
    """A piped brief is refused as precisely as a file."""
    with pytest.raises(SourceError) as caught:
        piped(tmp_path, '{\n  "title": 3,\n  "topic": "stale"\n}')
    error = caught.value
    assert (error.file, error.line, error.field, error.expected) == ("standard input", 2, "title", "text")


def test_a_hyphen_without_standard_input_is_refused() -> None:
    """A caller that has no standard input is told to give a path."""
    error = refusal("-")
    assert (error.file, error.expected) == ("-", "a path")


def test_bytes_from_standard_input_are_read_as_a_file_is(tmp_path: Path) -> None:
    """A byte order mark is no part of the text, and the lines may be those of Windows."""
    brief = piped(tmp_path, b"\xef\xbb\xbf---\r\nlanguage: de\r\n---\r\n# Brot\r\n\r\nHallo.\r\n").brief
    assert (brief.title, brief.language, said(brief)) == ("Brot", "de", ["Hallo."])


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [(b"# T\n\nGr\xfc\xdfe.", 3, "text in UTF-8"), (b"word " * 210_000, None, "at most 1,048,576 bytes")],
)
def test_standard_input_has_the_bounds_of_a_file(
    content: bytes, line: int | None, expected: str, tmp_path: Path
) -> None:
    """Latin-1 and too many bytes are refused as in a file."""
    with pytest.raises(SourceError) as caught:
        piped(tmp_path, content)
    assert (caught.value.file, caught.value.line, caught.value.expected) == ("standard input", line, expected)


@pytest.mark.parametrize(
    "content",
    [
        "title: Bread\ntopic: stale\n",
        "---\ntitle: Bread\ntopic: stale\n",
        "title: Bread\n# a comment\nshots:\n  - narration: stale\n",
    ],
)
def test_what_begins_like_a_brief_is_a_brief(content: str, tmp_path: Path) -> None:
    """YAML can be piped in as JSON can."""
    brief = piped(tmp_path, content).brief
    assert (brief.title, brief.topic or said(brief)[0]) == ("Bread", "stale")


@pytest.mark.parametrize(
    "content", ["title: a word\n\nAnd a paragraph.", "---\ntitle: Bread\n---\ntitle: a word\n\nAnd a paragraph."]
)
def test_what_only_begins_like_a_brief_is_a_script(content: str, tmp_path: Path) -> None:
    """A paragraph below makes it no mapping, and front matter is above a script."""
    assert said(piped(tmp_path, content).brief) == ["title: a word", "And a paragraph."]


def test_a_mistake_in_a_piped_brief_is_told(tmp_path: Path) -> None:
    """Nobody wants to hear a brief read aloud because of a wrong indent in it."""
    with pytest.raises(SourceError) as caught:
        piped(tmp_path, "title: T\nshots:\n  - narration: a: b\n")
    assert (caught.value.file, caught.value.line) == ("standard input", 3)


# Named pipes


@pytest.fixture
def pipe() -> Iterator[str]:
    """The name of a pipe that somebody writes a script to, as a shell's `<(command)` gives it."""
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as stream:
            stream.write(b"# Bread\n\nHello.")

    writer = threading.Thread(target=write)
    writer.start()
    yield f"/dev/fd/{reading}"
    writer.join()
    os.close(reading)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no /dev/fd")
def test_a_pipe_is_read_as_a_file_is(pipe: str) -> None:
    """What another program writes needs no file; relative paths in it start nowhere."""
    source = read_source(pipe)
    assert (source.name, source.folder, source.brief.title, said(source.brief)) == (pipe, "", "Bread", ["Hello."])


# A topic in words


def test_words_that_name_no_file_are_a_topic() -> None:
    """Several words are what the episode is about."""
    brief = read_source("the honey of the pharaohs").brief
    assert (brief.title, brief.topic) == ("the honey of the pharaohs", "the honey of the pharaohs")


def test_a_long_topic_has_a_title_that_fits() -> None:
    """A title is cut at its limit; the topic is kept whole."""
    topic = "honey and bread " * 12
    brief = read_source(topic).brief
    assert (len(brief.title) <= 100, brief.topic) == (True, topic.strip())


def test_a_topic_may_be_longer_than_any_file_name() -> None:
    """Hundreds of words are no path, and the title ends with a whole word."""
    brief = read_source("honey " * 400).brief
    assert (brief.title, len(brief.topic)) == (("honey " * 16).strip(), 2399)


@pytest.mark.parametrize("words", ["he said a/b yes", "either/or " * 100, "what is a backslash \\\\ good for"])
def test_a_topic_may_have_a_slash(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slash alone makes no path of several words."""
    monkeypatch.chdir(tmp_path)
    assert read_source(words).brief.topic == words.strip()


def test_a_file_with_a_name_like_a_topic_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there is always meant."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "he said a").mkdir()
    written(tmp_path / "he said a", "b yes", "# Bread\n\nHello.")
    assert said(read_source("he said a/b yes").brief) == ["Hello."]


@pytest.mark.parametrize(
    "name",
    ["my script.md", "my brief.YAML", "here/my script", "./my script", "/nowhere/my script", "~/my script", "script"],
)
def test_a_path_that_is_not_there_is_no_topic(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suffix, a folder that is there or a single word means a file; a typing error does not start an episode."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    error = refusal(name)
    assert (error.file, error.problem) == (name, "there is no such file")
    assert "a path that exists" in error.expected


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is not a source, and the error says which files are."""
    error = refusal(tmp_path)
    assert (error.file, error.problem) == (str(tmp_path), "this is a folder")
    assert "a script (.md, .txt), a brief (.yaml, .json)" in error.expected


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_no_source_is_no_folder(nothing: str) -> None:
    """An empty argument is not the folder that the person stands in."""
    error = refusal(nothing)
    assert error.problem == "there is no source"
    assert "a topic in words" in error.expected


def test_a_name_in_another_encoding_is_refused() -> None:
    """The bytes of a Latin-1 name reach Python as halves of characters that no log can hold."""
    error = refusal(os.fsdecode(b"a story of caf\xe9s"))
    assert (error.problem, error.file) == ("this is not UTF-8", "a story of caf\ufffds")


# An earlier manifest


def _manifest(**more: Any) -> str:
    board = Storyboard(title="Bread", shots=(Shot(narration="Hello.", seconds=Fraction(13, 2), seed=7),), writer="me")
    return json.dumps({"schema": "reelwright.manifest/1", "storyboard": board.model_dump(mode="json"), **more})


def test_a_manifest_gives_its_storyboard_back(tmp_path: Path) -> None:
    """The shots of an earlier episode are the brief of the next, to the exact second and seed."""
    brief = read(tmp_path, "manifest.json", _manifest()).brief
    assert brief == Brief(title="Bread", shots=(Shot(narration="Hello.", seconds=Fraction(13, 2), seed=7),))


def test_a_manifest_gives_its_recipe_back(tmp_path: Path) -> None:
    """The episode is made again as it was made."""
    recipe = Recipe(name="square", output=OutputFormat(size="1080x1080", frame_rate=25))
    source = read(tmp_path, "manifest.json", _manifest(recipe=recipe.model_dump(mode="json")))
    assert source.recipe == recipe


def test_other_sources_carry_no_recipe(tmp_path: Path) -> None:
    """A script says nothing about how it is made."""
    assert read(tmp_path, "script.md", "# Bread\n\nHello.").recipe is None


def test_a_storyboard_alone_is_a_brief(tmp_path: Path) -> None:
    """What `plan --json` prints of a storyboard can be handed in again."""
    board = Storyboard(title="Bread", shots=(Shot(narration="Hello."),))
    assert read(tmp_path, "board.json", board.model_dump_json()).brief.shots == board.shots


def test_the_manifest_that_this_version_writes_is_read(tmp_path: Path) -> None:
    """What writes manifests and what reads them agree on their version."""
    assert read(tmp_path, "manifest.json", _manifest(schema=SCHEMA)).brief.title == "Bread"


@pytest.mark.parametrize(
    ("more", "field", "expected"),
    [
        ({"schema": "reelwright.manifest/99"}, "schema", "reelwright.manifest/1"),
        ({"schema": "reelwright.manifest"}, "schema", "reelwright.manifest/1"),
        ({"storyboard": "Bread"}, "storyboard", "a manifest.json that make wrote"),
        ({"storyboard": {"schema_version": 2}}, "storyboard.schema_version", "version 1"),
        ({"recipe": 3}, "recipe", "fields with values"),
        ({"recipe": {"output": {"size": "1x1"}}}, "recipe.output.size", "1080x1920, 720x1280"),
        ({"recipe": {"voice": {"speeed": 2}}}, "recipe.voice.speeed", "one of narrator, voice, speed"),
        ({"recipe": {"schema_version": 2}}, "recipe.schema_version", "version 1"),
    ],
)
def test_a_bad_manifest_is_refused_where_it_is_bad(
    more: dict[str, Any], field: str, expected: str, tmp_path: Path
) -> None:
    """Its version, its storyboard and its recipe are checked like a file of one's own."""
    manifest = json.dumps({**json.loads(_manifest()), **more}, indent=1)
    path = written(tmp_path, "manifest.json", manifest)
    error = refusal(path)
    last = f'"{field.rpartition(".")[2]}":'
    lines = [number for number, line in enumerate(manifest.split("\n"), 1) if last in line]
    assert (error.file, error.field, error.line) == (str(path), field, lines[-1])
    assert error.expected.startswith(expected)
