"""How a bad source is refused: file, line, field, what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sources import Bad, refusal, written

_SHOT = "title: T\nshots:\n  - narration: Hello.\n"
_BAD = [
    Bad("an empty file", "a.md", " \n\n", None, "", "Expected a script"),
    Bad("a script of marks", "a.md", "* * *", None, "", "Expected a paragraph for each shot"),
    Bad("text in Latin-1", "a.md", "# Bäcker\n\nHello.".encode("latin-1"), 1, "", "Expected text in UTF-8"),
    Bad("a later byte of Latin-1", "a.txt", b"One.\n\nTwo.\n\nGr\xfc\xdfe.", 5, "", "Expected text in UTF-8"),
    Bad("over a mebibyte", "a.md", "word " * 210_000, None, "", "at most 1,048,576 bytes"),
    Bad("a title too long", "a.md", f"# {'T' * 101}\n\nHello.", 1, "title", "at most 100 characters"),
    Bad("unknown front matter", "a.md", "---\nlanguage: en\nauthor: Me\n---\n# T", 3, "author", "title, description"),
    Bad("broken front matter", "a.md", "---\ntitle: A\ntitle: B\n---\nHello.", 3, "", "well-formed YAML"),
    Bad("a tab in YAML", "a.yaml", "title: T\n\ttopic: bread\n", 2, "", "well-formed YAML"),
    Bad("two colons in YAML", "a.yaml", "topic: bread\ntitle: Bread: why\n", 2, "", "well-formed YAML"),
    Bad("a field given twice", "a.yaml", "title: T\ntopic: bread\ntitle: U\n", 3, "", "duplicate key"),
    Bad("two documents", "a.yaml", "title: T\ntopic: bread\n---\ntitle: U\n", 3, "", "another document"),
    Bad("a list", "a.yaml", "- Hello.\n- Bye.\n", 1, "", "Expected a mapping with 'title' and 'shots'"),
    Bad("a sentence", "a.yaml", "Hello there.\n", 1, "", "it holds text, not fields"),
    Bad("no title", "a.yaml", "topic: bread\n", 1, "title", "Expected this field to be given"),
    Bad("an empty title", "a.yaml", "topic: bread\ntitle: ''\n", 2, "title", "at least 1 character"),
    Bad("a number for a title", "a.yaml", "topic: bread\ntitle: 1984\n", 2, "title", "Expected text"),
    Bad("nothing to make", "a.yaml", "title: T\n", 1, "", "Expected 'shots', or a 'topic' for a writer."),
    Bad(
        "no language tag",
        "a.yaml",
        "title: T\ntopic: x\nlanguage: German\n",
        3,
        "language",
        "Expected a language tag such as",
    ),
    Bad("text for shots", "a.yaml", "title: T\nshots: Hello.\n", 2, "shots", "Expected a list"),
    Bad("text for a shot", "a.yaml", _SHOT + "  - Hello.\n", 4, "shots[2]", "Expected fields with values"),
    Bad("a misspelt field", "a.yaml", _SHOT + "    secnds: 6\n", 4, "shots[1].secnds", "did you mean 'seconds'?"),
    Bad("an unknown field", "a.yaml", _SHOT + "mood: calm\n", 4, "mood", "Expected one of title, description"),
    Bad("words for seconds", "a.yaml", _SHOT + "    seconds: six\n", 4, "shots[1].seconds", "such as 6, 6.5 or '13/2'"),
    Bad("too many seconds", "a.yaml", _SHOT + "    seconds: 300\n", 4, "shots[1].seconds", "a number of at most 120"),
    Bad("an unknown camera", "a.yaml", _SHOT + "    camera: zoom\n", 4, "shots[1].camera", "Expected auto, push, pull"),
    Bad("maybe", "a.yaml", _SHOT + "    key: maybe\n", 4, "shots[1].key", "Expected true or false"),
    Bad(
        "a silent, dark shot",
        "a.yaml",
        _SHOT + "  - camera: push\n",
        4,
        "shots[2]",
        "Expected 'narration', 'dialogue' or 'prompt'.",
    ),
    Bad(
        "a nameless character",
        "a.yaml",
        _SHOT + "characters:\n  - description: tall\n",
        5,
        "characters[1].name",
        "given",
    ),
    Bad(
        "an unknown character",
        "a.yaml",
        "title: T\ncharacters:\n  - name: Ada\n  - name: Bo\nshots:\n  - prompt: x\n    characters:\n      - Eve\n",
        7,
        "shots[1].characters",
        "nobody is described under 'characters' as 'Eve'. Expected names from Ada, Bo.",
    ),
    Bad(
        "nobody described",
        "a.json",
        '{"title": "T",\n"shots": [\n{"prompt": "x",\n"characters": ["Eve"]}]}',
        4,
        "shots[1].characters",
        "Expected names that 'characters' describes.",
    ),
    Bad("a brief of the future", "a.yaml", "title: T\nschema_version: 7\n", 2, "schema_version", "Expected version 1."),
    Bad("a version in words", "a.yaml", "title: T\nschema_version: true\n", 2, "schema_version", "version True"),
    Bad("a bell in YAML", "a.yaml", "title: T\ntopic: a\x07b\n", 2, "", "U+0007 cannot stand in YAML"),
    Bad("a tag of YAML", "a.yaml", "title: T\ntopic: !!binary aGk=\n", 2, "", "Expected well-formed YAML"),
    Bad("a number that is none", "a.yaml", "title: T\nseed: !!int six\n", 2, "", "Expected well-formed YAML"),
    Bad("only a comment", "a.yaml", "# later\n", 1, "title", "Expected this field to be given"),
    Bad("a field called int", "a.yaml", _SHOT + "    int: 3\n", 4, "shots[1].int", "there is no such field"),
    Bad(
        "half of an emoji", "a.json", '{"topic": "x",\n"title": "\\ud83d"}', 2, "title", "half of an escaped character"
    ),
    Bad("a number too long", "a.json", f'{{"title": "T", "topic":\n{"9" * 5000}}}', 1, "topic", "Expected text"),
    Bad(
        "JSON twice", "a.json", '{"title": "T",\n"shots": [{\n"seed": 1,\n"seed": 2}]}', 4, "", "well-formed JSON with"
    ),
    Bad("half of JSON", "a.json", '{\n  "title": "T",\n', 3, "", "Expected well-formed JSON"),
    Bad("a comma too many", "a.json", '{\n  "title": "T",\n  "topic": "x",}', 3, "", "Expected well-formed JSON"),
    Bad("a JSON list", "a.json", "[1, 2]", 1, "", "it holds a list, not fields"),
    Bad("a JSON number", "a.json", '{\n  "title": "T",\n  "topic": 3\n}', 3, "topic", "Expected text"),
    Bad("no storyboard", "manifest.json", '{"schema": "reelwright.manifest/1"}', 1, "storyboard", "that make wrote"),
    Bad(
        "a bad storyboard",
        "manifest.json",
        '{"schema": "reelwright.manifest/1",\n"storyboard": {"title": "T",\n"shots": [\n{"prompt": "x", "seed": -1}]}}',
        4,
        "storyboard.shots[1].seed",
        "Expected a number of at least 0.",
    ),
]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.what) for bad in _BAD])
def test_a_bad_source_is_refused_where_it_is_bad(bad: Bad, tmp_path: Path) -> None:
    """The error names the file, the line where the format has lines, the field, and what was expected."""
    path = written(tmp_path, bad.file, bad.content)
    error = refusal(path)
    where = f"{path}:{bad.line}: " if bad.line else f"{path}: "
    assert (error.file, error.line, error.field) == (str(path), bad.line, bad.field)
    assert str(error).startswith(where + (f"{bad.field}: " if bad.field else ""))
    assert bad.expected in str(error)


def test_every_bad_field_is_told_at_once(tmp_path: Path) -> None:
    """The first mistake is explained, the others are named, so that one round of corrections is enough."""
    error = refusal(written(tmp_path, "a.yaml", _SHOT + "    key: maybe\n    seed: -1\n"))
    assert error.field == "shots[1].key"
    assert "1 more: shots[1].seed" in str(error)


def test_a_bad_source_is_the_callers_mistake(tmp_path: Path) -> None:
    """Scripts can tell it from a failure of ours by the exit code and the stable name."""
    error = refusal(written(tmp_path, "a.md", ""))
    assert (error.exit_code, error.code, error.retryable) == (2, "invalid_source", False)
