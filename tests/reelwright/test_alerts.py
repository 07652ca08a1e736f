"""When a person is needed, and what they are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from reelwright.alerts import alerts_of_ledger, ending_models, nearly_used, refused_keys
from reelwright.catalogue import Catalogue
from reelwright.errors import AllModelsFailed, FailureKind, ProviderError
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.tables import channel_tokens
from reelwright.ledger.values import Purpose
from reelwright.recipe import Recipe
from reelwright.takes.values import TakeFailed


def test_a_budget_is_told_from_eighty_percent_on() -> None:
    """Under it nobody is called; a scope without any spending is none."""
    caps = {"day 1": Decimal(10), "day 2": Decimal(10), "day 3": Decimal(10)}
    (found,) = nearly_used({"day 1": Decimal("7.99"), "day 2": Decimal(8)}, caps)
    assert (found.kind, found.cause) == ("budget", "budget day 2")
    assert "80%: $8.00 of $10.00" in found.message


def test_a_model_is_told_two_weeks_before_its_end_with_those_that_live() -> None:
    """Early enough to choose another one by daylight."""
    recipe = Recipe(name="kitchen", video_models=("sora-2", "animatic"))
    catalogue = Catalogue.load()
    assert ending_models(recipe, catalogue, date(2026, 9, 1)) == ()
    (soon,) = ending_models(recipe, catalogue, date(2026, 9, 15))
    assert "sora-2 ends on 2026-09-24, and the recipe 'kitchen' names it" in soon.message
    assert "animatic" in soon.what_to_do
    (past,) = ending_models(recipe, catalogue, date(2026, 10, 1))
    assert (past.cause, "sora-2 ended on" in past.message) == (soon.cause, True)


def test_a_refused_key_is_told_once_a_model() -> None:
    """Two shots that meet the same refusal are one cause."""
    refused = ProviderError("The key was refused", provider="Kling", kind=FailureKind.AUTH)
    busy = ProviderError("It is busy", provider="fal", kind=FailureKind.BUSY)
    failed = [TakeFailed(error, model=name, kind=error.kind) for name, error in (("kling-v3", refused), ("x", busy))]
    (found,) = refused_keys([AllModelsFailed("shot 1", tuple(failed)), AllModelsFailed("shot 2", tuple(failed))])
    assert (found.kind, found.cause) == ("credential", "key of kling-v3")
    assert "The key was refused" in found.message


def test_the_ledger_tells_suspect_jobs_and_sign_ins_that_end(tmp_path: Path) -> None:
    """What no run meets again is found where it was written down, with what may have been charged."""
    ledger, now = Ledger(f"sqlite:///{tmp_path}/ledger.db"), datetime.now(UTC)
    bread = Purpose(episode="bread", run="", shot=2)
    job = ledger.claim("k" * 64, holder="me", entry="veo-3.1", model="", account="", usd=Decimal("1.2"), purpose=bread)
    ledger.starting(job)
    ledger.suspect(job, FailureKind.UNKNOWN, "No answer came.")
    token = {"account": "youtube/main", "version": 1, "sealed": "", "scopes": [], "account_name": "Kitchen"}
    with ledger.database.transaction() as connection:
        for name, days in (("youtube/main", 3), ("tiktok/main", 30)):
            until = now.timestamp() + days * 86400
            row = {**token, "account": name, "refresh_until": until, "changed_at": 0.0}
            connection.execute(insert(channel_tokens).values(row))
    charge, sign_in = alerts_of_ledger(ledger.database, now)
    ledger.database.close()
    assert "Shot 2 of bread" in charge.message
    assert "$1.20 stay counted" in charge.message
    assert (sign_in.kind, sign_in.cause) == ("credential", "sign-in youtube/main")
    assert "reelwright auth youtube" in sign_in.what_to_do
