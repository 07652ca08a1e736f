"""When a person is needed: one event a cause, which an automation turns into one message (see `flows.automations`).

```
reelwright.alert.budget        a cap is used to 80 % or more
reelwright.alert.model         a model that recipes name ends soon, or has ended
reelwright.alert.credential    a key was refused, or expires soon
reelwright.alert.publication   nobody can tell whether an upload went through
reelwright.alert.charge        nobody can tell whether a job runs, and what it may cost stays counted
```
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import FailureKind, RecipeError, money
from reelwright.recipe import Recipe
from reelwright.values import Value

if TYPE_CHECKING:
    from reelwright.ledger.ledger import Ledger
    from reelwright.stages.episode import FinishedShot

Kind = Literal["budget", "model", "credential", "publication", "charge"]

ALERTS = tuple(f"reelwright.alert.{kind}" for kind in ("budget", "model", "credential", "publication", "charge"))
"""The events' names."""

_NEARLY = Decimal("0.8")
_SOON = timedelta(days=14)


class Alert(Value):
    """One cause for which a person is needed."""

    kind: Kind
    cause: str
    """What it is about, the same whichever run meets it, e.g. `day 2026-11-21`."""
    message: str
    what_to_do: str

    @property
    def event(self) -> str:
        """The event's name."""
        return f"reelwright.alert.{self.kind}"


def call_a_person(alerts: Iterable[Alert]) -> None:
    """Emit an event for each alert; the server tells of each cause once a day."""
    from prefect.events import emit_event  # noqa: PLC0415 - most runs need nobody

    for alert in alerts:
        emit_event(
            event=alert.event,
            resource={
                "prefect.resource.id": f"{alert.event}.{alert.cause}".replace(" ", "-"),
                "prefect.resource.name": alert.cause,
            },
            payload={"message": alert.message, "what_to_do": alert.what_to_do},
        )


def nearly_used(used: Mapping[str, Decimal], caps: Mapping[str, Decimal]) -> tuple[Alert, ...]:
    """Return an alert for each cap that is used to 80 % or more; amounts in US dollars."""
    return tuple(
        Alert(
            kind="budget",
            cause=f"budget {scope}",
            message=f"The budget {scope!r} is used to {used[scope] / cap:.0%}: {money(used[scope])} of {money(cap)}.",
            what_to_do="Raise the cap in the recipe or series, or leave it: what would pass it is not started.",
        )
        for scope, cap in sorted(caps.items())
        if cap > 0 and used.get(scope, Decimal(0)) >= cap * _NEARLY
    )


def ending_models(recipe: Recipe, catalogue: Catalogue, today: date) -> tuple[Alert, ...]:
    """Return an alert for each model of a recipe that has ended, or will within two weeks."""
    found: dict[str, Alert] = {}
    for entry in _entries(recipe, catalogue):
        if entry.ends_on is None or entry.ends_on - today > _SOON:
            continue
        others = ", ".join(catalogue.alternatives(entry, today)) or "none that can be used now"
        when = "ended" if entry.ended(today) else "ends"
        found[entry.name] = Alert(
            kind="model",
            cause=f"model {entry.name}",
            message=f"The model {entry.name} {when} on {entry.ends_on}, and the recipe {recipe.name!r} names it.",
            what_to_do=f"Name another one in the recipe; alive: {others}.",
        )
    return tuple(found.values())


def refused_keys(shots: Iterable[FinishedShot]) -> tuple[Alert, ...]:
    """Return an alert for each model that was left because its key or its account was refused."""
    found: dict[str, Alert] = {}
    for shot in shots:
        for cause in shot.clip.causes:
            if cause.kind in {FailureKind.AUTH, FailureKind.BILLING}:
                found[cause.model] = Alert(
                    kind="credential",
                    cause=f"key of {cause.model}",
                    message=f"The vendor of {cause.model} refused the key or the account: {cause.reason}",
                    what_to_do="Renew the key or top up the account, then: reelwright blocks check",
                )
    return tuple(found.values())


def suspect_charges(ledger: Ledger, run: str) -> tuple[Alert, ...]:
    """Return an alert for each job of a run of which nobody can tell whether it runs."""
    from sqlalchemy import select  # noqa: PLC0415 - only runs that paid load the database

    from reelwright.ledger.tables import jobs  # noqa: PLC0415
    from reelwright.ledger.values import dollars  # noqa: PLC0415

    query = select(jobs).where(jobs.c.run == run, jobs.c.state == "suspect")
    with ledger.database.transaction() as connection:
        rows = list(connection.execute(query).mappings())
    return tuple(
        Alert(
            kind="charge",
            cause=f"job {row['id']} at {row['entry']}",
            message=f"Shot {row['shot']} of {row['episode']}: nobody can tell whether its job at {row['entry']} runs."
            f" {money(dollars(row['reserved_micro']))} stay counted for it. {row['reason']}",
            what_to_do="Look the job up at the vendor: if it is there, run the episode again and it is found."
            " See `reelwright ledger jobs`.",
        )
        for row in rows
    )


def _entries(recipe: Recipe, catalogue: Catalogue) -> Iterable[Entry]:
    named = [("video", wanted) for wanted in (*recipe.key_video_models, *recipe.video_models)]
    named += [("image", wanted) for wanted in recipe.image_models]
    for kind, wanted in named:
        with contextlib.suppress(RecipeError):
            yield catalogue.resolve(wanted, kind)  # type: ignore[arg-type]
