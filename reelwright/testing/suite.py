"""What contract suites share: a harness says which server stands in for a vendor, and every way in which it fails."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from reelwright.catalogue import Catalogue, Entry, Kind
from reelwright.errors import FailureKind
from reelwright.settings import Settings
from reelwright.studio import Studio
from reelwright.testing.servers.strict import Reply
from reelwright.vault import FolderVault
from reelwright.workers import Crew

if TYPE_CHECKING:
    import pytest

KEY_NAME = "REELWRIGHT_TEST_KEY"
"""The environment variable that holds the strict server's one key: `{"api_key": {"env": KEY_NAME}}` in an entry."""

_SHORTEST_KEY = 20

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Failure:
    """One documented way to fail, and what it means."""

    kind: FailureKind
    """What a stage is told."""
    outcome: str = ""
    """How the job ends (`Plan.outcome`); empty: the call is refused with `status`, `body` and `headers`."""
    status: int = 400
    """The HTTP status of a call that is refused."""
    body: Any = None
    """Its body: JSON, or a text that stands for a page."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Its headers, such as `Retry-After`."""
    billed: bool = False
    """Whether the vendor charges for it all the same."""

    @property
    def reply(self) -> Reply:
        """The answer to the call that it refuses."""
        if isinstance(self.body, str):
            return Reply(self.status, None, self.headers, self.body.encode(), "text/html")
        return Reply(self.status, self.body, self.headers)

    @property
    def retry_after_seconds(self) -> float | None:
        """How long the vendor asks to wait."""
        told = self.headers.get("Retry-After")
        return float(told) if told else None


class Harness:
    """One protocol as its suite sees it. A subclass has a `name`, its `failures`, a server and a definition."""

    kind: Kind
    """What it makes."""
    name: str
    """What its tests are called by."""
    failures: Mapping[str, Failure] = {}
    """Every documented way to fail, by a short name."""

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry as a recipe defines it in place."""
        raise NotImplementedError

    def entry(self, server_url: str, **changes: Any) -> Entry:
        """Return the entry."""
        return Catalogue.load().resolve({**self.definition(server_url), **changes}, self.kind)

    def __repr__(self) -> str:
        return self.name


def needs(flag: str) -> Callable[[Test], Test]:
    """Run a test of the contract only over those harnesses whose `flag` is true."""

    def mark(test: Test) -> Test:
        test.needs = flag  # type: ignore[attr-defined]
        return test

    return mark


def over_harnesses(metafunc: pytest.Metafunc, harnesses: Sequence[Harness]) -> None:
    """Parametrise a test that asks for `harness`, or for `harness` and `failure`; a suite's `pytest_generate_tests`."""
    flag = getattr(metafunc.function, "needs", "")
    chosen = [harness for harness in harnesses if not flag or getattr(harness, flag)]
    if "failure" in metafunc.fixturenames:
        cases = [(harness, name) for harness in chosen for name in harness.failures]
        metafunc.parametrize(("harness", "failure"), cases, ids=[f"{harness}: {name}" for harness, name in cases])
    elif "harness" in metafunc.fixturenames:
        metafunc.parametrize("harness", chosen, ids=repr)


_LISTED = {"failure": "failures", "loss": "losses"}
"""What a test asks for that harnesses list: the test is run over each."""


class HarnessSuite:
    """A suite over harnesses. What none of them can show is left out; a suite that names none is refused."""

    harnesses: ClassVar[Sequence[Any]] = ()
    """What is under test; a subclass names it."""
    _left_out: ClassVar[Mapping[str, Callable[..., None]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Take out the tests that no harness has the flag, or any failure, for: nothing is skipped over and over."""
        super().__init_subclass__(**options)
        if not cls.harnesses:
            return
        found = {name: inspect.getattr_static(cls, name) for name in dir(cls) if name.startswith("test_")}
        # What the suite that this one is made from has left out for its own harnesses, these may show.
        found |= {name: test for name, test in cls._left_out.items() if name not in vars(cls)}
        # What an author has set to something else than a test, such as `None`, stays what it is.
        tests = {name: test for name, test in found.items() if inspect.isfunction(test)}
        cls._left_out = {name: test for name, test in tests.items() if not cls._shows(test)}
        for name, test in tests.items():
            setattr(cls, name, None if name in cls._left_out else test)

    @classmethod
    def _shows(cls, test: Callable[..., None]) -> bool:
        asked = inspect.signature(test).parameters
        flag = next((_LISTED[name] for name in asked if name in _LISTED), getattr(test, "needs", ""))
        return not flag or any(getattr(harness, flag) for harness in cls.harnesses)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test over every harness, or over every documented failure of every harness.

        Raises:
            UsageError: the suite names no harness; it would pass without having looked.
        """
        self.require_harnesses()
        over_harnesses(metafunc, self.harnesses)

    def require_harnesses(self) -> None:
        """Refuse a suite without harnesses, and keys that are like words: pieces of them are looked for everywhere.

        Raises:
            UsageError: it names none, or one with such a key.
        """
        from reelwright.testing.extra import pytest  # noqa: PLC0415 - a harness alone needs none

        if not self.harnesses:
            raise pytest.UsageError(f"{type(self).__name__} names no `harnesses`.")
        for harness in self.harnesses:
            if 0 < len(getattr(harness, "key", "")) < _SHORTEST_KEY:
                raise pytest.UsageError(f"The `key` of {harness!r} needs {_SHORTEST_KEY} characters or more.")


def studio_in(folder: Path) -> Studio:
    """Return a studio with a vault of its own."""
    settings = Settings(home=folder)
    crew = Crew("reelwright.media.worker", 1)
    return Studio(settings=settings, vault=FolderVault(folder / "vault"), catalogue=Catalogue.load(), crew=crew)
