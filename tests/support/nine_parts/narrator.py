"""A narrator: the local voice, and after each line a bell of 1760 Hz. It does not tell when which word is heard."""

from __future__ import annotations

import math
import struct
import wave
from fractions import Fraction
from pathlib import Path

from reelwright import Entry
from reelwright.models.bench import Bench
from reelwright.models.narrators.contract import NarrationRequest, Speech
from reelwright.models.narrators.local import LocalNarrator
from reelwright.models.video.contract import FREE

HERTZ, SECONDS = 1760, 1


class Ringer:
    """Speaks, and rings."""

    identity = "nine-parts-narrator/1"

    def __init__(self, name: str) -> None:
        self.name, self._voice = name, LocalNarrator()

    async def speak(self, request: NarrationRequest, into: Path, *, idempotency_key: str = "") -> Speech:
        """Write the line and the bell, at no cost."""
        del idempotency_key
        await self._voice.speak(request, into)
        with wave.open(str(into), "rb") as file:
            told, spoken = file.getparams(), file.readframes(file.getnframes())
        count = SECONDS * told.framerate
        bell = (round(6000 * math.sin(2 * math.pi * HERTZ * at / told.framerate)) for at in range(count))
        with wave.open(str(into), "wb") as file:
            file.setparams(told)
            file.writeframes(spoken + struct.pack(f"<{count}h", *bell))
        return Speech(seconds=Fraction(told.nframes, told.framerate) + SECONDS, charge=FREE)

    async def aclose(self) -> None:
        """End the voice's process."""
        await self._voice.aclose()


def build(entry: Entry, bench: Bench) -> Ringer:
    """Return the narrator of an entry."""
    del bench
    return Ringer(entry.name)
