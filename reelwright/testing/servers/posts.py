"""What the strict servers of the platforms share: posts that are counted, a clock, and bytes that break off.

A job of `JobServer` is one publication on its way here (a container, a publish id, a video); `posts` are those that
people can see. Faults, plans and counts are `JobServer`'s.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reelwright.testing.servers.jobs import Job, JobServer
from reelwright.testing.servers.strict import Call, Drop, Refused, Reply


@dataclass
class Shown:
    """One post that people can see: what exactly one is wanted of."""

    id: str
    job: str
    text: str
    at: float
    body: bytes = field(repr=False)
    fields: dict[str, Any] = field(default_factory=dict)
    """All that was said of it, e.g. the privacy and the AI label."""


class PostServer(JobServer):
    """A platform on loopback."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.posts: list[Shown] = []
        self.bytes_of: dict[str, bytes] = {}
        """What has arrived of each job's file."""
        self.outcomes: deque[str] = deque()
        """How the next publications go, each instead of `Plan.outcome`."""
        self.break_upload_after: int | None = None
        """The next upload loses its connection when so many of its bytes have been taken; whole pieces stay."""
        self.sent: Counter[str] = Counter()
        """How many bytes came over the wire for each job, those that were refused included."""
        self._offset_seconds = 0.0
        self._windows: dict[str, deque[float]] = {}

    def now(self) -> float:
        """This moment by the platform's clock, in seconds since 1970."""
        return time.time() + self._offset_seconds

    def pass_time(self, seconds: float) -> None:
        """Let time pass on the platform."""
        self._offset_seconds += seconds

    def limit(self, name: str, most: int, seconds: float, refused: Refused) -> None:
        """Count a call in a sliding window.

        Raises:
            Refused: as given, when it is one too many; it is not counted then.
        """
        window = self._windows.setdefault(name, deque())
        while window and window[0] <= self.now() - seconds:
            window.popleft()
        if len(window) >= most:
            raise refused
        window.append(self.now())

    def show(self, job: Job, text: str, **fields: Any) -> Shown:
        """Make a job's post visible; a job has one post at most."""
        assert all(post.job != job.id for post in self.posts), f"{job.id} is published already"
        number = str(self.next_number())
        post = Shown(number, job.id, text, self.now(), self.bytes_of.get(job.id, b""), dict(fields))
        self.posts.append(post)
        return post

    def post_of(self, job_id: str) -> Shown | None:
        """The post of a job; `None`: there is none."""
        return next((post for post in self.posts if post.job == job_id), None)

    def new_job(self, asked: Mapping[str, Any], job_id: str) -> Job:
        """Accept a publication."""
        job = super().new_job(asked, job_id)
        if self.outcomes:
            job.plan.outcome = self.outcomes.popleft()
        return job

    def settle(self) -> None:
        """Let the platform finish what it was asked for, though nobody asks any more."""

    def answer(self, call: Call) -> Reply | Drop:  # type: ignore[override]
        """Answer, and break the connection of an upload that took only a part."""
        try:
            return super().answer(call)
        except Broken:
            return Drop()

    def broken_at(self, length: int) -> int | None:
        """Return how many of an upload's `length` bytes arrive before its line breaks; `None`: all."""
        after, self.break_upload_after = self.break_upload_after, None
        return min(after, length) if after is not None else None


class Broken(Exception):
    """The line broke in the middle of an upload."""
