"""Plans of small episodes, as `reelwright plan` makes them, with remote models that a recipe defines in place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from reelwright.catalogue import Catalogue
from reelwright.credentials import KeySource, nothing_stored
from reelwright.plan import Plan, make_plan
from reelwright.recipe import Recipe
from reelwright.storyboard import Character, Shot, Storyboard

TODAY = date(2026, 11, 21)
CATALOGUE = Catalogue.load()
MODEL = {
    "name": "cloud",
    "protocol": "openai-videos",
    "base_url": "https://videos.example/v1",
    "model": "cloud-1",
    "seconds": [4, 8, 12],
    "audio": "none",
    "first_frame": "yes",
    "usd_per_second": "0.10",
}
"""A remote model that needs no key, defined in place."""
DEAR = {**MODEL, "name": "dear", "model": "dear-1", "seconds": [], "longest_seconds": 20, "usd_per_second": "0.50"}
BOUGHT = Shot(prompt="a loaf", seconds=Fraction(6), audio="mute")
SPOKEN = Shot(narration="Bread goes stale because its starch crystallises again.")


def plan(
    *shots: Shot,
    today: date = TODAY,
    catalogue: Catalogue = CATALOGUE,
    environment: Mapping[str, str] | None = None,
    stored_keys: KeySource = nothing_stored,
    language: str = "en",
    title: str = "Bread",
    characters: tuple[Character, ...] = (),
    **recipe: Any,
) -> Plan:
    """The plan of an episode with these shots."""
    storyboard = Storyboard(title=title, language=language, shots=shots or (SPOKEN,), characters=characters)
    return make_plan(
        storyboard, Recipe(**recipe), catalogue, today=today, environment=environment or {}, stored_keys=stored_keys
    )
