"""A person is called: one event a cause, which an automation turns into one message a day (see `flows.automations`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from prefect.events import emit_event

from reelwright.alerts import KINDS, Alert, alerts_of_ledger, ending_models, nearly_used, refused_keys
from reelwright.ledger.database import Database
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import committed_usd
from reelwright.plan import Plan
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from reelwright.stages.episode import FinishedShot
from reelwright.takes.terms import terms_of
from tasks.studio import desk, studio

_PREFIX = "reelwright.alert."
EVENTS = tuple(_PREFIX + kind for kind in KINDS)
"""The events' names."""


def call_a_person(alerts: Iterable[Alert]) -> None:
    """Emit an event for each alert."""
    for alert in alerts:
        emit_event(
            event=_PREFIX + alert.kind,
            resource={
                "prefect.resource.id": f"{_PREFIX}{alert.kind}.{alert.cause}".replace(" ", "-"),
                "prefect.resource.name": alert.cause,
            },
            payload={"message": alert.message, "what_to_do": alert.what_to_do},
        )


async def tell_needs(plan: Plan, recipe: Recipe, episode: str, made: Sequence[FinishedShot | BaseException]) -> None:
    """Call a person for what a run has met: models that end, refused keys, budgets nearly used, suspect jobs."""
    catalogue, now = studio().catalogue, datetime.now(UTC)
    alerts = [*ending_models(recipe, catalogue, now.date()), *refused_keys(made)]
    if plan.usd_high:
        alerts += await asyncio.to_thread(_of_money, desk().ledger, plan, recipe, episode, now)
    call_a_person(alerts)


def look_after_the_ledger() -> None:
    """Call a person for what the ledger of all runs holds: suspect jobs, unknown publications, sign-ins that end.

    Raises:
        StorageError: the ledger cannot be read.
    """
    database = Database(Settings().ledger_url)
    try:
        call_a_person(alerts_of_ledger(database, datetime.now(UTC)))
    finally:
        database.close()


def _of_money(ledger: Ledger, plan: Plan, recipe: Recipe, episode: str, now: datetime) -> tuple[Alert, ...]:
    catalogue = studio().catalogue
    models = {model for shot in plan.shots for model in shot.models}
    entries = [catalogue.resolve(wanted, "video") for wanted in (*recipe.key_video_models, *recipe.video_models)]
    caps: dict[str, Decimal] = {}
    for entry in entries:
        if entry.name in models and not entry.is_local:
            caps |= terms_of(entry, episode, recipe).purpose.caps
    # An episode's own cap is held by its plan, and a good plan comes near it.
    caps.pop(f"episode {episode}", None)
    return (*nearly_used(committed_usd(ledger, tuple(caps)), caps), *alerts_of_ledger(ledger.database, now))
