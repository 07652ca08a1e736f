"""What the contract suite needs of a kind of channel: its platform on loopback, an entry for it, and lost answers.

A kind is a subclass of `ChannelHarness`; `ChannelContract` asks everything of it that a publication relies on.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.errors import ReelwrightError
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.listing import PublicationLine, list_publications
from reelwright.publishing.values import Publication
from reelwright.settings import Settings
from reelwright.testing.environment import environment_with
from reelwright.testing.post import post
from reelwright.testing.releases import episode_in


class ChannelHarness:
    """One kind of channel."""

    kind: str
    """What an entry names it by: built in, an entry point, a module or a file."""
    losses: tuple[str, ...] = ()
    """Names of requests whose connection can break: each is lost once before, and once after, the platform has it."""
    unknown_after: frozenset[str] = frozenset()
    """Losses (`submit, after`) and crashes (`moved:call:3`) after which nobody can prove anything by reading."""
    episode: Mapping[str, Any] = {}
    """What `reelwright.testing.releases.episode_in` makes for it, such as `seconds` and `size`."""

    def platform(self, folder: Path) -> AbstractContextManager[Any]:
        """Lend the platform on loopback: empty, with an account that is signed in as `prepare` does."""
        raise NotImplementedError

    def entry(self, platform: Any) -> ChannelEntry:
        """Return the entry, as a recipe has it."""
        raise NotImplementedError

    def environment(self, platform: Any) -> dict[str, str]:
        """Return the environment variables that its keys are in."""
        del platform
        return {}

    def prepare(self, desk: PublishingDesk, platform: Any) -> None:
        """Sign in, where the kind does: put a token where the desk keeps them."""

    def posts(self, platform: Any) -> int:
        """How many posts people can see, or will at a slot."""
        raise NotImplementedError

    def lose(self, platform: Any, loss: str, *, after: bool) -> None:
        """Break the connection of the next such request: before the platform has it, or after."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.kind


@dataclass(frozen=True)
class Posted:
    """How a process ended that published."""

    exit_code: int
    """Negative: the signal that killed it."""
    stdout: str
    stderr: str

    @property
    def publication(self) -> Publication:
        """The publication that it came home with."""
        assert self.exit_code == 0, self.stderr
        return Publication.model_validate(json.loads(self.stdout) | {"mine": False, "is_orphan": True})


class Newsroom:
    """A home (ledger and tokens) and an episode that several processes share, and one platform."""

    def __init__(self, harness: ChannelHarness, platform: Any, home: Path, episode: Path, ledger: str = "") -> None:
        self.harness, self.platform, self.home, self.episode = harness, platform, home, episode
        home.mkdir(parents=True, exist_ok=True)
        self.ledger_url = ledger or f"sqlite:///{home / 'ledger.db'}"
        self.entry = harness.entry(platform)
        self._entry_file = home / "entry.json"
        self._entry_file.write_text(self.entry.model_dump_json(), "utf-8")
        desk = self.desk()
        harness.prepare(desk, platform)
        desk.database.close()

    def settings(self) -> Settings:
        """The settings of all processes here."""
        return Settings(home=self.home, ledger=self.ledger_url, stored_keys=False)

    def desk(self) -> PublishingDesk:
        """A desk, as a process of its own would open it."""
        return PublishingDesk(self.settings())

    def publish(self, patience_seconds: float = 30) -> Publication:
        """Publish in this process.

        Raises:
            ReelwrightError: what the channel or the outbox raises.
        """
        desk = self.desk()
        try:
            return asyncio.run(post(desk, self.entry, self.episode, patience_seconds))
        finally:
            desk.database.close()

    def settle(self) -> str:
        """Publish as often as somebody would, and tell how it stands: its state, or the last error's code."""
        told = ""
        for _ in range(3):
            try:
                return self.publish().state
            except ReelwrightError as error:
                told = error.code
        return told

    def post(self, *, crash: str = "never", patience_seconds: float = 30) -> Posted:
        """Publish in a process that is killed at `crash` (see `reelwright.testing.crash`)."""
        (posted,) = self.finish([self.send(crash=crash, patience_seconds=patience_seconds)])
        return posted

    def send(self, *, crash: str = "never", patience_seconds: float = 30) -> subprocess.Popen[str]:
        """Send a process off."""
        killed = ["reelwright.testing.crash", crash] if crash != "never" else []
        environment = {
            **os.environ,
            **self.harness.environment(self.platform),
            "REELWRIGHT_HOME": str(self.home),
            "REELWRIGHT_LEDGER": self.ledger_url,
            # What this process can import, such as an author's own channel, that one can.
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                *killed,
                "reelwright.testing.post",
                str(self._entry_file),
                str(self.episode),
                str(patience_seconds),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def finish(processes: Sequence[subprocess.Popen[str]]) -> list[Posted]:
        """Wait for processes."""
        ended = []
        for process in processes:
            stdout, stderr = process.communicate(timeout=400)
            ended.append(Posted(process.returncode, stdout, stderr))
        return ended

    def rows(self) -> tuple[PublicationLine, ...]:
        """The ledger's publications."""
        desk = self.desk()
        try:
            return list_publications(desk.database)
        finally:
            desk.database.close()

    @property
    def posts(self) -> int:
        """How many posts there are on the platform."""
        return self.harness.posts(self.platform)


@contextmanager
def newsroom(harness: ChannelHarness, folder: Path, *, ledger: str = "") -> Iterator[Newsroom]:
    """Lend a home, an episode and the kind's platform, running; the environment has the keys for as long.

    Args:
        harness: The kind.
        folder: Where all of it lies.
        ledger: A database URL; empty: SQLite in the folder.
    """
    with harness.platform(folder) as platform, environment_with(harness.environment(platform)):
        yield Newsroom(harness, platform, folder / "home", episode_in(folder, **harness.episode), ledger)
