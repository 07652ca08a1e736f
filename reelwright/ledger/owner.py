"""Who holds a job: a process that can be told from every other, and whether it is surely gone."""

from __future__ import annotations

import functools
import os
import platform
import uuid
from pathlib import Path


def new_holder() -> str:
    """Return a name to hold jobs under: this machine, this process, and a mark of its own.

    It may be handed on to another process (the next task of the same run): whoever knows it, holds the job.
    """
    return f"{_machine()}|{os.getpid()}|{_started(os.getpid())}|{uuid.uuid4().hex[:12]}"


def is_surely_gone(owner: str) -> bool:
    """Whether a holder's process has ended for certain. On another machine nobody can know: its lease must run out."""
    machine, _, rest = owner.partition("|")
    pid, _, rest = rest.partition("|")
    started = rest.partition("|")[0]
    if machine != _machine() or not started or not pid.isdigit():
        return False
    return _started(int(pid)) != started


@functools.cache
def _machine() -> str:
    """Name this machine, this boot of it and this process table: numbers of processes mean something only there."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        table = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return platform.node()
    return f"{platform.node()}/{boot[:13]}/{table}"


def _started(pid: int) -> str:
    """Return when a process started, in the kernel's ticks; empty if there is none or nobody can tell."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    # A zombie has ended: it only waits for its parent to notice.
    return "" if fields[0] in {"Z", "X"} else fields[19]
