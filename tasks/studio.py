"""The studio and the desk of this process, as the environment names them: nothing live crosses a task's border."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.settings import Settings
from reelwright.studio import Studio, open_studio
from tasks.stored import stored_keys, use_stored_vault

if TYPE_CHECKING:
    from reelwright.takes.desk import Desk


def studio() -> Studio:
    """Return the studio; equal settings share one. Keys and the vault may be stored in Prefect's blocks."""
    use_stored_vault()
    return open_studio(Settings(), stored_keys)


def desk() -> Desk:
    """Return the desk where takes are bought: it opens the ledger."""
    from reelwright.takes.desk import open_desk  # noqa: PLC0415 - only who pays loads the ledger

    return open_desk(studio())
