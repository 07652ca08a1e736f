"""What the person has stored on their Prefect server, read for the runs of this process; nothing without a server."""

from __future__ import annotations

import os
import threading
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.credentials import StoredKeys, nothing_stored
from reelwright.settings import Settings

if TYPE_CHECKING:
    from blocks.stored import Stored

_FRESH_SECONDS = 60
"""A key that is changed in the UI reaches a process that stays within this time."""

_reading = threading.Lock()
_last: tuple[float, str, Stored] | None = None


def stored_keys() -> StoredKeys:
    """Return the keys in the blocks of the Prefect server; none where there is no server, or the settings forbid it.

    Raises:
        ProviderError: the server cannot be reached.
    """
    return _stored().keys if _may_look() else nothing_stored()


def use_stored_vault() -> None:
    """Make the stored vault this process's and its children's, where the environment names none.

    Raises:
        ProviderError: the server cannot be reached.
    """
    if os.environ.get("REELWRIGHT_VAULT") or not _may_look():
        return
    vault = _stored().vault
    if vault is None:
        return
    # boto3 and the workers read the environment. Keys that the person has set there stay: halves of two do not fit.
    has_keys = bool(os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE"))
    os.environ.update(
        {name: value for name, value in vault.environment().items() if not (has_keys and name.startswith("AWS_"))}
    )


def has_server() -> bool:
    """Whether the person has a Prefect server: named in the environment, or in the profile that is active."""
    return bool(server_address())


def server_address() -> str:
    """Return the address of the person's Prefect server; empty if there is none. Loads no Prefect."""
    if named := os.environ.get("PREFECT_API_URL"):
        return named
    home = Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))
    try:
        profiles = tomllib.loads((home / "profiles.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    active = profiles.get("profiles", {}).get(os.environ.get("PREFECT_PROFILE", profiles.get("active", "")), {})
    return str(active.get("PREFECT_API_URL", ""))


def _may_look() -> bool:
    return has_server() and Settings().stored_keys


def _stored() -> Stored:
    global _last  # noqa: PLW0603 - one reading for all that runs in this process
    from blocks.stored import read_stored  # noqa: PLC0415 - loads Prefect

    where = os.environ.get("PREFECT_API_URL", "")
    with _reading:
        if _last is None or _last[1] != where or time.monotonic() - _last[0] > _FRESH_SECONDS:
            _last = time.monotonic(), where, read_stored()
        return _last[2]
