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


def test_a_suite_that_names_nothing_is_refused(tmp_path: Path) -> None:
    """It would pass without having looked at anything."""
    suite = tmp_path / "test_ours.py"
    suite.write_text(
        "from reelwright.testing import ImageContract\n\n\nclass TestOurs(ImageContract):\n    pass\n", "utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(suite)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode != 0
    assert "TestOurs names no `harnesses`" in ran.stdout + ran.stderr


def test_what_no_harness_can_show_is_left_out_not_skipped() -> None:
    """A voice of this machine has no key that could be told, and no documented failures."""

    class Voice(testing.NarratorHarness):
        name = "voice"
        is_remote = False

    class TestVoice(testing.NarratorContract):
        harnesses = (Voice(),)

    class Hosted(testing.NarratorHarness):
        name = "hosted"

    class TestHosted(TestVoice):
        harnesses = (Hosted(),)

    assert callable(TestHosted.test_secrets_are_nowhere), "a suite made from this one has its own harnesses"
    assert TestVoice.test_secrets_are_nowhere is None
    assert TestVoice.test_a_documented_failure_is_told_by_its_kind is None
    assert callable(TestVoice.test_it_is_found_again_by_what_is_asked_and_of_whom)
