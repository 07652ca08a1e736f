"""What the contract suite of video models needs of a protocol: its strict server, an entry, and how it fails.

A protocol is a subclass of `VideoHarness`; `VideoContract` asks everything of it that a stage relies on.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from PIL import Image

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import FailureKind
from reelwright.models.video.contract import Done, Failed, Ticket, VideoModel, VideoRequest
from reelwright.settings import Settings
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import JobServer
from reelwright.values import Asset, Size
from reelwright.vault import FolderVault
from reelwright.workers import Crew

if TYPE_CHECKING:
    import pytest

KEY_NAME = "REELWRIGHT_TEST_KEY"
"""The environment variable that holds the strict servers' one key: `{"api_key": {"env": KEY_NAME}}` in an entry."""
Result = TypeVar("Result")


Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Failure:
    """One documented way to fail, and what it means."""

    kind: FailureKind
    """What a stage is told."""
    outcome: str = ""
    """How the job ends (`Plan.outcome`); empty: the start is refused with `status`, `body` and `headers`."""
    status: int = 400
    """The HTTP status of a start that is refused."""
    body: Any = None
    """Its body: JSON, or a text that stands for a page."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Its headers, such as `Retry-After`."""
    billed: bool = False
    """Whether the vendor charges for it all the same."""


class VideoHarness:
    """One protocol, or one dialect of it. A subclass has a `name`, its `failures`, a server and a definition."""

    name: str
    """What its tests are called by."""
    failures: Mapping[str, Failure] = {}
    """Every documented way to fail, by a short name."""
    size: str = "720x1280"
    """A size that the model makes, in pixels."""
    seconds: int = 4
    """A length that the model makes."""
    longest: Fraction = Fraction(12)
    """The longest clip of the entry, in seconds."""
    unsupported: Mapping[str, Any] = {"options": {"no_such_option": 1}}
    """Wishes that this model cannot honour: each must leave a warning, or all together one."""
    stands_for_protocol: bool = True
    """Whether it is its protocol's main harness: what is slow and the same for all dialects runs over it alone."""
    takes_frame: bool = True
    """Whether a start frame can be given."""
    can_cancel: bool = True
    find: Literal["proves", "proves absence", "cannot"] = "proves"
    """What a look-up of a lost start can tell."""
    is_async: bool = True
    """Whether the start answers before the clip is made."""
    serves_files: bool = True
    """Whether the clip lies at an address, rather than inside an answer."""
    no_handle: tuple[int, Any] = (200, {})
    """An answer to a start that accepts it and tells no job."""

    def make_server(self, port: int = 0, state_file: Path | None = None) -> JobServer:
        """Return the strict server, not yet running."""
        raise NotImplementedError

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry as a recipe defines it in place."""
        raise NotImplementedError

    def entry(self, server_url: str, **changes: Any) -> Entry:
        """Return the entry."""
        return Catalogue.load().resolve({**self.definition(server_url), **changes}, "video")

    def request(self, **changes: Any) -> VideoRequest:
        """Return a wish that the model can honour."""
        wish = {"prompt": "A paper boat drifts down a rain gutter", "seconds": self.seconds, "size": self.size}
        return VideoRequest.model_validate({**wish, "size": Size.parse(self.size), **changes})

    def __repr__(self) -> str:
        return self.name


def needs(flag: str) -> Callable[[Test], Test]:
    """Run a test of the contract only over those harnesses whose `flag` is true."""

    def mark(test: Test) -> Test:
        test.needs = flag  # type: ignore[attr-defined]
        return test

    return mark


def over_harnesses(metafunc: pytest.Metafunc, harnesses: Sequence[VideoHarness]) -> None:
    """Parametrise a test that asks for `harness`, or for `harness` and `failure`; a suite's `pytest_generate_tests`."""
    flag = getattr(metafunc.function, "needs", "")
    chosen = [harness for harness in harnesses if not flag or getattr(harness, flag)]
    if "failure" in metafunc.fixturenames:
        cases = [(harness, name) for harness in chosen for name in harness.failures]
        metafunc.parametrize(("harness", "failure"), cases, ids=[f"{harness}: {name}" for harness, name in cases])
    elif "harness" in metafunc.fixturenames:
        metafunc.parametrize("harness", chosen, ids=repr)


def studio_in(folder: Path) -> Studio:
    """Return a studio with a vault of its own."""
    settings = Settings(home=folder)
    crew = Crew("reelwright.media.worker", 1)
    return Studio(settings=settings, vault=FolderVault(folder / "vault"), catalogue=Catalogue.load(), crew=crew)


def with_model(studio: Studio, entry: Entry, use: Callable[[VideoModel], Awaitable[Result]]) -> Result:
    """Open a model, use it, close it: as a process of its own would."""

    async def run() -> Result:
        model = studio.video_model(entry)
        try:
            return await use(model)
        finally:
            await model.aclose()

    return asyncio.run(run())


async def finished(model: VideoModel, ticket: Ticket, polls: int = 20) -> tuple[Done | Failed, list[float]]:
    """Poll a job to its end; return how it ended and the shares done that were told."""
    told: list[float] = []
    for _ in range(polls):
        result = await model.poll(ticket)
        if not hasattr(result, "progress"):
            return result, told
        if result.progress is not None:
            told.append(result.progress)
    message = f"no end after {polls} polls"
    raise AssertionError(message)


def picture(studio: Studio, width: int = 360, height: int = 640, kind: str = "PNG") -> Asset:
    """Keep a picture in the vault, striped so that a wrong crop shows."""
    image = Image.new("RGB", (width, height), "#224466")
    image.paste("#ddaa33", (width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return studio.vault.put_bytes(buffer.getvalue(), f"image/{kind.lower()}")


def collect_elsewhere(entry: Entry, ticket: Ticket, home: Path, into: Path) -> None:
    """Poll and collect a job in a new process that has nothing but the ticket, the entry and the key.

    Raises:
        subprocess.CalledProcessError: the process failed.
    """
    told = {"entry": entry.model_dump(mode="json"), "ticket": ticket.model_dump(mode="json")}
    subprocess.run(
        [sys.executable, "-m", "reelwright.testing.elsewhere"],
        input=json.dumps({**told, "home": str(home), "into": str(into)}),
        text=True,
        check=True,
        timeout=60,
        # What this process can import, such as an author's own protocol, that one can.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
