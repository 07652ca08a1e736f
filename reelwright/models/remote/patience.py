"""How long a client waits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to wait for a vendor, in seconds."""

    connect_seconds: float = 10
    read_seconds: float = 60
    """Between two pieces of an answer to a free call."""
    start_seconds: float = 180
    """For the answer to a paid start: giving up there leaves a job that may exist."""
    attempts: int = 4
    """How often a free call is made at most."""
    total_seconds: float = 60
    """No further attempt of a free call begins after this."""
    longest_wait_seconds: float = 20
    """A vendor that asks to wait longer is left to the caller, with `retry_after_seconds` in the error."""
