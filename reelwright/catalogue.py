"""Facts about models: what they make, what it costs, until when. Dated and sourced in `catalogue.toml`."""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError

from reelwright import shipped
from reelwright.checks.picture_values import Corner
from reelwright.credentials import KeySource, WrittenKey, address, nothing_stored, variable
from reelwright.errors import InvalidInput, MissingCredential, RecipeError
from reelwright.models.bench import completed
from reelwright.models.images.registry import PROTOCOLS as IMAGE_PROTOCOLS
from reelwright.models.narrators.registry import PROTOCOLS as NARRATOR_PROTOCOLS
from reelwright.models.transcribers.local_models import lacking
from reelwright.models.transcribers.registry import PROTOCOLS as TRANSCRIBER_PROTOCOLS
from reelwright.models.video.registry import PROTOCOLS as VIDEO_PROTOCOLS
from reelwright.models.writers.registry import PROTOCOLS as WRITER_PROTOCOLS
from reelwright.plugins import module_of
from reelwright.settings import credential
from reelwright.validation import complaints
from reelwright.values import Exact, Size, Usd, Value

Kind = shipped.Kind

_REGISTRIES: Mapping[Kind, Mapping[str, str]] = {
    "video": VIDEO_PROTOCOLS,
    "image": IMAGE_PROTOCOLS,
    "narrator": NARRATOR_PROTOCOLS,
    "writer": WRITER_PROTOCOLS,
    "transcriber": TRANSCRIBER_PROTOCOLS,
}

BUILT: Mapping[Kind, frozenset[str]] = {kind: frozenset(protocols) for kind, protocols in _REGISTRIES.items()}
"""The protocols that this version speaks by itself; see `reelwright.plugins` for those of others."""

_PRICE_FIELDS: Mapping[Kind, str] = {
    "video": "usd_per_second",
    "image": "usd_each",
    "narrator": "usd_per_1000_characters",
    "writer": "usd_per_million_input and usd_per_million_output",
    "transcriber": "usd_per_minute",
}
_SHORTEST_DEADLINE_SECONDS = 900
_KEY_NAME = re.compile(r"auth|cookie|key|token|secret|password", re.IGNORECASE)


def _no_keys(fields: Mapping[str, str]) -> Mapping[str, str]:
    named = sorted(name for name in fields if _KEY_NAME.search(name))
    if named:
        message = f"{', '.join(named)} may carry a secret: use api_key: {{env: NAME}}, and auth: <header>"
        raise ValueError(message)
    return fields


class Price(Value):
    """What one second costs under a condition; the first that fits is taken."""

    usd_per_second: Usd
    """What a second of video costs under these conditions."""
    short_side: int | None = None
    """The shorter side of the picture, at most so many pixels."""
    audio: bool | None = None
    """With sound, without, or either."""

    def fits(self, size: Size | None, audio: bool | None) -> bool:
        """Whether a clip falls under it; what is not told about the clip fits."""
        if self.short_side is not None and size is not None and min(size.width, size.height) > self.short_side:
            return False
        return self.audio is None or audio is None or audio == self.audio


class Entry(Value):
    """One model at one host."""

    name: str
    """What recipes call it."""
    kind: Kind
    """What it makes."""
    protocol: str
    """How it is spoken to: one that is built in, or somebody's own."""
    vendor: str
    """Who runs it, for messages and the ledger."""
    model: str = ""
    """The vendor's own name of it."""
    also: tuple[str, ...] = ()
    """Other names of the same model, e.g. its dated snapshots."""
    base_url: Annotated[str, AfterValidator(address)] = ""
    """Where its API is; empty: the protocol's usual address."""
    sizes: tuple[str, ...] = ()
    """Sizes it makes, `1080x1920`; empty: any."""
    seconds: tuple[Exact, ...] = ()
    """Lengths it makes; empty: any up to `longest_seconds`."""
    longest_seconds: Exact | None = None
    """The longest clip it makes, where it takes any length up to that."""
    audio: Literal["none", "optional", "always"] = "none"
    """Whether its clips have sound: never, if it is asked for, or always."""
    prompt_characters: int | None = None
    """The longest prompt it takes, in characters."""
    first_frame: Literal["no", "yes", "required"] = "no"
    """Whether it takes a picture to start from."""
    last_frame: bool = False
    """Whether it takes a picture to end with."""
    reference_images: int = 0
    """How many pictures of characters and places it takes at most."""
    reference_videos: int = 0
    """How many reference clips it takes."""
    reference_audios: int = 0
    """How many reference sounds it takes."""
    continues: bool = False
    """Whether it continues a clip itself, rather than from its last frame."""
    negative_prompt: bool = False
    """Whether it is told what must not be seen."""
    seed: bool = False
    """Whether it takes a seed."""
    cancels: bool = False
    """Whether a running job can be stopped."""
    finds: bool = False
    """Whether a job whose start had no answer can be looked up."""
    usd_per_second: Usd | None = None
    """At 720p with sound where it has sound; `None`: the vendor bills otherwise, or its price is not known for sure."""
    prices: tuple[Price, ...] = ()
    """Other prices by size and sound, cheapest condition first."""
    usd_each: Usd | None = None
    """Of one picture, or of one clip of any length."""
    usd_per_1000_characters: Usd | None = None
    """Of a narrator."""
    usd_per_million_input: Usd | None = None
    """Of tokens that are read, where the vendor counts tokens."""
    usd_per_million_image_input: Usd | None = None
    """Of tokens of pictures that are read; `None`: as text."""
    usd_per_million_output: Usd | None = None
    """Of tokens that are written, drawn or spoken."""
    usd_per_minute: Usd | None = None
    """Of sound that is listened to."""
    deadline_seconds: int | None = Field(default=None, gt=0)
    """When a job that has not ended is given up; `None`: by its length."""
    url_life_seconds: int | None = Field(default=None, gt=0)
    """How long a finished clip can be fetched."""
    key_names: tuple[Annotated[str, AfterValidator(variable)], ...] = ()
    """Environment variables that may hold its key."""
    api_key: WrittenKey | None = None
    """Where the key of an entry defined in place is."""
    auth: str = ""
    """How the key travels: `bearer`, `api-key`, `x-api-key`, `key`, `basic`, `none`, or a header; empty: as usual."""
    headers: Annotated[Mapping[str, str], AfterValidator(_no_keys)] = Field(default_factory=dict)
    """Further headers for every call, none of them secret."""
    query: Annotated[Mapping[str, str], AfterValidator(_no_keys)] = Field(default_factory=dict)
    """Further query fields for every call, none of them secret, e.g. `api-version`."""
    options: Mapping[str, Any] = Field(default_factory=dict)
    """What its protocol can be told; see the protocol's file."""
    watermark: Corner | None = None
    """The corner into which its vendor may burn a mark, e.g. for accounts without a plan; `None`: none is known of."""
    refuses: tuple[Literal["faces", "real people"], ...] = ()
    """What its vendor blocks: any human face in pictures that it is given, real people in pictures and words."""
    ends_on: date | None = None
    """First day on which it is no longer served."""
    instead: tuple[str, ...] = ()
    """Entries to use instead of it."""
    source: str = ""
    """Where these facts are from, and of when."""

    @property
    def price_field(self) -> str:
        """The field in which an entry of its kind says what it costs."""
        return _PRICE_FIELDS[self.kind]

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine and costs nothing."""
        return self.protocol in {"animatic", "local"}

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that may hold its key, the first that is set counts."""
        return (self.api_key.env,) if self.api_key else self.key_names

    def credential(
        self, environment: Mapping[str, str] | None = None, stored: KeySource = nothing_stored
    ) -> SecretStr | None:
        """Return its key: from the environment, else from what is stored; `None` if it needs none.

        Raises:
            MissingCredential: it needs one, and there is none.
        """
        if not self.variables:
            return None
        found = credential(self.variables, environment)
        if found is None and (kept := stored().find(self.variables, self.base_url)):
            found = kept.secret
        if found is None:
            raise MissingCredential(self.name, wanted=" or ".join(self.variables))
        return found

    def key_place(self, environment: Mapping[str, str] | None = None, stored: KeySource = nothing_stored) -> str:
        """Return where its key is: the variable, or what holds it; empty if there is none, or none is needed."""
        named = (name for name in self.variables if credential((name,), environment))
        if (variable := next(named, None)) or not self.variables:
            return variable or ""
        kept = stored().find(self.variables, self.base_url)
        return kept.where if kept else ""

    def price(self, seconds: Fraction, *, size: Size | None = None, audio: bool | None = None) -> Decimal | None:
        """Return what a clip of `seconds` costs in USD, rounded up to a tenth of a cent; `None` if not known."""
        if self.is_local:
            return Decimal(0)
        if self.usd_each is not None:
            return self.usd_each
        rate = self._rate(size, audio)
        if rate is None:
            return None
        exact = Fraction(rate) * seconds * 1000
        return Decimal(-(-exact.numerator // exact.denominator)) / 1000

    def price_of_text(self, text: str) -> Decimal | None:
        """Return what speaking `text` costs in USD, rounded up to a tenth of a cent; `None` if not known."""
        if self.is_local:
            return Decimal(0)
        rate = self.usd_per_1000_characters
        return None if rate is None else Decimal(math.ceil(Fraction(rate) * len(text))) / 1000

    def deadline(self, seconds: Fraction) -> Fraction:
        """Return how long a job of `seconds` may take before it is given up, in seconds: never under 15 minutes."""
        wanted = self.deadline_seconds if self.deadline_seconds is not None else 600 + 60 * seconds
        return max(Fraction(wanted), Fraction(_SHORTEST_DEADLINE_SECONDS))

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

    def why_not(
        self, today: date, environment: Mapping[str, str] | None = None, stored: KeySource = nothing_stored
    ) -> str:
        """Return why it cannot be used now; empty if it can."""
        if self.ended(today):
            return f"ended on {self.ends_on}"
        if module_of(self.kind, self.protocol, _REGISTRIES[self.kind]) is None:
            return f"its protocol {self.protocol!r} is not in this version"
        if self.kind == "transcriber" and self.is_local:
            return lacking()
        if self.variables and not self.key_place(environment, stored):
            return f"no key: set {' or '.join(self.variables)}"
        return ""

    def _rate(self, size: Size | None, audio: bool | None) -> Decimal | None:
        if not self.prices or (size is None and audio is None):
            return self.usd_per_second
        fitting = [price.usd_per_second for price in self.prices if price.fits(size, audio)]
        # Beyond the table it is at least as dear as the dearest of it.
        return fitting[0] if fitting else max(price.usd_per_second for price in self.prices)


_OF_THE_HOST = frozenset(
    {
        "vendor",
        "base_url",
        "key_names",
        "prices",
        "usd_each",
        "refuses",
        "watermark",
        "ends_on",
        "instead",
        "source",
        "query",
    }
    | {name for name in Entry.model_fields if name.startswith("usd_per_")}
)
"""Facts of an entry that do not hold for the same model at another host."""


def _host(base_url: object) -> str:
    try:
        return (urlsplit(base_url).hostname or "") if isinstance(base_url, str) else ""
    except ValueError:
        return ""


@functools.cache
def _entries() -> tuple[Entry, ...]:
    return tuple(Entry.model_validate(entry) for entry in shipped.written())


class Catalogue(Value):
    """All entries."""

    entries: tuple[Entry, ...]
    """All of them, in the order of the file."""

    @classmethod
    def load(cls) -> Self:
        """Read the catalogue that comes with this version."""
        return cls(entries=_entries())

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
            entry = Entry.model_validate({"kind": kind, **self._known(wanted, kind), **wanted})
        except ValidationError as error:
            first = complaints(error, Entry)[0]
            hint = f"Expected {first.expected}." if first.expected else ""
            raise RecipeError(first.problem, field=f"{kind}_models.{first.field}", hint=hint) from None
        return completed(_REGISTRIES[kind], entry)

    def alternatives(self, entry: Entry, today: date) -> tuple[str, ...]:
        """Return the names of models to use instead of `entry`, those that can be used now first."""
        named = [
            name
            for name in entry.instead
            if any(other.name == name and not other.ended(today) for other in self.entries)
        ]
        usable = [other.name for other in self.of(entry.kind) if not other.why_not(today)]
        return tuple(dict.fromkeys([*usable, *named]))

    def _known(self, wanted: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
        """Return what is known of a model that a recipe defines in place.

        At the catalogue's own host all facts hold, its end date too. Elsewhere, a definition that names an entry and no
        protocol takes over what the model can do, and nothing about its host: no price, no key, no end.
        """
        host = _host(wanted.get("base_url"))
        elsewhere = {"vendor": host or "recipe"}
        for entry in self.of(kind):
            is_named = wanted.get("name") == entry.name
            is_same = wanted.get("model", entry.model if is_named else None) in {entry.model, *entry.also}
            facts = entry.model_dump(exclude_unset=True, exclude={"name"})
            if (
                is_same
                and host in {"", _host(entry.base_url)}
                and wanted.get("protocol", entry.protocol) == entry.protocol
            ):
                return facts
            if is_named and "protocol" not in wanted:
                return {name: fact for name, fact in facts.items() if name not in _OF_THE_HOST} | elsewhere
        return elsewhere

    def _named(self, name: str, kind: Kind) -> Entry:
        for entry in self.of(kind):
            if entry.name == name:
                return entry
        names = [entry.name for entry in self.of(kind)]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
        raise RecipeError(f"there is no {kind} model {name!r}", field=f"{kind}_models", hint=hint)
