"""The studio of this process, as the environment names it: nothing live crosses a task's border."""

from __future__ import annotations

from reelwright.settings import Settings
from reelwright.studio import Studio, open_studio


def studio() -> Studio:
    """Return the studio; equal settings share one."""
    return open_studio(Settings())
