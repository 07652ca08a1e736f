"""Entries: facts that hold at one host and not at another, definitions in place, keys that are never written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from reelwright.catalogue import BUILT, Catalogue, Entry
from reelwright.errors import MissingCredential, RecipeError
from reelwright.models.bench import builder
from reelwright.models.video.registry import PROTOCOLS
from reelwright.values import Size

TODAY = date(2026, 11, 21)
OPENAI = "https://api.openai.com/v1"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue that comes with this version."""
    return Catalogue.load()


@pytest.mark.parametrize(
    "wanted",
    [
        "sora-2",
        {"name": "sora-2"},
        {"name": "mine", "protocol": "openai-videos", "base_url": OPENAI, "model": "sora-2"},
        {"name": "mine", "protocol": "openai-videos", "base_url": f"{OPENAI}/", "model": "sora-2-2025-12-08"},
    ],
    ids=["by name", "by name in place", "in place", "a dated snapshot"],
)
def test_a_model_that_ended_at_its_host_has_ended_however_it_is_named(catalogue: Catalogue, wanted: Any) -> None:
    """Sora 2 at OpenAI is refused with its end date and what is alive."""
    entry = catalogue.resolve(wanted, "video")
    assert entry.why_not(TODAY, {"OPENAI_API_KEY": "x"}) == "ended on 2026-09-24"
    assert "animatic" in catalogue.alternatives(entry, TODAY)


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "sora-2", "base_url": "https://gateway.example/v1", "api_key": {"env": "GATEWAY_KEY"}},
        {
            "name": "mine", "protocol": "openai-videos", "model": "sora-2",
            "base_url": "https://gateway.example/v1", "api_key": {"env": "GATEWAY_KEY"},
        },
    ],
    ids=["the entry elsewhere", "in place"],
)  # fmt: skip
def test_the_same_model_at_another_host_is_alive(catalogue: Catalogue, wanted: Any) -> None:
    """An end date, a price and a key are a host's; what the model can do is its own."""
    entry = catalogue.resolve(wanted, "video")
    assert entry.why_not(TODAY, {"GATEWAY_KEY": "x"}) == ""
    assert entry.why_not(TODAY, {"OPENAI_API_KEY": "x"}) == "no key: set GATEWAY_KEY"
    assert entry.price(Fraction(4)) is None
    assert entry.vendor == "gateway.example"
    assert entry.first_frame == "yes"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_key", "sk-live-0123456789"),
        ("api_key", {"env": "sk-live-0123456789"}),
        ("api_key", {"env": "KEY", "value": "sk-live-0123456789"}),
        ("headers", {"Authorization": "Bearer sk-live-0123456789"}),
        ("headers", {"X-Api-Key": "sk-live-0123456789"}),
        ("query", {"access_token": "sk-live-0123456789"}),
        ("base_url", "https://user:sk-live-0123456789@host.example/v1"),
        ("base_url", "https://host.example/v1?key=sk-live-0123456789"),
    ],
)
def test_a_key_that_is_written_down_is_refused_and_not_repeated(catalogue: Catalogue, field: str, value: Any) -> None:
    """A recipe is kept in the manifest: a key in it would be published with the episode."""
    definition = {"name": "mine", "protocol": "openai-videos", "base_url": "https://host.example/v1", field: value}
    with pytest.raises(RecipeError) as caught:
        catalogue.resolve(definition, "video")
    assert "sk-live" not in str(caught.value)
    assert field in str(caught.value)


def test_a_missing_key_is_told_by_the_names_it_may_have() -> None:
    """Each variable that would do is named; an entry without one needs no key."""
    entry = Entry(name="x", kind="video", protocol="p", vendor="v", key_names=("FIRST_KEY", "SECOND_KEY"))
    with pytest.raises(MissingCredential, match="FIRST_KEY or SECOND_KEY"):
        entry.credential({})
    found = entry.credential({"SECOND_KEY": "secret"})
    assert found is not None
    assert found.get_secret_value() == "secret"
    assert "secret" not in repr(found)
    assert entry.model_copy(update={"key_names": ()}).credential({}) is None


@pytest.mark.parametrize(
    ("size", "audio", "usd"),
    [(None, None, "1.200"), ("720x1280", True, "1.200"), ("1024x1792", True, "2.000"), ("1080x1920", None, "2.000")],
)
def test_a_price_follows_the_size(catalogue: Catalogue, size: str | None, audio: bool | None, usd: str) -> None:
    """The first condition that fits counts; beyond the table it is as dear as its dearest line."""
    entry = catalogue.resolve("sora-2-pro", "video")
    price = entry.price(Fraction(4), size=Size.parse(size) if size else None, audio=audio)
    assert price == Decimal(usd)


@pytest.mark.parametrize(
    ("given", "seconds", "deadline"), [(None, 4, 900), (None, 30, 2400), (60, 4, 900), (3600, 4, 3600)]
)
def test_a_deadline_follows_the_length_and_is_never_short(given: int | None, seconds: int, deadline: int) -> None:
    """Never under fifteen minutes: vendors bill what is given up too early."""
    entry = Entry(name="x", kind="video", protocol="p", vendor="v", deadline_seconds=given)
    assert entry.deadline(Fraction(seconds)) == deadline


def test_every_protocol_that_is_listed_can_be_built() -> None:
    """A line in a registry names a module with a `build`, and the catalogue knows what is built."""
    assert BUILT["video"] == frozenset(PROTOCOLS)
    for protocol in PROTOCOLS:
        entry = Entry(name="x", kind="video", protocol=protocol, vendor="v")
        assert callable(builder(PROTOCOLS, entry))


def test_an_entry_in_place_must_be_one(catalogue: Catalogue) -> None:
    """An unknown field is told with what was probably meant."""
    with pytest.raises(RecipeError, match="did you mean 'base_url'"):
        catalogue.resolve({"name": "mine", "protocol": "openai-videos", "base_urls": "x"}, "video")
