"""`deployments/MODELS.md`: the catalogue for readers, always as the catalogue is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.commands.models_table import markdown, rows_of
from reelwright.catalogue import Catalogue
from reelwright.credentials import nothing_stored

DOCUMENT = Path(__file__).parents[2] / "deployments" / "MODELS.md"
CATALOGUE = Catalogue.load()


def test_the_document_is_what_the_generator_prints() -> None:
    """After a change of the catalogue: `reelwright models --markdown > deployments/MODELS.md`."""
    assert DOCUMENT.read_text("utf-8") == markdown(CATALOGUE)


@pytest.mark.parametrize("entry", CATALOGUE.entries, ids=lambda entry: f"{entry.kind} {entry.name}")
def test_every_model_has_its_row(entry: object) -> None:
    """With its protocol, its source and, if it ends, its last day."""
    name, protocol, source = (getattr(entry, field) for field in ("name", "protocol", "source"))
    rows = [line for line in markdown(CATALOGUE).splitlines() if f"| `{name}` | `{protocol}` |" in line]
    told = [row for row in rows if source.replace("|", "\\|") in row]
    assert told
    assert str(getattr(entry, "ends_on", "") or "") in told[0]


def test_every_row_fits_its_table() -> None:
    """As many cells as the head has: a source with a bar in it breaks nothing."""
    cells = 0
    for line in markdown(CATALOGUE).splitlines():
        found = line.replace("\\|", "").count("|")
        if line.startswith("| vendor"):
            cells = found
        assert found in {0, cells}


def test_a_row_for_this_machine_says_where_the_key_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable's name, never its value."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    rows = {row["name"]: row for row in rows_of(CATALOGUE, date(2026, 11, 21), nothing_stored)}
    assert rows["gpt-6-luna"]["key_found"] == "OPENAI_API_KEY"
    assert "sk-0123456789" not in str(rows)
