"""What a platform allows in a period, counted in the ledger over all runs and machines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, insert, select, text

from reelwright.ledger.database import Database
from reelwright.ledger.tables import channel_uses as uses
from reelwright.publishing.rules import Call, ChannelRules, Quota

_SLIDING = {"minute": timedelta(minutes=1), "24 hours": timedelta(hours=24)}
_FORGOTTEN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """How much of a quota is used."""

    quota: Quota
    used: int
    free_at: datetime
    """When the next unit is free."""


def take(database: Database, place: str, rules: ChannelRules, call: Call) -> QuotaUse | None:
    """Take one unit of each quota before a call; if one is used up, none is taken and that one is returned."""
    wanted = [quota for quota in rules.quotas if quota.call == call]
    if not wanted:
        return None
    with database.transaction() as connection:
        if database.is_postgres:
            # One counter at a time: two that both count 99 of 100 would both go on.
            lock = int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], signed=True)
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})
        now = datetime.fromtimestamp(database.now(connection), UTC)
        for quota in wanted:
            found = _use(connection, place, quota, now)
            if found.used >= quota.most:
                return found
        for quota in wanted:
            connection.execute(insert(uses).values(place=place, quota=quota.name, at=now.timestamp()))
        connection.execute(delete(uses).where(uses.c.place == place, uses.c.at < (now - _FORGOTTEN).timestamp()))
    return None


def used(database: Database, place: str, rules: ChannelRules) -> tuple[QuotaUse, ...]:
    """Return how much of each quota is used."""
    with database.transaction() as connection:
        now = datetime.fromtimestamp(database.now(connection), UTC)
        return tuple(_use(connection, place, quota, now) for quota in rules.quotas)


def _use(connection: Connection, place: str, quota: Quota, now: datetime) -> QuotaUse:
    begin = _begin(quota, now)
    same = (uses.c.place == place, uses.c.quota == quota.name, uses.c.at >= begin.timestamp())
    count = connection.execute(select(func.count()).where(*same)).scalar_one()
    if count < quota.most:
        return QuotaUse(quota, count, now)
    if quota.per == "day":
        return QuotaUse(quota, count, _next_day(quota, now))
    # The window slides: a unit is free when the one that is `most` back from the newest falls out of it.
    oldest = select(uses.c.at).where(*same).order_by(uses.c.at.desc()).offset(quota.most - 1).limit(1)
    at = connection.execute(oldest).scalar_one()
    return QuotaUse(quota, count, datetime.fromtimestamp(at, UTC) + _SLIDING[quota.per])


def _begin(quota: Quota, now: datetime) -> datetime:
    if quota.per != "day":
        return now - _SLIDING[quota.per]
    zone = ZoneInfo(quota.zone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _next_day(quota: Quota, now: datetime) -> datetime:
    zone = ZoneInfo(quota.zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
