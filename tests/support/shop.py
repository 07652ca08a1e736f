"""A shop of one model on loopback and customers in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from reelwright.catalogue import Entry
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import ChargeLine, JobLine, list_charges, list_jobs
from reelwright.models.video.contract import VideoRequest
from reelwright.takes.values import Clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.values import Size

USD_PER_CLIP = Decimal("0.40")
"""Four seconds at ten cents."""


@dataclass(frozen=True)
class Bought:
    """How a customer's process ended."""

    exit_code: int
    """Negative: the signal that killed it."""
    stdout: str
    stderr: str

    @property
    def clip(self) -> Clip:
        """The clip it came home with."""
        assert self.exit_code == 0, self.stderr
        return Clip.model_validate_json(self.stdout)


class Shop:
    """The server, and the home (vault and ledger) that its customers share."""

    def __init__(self, server: OpenAIVideosServer, home: Path, ledger: str = "", *, name: str = "home-sora") -> None:
        self.server, self.home = server, home
        self.ledger_url = ledger or f"sqlite:///{home / 'ledger.db'}"
        self.entry = entry_for(server, name)
        home.mkdir(parents=True, exist_ok=True)
        self._entry_file = home / f"{name}.json"
        self._entry_file.write_text(self.entry.model_dump_json(), "utf-8")
        self.environment = {
            **os.environ,
            "REELWRIGHT_HOME": str(home),
            "REELWRIGHT_LEDGER": self.ledger_url,
            "REELWRIGHT_WORKERS": "1",
            "SHOP_KEY": KEY,
            "PYTHONPATH": str(Path(__file__).parent.parent),
        }

    def buy(self, prompt: str = "a loaf of bread", *, crash: str = "never", on_suspect: str = "next_model") -> Bought:
        """Buy in a process that is killed at `crash` (see `reelwright.testing.crash`)."""
        (bought,) = self.finish([self.send(prompt, crash=crash, on_suspect=on_suspect)])
        return bought

    def send(
        self, prompt: str = "a loaf of bread", *, crash: str = "never", on_suspect: str = "next_model"
    ) -> subprocess.Popen[str]:
        """Send a customer off."""
        asked = self.home / f"request-{abs(hash(prompt))}.json"
        asked.write_text(request_for(prompt).model_dump_json(), "utf-8")
        module = ["-m", "reelwright.testing.crash", crash, "support.buy"] if crash != "never" else ["-m", "support.buy"]
        return subprocess.Popen(
            [sys.executable, *module, str(self._entry_file), str(asked), on_suspect],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def finish(customers: Sequence[subprocess.Popen[str]]) -> list[Bought]:
        """Wait for customers."""
        ended = []
        for customer in customers:
            stdout, stderr = customer.communicate(timeout=400)
            ended.append(Bought(customer.returncode, stdout, stderr))
        return ended

    def jobs(self) -> tuple[JobLine, ...]:
        """The ledger's jobs, newest first."""
        ledger = Ledger(self.ledger_url)
        try:
            return list_jobs(ledger)
        finally:
            ledger.database.close()

    def charges(self) -> tuple[ChargeLine, ...]:
        """The ledger's account."""
        ledger = Ledger(self.ledger_url)
        try:
            return list_charges(ledger)
        finally:
            ledger.database.close()

    def charged(self) -> Decimal:
        """What was paid in all."""
        return sum((line.usd for line in self.charges() if line.what == "charged"), Decimal(0))


def entry_for(server: OpenAIVideosServer, name: str) -> Entry:
    """The entry that a recipe would define in place."""
    return Entry.model_validate(
        {
            "name": name,
            "kind": "video",
            "vendor": "shop",
            "protocol": "openai-videos",
            "base_url": server.base_url,
            "model": "sora-2",
            "api_key": {"env": "SHOP_KEY"},
            "usd_per_second": "0.10",
            "seconds": [4, 8, 12],
            "sizes": ["720x1280", "1280x720"],
            "options": {"dialect": server.dialect},
        }
    )


def request_for(prompt: str) -> VideoRequest:
    """A shot of a little under four seconds."""
    return VideoRequest(prompt=prompt, seconds=Fraction(7, 2), size=Size(width=720, height=1280))
