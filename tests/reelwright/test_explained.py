"""What a form says of a field is what is written below it in the source."""

from __future__ import annotations

from pydantic import Field

from reelwright.explained import explanations
from reelwright.values import Size, Value


class Base(Value):
    """A value with two fields."""

    kept: int = 1
    """Of the base."""
    said: int = 2
    """Of the base, too."""
    bare: int = 3


class Child(Base):
    """It says one of them otherwise, and has one that says it itself."""

    said: int = 4
    """Of the child:
    over two lines.
    """
    own: int = Field(default=5, description="Said by the field.")
    """Not this."""
    size: Size = Size(width=2, height=2)
    """Of another value."""


def test_each_field_has_the_text_below_it() -> None:
    """Inherited ones too; the nearest counts, and what the field says itself before all."""
    assert explanations(Child) == {
        "kept": "Of the base.",
        "said": "Of the child:\nover two lines.",
        "own": "Said by the field.",
        "size": "Of another value.",
    }


def test_the_schema_says_so() -> None:
    """Of every field, of one that is a value of its own as well; nothing is made up where nothing is written."""
    told = Child.model_json_schema()["properties"]
    assert {name: part.get("description") for name, part in told.items()} == {**explanations(Child), "bare": None}


def test_a_value_inside_a_function_is_explained() -> None:
    """As in a flow that an author writes in one screen."""

    class Own(Value):
        """Of an author."""

        mood: str = ""
        """How it feels."""

    assert explanations(Own) == {"mood": "How it feels."}


def test_a_value_without_a_source_has_no_texts() -> None:
    """Typed at a prompt, for instance: it works all the same."""
    space: dict[str, type[Value]] = {}
    exec("from reelwright.values import Value\nclass Typed(Value):\n    x: int = 1\n    'Not seen.'", space)  # noqa: S102
    assert explanations(space["Typed"]) == {}
    assert "x" in space["Typed"].model_json_schema()["properties"]
