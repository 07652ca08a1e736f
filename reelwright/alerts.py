"""When a person is needed, and what they should do: found in results, recipes and the ledger. Pure, but for reading.

```
budget        a cap is used to 80 % or more
model         a model that a recipe names ends within two weeks, or has ended
credential    a key was refused, or a sign-in expires within a week
publication   nobody can tell whether an upload went through
charge        nobody can tell whether a job runs, and what it may cost stays counted
```
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, select

from reelwright.catalogue import Catalogue, Entry, Kind
from reelwright.errors import AllModelsFailed, FailureKind, RecipeError, money
from reelwright.ledger.database import Database
from reelwright.ledger.tables import channel_tokens, jobs, publications
from reelwright.ledger.values import dollars
from reelwright.recipe import Recipe
from reelwright.stages.episode import FinishedShot
from reelwright.takes.values import TakeFailed
from reelwright.values import Value

AlertKind = Literal["budget", "model", "credential", "publication", "charge"]
KINDS: tuple[AlertKind, ...] = ("budget", "model", "credential", "publication", "charge")

_NEARLY = Decimal("0.8")
_MODEL_ENDS = timedelta(days=14)
_SIGN_IN_ENDS = timedelta(days=7)
_RECENT = timedelta(days=7)
"""What is older was told of, day by day, and is left to the ledger."""
_REFUSED = frozenset({FailureKind.AUTH, FailureKind.BILLING})


class Alert(Value):
    """One cause for which a person is needed."""

    kind: AlertKind
    cause: str
    """What it is about, the same whichever run meets it, e.g. `budget day 2026-11-21`."""
    message: str
    what_to_do: str


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
        if entry.ends_on is None or entry.ends_on - today > _MODEL_ENDS:
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


def refused_keys(made: Iterable[FinishedShot | BaseException]) -> tuple[Alert, ...]:
    """Return an alert for each model that was left because its key or its account was refused; see `gather`."""
    found: dict[str, Alert] = {}
    for model, kind, reason in _causes(made):
        if kind in _REFUSED:
            found[model] = Alert(
                kind="credential",
                cause=f"key of {model}",
                message=f"The vendor of {model} refused the key or the account: {reason}",
                what_to_do="Renew the key or top up the account, then try it: reelwright blocks check",
            )
    return tuple(found.values())


def alerts_of_ledger(database: Database, now: datetime) -> tuple[Alert, ...]:
    """Return what the ledger of all runs needs a person for.

    Raises:
        StorageError: the ledger cannot be read.
    """
    recent, soon = (now - _RECENT).timestamp(), (now + _SIGN_IN_ENDS).timestamp()
    suspect = select(jobs).where(jobs.c.state == "suspect", jobs.c.ended_at >= recent)
    unknown = select(publications).where(publications.c.state == "unknown", publications.c.changed_at >= recent)
    ending = select(channel_tokens).where(channel_tokens.c.refresh_until <= soon)
    return (
        *(_charge(row) for row in _rows(database, suspect)),
        *(_publication(row) for row in _rows(database, unknown)),
        *(_sign_in(row) for row in _rows(database, ending)),
    )


def _charge(row: Any) -> Alert:
    return Alert(
        kind="charge",
        cause=f"job {row['id']} at {row['entry']}",
        message=f"Shot {row['shot']} of {row['episode']}: nobody can tell whether its job at {row['entry']} runs."
        f" {money(dollars(row['reserved_micro']))} stay counted for it. {row['reason']}",
        what_to_do="Look the job up at the vendor: if it is there, run the episode again and it is found."
        " See: reelwright ledger jobs",
    )


def _publication(row: Any) -> Alert:
    return Alert(
        kind="publication",
        cause=f"publication {row['id']} on {row['channel']}",
        message=f"Nobody can tell whether {row['slug']} went out on {row['channel']}. {row['reason']}",
        what_to_do=row["person_should"] or "Look at the channel, then tell it: reelwright publications --help",
    )


def _sign_in(row: Any) -> Alert:
    until = datetime.fromtimestamp(row["refresh_until"], UTC)
    name = row["account_name"] or row["account"]
    return Alert(
        kind="credential",
        cause=f"sign-in {row['account']}",
        message=f"The sign-in of {name} ends on {until:%Y-%m-%d}; after that nothing is published there.",
        what_to_do=f"Sign in again: reelwright auth {row['account'].partition('/')[0]}",
    )


def _causes(made: Iterable[FinishedShot | BaseException]) -> Iterator[tuple[str, FailureKind, str]]:
    for one in made:
        if isinstance(one, FinishedShot):
            yield from ((cause.model, cause.kind, cause.reason) for cause in one.clip.causes)
        elif isinstance(one, AllModelsFailed):
            yield from (
                (cause.model, cause.kind, cause.cause.message) for cause in one.causes if isinstance(cause, TakeFailed)
            )


def _entries(recipe: Recipe, catalogue: Catalogue) -> Iterator[Entry]:
    named: list[tuple[Kind, Any]] = [("video", wanted) for wanted in (*recipe.key_video_models, *recipe.video_models)]
    named += [("image", wanted) for wanted in recipe.image_models]
    for kind, wanted in named:
        with contextlib.suppress(RecipeError):
            yield catalogue.resolve(wanted, kind)


def _rows(database: Database, query: Select[Any]) -> list[Any]:
    with database.transaction() as connection:
        return list(connection.execute(query).mappings())
