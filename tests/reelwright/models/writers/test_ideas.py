"""Ideas for a series: none told before, none twice, one further round, what is missing is said."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from decimal import Decimal

import pytest

from reelwright.alike import is_like
from reelwright.errors import ProviderError
from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.ideas import Ideas, find_ideas
from reelwright.testing.servers.openai import require_strict


class Author:
    """A writer with a list of answers."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[WritingRequest] = []
        self._answers = deque(answers)

    async def __call__(self, request: WritingRequest) -> Draft:
        """Answer."""
        self.asked.append(request)
        return Draft(text=self._answers.popleft(), charge=Charge(usd=Decimal("0.001"), source="catalogue"))


def ideas(*titles: str) -> str:
    """An answer with these titles."""
    return json.dumps({"ideas": [{"title": title, "topic": f"The story: {title}"} for title in titles]})


def find(author: Author, count: int = 3, told: tuple[str, ...] = ()) -> Ideas:
    """Find ideas."""
    return asyncio.run(find_ideas(author, "kitchen science", count, told=told, writer="author"))


def test_the_best_are_taken_in_order() -> None:
    """One call; the schema is one that strict modes take."""
    author = Author(ideas("Why milk boils over", "Salt that is sweet", "The egg that spins", "Onions"))
    found = find(author)
    assert [idea.title for idea in found.ideas] == ["Why milk boils over", "Salt that is sweet", "The egg that spins"]
    assert (len(author.asked), found.warnings, found.charge.usd) == (1, (), Decimal("0.001"))
    require_strict(author.asked[0].json_schema, "schema")


def test_what_was_told_before_is_told_to_the_writer_and_never_taken() -> None:
    """Other capitals, other order, other endings do not make it new."""
    told = ("Why milk boils over", "The egg that spins")
    author = Author(ideas("WHY MILK BOILS OVER!", "The eggs that spin", "Spins the egg that", "Salt"), ideas("Rice"))
    found = find(author, count=2, told=told)
    assert [idea.title for idea in found.ideas] == ["Salt", "Rice"]
    assert "- Why milk boils over" in author.asked[0].turns[0].text
    assert "- Salt" in author.asked[1].turns[2].text


def test_no_idea_stands_twice() -> None:
    """Not within one answer either, and not across two."""
    author = Author(ideas("Why rice sticks", "Why rice sticks?"), ideas("Why Rice Sticks", "Pepper floats"))
    assert [idea.title for idea in find(author, count=2).ideas] == ["Why rice sticks", "Pepper floats"]


def test_too_few_are_a_warning_and_none_is_an_error() -> None:
    """Two rounds, no third."""
    found = find(Author(ideas("Rice"), "nothing"))
    assert (len(found.ideas), found.warnings) == (1, ("author found 1 of 3 ideas",))
    with pytest.raises(ProviderError, match="no idea about 'kitchen science'"):
        find(Author("nothing", ideas()))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Why bread goes stale", "why bread goes stale?", True),
        ("Why bread goes stale", "Why does bread go stale", True),
        ("Why bread goes stale", "Why beer goes flat", False),
        ("Café", "cafe", True),
        ("パンが固くなる理由", "牛乳が吹きこぼれる理由", False),
        ("", "", False),
        ("Why is the sky blue", "Why is the sea blue", False),
        ("Apollo 11 lands", "Apollo 13 lands", False),
        ("The egg that spins", "Eggs that spin", True),
    ],
)
def test_alike_is_what_a_viewer_would_call_the_same(one: str, other: str, alike: bool) -> None:
    """In any script."""
    assert is_like(one, other) == alike
