"""How YAML and JSON are read: their values, the lines of their values, and the bounds on what they may stand for."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sources import read, refusal, written

from reelwright.script.documents import parse_document
from reelwright.storyboard import Shot


def test_a_yaml_brief_says_everything_about_its_shots(tmp_path: Path) -> None:
    """A brief's fields are the shot's, as they stand."""
    brief = read(
        tmp_path,
        "brief.yaml",
        """\
title: Why bread goes stale
characters:
  - {name: Ada, description: a baker}
shots:
  - narration: Bread does not dry out.
    prompt: A loaf at dawn.
    characters: [Ada]
    camera: push
    key: true
  - dialogue: Try the toaster!
""",
    ).brief
    assert brief.shots == (
        Shot(
            narration="Bread does not dry out.", prompt="A loaf at dawn.", characters=("Ada",), camera="push", key=True
        ),
        Shot(dialogue="Try the toaster!"),
    )


def test_seconds_are_exact(tmp_path: Path) -> None:
    """A decimal is meant as written: 0.1 of a second is a tenth."""
    brief = read(tmp_path, "brief.yaml", "title: T\nshots:\n  - {prompt: A loaf., seconds: 6.1}\n").brief
    assert brief.shots[0].seconds == Fraction(61, 10)


def test_yes_and_no_are_words(tmp_path: Path) -> None:
    """YAML 1.2: `no` is Norwegian, not false."""
    assert read(tmp_path, "brief.yml", "title: Yes\nlanguage: no\ntopic: bread\n").brief.language == "no"


def test_a_brief_with_a_topic_needs_no_shots(tmp_path: Path) -> None:
    """A topic is enough for a writer."""
    assert read(tmp_path, "brief.yaml", "title: Bread\ntopic: why it goes stale\n").brief.topic == "why it goes stale"


def test_relative_paths_start_at_the_source(tmp_path: Path) -> None:
    """The source remembers its folder: references to pictures are relative to it."""
    assert read(tmp_path, "brief.yaml", "title: Bread\ntopic: stale\n").folder == str(tmp_path)


# JSON


def test_json_is_read_as_yaml_is(tmp_path: Path) -> None:
    """The same fields in JSON make the same brief."""
    fields = {"title": "Bread", "shots": [{"narration": "Hello.", "seconds": "13/2", "seed": 3}]}
    in_yaml = "title: Bread\nshots:\n  - narration: Hello.\n    seconds: 13/2\n    seed: 3\n"
    assert read(tmp_path, "a.json", json.dumps(fields)).brief == read(tmp_path, "a.yaml", in_yaml).brief


def test_json_may_be_indented_with_tabs(tmp_path: Path) -> None:
    """What JSON allows and YAML does not is allowed in JSON."""
    assert read(tmp_path, "a.json", '{\n\t"title": "Bread",\n\t"topic": "stale"\n}').brief.title == "Bread"


def test_an_opening_brace_means_json(tmp_path: Path) -> None:
    """A file without a suffix is JSON if it begins like JSON."""
    assert read(tmp_path, "brief", '{"title": "Bread", "topic": "stale"}').brief.topic == "stale"


def test_the_suffix_decides_what_a_brace_begins(tmp_path: Path) -> None:
    """A `.yaml` may be written in YAML's flow style, which is no JSON."""
    assert read(tmp_path, "a.yaml", "{title: Bread, topic: stale}").brief.topic == "stale"


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_an_escaped_emoji_is_one_character(name: str, tmp_path: Path) -> None:
    """JSON writes it as two halves; both formats put them together."""
    assert read(tmp_path, name, r'{"title": "Bread \ud83c\udf5e", "topic": "x"}').brief.title == "Bread 🍞"


def test_json_may_hold_a_raw_delete_character(tmp_path: Path) -> None:
    """U+007F is allowed in JSON, if not in YAML."""
    assert read(tmp_path, "a.json", '{"title": "Bread", "topic": "a\x7fb"}').brief.topic == "a\x7fb"


def test_a_date_is_the_text_that_was_written(tmp_path: Path) -> None:
    """YAML would make another value of it; an impossible one is text too."""
    assert read(tmp_path, "a.yaml", "title: 2024-11-01\ntopic: 2024-13-45\n").brief.title == "2024-11-01"


def test_a_field_may_be_merged_from_elsewhere(tmp_path: Path) -> None:
    """YAML's merge key fills in the fields that a shot does not say itself."""
    merged = "title: T\nshots:\n  - &base {camera: push, narration: One.}\n  - {<<: *base, narration: Two.}\n"
    assert read(tmp_path, "a.yaml", merged).brief.shots[1] == Shot(camera="push", narration="Two.")


def test_a_mistake_in_a_merged_field_is_told_where_it_stands(tmp_path: Path) -> None:
    """The line is the one where the field is written, the field that of the shot that it is merged into."""
    merged = "title: T\nshots:\n  - narration: One.\n    <<: &base\n      camera: zoom\n  - {<<: *base, prompt: x}\n"
    error = refusal(written(tmp_path, "a.yaml", merged))
    assert (error.line, error.field) == (5, "shots[1].camera")
    assert "1 more: shots[2].camera" in str(error)


_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def _written_out(value: Any, path: tuple[str | int, ...], indent: str, at: dict[tuple[str | int, ...], int]) -> str:
    """Write JSON with a line for every member, and note the line of each; `at[()]` is the line that is written."""
    members = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else [])
    if not members:
        return json.dumps(value)
    lines = []
    for name, inner in members:
        at[()] += 1
        at[*path, name] = at[()]
        key = f"{json.dumps(name)} : " if isinstance(value, dict) else ""
        lines.append(f"{indent}{key}{_written_out(inner, (*path, name), indent + ' ', at)}")
    at[()] += 1
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "\n" + ",\n".join(lines) + "\n" + indent + closing


@given(st.dictionaries(st.text(), _JSON, max_size=4))
def test_every_value_of_json_knows_its_line(data: dict[str, Any]) -> None:
    """Whatever the names and texts hold: quotes, braces, line separators of other alphabets."""
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    document = parse_document(_written_out(data, (), "", lines), name="a.json", is_json=True)
    assert document.data == data
    assert {path: document.line_of(path) for path in lines if path} == {p: n for p, n in lines.items() if p}


def test_a_value_that_is_not_there_has_the_line_of_what_it_would_stand_in() -> None:
    """A missing field is missing somewhere."""
    for is_json in (True, False):
        document = parse_document('\n{"shots": [\n  {"a": 1}\n]}', name="a", is_json=is_json)
        assert document.line_of(("shots", 0, "b", "c")) == 3
        assert document.line_of(("shots", 5)) == 2
        assert document.line_of(("none",)) == 2


_NINEFOLD = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
_DEEP = "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000))


@pytest.mark.parametrize(
    ("name", "content", "line", "expected"),
    [
        ("a.yaml", f"a0: &a0 [x]\n{_NINEFOLD}", 6, "at most 100,000 values, aliases written out"),
        ("a.yaml", f"a0: &a0 {{x: 1}}\n{_NINEFOLD.replace('[', '{<<: [').replace(']', ']}')}", 6, "100,000 values"),
        ("a.yaml", f"a0: &a0 [x]\n{_DEEP}", 50, "at most 50 levels, aliases written out"),
        ("a.yaml", "title: T\nshots: &a\n  - *a\n", 2, "aliases of earlier values"),
        ("a.yaml", "title: T\nshots:\n " + "[" * 5000, 3, "at most 50 levels"),
        ("a.yaml", "title: T\nshots:\n " + "- " * 5000, 3, "at most 50 levels"),
        ("a.json", '{"title":\n' + "[" * 100_000, 2, "at most 50 levels"),
        ("a.json", '{"title":\n' + "[" * 60 + "]" * 60 + "}", 2, "at most 50 levels"),
        ("a.json", '{"title":\n' + '"\\' * 500_000, 2, "well-formed JSON"),
    ],
    ids=["bomb", "merge bomb", "chain", "circle", "deep YAML", "deep list", "deep JSON", "deeper than most", "no end"],
)
@pytest.mark.timeout(60)
def test_a_small_file_may_not_stand_for_too_much(
    name: str, content: str, line: int, expected: str, tmp_path: Path
) -> None:
    """Depth and aliases have bounds, so that no file keeps a machine busy or breaks it."""
    error = refusal(written(tmp_path, name, content))
    assert (error.line, expected in error.expected) == (line, True)


def test_brackets_in_json_texts_are_no_nesting(tmp_path: Path) -> None:
    """Only brackets outside of texts count, whatever is escaped in the texts."""
    title = r"\"[[[[" * 20
    assert read(tmp_path, "a.json", f'{{"title": "{title}", "topic": "x"}}').brief.topic == "x"
