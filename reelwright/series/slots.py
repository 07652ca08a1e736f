"""Slots: the moments at which episodes of a series go out, on the clock on the wall of its time zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reelwright.series.values import DAYS, Series, SlotRule
from reelwright.values import Value

_DAY = timedelta(days=1)


class Slot(Value):
    """One slot. It is known by the time that its rule says, so that each happens once, whatever the clocks do."""

    local: str
    """The wall time of its rule, as `2026-03-29T02:30`, also where clocks leap over it: its name within the series."""
    rule: str
    at: datetime
    """When it comes (UTC). A wall time that clocks leap over comes as much later; one that comes twice, the first."""
    due: datetime
    """From when on its episode is made (UTC)."""

    @property
    def day(self) -> str:
        """The day it belongs to, as `2026-03-29`."""
        return self.local[:10]

    @property
    def month(self) -> str:
        """The month it belongs to, as `2026-03`."""
        return self.local[:7]


def slots_between(series: Series, start: datetime, end: datetime, rules: Collection[str] = ()) -> tuple[Slot, ...]:
    """Return the slots that come from `start` on and before `end`, in order; of some rules, or of all.

    A time that two rules name is one slot, the first rule's.
    """
    zone = ZoneInfo(series.time_zone)
    found: dict[str, Slot] = {}
    # A leap of the clocks or of the date line never moves a slot by more than a day.
    day, last = (start.astimezone(zone) - _DAY).date(), (end.astimezone(zone) + _DAY).date()
    while day <= last:
        for slot in _on(series, zone, day):
            if start <= slot.at < end:
                found.setdefault(slot.local, slot)
        day += _DAY
    wanted = [slot for slot in found.values() if not rules or slot.rule in rules]
    return tuple(sorted(wanted, key=lambda slot: (slot.at, slot.local)))


def _on(series: Series, zone: ZoneInfo, day: date) -> Iterator[Slot]:
    for rule in series.slots:
        if DAYS[day.weekday()] in rule.days:
            yield from _of_rule(rule, series, zone, day)


def _of_rule(rule: SlotRule, series: Series, zone: ZoneInfo, day: date) -> Iterator[Slot]:
    for written in rule.times:
        wall = datetime.combine(day, time.fromisoformat(written))
        yield Slot(
            local=wall.isoformat(timespec="minutes"),
            rule=rule.name,
            at=_moment(wall, zone),
            due=_moment(wall - timedelta(hours=series.lead_hours), zone),
        )


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    # The standard library's rule (PEP 495) for fold=0 is the one that is wanted: in a gap the offset before it holds,
    # which leads behind the gap; in an overlap the first of the two.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
