"""Upgrades do not hurt: files that earlier versions wrote are read, and mean what they meant.

`tests/stored` only grows. Nothing in it is ever changed: a file that cannot be read any more is a broken promise.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from support.terminal import Terminal

from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import list_charges, list_jobs
from reelwright.recipe import Recipe
from reelwright.script.documents import parse_document
from reelwright.script.source import read_source

STORED = Path(__file__).parent / "stored"


@pytest.mark.parametrize("path", sorted(STORED.glob("recipe-*.yaml")), ids=lambda path: str(path.name))
def test_an_old_recipe_is_read(path: Path) -> None:
    """What it says still counts; what it could not know has its default."""
    document = parse_document(path.read_text("utf-8"), name=path.name)
    recipe = document.value(Recipe, document.data)
    assert (recipe.output.frame_rate, recipe.captions.highlight) == (25, "#9ad1c4")
    assert recipe.budget.per_model_usd == {"veo-3.1": Decimal(1)}
    assert recipe == Recipe.model_validate(recipe.model_dump(mode="json"))


@pytest.mark.parametrize("path", sorted(STORED.glob("brief-*.yaml")), ids=lambda path: str(path.name))
def test_an_old_brief_is_read(path: Path) -> None:
    """Shot by shot."""
    first, second = read_source(str(path)).brief.shots
    assert (first.camera, first.key, first.seed, first.continues) == ("push", True, 7, False)
    assert (second.seconds, second.audio, second.models) == (4, "mute", ("animatic",))


@pytest.mark.parametrize("path", sorted(STORED.glob("manifest-*.json")), ids=lambda path: str(path.name))
def test_an_old_episode_can_be_made_again(path: Path, terminal: Terminal) -> None:
    """Its manifest is a source, with its recipe."""
    source = read_source(str(path))
    assert source.recipe is not None
    assert [shot.narration for shot in source.brief.shots] == ["Leaves hold tannin."]
    planned = terminal.run("plan", path, "--json")
    assert (planned.exit_code, planned.json["title"]) == (0, json.loads(path.read_text("utf-8"))["storyboard"]["title"])


@pytest.mark.parametrize("path", sorted(STORED.glob("ledger-*.sql")), ids=lambda path: str(path.name))
def test_an_old_ledger_is_brought_up_to_date(path: Path, tmp_path: Path) -> None:
    """Opened by this version, it keeps every line of the account and every claim."""
    with sqlite3.connect(tmp_path / "ledger.db") as old:
        old.executescript(path.read_text("utf-8"))
        before = old.execute("SELECT id, state, charged_micro FROM jobs ORDER BY id").fetchall()
    old.close()
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    try:
        charged = [line.usd for line in list_charges(ledger) if line.what == "charged"]
        states = sorted(line.state for line in list_jobs(ledger))
        suspects = ledger.suspects("c" * 64)
    finally:
        ledger.database.close()
    with sqlite3.connect(tmp_path / "ledger.db") as new:
        after = new.execute("SELECT id, state, charged_micro FROM jobs ORDER BY id").fetchall()
    new.close()
    assert after == before
    assert sorted(charged) == [Decimal("0.40"), Decimal("0.85")]
    assert states == ["done", "failed", "suspect"]
    assert [job.reason for job in suspects] == ["no answer"]
