"""A strict server whose paid starts make jobs: they take polls to finish, fail as told, and are counted.

What every vendor of clips shares stands here; a vendor is a subclass. It runs inside a test, or as a process of its own
(`python -m reelwright.testing.servers.NAME --port 0 --state-file jobs.json`) that is steered through `/_control`, so
that tests which kill processes can count jobs across them.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import signal
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.strict import Call, Drop, Refused, Reply, StrictServer

KEY = "sk-test-0123456789abcdefSECRET"
"""The one key that the servers take."""

Operation = str
"""`create`, `retrieve`, `content`, `cancel`, `delete`, `list`, `models`, and what a vendor has besides."""


@dataclass
class Fault:
    """What goes wrong with the next calls of an operation."""

    on: Operation
    do: Literal["drop", "drop_after", "reply", "slow", "cut", "redirect"]
    """`drop` breaks the connection with nothing done, `drop_after` does the work and then breaks it, `reply` gives
    `reply` and does nothing, `slow` waits `seconds`, `cut` sends a part of the body, `redirect` sends on to `url`."""
    times: int = 1
    skip: int = 0
    """How many such calls go well before."""
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    seconds: float = 0
    url: str = ""


@dataclass
class Plan:
    """How the jobs that are started from now on go."""

    polls: int = 2
    """How often a job is asked for before it has ended."""
    seconds: float = 0
    """And how long it takes at least."""
    outcome: str = "done"
    """`done`, or the name of one of the vendor's failures."""
    clip_seconds: int | None = None
    """Length of the clip; `None`: as asked."""
    clip_size: str = ""
    """Size of the clip; empty: as asked."""


@dataclass
class Job:
    """One accepted start."""

    id: str
    created_at: float
    asked: dict[str, Any]
    """What the client asked for, as the vendor understood it: `size` and `seconds` of the clip, and its `opening`."""
    plan: Plan
    polls: int = 0
    cancelled: bool = False
    deleted: bool = False
    expired: bool = False
    """Whether its clip can no longer be fetched."""

    @property
    def share(self) -> float:
        """Share done, 0 to 1."""
        by_polls = self.polls / self.plan.polls if self.plan.polls else 1.0
        by_time = (time.time() - self.created_at) / self.plan.seconds if self.plan.seconds else 1.0
        return min(by_polls, by_time, 1.0)

    @property
    def has_ended(self) -> bool:
        """Whether it is done or has failed."""
        return self.share >= 1 or self.cancelled

    @property
    def is_done(self) -> bool:
        """Whether it has a clip."""
        return self.has_ended and not self.cancelled and self.plan.outcome == "done"


class JobServer(StrictServer):
    """A vendor of clips on loopback."""

    def __init__(self, port: int = 0, state_file: Path | None = None) -> None:
        super().__init__(port)
        self.plan = Plan()
        self.faults: list[Fault] = []
        self.opening: Path | None = None
        """The picture that every clip begins with, whatever was asked."""
        self.jobs: dict[str, Job] = {}
        self.created = 0
        """How many starts were accepted, ever: what a vendor would send a bill for."""
        self.counts: Counter[Operation] = Counter()
        self._state_file = state_file
        self._lock = threading.RLock()
        self._numbers = itertools.count(int(time.time() * 1000))
        if state_file is not None and state_file.exists():
            self._load(json.loads(state_file.read_text("utf-8")))

    def operation(self, call: Call) -> Operation:
        """Name what a call asks for; a subclass does.

        Raises:
            Refused: there is no such end-point.
        """
        raise NotImplementedError

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what a call asks for; a subclass does.

        Raises:
            Refused: the vendor would not.
        """
        raise NotImplementedError

    def fail(self, on: Operation, do: str, **how: Any) -> Self:
        """Let the next call of an operation go wrong; see `Fault`."""
        self.faults.append(Fault(on, do, **how))  # type: ignore[arg-type]
        return self

    def new_job(self, asked: Mapping[str, Any], job_id: str) -> Job:
        """Accept a start."""
        job = Job(id=job_id, created_at=time.time(), asked=dict(asked), plan=Plan(**asdict(self.plan)))
        self.jobs[job.id] = job
        self.created += 1
        return job

    def next_number(self) -> int:
        """A number that no other job has."""
        return next(self._numbers)

    def lose_jobs(self) -> None:
        """Forget every job, as a restart of a server without a store does."""
        with self._lock:
            self.jobs.clear()
            self._save()

    def expire(self) -> None:
        """Let every clip that is there expire."""
        with self._lock:
            for job in self.jobs.values():
                job.expired = True
            self._save()

    def handle(self, call: Call) -> Reply | Drop:
        """Answer a call, or steer the server."""
        if call.path == "/_control":
            return self._control(call)
        return super().handle(call)

    def answer(self, call: Call) -> Reply | Drop:  # type: ignore[override]
        """Answer as the vendor would, unless something is to go wrong."""
        operation = self.operation(call)
        with self._lock:
            self.counts[operation] += 1
            fault = self._fault(operation)
        if fault is not None and fault.do == "drop":
            return Drop()
        if fault is not None and fault.do == "reply":
            body = fault.body
            raw = body.encode() if isinstance(body, str) else b""
            return Reply(fault.status, None if raw else body, fault.headers, raw, fault.media_type)
        if fault is not None and fault.do == "redirect":
            return Reply(302, None, {"Location": fault.url})
        if fault is not None and fault.do == "slow":
            time.sleep(fault.seconds)
        with self._lock:
            reply = self.serve(operation, call)
            self._save()
        if fault is not None and fault.do == "drop_after":
            return Drop()
        if fault is not None and fault.do == "cut":
            return Reply(reply.status, None, reply.headers, reply.body, reply.media_type, 0, len(reply.body) // 2)
        return reply

    def film(self, job: Job, *, sound: bool = True) -> bytes:
        """Return a job's clip: of the size and length asked for, from the picture given, unless told otherwise."""
        opening = self.opening or job.asked.get("opening")
        return small_clip(
            job.plan.clip_size or job.asked["size"],
            job.plan.clip_seconds or round(float(job.asked["seconds"])),
            sound=sound,
            opening=Path(opening) if opening else None,
        )

    def clip_reply(self, call: Call, clip: bytes, media_type: str = "video/mp4") -> Reply:
        """Return bytes, or the part of them that is asked for."""
        asked = call.headers.get("range", "")
        headers = {"Accept-Ranges": "bytes", "ETag": f'"{zlib.crc32(clip):x}"'}
        if not asked:
            return Reply(200, None, headers, clip, media_type)
        start = int(asked.removeprefix("bytes=").partition("-")[0])
        if start >= len(clip):
            raise Refused(416, "range not satisfiable")
        headers["Content-Range"] = f"bytes {start}-{len(clip) - 1}/{len(clip)}"
        return Reply(206, None, headers, clip[start:], media_type)

    @classmethod
    def main(cls, **more: Any) -> None:
        """Run the server as a process until it is told to end; prints its address as its first line."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--state-file", type=Path)
        for name, default in more.items():
            parser.add_argument(f"--{name}", default=default)
        given = vars(parser.parse_known_args()[0])
        with cls(**given) as server:
            sys.stdout.write(f"{server.url}\n")
            sys.stdout.flush()
            with contextlib.suppress(KeyboardInterrupt):
                signal.sigwait({signal.SIGTERM, signal.SIGINT})

    def _fault(self, operation: Operation) -> Fault | None:
        fault = next((fault for fault in self.faults if fault.on == operation), None)
        if fault is not None and fault.skip > 0:
            fault.skip -= 1
            return None
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault

    def _control(self, call: Call) -> Reply:
        with self._lock:
            if call.method == "POST":
                told = call.json
                self.plan = Plan(**{**asdict(self.plan), **told.get("plan", {})})
                self.faults += [Fault(**fault) for fault in told.get("faults", ())]
                if told.get("lose_jobs"):
                    self.lose_jobs()
                if told.get("expire"):
                    self.expire()
                self._save()
            return Reply(200, self._state() | {"counts": dict(self.counts)})

    def _state(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "plan": asdict(self.plan),
            "jobs": [asdict(job) for job in self.jobs.values()],
        }

    def _save(self) -> None:
        if self._state_file is None:
            return
        part = self._state_file.with_suffix(".part")
        part.write_text(json.dumps(self._state()), "utf-8")
        part.replace(self._state_file)

    def _load(self, state: Mapping[str, Any]) -> None:
        self.created, self.plan = state["created"], Plan(**state["plan"])
        for kept in state["jobs"]:
            job = Job(**{**kept, "plan": Plan(**kept["plan"])})
            self.jobs[job.id] = job
