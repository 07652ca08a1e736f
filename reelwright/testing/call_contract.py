"""The part of their contract that images, writers, narrators and transcribers share: one call, one charge, no secret.

One file tests a part of one's own, with the suite of its kind:

```python
class TestOurs(ImageContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import asyncio
import inspect
import io
import logging
import pickle
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import stamina

from reelwright.errors import FailureKind, MissingCredential, StartAmbiguous
from reelwright.testing.call import CallHarness, CallTrial
from reelwright.testing.extra import pytest
from reelwright.testing.servers.strict import Drop, Reply
from reelwright.testing.suite import KEY_NAME, HarnessSuite, needs
from reelwright.testing.trial import studio

_WRONG = "sk-wrong-0123456789abcdef"


class CallContract(HarnessSuite):
    """Every behaviour is a test, run over each harness, and over each of its documented failures."""

    harnesses: ClassVar[Sequence[CallHarness[Any, Any]]] = ()
    """The parts under test; a subclass names them."""

    @pytest.fixture
    def trial(self, harness: CallHarness[Any, Any], tmp_path: Path) -> Iterator[CallTrial[Any, Any]]:
        """A studio, and the harness's strict server; what is tried again is tried at once."""
        with stamina.set_testing(testing=True, attempts=4), studio(harness, home=tmp_path / "home") as lent:
            yield lent

    def test_a_documented_failure_is_told_by_its_kind(self, trial: CallTrial[Any, Any], failure: str) -> None:
        """One paid call, one error: its kind, whether it was billed, and no key; it survives a process border."""
        told = trial.harness.failures[failure]
        trial.harness.fail(trial.server, told)
        error = trial.failure()
        assert not isinstance(error, StartAmbiguous), error
        assert (error.kind, error.billed, trial.starts) == (told.kind, told.billed, 1), error
        assert error.retry_after_seconds == told.retry_after_seconds
        assert not trial.has_key(str(error.to_json()))
        assert pickle.loads(pickle.dumps(error)).to_json() == error.to_json()  # noqa: S301 - our own bytes

    @needs("is_remote")
    @pytest.mark.parametrize("outcome", [Drop(), Drop(halfway=True), Reply(504)], ids=["dropped", "broken", "gateway"])
    def test_no_clear_answer_is_ambiguous_and_never_repeated(
        self, trial: CallTrial[Any, Any], outcome: Reply | Drop
    ) -> None:
        """It may be billed: the call is made once."""
        trial.harness.lose(trial.server, outcome)
        assert isinstance(trial.failure(), StartAmbiguous)
        assert trial.starts == 1

    @needs("is_remote")
    def test_a_vendor_that_is_not_there_is_busy_and_unbilled(self, trial: CallTrial[Any, Any]) -> None:
        """A connection that never came about: nothing went out, and it may be tried again."""
        error = trial.failure(entry=trial.harness.entry("http://127.0.0.1:9"))
        assert not isinstance(error, StartAmbiguous)
        assert (error.kind, error.billed, error.retryable) == (FailureKind.BUSY, False, True)

    @needs("takes_key")
    def test_a_wrong_key_is_refused_without_being_told(
        self, trial: CallTrial[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The error names neither the wrong key nor the right one, and nothing is tried again."""
        monkeypatch.setenv(KEY_NAME, _WRONG)
        error = trial.failure()
        assert (error.kind, error.billed) == (FailureKind.AUTH, False)
        assert trial.starts <= 1
        assert _WRONG not in str(error.to_json())
        assert not trial.has_key(str(error.to_json()))

    @needs("takes_key")
    def test_a_missing_key_is_named(self, trial: CallTrial[Any, Any]) -> None:
        """A key that is not set is told by the variable's name, before any call."""
        with pytest.raises(MissingCredential, match="REELWRIGHT_NO_SUCH_KEY"):
            trial.ask(api_key={"env": "REELWRIGHT_NO_SUCH_KEY"})
        assert trial.server.calls == []

    @needs("takes_key")
    def test_secrets_are_nowhere(self, trial: CallTrial[Any, Any], caplog: pytest.LogCaptureFixture) -> None:
        """The key is in no error, repr or log line, not even when the vendor quotes it in its refusal."""
        caplog.set_level(logging.DEBUG)
        key, seen, part = trial.harness.key, io.StringIO(), trial.part()
        seen.write(f"{part!r} {_held(part)!r} {part.identity} {trial.entry().model_dump_json()}")
        asyncio.run(part.aclose())
        trial.ask()
        quoted = f"Incorrect API key provided: {key[:10]}********{key[-4:]} ({key})"
        trial.server.then(Reply(401, {"error": {"message": quoted}, "detail": quoted}))
        error = trial.failure()
        seen.write(f"{error!r} {error} {error.to_json()} {pickle.dumps(error)!r} {error.__context__!r}")
        everything = seen.getvalue() + caplog.text
        for secret in (key, key[:10], key[-8:]):
            assert secret not in everything

    @needs("prices")
    def test_what_it_costs_is_told_by_the_entrys_prices(self, trial: CallTrial[Any, Any]) -> None:
        """To the fraction of a cent, and no warning about it."""
        made = trial.ask(**trial.harness.prices)
        assert (made.charge.usd, made.charge.estimated) == (Decimal(trial.harness.usd), False)
        assert [text for text in made.warnings if "price" in text.casefold()] == []

    @needs("prices")
    def test_a_price_that_is_not_known_is_said(self, trial: CallTrial[Any, Any]) -> None:
        """The charge is marked as an estimate, and some warning speaks of the price."""
        made = trial.ask()
        assert made.charge.estimated
        assert [text for text in made.warnings if "price" in text.casefold()]

    def test_it_is_found_again_by_what_is_asked_and_of_whom(
        self, trial: CallTrial[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its identity is part of every key of what it made: the name does not count, nor the key that pays.

        What the harness calls `another` is one.
        """
        one = trial.part()
        assert not trial.has_key(one.identity)
        if trial.harness.takes_key:
            monkeypatch.setenv(KEY_NAME, _WRONG)
        other = trial.part(name="another")
        assert one.identity == other.identity != ""
        if trial.harness.another:
            changed = trial.part(**trial.harness.another)
            assert changed.identity != one.identity
            asyncio.run(changed.aclose())
        for part in (one, other):
            asyncio.run(part.aclose())


def _held(part: Any) -> dict[str, Any]:
    """What a part holds, in its `__dict__` or in slots."""
    slots = [name for name, _ in inspect.getmembers_static(type(part), inspect.ismemberdescriptor)]
    return {name: getattr(part, name, None) for name in (*getattr(part, "__dict__", ()), *slots)}
