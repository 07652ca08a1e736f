"""A narrator of somebody's own, one file that a recipe names: it passes the suite, and its identity tells its work."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelwright.ledger.statement import list_charges
from reelwright.ledger.values import Purpose
from reelwright.stages.shots import Narration, speak
from reelwright.takes.call import Buyer
from reelwright.takes.desk import Desk
from reelwright.takes.values import Terms
from reelwright.testing import NarratorContract, NarratorHarness, studio
from reelwright.testing.narrators import NarratorTrial

PLACE = "voices/tones.py"
FILE = '''"""A narrator that says each word as a tone."""

import wave
from decimal import Decimal
from fractions import Fraction

import numpy as np

from reelwright.errors import InvalidInput
from reelwright.models.narrators.contract import Speech
from reelwright.models.video.contract import FREE, Charge
from reelwright.values import Word

HERTZ = 220
RATE = 24_000


class Tones:
    identity = f"tones/{HERTZ}"

    def __init__(self, entry):
        self.name, self._entry = entry.name, entry

    async def speak(self, request, into, *, idempotency_key=""):
        if request.voice:
            raise InvalidInput(f"{self.name} has no voice {request.voice!r}.")
        step = Fraction(2, 5) / request.speed
        words = [
            Word(text=text, start=number * step, end=(number + Fraction(3, 4)) * step)
            for number, text in enumerate(request.text.split())
        ]
        sound = np.zeros(int(len(words) * step * RATE), "<i2")
        for word in words:
            span = np.arange(int(word.start * RATE), int(word.end * RATE))
            sound[span] = 9000 * np.sin(2 * np.pi * HERTZ * span / RATE)
        with wave.open(str(into), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(sound.tobytes())
        usd = self._entry.price_of_text(request.text)
        charge = Charge(usd=usd, source="catalogue") if usd else FREE
        return Speech(seconds=Fraction(len(sound), RATE), words=words, charge=charge)

    async def aclose(self):
        pass


def build(entry, bench):
    return Tones(entry)
'''


class OwnTones(NarratorHarness):
    """The file, named by its path from the folder in which everything is started."""

    name = "own-tones"
    is_remote = False
    tells_words = True

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        del server_url
        return {"name": "tones", "protocol": PLACE}


TONES = OwnTones()


@pytest.fixture(autouse=True)
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in the folder of somebody's own."""
    file = tmp_path / PLACE
    file.parent.mkdir()
    file.write_text(FILE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return file


class TestOwnNarrator(NarratorContract):
    """The suite that ours pass."""

    harnesses = (TONES,)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[NarratorTrial]:
    """A studio where the file is used."""
    with studio(TONES, home=tmp_path / "home") as trial:
        yield trial


@pytest.fixture
def desk(bench: NarratorTrial) -> Iterator[Desk]:
    """A desk with a ledger of its own."""
    made = Desk(bench.studio)
    yield made
    made.ledger.database.close()


def narrated(bench: NarratorTrial, desk: Desk | None = None) -> Narration:
    """The line as a stage lets it be spoken: at a desk it is paid, at ten cents a thousand characters."""
    terms = Terms(purpose=Purpose(episode="trial", caps={"episode trial": Decimal(1)}))
    entry = bench.entry(**({"usd_per_1000_characters": "0.10"} if desk else {}))
    return asyncio.run(speak(bench.studio, entry, bench.harness.request(), Buyer(desk, terms) if desk else None))


def test_a_line_is_found_again_until_the_identity_changes(bench: NarratorTrial, plug_in: Path) -> None:
    """Not by the file: a comment in it changes nothing. What another identity speaks is another sound."""
    first, again = narrated(bench), narrated(bench)
    plug_in.write_text(f"{FILE}\n# It is said that bees hum at this pitch.\n", "utf-8")
    commented = narrated(bench)
    assert (first.hit, again.hit, commented.hit) == (False, True, True)
    plug_in.write_text(FILE.replace("HERTZ = 220", "HERTZ = 330"), "utf-8")
    anew, found = narrated(bench), narrated(bench)
    assert (anew.hit, found.hit) == (False, True)
    assert found.speech == anew.speech != first.speech
    plug_in.write_text(FILE, "utf-8")
    assert (narrated(bench).hit, narrated(bench).speech) == (True, first.speech)


def test_a_line_that_was_bought_is_bought_anew_for_another_identity(
    bench: NarratorTrial, desk: Desk, plug_in: Path
) -> None:
    """Once each: the ledger finds what was paid, also where the vault has forgotten what it was made of."""
    first = narrated(bench, desk)
    shutil.rmtree(bench.folder / "vault" / "finished")
    found = narrated(bench, desk)
    assert (first.hit, found.hit, found.speech) == (False, True, first.speech)
    plug_in.write_text(FILE.replace("HERTZ = 220", "HERTZ = 330"), "utf-8")
    anew = narrated(bench, desk)
    shutil.rmtree(bench.folder / "vault" / "finished")
    assert (anew.hit, narrated(bench, desk).speech) == (False, anew.speech)
    assert anew.speech != first.speech
    charged = [line.usd for line in list_charges(desk.ledger) if line.what == "charged"]
    assert charged == [Decimal("0.006")] * 2
