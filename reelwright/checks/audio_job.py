"""Listening as a job of a worker process: what goes over the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from reelwright.checks.audio_judge import Expected
from reelwright.recipe import SoundChecks
from reelwright.values import Value


class SoundJob(Value):
    """Measure a clip's or a narration's sound and judge it; the answer is a `SoundHeard`."""

    job: Literal["sound"] = "sound"
    sound: Path
    expected: Expected
    limits: SoundChecks
    mend_into: Path | None = None
    """Where a mended copy is written, if there is anything to mend."""
    voice_into: Path | None = None
    """Where one channel at 16 kHz is written for who recognises speech, if somebody speaks."""

    def perform(self) -> dict[str, Any]:
        """Do it in this process."""
        from reelwright.checks.audio import hear_sound  # noqa: PLC0415 - loads what decodes sound

        heard = hear_sound(self.sound, self.expected, self.limits, mend_into=self.mend_into, voice_into=self.voice_into)
        return heard.model_dump(mode="json")
