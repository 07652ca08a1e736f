"""What is handed in at the command line: a recipe file, read or refused by file, line and field; standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from support.sources import Bad, written

from flows.commands.inputs import open_source, read_recipe
from reelwright.errors import SourceError
from reelwright.recipe import Captions, OutputFormat, Recipe
from reelwright.script.source import Source
from reelwright.storyboard import Brief

_SCRIPT = Source(name="script.md", brief=Brief(title="Bread", topic="stale"))
_SQUARE = Recipe(name="square", output=OutputFormat(size="1080x1080", frame_rate=25))


def _refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_recipe(path, _SCRIPT)
    return caught.value


# Recipes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("recipe.yaml", "name: square\noutput: {size: 1080x1080, frame_rate: 25}\n"),
        ("recipe.yml", "\ufeffname: square\r\noutput:\r\n  size: 1080x1080\r\n  frame_rate: 25\r\n"),
        ("recipe", "{name: square, output: {size: 1080x1080, frame_rate: 25}}"),
        ("RECIPE.JSON", '{"name": "square",\n\t"output": {"size": "1080x1080", "frame_rate": 25}}'),
    ],
)
def test_a_recipe_is_read_as_the_suffix_says(name: str, content: str, tmp_path: Path) -> None:
    """`.json` is JSON, in capitals too; everything else is YAML, whatever system it was written on."""
    assert read_recipe(written(tmp_path, name, content), _SCRIPT) == _SQUARE


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.yaml", ""), ("a.yaml", "# nothing yet\n"), ("a.yaml", "---\n"), ("a.json", " \n"), ("a.json", "{}")],
)
def test_a_recipe_that_says_nothing_is_the_default(name: str, content: str, tmp_path: Path) -> None:
    """Every field has a default."""
    assert read_recipe(written(tmp_path, name, content), _SCRIPT) == Recipe()


def test_without_a_file_the_recipe_is_the_default() -> None:
    """A script says nothing about how it is made."""
    assert read_recipe(None, _SCRIPT) == Recipe()


def test_without_a_file_the_recipe_is_the_one_of_the_manifest() -> None:
    """An earlier episode is made again as it was made."""
    assert read_recipe(None, Source(name="manifest.json", brief=_SCRIPT.brief, recipe=_SQUARE)) == _SQUARE


def test_a_file_is_preferred_to_the_recipe_of_the_manifest(tmp_path: Path) -> None:
    """What is handed in now counts."""
    source = Source(name="manifest.json", brief=_SCRIPT.brief, recipe=_SQUARE)
    chosen = read_recipe(written(tmp_path, "a.yaml", "captions: {preset: pop}\n"), source)
    assert chosen == Recipe(captions=Captions(preset="pop"))


_BAD = [
    Bad("a misspelt field", "a.yaml", "name: x\nvoise: {}\n", 2, "voise", "one of schema_version, name, output, voice"),
    Bad("one further down", "a.yaml", "voice:\n  speeed: 2\n", 2, "voice.speeed", "one of narrator, voice, speed"),
    Bad("no size", "a.yaml", "output:\n  size: 4k\n", 2, "output.size", "1080x1920, 720x1280, 1920x1080, 1280x720 or"),
    Bad("no rate", "a.yaml", "\noutput: {frame_rate: 29.97}\n", 2, "output.frame_rate", "24, 25, 30, 50 or 60"),
    Bad("too fast", "a.yaml", "voice:\n  speed: 3\n", 2, "voice.speed", "a number of at most 2"),
    Bad("too slow", "a.yaml", "voice:\n  speed: 1/4\n", 2, "voice.speed", "a number of at least 0.5"),
    Bad("a colour by name", "a.yaml", "captions:\n  colour: red\n", 2, "captions.colour", "a colour such as #ffd23f"),
    Bad(
        "a colour in a list",
        "a.yaml",
        "look:\n  palette:\n    - '#000000'\n    - red\n",
        4,
        "look.palette[2]",
        "a colour",
    ),
    Bad("text for fields", "a.yaml", "captions: none\n", 1, "captions", "fields with values"),
    Bad("words for money", "a.yaml", "budget:\n  per_day_usd: five\n", 2, "budget.per_day_usd", "an amount such as"),
    Bad("money to get", "a.yaml", "budget:\n  per_day_usd: -5\n", 2, "budget.per_day_usd", "a number of at least 0"),
    Bad(
        "bad money for a model",
        "a.yaml",
        "budget:\n  per_model_usd:\n    veo: x\n",
        3,
        "budget.per_model_usd.veo",
        "an amount such as",
    ),
    Bad("no models", "a.yaml", "video_models: []\n", 1, "video_models", "a list with at least 1 item"),
    Bad("one model", "a.yaml", "video_models: animatic\n", 1, "video_models", "a list"),
    Bad(
        "a number for a model", "a.yaml", "video_models:\n  - animatic\n  - 3\n", 3, "video_models[2]", "text or fields"
    ),
    Bad("a recipe of the future", "a.yaml", "schema_version: 7\n", 1, "schema_version", "version 1"),
    Bad("a merged mistake", "a.yaml", "look: &x\n  style: 3\n", 2, "look.style", "text"),
    Bad("a list", "a.yaml", "- voice\n", 1, "", "fields such as 'output', 'voice' and 'music'"),
    Bad("a script", "a.md", "# Bread\n\nHello.\n", 3, "", "fields such as 'output', 'voice' and 'music'"),
    Bad("a field given twice", "a.yaml", "name: a\nname: b\n", 2, "", "well-formed YAML"),
    Bad("two colons", "a.yaml", "music:\n  licence: CC: by\n", 2, "", "well-formed YAML"),
    Bad("half of JSON", "a.json", '{\n"name": "x",\n', 3, "", "well-formed JSON"),
    Bad(
        "a mistake in JSON",
        "a.json",
        '{"voice": {\n"speed": 2,\n"tail_seconds": 6}}',
        3,
        "voice.tail_seconds",
        "a number",
    ),
    Bad("text in Latin-1", "a.yaml", b"name: x\nlook: {style: caf\xe9}\n", 2, "", "text in UTF-8"),
    Bad("over a mebibyte", "a.yaml", "# more\n" * 150_000, None, "", "at most 1,048,576 bytes"),
]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.what) for bad in _BAD])
def test_a_bad_recipe_is_refused_where_it_is_bad(bad: Bad, tmp_path: Path) -> None:
    """The error names the file, the line, the field and what was expected."""
    path = written(tmp_path, bad.file, bad.content)
    error = _refusal(path)
    assert (error.file, error.line, error.field) == (str(path), bad.line, bad.field)
    assert error.expected.startswith(bad.expected)
    assert str(error).startswith(f"{path}:{bad.line}: " if bad.line else f"{path}: ")


def test_every_bad_field_of_a_recipe_is_told_at_once(tmp_path: Path) -> None:
    """One round of corrections is enough."""
    error = _refusal(written(tmp_path, "a.yaml", "voice: {speed: 9}\nlook: {style: 3}\n"))
    assert error.field == "voice.speed"
    assert "1 more: look.style" in str(error)


def test_a_recipe_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A typing error does not mean the default."""
    error = _refusal(tmp_path / "recipe.yaml")
    assert (error.file, error.problem) == (str(tmp_path / "recipe.yaml"), "there is no such file")
    assert error.expected == "a recipe (.yaml, .json)"


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    """A folder is refused as one."""
    error = _refusal(tmp_path)
    assert (error.problem, error.expected) == ("this is a folder", "a recipe (.yaml, .json)")


# Standard input


def _stdin(monkeypatch: pytest.MonkeyPatch, content: bytes, encoding: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_standard_input_is_utf8_whatever_the_terminal_is(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script means the same in a pipe as in a file."""
    _stdin(monkeypatch, "\ufeff# Bäckerei 🍞\r\n\r\nHallo.\r\n".encode(), encoding)
    assert open_source("-").brief.title == "Bäckerei 🍞"


def test_standard_input_in_another_encoding_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the line, and can be printed."""
    _stdin(monkeypatch, "# T\n\nBäckerei".encode("latin-1"), "utf-8")
    with pytest.raises(SourceError) as caught:
        open_source("-")
    assert (caught.value.file, caught.value.line, caught.value.expected) == ("standard input", 3, "text in UTF-8")
    assert str(caught.value).encode()


def test_without_standard_input_a_path_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without a terminal has no standard input at all."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError) as caught:
        open_source("-")
    assert caught.value.expected == "a path"
