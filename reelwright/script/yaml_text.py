"""YAML 1.2 as plain values that still know their line, with bounds on what a small file may stand for."""

from __future__ import annotations

from functools import partial
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from reelwright.errors import SourceError
from reelwright.script.lines import DEEPEST, LineOf, line_at
from reelwright.validation import Place

_MOST_VALUES = 100_000
"""Aliases let a few lines stand for billions of values."""

_TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"
_ADVICE = {"mapping values are not allowed here": ": a text with a colon and a space in it needs quotes around it"}
_TAG = "tag:yaml.org,2002:"
_KINDS = ("null", "bool", "int", "float", "seq", "map")


class _Composer(Composer):
    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False  # YAML 1.2 lets an anchor be set anew


class _Constructor(SafeConstructor):
    """Builds plain values only: a date stays the text that was written; any other tag is refused."""

    def construct_text(self, node: Any) -> Any:
        text = self.construct_scalar(node)
        # As in JSON, an escaped emoji is two halves of a character that belong together.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    yaml_constructors = {  # noqa: RUF012 - what ruamel reads
        **{_TAG + kind: SafeConstructor.yaml_constructors[_TAG + kind] for kind in _KINDS},
        _TAG + "str": construct_text,
        _TAG + "timestamp": construct_text,
        None: SafeConstructor.construct_undefined,
    }

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError):  # such as `!!int six`, or a number of 5,000 digits
            raise ConstructorError(None, None, "this is not the value that it says it is", node.start_mark) from None


def load_yaml(text: str, name: str) -> tuple[Any, LineOf]:
    """Return the value of a YAML text, and how to find the lines of its parts.

    Raises:
        SourceError: not YAML, a field given twice, nested too deeply, or its aliases stand for too much.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer, yaml.Constructor, yaml.max_depth = _Composer, _Constructor, DEEPEST
    try:
        root = yaml.compose(text)
        if root is None:
            return None, lambda _: 1
        _measure(root, name, {})
        return _plain(yaml.constructor.construct_document(root)), partial(_line_of, root)
    except MaxDepthExceededError as error:
        raise _too_much(_TOO_DEEP, f"at most {DEEPEST} levels", name, error.problem_mark) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "it is not well-formed").split("\n")[0]
        expected = "well-formed YAML" + _ADVICE.get(problem, "")
        raise SourceError(problem, file=name, line=mark.line + 1 if mark else None, expected=expected) from None
    except ReaderError as error:
        raise SourceError(
            f"the control character U+{error.character:04X} cannot stand in YAML",
            file=name,
            line=line_at(text, text.index(chr(error.character))),
            expected="well-formed YAML",
        ) from None


def _measure(node: Node, name: str, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Return how many values `node` stands for and how many levels deep, its aliases written out."""
    if id(node) in known:
        measured = known[id(node)]
        if measured is None:
            raise _too_much("an alias stands inside what it names", "aliases of earlier values", name, node.start_mark)
        return measured
    known[id(node)] = None
    inside = [_measure(child, name, known) for child in _children(node)]
    size, height = 1 + sum(size for size, _ in inside), 1 + max((height for _, height in inside), default=0)
    if size > _MOST_VALUES:
        problem = f"it stands for more than {_MOST_VALUES:,} values"
        raise _too_much(problem, f"at most {_MOST_VALUES:,} values, aliases written out", name, node.start_mark)
    if height > DEEPEST:
        raise _too_much(_TOO_DEEP, f"at most {DEEPEST} levels, aliases written out", name, node.start_mark)
    known[id(node)] = size, height
    return size, height


def _too_much(problem: str, expected: str, name: str, mark: Any) -> SourceError:
    return SourceError(problem, file=name, line=mark.line + 1, expected=expected)


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _line_of(root: Node, path: Place) -> int:
    node, line = root, root.start_mark.line + 1
    for part in path:
        found = _member(node, part)
        if found is None:
            break
        where, node = found
        line = where.start_mark.line + 1
    return int(line)


def _member(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """Return the node whose line is meant, and the value; a field may come from elsewhere by a merge key."""
    if isinstance(node, MappingNode):
        # Merged fields stand first: what the mapping says itself wins.
        own_first = reversed(node.value)
        return next((pair for pair in own_first if isinstance(pair[0], ScalarNode) and pair[0].value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _plain(value: Any) -> Any:
    """Return `value` with text for names: YAML lets a field be named 1 or null."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
