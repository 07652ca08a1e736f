"""One suite over every remote image model: exact size, subject kept, charges, failures, one payment, no secret."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from support.painters import FAILURES, WANTED, Bench, every_vendor, reference

from reelwright.errors import FailureKind, StartAmbiguous
from reelwright.testing.servers.stills import size_of
from reelwright.testing.servers.strict import Drop, Reply
from reelwright.values import Size


@every_vendor
def test_the_picture_has_exactly_the_wanted_size(bench: Bench) -> None:
    """Whatever the vendor draws; a 1080x1920 frame is a PNG of 1080x1920."""
    made = bench.draw()
    assert (size_of(made.data), made.media_type) == ((1080, 1920), "image/png")
    assert (made.charge.usd, made.charge.source, made.charge.estimated) == (Decimal("0.05"), "catalogue", False)
    assert bench.starts == 1


@every_vendor
def test_a_size_that_the_vendor_draws_is_not_touched(bench: Bench) -> None:
    """720x1280 fits every grid; nothing is said about it."""
    made = bench.draw(WANTED.model_copy(update={"size": Size(width=720, height=1280)}))
    assert size_of(made.data) == (720, 1280)
    assert made.warnings == ()


@every_vendor
def test_style_colours_and_what_is_not_wanted_are_said_in_words(bench: Bench) -> None:
    """So that each model hears them."""
    more = {"style": "anime", "palette": ("#ffaa00",), "negative_prompt": "rain"}
    bench.draw(WANTED.model_copy(update=more))
    sent = bench.server.calls[0].body.decode()
    assert "A baker turns a loaf. Style: anime. Colours: #ffaa00. Not in the picture: rain." in sent


@every_vendor
def test_reference_pictures_go_along(bench: Bench) -> None:
    """The strict server decodes each; what is too many is left out with a warning."""
    given = tuple(reference(bench.studio, share / 10) for share in range(3, 6))
    made = bench.draw(WANTED.model_copy(update={"references": given}), reference_images=2)
    assert size_of(made.data) == (1080, 1920)
    assert [text for text in made.warnings if "takes 2 reference pictures; 1 were left out" in text]


@every_vendor
def test_a_key_that_is_wrong_is_refused_without_being_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names neither the wrong key nor the right one."""
    monkeypatch.setenv("IMAGE_KEY", "sk-wrong-0123456789abcdef")
    error = bench.failure()
    assert (error.kind, error.billed, bench.starts) == (FailureKind.AUTH, False, 1)
    assert "sk-wrong-0123456789abcdef" not in str(error.to_json())


@pytest.mark.parametrize(
    ("bench", "reply", "kind"), FAILURES, indirect=["bench"], ids=lambda value: getattr(value, "protocol", None)
)
def test_each_documented_failure_has_its_kind(bench: Bench, reply: Reply, kind: FailureKind) -> None:
    """One paid call, one error."""
    bench.server.then(reply)
    error = bench.failure()
    assert (error.kind, bench.starts) == (kind, 1), error
    assert bench.vendor.key not in str(error.to_json())


@pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(504)], ids=["dropped", "broken", "gateway"])
@every_vendor
def test_no_clear_answer_is_ambiguous_and_never_repeated(bench: Bench, outcome: Reply | Drop) -> None:
    """The picture may be billed."""
    bench.server.then(outcome)
    assert isinstance(bench.failure(), StartAmbiguous)
    assert bench.starts == 1


@every_vendor
def test_a_host_that_is_not_there_is_busy_and_unbilled(bench: Bench) -> None:
    """Nothing went out."""
    error = bench.failure(base_url="http://127.0.0.1:9/v1")
    assert (error.kind, error.billed, error.retryable) == (FailureKind.BUSY, False, True)


@every_vendor
def test_two_entries_that_ask_the_same_have_one_identity(bench: Bench) -> None:
    """The name and the key do not count; the options do."""
    first, other = bench.model(), bench.model(name="another")
    changed = bench.model(options={**bench.vendor.extra.get("options", {}), "quality": "low"})
    identities = [getattr(model, "identity", "") for model in (first, other, changed)]
    assert identities[0] == identities[1] != identities[2]
    assert bench.vendor.key not in identities[0]
    for model in (first, other, changed):
        asyncio.run(model.aclose())


@every_vendor
def test_a_price_that_is_not_known_is_said(bench: Bench) -> None:
    """The charge is marked as an estimate."""
    made = bench.draw(usd_each=None)
    assert made.charge.estimated
    assert [text for text in made.warnings if "price of painter is not known" in text]
