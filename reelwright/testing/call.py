"""What the suites of parts that one call answers need: images, writers, narrators and transcribers.

Each kind has a subclass of `CallHarness` with a request of its own, in a module of its own beside this one.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from reelwright.catalogue import Entry
from reelwright.errors import ProviderError
from reelwright.models.video.contract import Charge
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.strict import Call, Drop, Refused, Reply, StrictServer
from reelwright.testing.suite import Failure, Harness
from reelwright.testing.wire import Fields, fields_of, text_of


class Answered(Protocol):
    """What every such part answers with."""

    @property
    def charge(self) -> Charge:
        """What it cost."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was adapted."""
        ...


Wish = TypeVar("Wish")
Answer = TypeVar("Answer", bound=Answered)


class CallHarness(Harness, Generic[Wish, Answer]):
    """A part that one paid call answers, and its vendor. Subclass one of its kinds, such as `ImageHarness`."""

    key: str = KEY
    """The one key that the strict server takes; the suite puts it in the variable `KEY_NAME`. Empty: it needs none."""
    prices: Mapping[str, Any] = {}
    """Fields of an entry that say what it costs, such as `{"usd_each": "0.05"}`; the definition has none."""
    usd: str = "0"
    """What the usual wish costs by `prices`, in USD."""
    is_remote: bool = True
    """Whether a server makes it, so that money and lines count. The tests of those are left out else."""

    @property
    def takes_key(self) -> bool:
        """Whether it is asked with a key: wherever a server makes it, and `key` is not empty.

        A host of one's own that asks for none says `takes_key = False`; the tests of keys are left out then.
        """
        return self.is_remote and bool(self.key)

    @property
    def another(self) -> Mapping[str, Any]:
        """Fields of an entry that make something else, so that its identity is another; none: nothing is compared.

        Another model where a server makes it. The part is only built with them, and not asked.
        """
        return {"model": "another/model"} if self.is_remote else {}

    def make_server(self) -> StrictServer:
        """Return the strict server, not yet running; a part without a vendor has one that nobody calls."""
        return _Nobody()

    def request(self, **changes: Any) -> Wish:
        """Return the usual wish, which the part can honour, with changes."""
        raise NotImplementedError

    def build(self, studio: Studio, entry: Entry) -> Any:
        """Return the part of an entry."""
        raise NotImplementedError

    async def ask(self, part: Any, wish: Wish, folder: Path) -> Answer:
        """Ask it once; files that it writes go into the folder."""
        raise NotImplementedError

    def starts(self, server: StrictServer) -> int:
        """How many of the calls that came could cost money: each POST. Say less where some are free, e.g. uploads."""
        return sum(call.method == "POST" for call in server.calls)

    def fail(self, server: Any, failure: Failure) -> None:
        """Tell the server to fail in this way when it is called next."""
        server.then(failure.reply)

    def lose(self, server: Any, outcome: Reply | Drop) -> None:
        """Give the next call that could cost money no clear answer. It is the next of all, unless others go before."""
        server.then(outcome)


@dataclasses.dataclass(frozen=True)
class CallTrial(Generic[Wish, Answer]):
    """A studio of one's own and the strict server of one part that a call answers."""

    harness: CallHarness[Wish, Answer]
    """What is tried."""
    server: Any
    """The vendor's strict server: what it was sent is in `calls`, and `then` tells it what to answer next."""
    studio: Studio
    """The vault, the catalogue and the workers of its home."""

    @property
    def folder(self) -> Path:
        """The studio's home: files that a part writes lie there."""
        return self.studio.settings.home

    def entry(self, **changes: Any) -> Entry:
        """The part as a recipe defines it in place, with changes."""
        return self.harness.entry(self.server.url, **changes)

    def part(self, entry: Entry | None = None, **changes: Any) -> Any:
        """Build the part of an entry, or of the harness's with changes; the caller closes it."""
        return self.harness.build(self.studio, entry or self.entry(**changes))

    def ask(self, wish: Wish | None = None, *, entry: Entry | None = None, **changes: Any) -> Answer:
        """Ask for the usual wish or another, at an entry or at the harness's with changes, and close the part.

        Raises:
            ReelwrightError: what the part raises.
        """
        part = self.part(entry, **changes)

        async def answer() -> Answer:
            try:
                return await self.harness.ask(part, wish or self.harness.request(), self.folder)
            finally:
                await part.aclose()

        return asyncio.run(answer())

    def failure(self, wish: Wish | None = None, *, entry: Entry | None = None, **changes: Any) -> ProviderError:
        """Ask, and return how it fails."""
        try:
            self.ask(wish, entry=entry, **changes)
        except ProviderError as error:
            return error
        message = f"it did not fail, after so many calls that could cost money: {self.starts}"
        raise AssertionError(message)

    def sent(self, wish: Wish | None = None, **changes: Any) -> tuple[Answer, Fields]:
        """Ask, and return the answer and what went out for it, to be compared by `differing`."""
        before = len(self.server.calls)
        made = self.ask(wish, **changes)
        return made, fields_of(self.server.calls[before:])

    @property
    def told(self) -> str:
        """All that went to the vendor so far, as text and in its order."""
        return text_of(self.server.calls)

    def has_key(self, text: str) -> bool:
        """Whether a text holds the key, where there is one."""
        key = self.harness.key if self.harness.takes_key else ""
        return bool(key) and key in text

    @property
    def starts(self) -> int:
        """How many calls could cost money."""
        return self.harness.starts(self.server)


class _Nobody(StrictServer):
    """Nobody's vendor."""

    def answer(self, call: Call) -> Reply:
        """Refuse it.

        Raises:
            Refused: always.
        """
        raise Refused(404, f"nobody is here for {call.path}")
