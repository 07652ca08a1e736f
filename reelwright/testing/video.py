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
from collections.abc import Awaitable, Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar

from PIL import Image

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Done, Failed, Ticket, VideoModel, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import JobServer
from reelwright.testing.suite import Harness
from reelwright.values import Asset, Size

Result = TypeVar("Result")


class VideoHarness(Harness):
    """One protocol, or one dialect of it. A subclass has a `name`, its `failures`, a server and a definition."""

    kind = "video"
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

    def request(self, **changes: Any) -> VideoRequest:
        """Return a wish that the model can honour."""
        wish = {"prompt": "A paper boat drifts down a rain gutter", "seconds": self.seconds, "size": self.size}
        return VideoRequest.model_validate({**wish, "size": Size.parse(self.size), **changes})


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
        timeout=400,
        # What this process can import, such as an author's own protocol, that one can.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
