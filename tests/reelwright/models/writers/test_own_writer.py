"""A writer of somebody's own, in a file: what it wrote is found again by its identity, and paid once by it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelwright.catalogue import Entry
from reelwright.errors import MissingCredential
from reelwright.ledger.statement import list_charges
from reelwright.ledger.values import Purpose
from reelwright.models.writers.contract import Turn, WritingRequest
from reelwright.recipe import Recipe
from reelwright.stages.rewriting import rewrite_prompt
from reelwright.stages.writing import Writing, written
from reelwright.studio import Studio
from reelwright.takes.call import Buyer
from reelwright.takes.desk import Desk
from reelwright.takes.values import Terms
from reelwright.testing.suite import studio_in

_WRITER = '''"""A writer of one's own: it answers itself, and writes down that it was asked."""

import json
from decimal import Decimal

from reelwright.models.video.contract import Charge
from reelwright.models.writers.contract import Draft


class Baker:
    identity = {identity!r}

    def __init__(self, name, asked):
        self.name, self.asked = name, asked

    async def write(self, request, *, idempotency_key):
        with self.asked.open("a") as asked:
            asked.write(request.turns[-1].text + "\\n")
        told = json.dumps({{"prompt": {says!r}}})
        return Draft(text=told, charge=Charge(usd=Decimal("0.02"), source="catalogue"))

    async def aclose(self):
        pass


def build(entry, bench):
    return Baker(entry.name, bench.settings.home / "asked.txt")
'''
_SCHEMA = {
    "type": "object",
    "properties": {"prompt": {"type": "string"}},
    "required": ["prompt"],
    "additionalProperties": False,
}
REQUEST = WritingRequest(
    instructions="You write.", turns=(Turn(speaker="user", text="Bread."),), schema_name="prompt", json_schema=_SCHEMA
)


@dataclass(frozen=True)
class Bakery:
    """A folder with the writer's file, and a studio with a ledger."""

    folder: Path
    desk: Desk

    @property
    def studio(self) -> Studio:
        """Where it is asked."""
        return self.desk.studio

    @property
    def asked(self) -> int:
        """How often the writer was asked."""
        file = self.studio.settings.home / "asked.txt"
        return len(file.read_text("utf-8").splitlines()) if file.exists() else 0

    @property
    def charged(self) -> list[Decimal]:
        """What the ledger's account says was charged."""
        return [line.usd for line in list_charges(self.desk.ledger) if line.what == "charged"]

    def definition(self, identity: str, says: str = "a loaf", **changes: Any) -> dict[str, Any]:
        """Write the file (over the one that is there), and return the writer as a recipe names it, by its path."""
        file = self.folder / "baker.py"
        file.write_text(_WRITER.format(identity=identity, says=says), "utf-8")
        return {"name": "baker", "protocol": str(file), **changes}

    def ask(self, identity: str, says: str = "a loaf", *, pay: bool = False, **changes: Any) -> Writing:
        """Ask the writer of such a file for the same; over the ledger, where it is paid."""
        entry = self.studio.catalogue.resolve(self.definition(identity, says, **changes), "writer")
        return asyncio.run(written(self.studio, entry, REQUEST, self._buyer if pay else None))

    def forget(self) -> None:
        """Lose what was finished; the bytes and the ledger stay."""
        shutil.rmtree(self.studio.settings.home / "vault" / "finished")

    def _buyer(self, entry: Entry) -> Buyer:
        del entry
        return Buyer(self.desk, Terms(purpose=Purpose(episode="bread", caps={"episode bread": Decimal(1)})))


@pytest.fixture
def bakery(tmp_path: Path) -> Iterator[Bakery]:
    """A bakery of this test's own."""
    studio = studio_in(tmp_path / "home")
    desk = Desk(studio)
    yield Bakery(tmp_path, desk)
    desk.ledger.database.close()
    studio.crew.close()


def test_a_changed_identity_is_asked_anew(bakery: Bakery) -> None:
    """The same entry, the same words, another writer."""
    bakery.ask("baker/1", "a loaf")
    again = bakery.ask("baker/2", "a roll")
    assert (again.draft.text, again.hit, bakery.asked) == ('{"prompt": "a roll"}', False, 2)


def test_an_identity_that_stays_is_found_again(bakery: Bakery) -> None:
    """Even if its file was changed: its author says that it writes the same. The entry's name does not count."""
    bakery.ask("baker/1", "a loaf")
    again = bakery.ask("baker/1", "a roll", name="another")
    assert (again.draft.text, again.hit, bakery.asked) == ('{"prompt": "a loaf"}', True, 1)


def test_a_writer_that_says_nothing_is_told_by_its_entry(bakery: Bakery) -> None:
    """The same entry is found again; one with another option is asked."""
    bakery.ask("")
    assert bakery.ask("").hit
    assert not bakery.ask("", options={"warmth": 1}).hit
    assert bakery.asked == 2


def test_its_identity_is_asked_with_its_key(bakery: Bakery) -> None:
    """A key that is not set is named before anything is asked, though the answer is there."""
    bakery.ask("baker/1")
    with pytest.raises(MissingCredential, match="REELWRIGHT_NO_SUCH_KEY"):
        bakery.ask("baker/1", api_key={"env": "REELWRIGHT_NO_SUCH_KEY"})
    assert bakery.asked == 1


def test_a_changed_identity_is_paid_anew(bakery: Bakery) -> None:
    """The ledger does not take the one's answer for the other's."""
    bakery.ask("baker/1", "a loaf", pay=True)
    again = bakery.ask("baker/2", "a roll", pay=True)
    assert (again.draft.text, bakery.charged) == ('{"prompt": "a roll"}', [Decimal("0.02")] * 2)


def test_an_identity_that_stays_is_paid_once(bakery: Bakery) -> None:
    """The ledger knows what was bought, also where the vault has lost what was finished."""
    bakery.ask("baker/1", "a loaf", pay=True)
    bakery.forget()
    again = bakery.ask("baker/1", "a roll", pay=True)
    assert (again.draft.text, again.hit, bakery.asked) == ('{"prompt": "a loaf"}', True, 1)
    assert bakery.charged == [Decimal("0.02")]


def test_a_file_that_was_moved_is_not_paid_again(bakery: Bakery) -> None:
    """Where it lies is no part of what is asked, in the ledger neither."""
    bakery.ask("baker/1", pay=True)
    bakery.forget()
    (bakery.folder / "parts").mkdir()
    moved = Bakery(bakery.folder / "parts", bakery.desk)
    assert moved.ask("baker/1", pay=True).hit
    assert (moved.asked, moved.charged) == (1, [Decimal("0.02")])


@pytest.mark.parametrize(("identity", "prompt"), [("baker/1", "a loaf"), ("baker/2", "a roll")])
def test_a_blocked_prompt_is_said_again_by_another_identity_only(bakery: Bakery, identity: str, prompt: str) -> None:
    """What is made of an answer has the writer in its key, too."""

    def said(identity: str, says: str) -> str:
        recipe = Recipe(writer=bakery.definition(identity, says))
        return asyncio.run(rewrite_prompt(bakery.studio, "a knife", "violence", recipe)).prompt

    assert said("baker/1", "a loaf") == "a loaf"
    assert said(identity, "a roll") == prompt
