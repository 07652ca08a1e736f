"""A studio to try a part in: a home, a vault, a ledger and workers of its own, beside a vendor's strict server.

```python
with studio(OURS) as trial:
    clip = trial.buy(trial.harness.request(prompt="A boat"))
    assert trial.server.created == 1
```
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from reelwright.catalogue import Entry
from reelwright.models.video.contract import Done, Failed, Ticket, VideoModel, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.call import Answer, CallHarness, CallTrial, Wish
from reelwright.testing.environment import environment_with
from reelwright.testing.servers.jobs import KEY, JobServer
from reelwright.testing.suite import KEY_NAME, studio_in
from reelwright.testing.video import VideoHarness, finished, picture, with_model
from reelwright.values import Asset

if TYPE_CHECKING:
    from reelwright.ledger.statement import ChargeLine
    from reelwright.takes.values import Clip

Result = TypeVar("Result")


@dataclass(frozen=True)
class Trial:
    """A studio of one's own and the strict server of one model."""

    harness: VideoHarness
    """What is tried."""
    server: JobServer
    """It counts what a vendor would bill (`created`), keeps what it was sent (`calls`), and fails as it is told."""
    studio: Studio
    """The vault, the catalogue and the workers of its home."""
    entry: Entry
    """The model, as a recipe that defines it in place has it."""

    def use(self, do: Callable[[VideoModel], Awaitable[Result]], entry: Entry | None = None) -> Result:
        """Open the model (or that of another entry), do something with it, and close it."""
        return with_model(self.studio, entry or self.entry, do)

    def start(self, request: VideoRequest | None = None, *, entry: Entry | None = None) -> Ticket:
        """Start a job, past the ledger: of the harness's usual wish, or another; at the model, or another entry's.

        Raises:
            ReelwrightError: what the model raises.
        """
        wish = request or self.harness.request()
        return self.use(lambda model: model.start(wish, idempotency_key="one-start"), entry)

    def finish(self, ticket: Ticket) -> Done | Failed:
        """Poll a job to its end."""
        return self.use(lambda model: finished(model, ticket))[0]

    def collect(self, ticket: Ticket, into: Path) -> None:
        """Poll a job to its end, and write its clip."""

        async def fetch(model: VideoModel) -> None:
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done), done
            await model.collect(ticket, done, into)

        self.use(fetch)

    def picture(self, width: int = 360, height: int = 640, kind: str = "PNG") -> Asset:
        """Keep a picture in the vault, to start from."""
        return picture(self.studio, width, height, kind)

    def buy(self, request: VideoRequest | None = None, *, usd: Decimal = Decimal(5)) -> Clip:
        """Buy a clip as a flow does: claimed in the ledger, paid at most once, found again, its file in the vault.

        Args:
            request: What is wished for; `None`: the harness's usual wish.
            usd: The most that all takes bought here may cost together.

        Raises:
            ReelwrightError: what the take raises.
        """
        from reelwright.testing import buying  # noqa: PLC0415 - only who buys waits for the ledger to be loaded

        return buying.bought(self.studio, self.entry, request or self.harness.request(), usd)

    def charges(self) -> tuple[ChargeLine, ...]:
        """Return the ledger's account: what was reserved, charged and released."""
        from reelwright.testing import buying  # noqa: PLC0415 - as above

        return buying.charges(self.studio)


@overload
def studio(harness: VideoHarness, *, home: Path | None = None) -> contextlib.AbstractContextManager[Trial]: ...


@overload
def studio(
    harness: CallHarness[Wish, Answer], *, home: Path | None = None
) -> contextlib.AbstractContextManager[CallTrial[Wish, Answer]]: ...


@contextlib.contextmanager
def studio(harness: VideoHarness | CallHarness[Any, Any], *, home: Path | None = None) -> Iterator[Any]:
    """Lend a studio and the harness's server, running.

    Inside, the environment names this home and the server's key: flows, tasks and processes that are started work
    there too.

    Args:
        harness: The model that is tried, and its server.
        home: The folder for its vault and ledger; `None`: one that is removed afterwards.
    """
    with contextlib.ExitStack() as stack:
        if home is None:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reelwright-trial-")))
        home.mkdir(parents=True, exist_ok=True)
        key = KEY if isinstance(harness, VideoHarness) else harness.key
        variables = {"REELWRIGHT_HOME": str(home), "REELWRIGHT_VAULT": "", "REELWRIGHT_LEDGER": "", KEY_NAME: key}
        stack.enter_context(environment_with(variables))
        server: Any = stack.enter_context(harness.make_server())
        made = studio_in(home)
        stack.callback(made.crew.close)
        if isinstance(harness, VideoHarness):
            _forget_ports()
            yield Trial(harness, server, made, harness.entry(server.url))
        else:
            yield CallTrial(harness, server, made)


def _forget_ports() -> None:
    """Let what was learned of a server at some port not be taken for what another one there serves."""
    from reelwright.models.video.openai_videos import served  # noqa: PLC0415 - only video models learn

    served.forget()
