"""Facts about models: what they make, what it costs, until when. Dated and sourced in `catalogue.toml`."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any, Literal, Self

from pydantic import ValidationError

from reelwright.errors import InvalidInput, RecipeError
from reelwright.settings import credential
from reelwright.validation import complaints
from reelwright.values import Exact, Usd, Value

Kind = Literal["video", "image", "narrator"]

BUILT: Mapping[Kind, frozenset[str]] = {
    "video": frozenset({"animatic"}),
    "image": frozenset({"animatic"}),
    "narrator": frozenset({"local"}),
}
"""The protocols that this version speaks."""


class Entry(Value):
    """One model at one host."""

    name: str
    kind: Kind
    protocol: str
    vendor: str
    model: str = ""
    """The vendor's own name of it."""
    base_url: str = ""
    sizes: tuple[str, ...] = ()
    """Sizes it makes, `1080x1920`; empty: any."""
    seconds: tuple[Exact, ...] = ()
    """Lengths it makes; empty: any up to `longest_seconds`."""
    longest_seconds: Exact | None = None
    audio: Literal["none", "optional", "always"] = "none"
    prompt_characters: int | None = None
    usd_per_second: Usd | None = None
    """At 720p with sound where it has sound; `None`: the vendor bills otherwise, or its price is not known for sure."""
    key_names: tuple[str, ...] = ()
    """Environment variables that may hold its key."""
    ends_on: date | None = None
    """First day on which it is no longer served."""
    instead: tuple[str, ...] = ()
    """Entries to use instead of it."""
    source: str = ""
    """Where these facts are from, and of when."""

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine and costs nothing."""
        return self.protocol in {"animatic", "local"}

    def price(self, seconds: Fraction) -> Decimal | None:
        """Return what a clip of `seconds` costs in USD, rounded up to a tenth of a cent; `None` if not known."""
        if self.is_local:
            return Decimal(0)
        if self.usd_per_second is None:
            return None
        exact = Fraction(self.usd_per_second) * seconds * 1000
        return Decimal(-(-exact.numerator // exact.denominator)) / 1000

    def fit_seconds(self, wanted: Fraction) -> Fraction:
        """Return the nearest length it makes that is at least `wanted`.

        Raises:
            InvalidInput: it makes nothing as long as that.
        """
        longest = max(self.seconds, default=self.longest_seconds)
        if longest is not None and wanted > longest:
            raise InvalidInput(
                f"{self.name} makes at most {float(longest):g} s; this shot needs {float(wanted):.1f} s.",
                hint="Split the shot, or name another model for it.",
            )
        return min((allowed for allowed in self.seconds if allowed >= wanted), default=wanted)

    def ended(self, today: date) -> bool:
        """Whether the model is no longer served."""
        return self.ends_on is not None and today >= self.ends_on

    def why_not(self, today: date, environment: Mapping[str, str] | None = None) -> str:
        """Return why it cannot be used now; empty if it can."""
        if self.ended(today):
            return f"ended on {self.ends_on}"
        if self.protocol not in BUILT[self.kind]:
            return f"its protocol {self.protocol!r} is not in this version"
        if self.key_names and credential(self.key_names, environment) is None:
            return f"no key: set {' or '.join(self.key_names)}"
        return ""


class Catalogue(Value):
    """All entries."""

    entries: tuple[Entry, ...]

    @classmethod
    def load(cls) -> Self:
        """Read the catalogue that comes with this version."""
        text = resources.files("reelwright").joinpath("catalogue.toml").read_text("utf-8")
        return cls(entries=tuple(Entry.model_validate(entry) for entry in tomllib.loads(text)["model"]))

    def of(self, kind: Kind) -> tuple[Entry, ...]:
        """Return the entries of one kind."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def resolve(self, wanted: str | Mapping[str, Any], kind: Kind) -> Entry:
        """Return an entry by name, or make one that a recipe defines in place.

        Raises:
            RecipeError: no such name (with the nearest one), or a definition that is not one.
        """
        if isinstance(wanted, str):
            return self._named(wanted, kind)
        try:
            return Entry.model_validate({"kind": kind, "vendor": "recipe", **wanted})
        except ValidationError as error:
            first = complaints(error, Entry)[0]
            hint = f"Expected {first.expected}." if first.expected else ""
            raise RecipeError(first.problem, field=f"{kind}_models.{first.field}", hint=hint) from None

    def alternatives(self, entry: Entry, today: date) -> tuple[str, ...]:
        """Return the names of models to use instead of `entry`, those that can be used now first."""
        named = [
            name
            for name in entry.instead
            if any(other.name == name and not other.ended(today) for other in self.entries)
        ]
        usable = [other.name for other in self.of(entry.kind) if not other.why_not(today)]
        return tuple(dict.fromkeys([*usable, *named]))

    def _named(self, name: str, kind: Kind) -> Entry:
        for entry in self.of(kind):
            if entry.name == name:
                return entry
        names = [entry.name for entry in self.of(kind)]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
        raise RecipeError(f"there is no {kind} model {name!r}", field=f"{kind}_models", hint=hint)
