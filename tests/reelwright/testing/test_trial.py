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

ROOT = Path(__file__).parents[3]


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


@pytest.mark.slow
def test_it_starts_within_three_seconds(tmp_path: Path) -> None:
    """In a script of an author: imports, ledger, vault, server, and the first start accepted."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        "from support.openai_videos_harness import OPENAI\n"
        "from reelwright.testing import studio\n"
        "with studio(OPENAI) as trial:\n"
        "    print(trial.start().remote_id)\n",
        "utf-8",
    )
    used = []
    for _ in range(3):
        begun = os.times()
        ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
        ended = os.times()
        assert ran.stdout.startswith("video_")
        used.append(sum(ended[2:4]) - sum(begun[2:4]))
    assert min(used) < 3, "seconds of the processor: other tests may run beside"


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
