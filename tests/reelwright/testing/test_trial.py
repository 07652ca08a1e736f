"""What `reelwright.testing` lends an author: a studio with a strict server, and a word when its extra is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from support.openai_videos_harness import OPENAI

from reelwright import testing
from reelwright.errors import BudgetExceeded


def test_a_clip_is_bought_once_in_a_studio_of_one_s_own() -> None:
    """Through the ledger, as a flow does: the same wish again is found; nothing is left behind."""
    before = dict(os.environ)
    with testing.studio(OPENAI) as trial:
        first, again = trial.buy(), trial.buy()
        assert trial.server.created == 1
        assert (first.hit, again.hit) == (False, True)
        assert first.clip == again.clip
        assert trial.studio.vault.path(first.clip).read_bytes() == trial.server.film(*trial.server.jobs.values())
        assert [line.usd for line in trial.charges() if line.what == "charged"] == [Decimal("0.40")]
        home = trial.studio.settings.home
        assert os.environ["REELWRIGHT_HOME"] == str(home)
    assert not home.exists()
    assert dict(os.environ) == before


def test_a_budget_is_kept_there_too() -> None:
    """A take that may cost more than is left is not started."""
    with testing.studio(OPENAI) as trial:
        with pytest.raises(BudgetExceeded):
            trial.buy(usd=Decimal("0.10"))
        assert trial.server.created == 0


@pytest.mark.parametrize(
    ("module", "place", "name"),
    [
        ("pytest", "reelwright.testing", "VideoContract"),
        ("jsonschema", "reelwright.testing", "studio"),
        ("jsonschema", "reelwright.testing.servers.ltx", "LTXServer"),
    ],
)
def test_a_missing_extra_is_named_with_the_way_out(module: str, place: str, name: str) -> None:
    """Not a bare ModuleNotFoundError of something that the author has never heard of."""
    asked = f"import sys; sys.modules[{module!r}] = None; from {place} import {name}"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert (
        f"reelwright.testing needs {module}: install the extra with `pip install 'reelwright[testing]'`" in ran.stderr
    )


def test_a_clip_s_pixels_tell_its_number(tmp_path: Path) -> None:
    """Every picture is read again, whatever was done to it: another rate, another size, a cut at the edges."""
    shown = testing.numbered_clip(tmp_path / "whole.mp4", pictures=30)
    assert testing.numbers_in(shown) == list(range(30))
    halved = testing.numbered_clip(tmp_path / "half.mp4", pictures=30, filters="fps=12,scale=360:640,crop=300:600")
    numbers = testing.numbers_in(halved)
    assert len(numbers) == 15
    assert numbers == sorted(set(numbers))


class Hosted(testing.NarratorHarness):
    """A voice of a vendor's."""

    name = "hosted"


class Wordy(testing.ImageHarness):
    """An image model whose key could be a word of anything."""

    name = "wordy"
    key = "house"


@pytest.mark.parametrize(
    ("harnesses", "told"),
    [((), "TestOurs names no `harnesses`"), ((Wordy(),), "The `key` of wordy needs 20 characters or more")],
    ids=["names nothing", "a key like a word"],
)
def test_a_suite_that_cannot_look_is_refused(harnesses: tuple[Wordy, ...], told: str) -> None:
    """It would pass without having looked at anything, or find its key where there is none."""

    class TestOurs(testing.ImageContract):
        pass

    TestOurs.harnesses = harnesses
    with pytest.raises(pytest.UsageError, match=told):
        TestOurs().require_harnesses()


def test_what_an_author_has_set_otherwise_is_not_touched() -> None:
    """A test that he drops stays dropped, also in a suite made from his; data of his stay data."""

    class TestOurs(testing.NarratorContract):
        harnesses = (Hosted(),)
        test_secrets_are_nowhere = None
        test_lines = ("one", "two")

    class TestMore(TestOurs):
        pass

    assert TestOurs.test_secrets_are_nowhere is TestMore.test_secrets_are_nowhere is None
    assert TestMore.test_lines == ("one", "two")
    assert callable(TestMore.test_a_missing_key_is_named)


def test_what_no_harness_can_show_is_left_out_not_skipped() -> None:
    """A voice of this machine has no key that could be told, and no documented failures."""

    class Voice(testing.NarratorHarness):
        name = "voice"
        is_remote = False

    class TestVoice(testing.NarratorContract):
        harnesses = (Voice(),)

    class TestHosted(TestVoice):
        harnesses = (Hosted(),)

    assert callable(TestHosted.test_secrets_are_nowhere), "a suite made from this one has its own harnesses"
    assert TestVoice.test_secrets_are_nowhere is None
    assert TestVoice.test_a_documented_failure_is_told_by_its_kind is None
    assert callable(TestVoice.test_it_is_found_again_by_what_is_asked_and_of_whom)
