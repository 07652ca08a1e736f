"""Work that is done once: callers that meet share it, a failure spoils nothing, and what is found again says so."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import Field

from reelwright.errors import MediaError, StorageError
from reelwright.finished import Finished, once
from reelwright.values import Asset, Value
from reelwright.vault import FolderVault


class Inner(Value):
    """A value inside a result."""

    asset: Asset | None = None


class Work(Finished):
    """A result with assets at several depths."""

    asset: Asset
    name: str = ""
    inner: Inner = Inner()
    more: tuple[Inner, ...] = ()
    by_name: dict[str, Asset] = Field(default_factory=dict)


class Later(Finished):
    """What a later version keeps for the same work."""

    asset: Asset
    seconds: int


class Bench:
    """A vault and a count of how often work was really done."""

    def __init__(self, folder: Path) -> None:
        self.vault = FolderVault(folder)
        self.made = 0
        self.fails: list[BaseException] = []
        self.gate: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)

    async def make(self) -> Work:
        """Do the work; fail first with each of `fails`."""
        self.made += 1
        number = self.made
        await self.gate()
        if self.fails:
            raise self.fails.pop(0)
        return Work(asset=self.vault.put_bytes(f"take {number}".encode(), "text/plain"), name=f"take {number}")

    async def ask(self, request: object = "x", *, fresh: bool = False, kind: str = "work/1") -> Work:
        """Ask for the work."""
        return await once(self.vault, kind, request, Work, self.make, fresh=fresh)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty bench."""
    return Bench(tmp_path / "vault")


def test_work_is_done_once_and_found_again(bench: Bench) -> None:
    """The second answer is the first one, marked as a hit."""
    first, second = asyncio.run(bench.ask()), asyncio.run(bench.ask())
    assert bench.made == 1
    assert (first.hit, second.hit) == (False, True)
    assert second == first.found_again()


def test_work_is_found_again_by_another_process(bench: Bench) -> None:
    """What counts is the vault, not this process's memory."""
    asyncio.run(bench.ask())
    other = Bench(bench.vault.root)
    assert asyncio.run(other.ask()).hit
    assert other.made == 0


def test_a_hit_is_no_part_of_what_is_kept(bench: Bench) -> None:
    """The record does not say how it was come by."""
    asyncio.run(bench.ask())
    (record,) = (bench.vault.root / "finished").rglob("*.json")
    assert "hit" not in json.loads(record.read_text("utf-8"))


def test_another_request_or_kind_is_other_work(bench: Bench) -> None:
    """Another version of the same work is done anew, too."""
    results = [asyncio.run(bench.ask(*asked)) for asked in (("x",), ("y",))]
    results.append(asyncio.run(bench.ask("x", kind="work/2")))
    assert [result.name for result in results] == ["take 1", "take 2", "take 3"]


def test_fresh_work_replaces_what_was_kept(bench: Bench) -> None:
    """`fresh` makes another take, and that one is found from then on."""
    asyncio.run(bench.ask())
    again, then = asyncio.run(bench.ask(fresh=True)), asyncio.run(bench.ask())
    assert (again.name, again.hit) == ("take 2", False)
    assert (then.name, then.hit) == ("take 2", True)


@pytest.mark.parametrize("callers", [2, 20])
def test_callers_at_the_same_time_share_one_make(bench: Bench, callers: int) -> None:
    """One does the work; the others wait for it and are told that it was a hit."""

    async def meet() -> list[Work]:
        bench.gate = lambda: asyncio.sleep(0.05)
        return await asyncio.gather(*(bench.ask() for _ in range(callers)))

    results = asyncio.run(meet())
    assert bench.made == 1
    assert sorted(result.hit for result in results) == [False] + [True] * (callers - 1)
    assert {result.asset.sha256 for result in results} == {results[0].asset.sha256}


def test_callers_in_other_event_loops_share_it_too(bench: Bench) -> None:
    """Prefect runs submitted tasks in threads, each with an event loop of its own."""
    bench.gate = lambda: asyncio.sleep(0.1)
    results: list[Work] = []
    threads = [threading.Thread(target=lambda: results.append(asyncio.run(bench.ask()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.made == 1
    assert sorted(result.hit for result in results) == [False, True, True, True]


def test_different_work_goes_on_side_by_side(bench: Bench) -> None:
    """Nobody waits for work that is not theirs."""

    async def meet() -> None:
        inside = asyncio.Barrier(3)
        bench.gate = lambda: asyncio.wait_for(_pass(inside), 5)
        await asyncio.gather(*(bench.ask(name) for name in "abc"))

    asyncio.run(meet())
    assert bench.made == 3


async def _pass(barrier: asyncio.Barrier) -> None:
    await barrier.wait()


# Failure


def test_a_failure_reaches_its_caller_and_spoils_nothing(bench: Bench) -> None:
    """Nothing is kept of it: the next one makes the work."""
    bench.fails = [MediaError("ffmpeg failed")]
    with pytest.raises(MediaError, match="ffmpeg failed"):
        asyncio.run(bench.ask())
    assert not asyncio.run(bench.ask()).hit
    assert asyncio.run(bench.ask()).hit


def test_those_who_waited_for_a_failure_make_it_themselves(bench: Bench) -> None:
    """The failure of one caller is not the failure of the others."""

    async def meet() -> list[Work | BaseException]:
        bench.gate = lambda: asyncio.sleep(0.02)
        bench.fails = [MediaError("once")]
        return await asyncio.gather(*(bench.ask() for _ in range(3)), return_exceptions=True)

    outcomes = asyncio.run(meet())
    assert [type(outcome) for outcome in outcomes].count(MediaError) == 1
    assert sorted(outcome.hit for outcome in outcomes if isinstance(outcome, Work)) == [False, True]
    assert bench.made == 2


def test_a_cancelled_maker_leaves_the_work_to_the_next(bench: Bench) -> None:
    """Who waited takes over at once."""

    async def meet() -> Work:
        started = asyncio.Event()

        async def gate() -> None:
            if bench.made == 1:
                started.set()
                await asyncio.sleep(60)

        bench.gate = gate
        maker = asyncio.create_task(bench.ask())
        await started.wait()
        waiter = asyncio.create_task(bench.ask())
        await asyncio.sleep(0.05)
        maker.cancel()
        return await asyncio.wait_for(waiter, 5)

    assert asyncio.run(meet()).name == "take 2"


def test_who_stops_waiting_ends_nothing_for_the_others(bench: Bench) -> None:
    """A cancelled waiter takes neither the maker nor the other waiters along."""

    async def meet() -> list[Work]:
        bench.gate = lambda: asyncio.sleep(0.1)
        maker, impatient, patient = (asyncio.create_task(bench.ask()) for _ in range(3))
        await asyncio.sleep(0.03)
        impatient.cancel()
        results = await asyncio.gather(maker, patient)
        assert impatient.cancelled()
        return results

    assert [result.name for result in asyncio.run(meet())] == ["take 1", "take 1"]
    assert bench.made == 1


def test_a_vault_that_cannot_keep_the_work_says_so(bench: Bench) -> None:
    """The caller is told that it will not be found again."""
    bench.vault.root.mkdir()
    (bench.vault.root / "finished").write_bytes(b"a file in the way")
    with pytest.raises(StorageError):
        asyncio.run(bench.ask())


# What no longer fits


def test_a_record_of_another_version_is_made_anew(bench: Bench) -> None:
    """A result that lacks a field of today is a miss, not an error; the new one takes its place."""
    asyncio.run(bench.ask())

    async def make() -> Later:
        return Later(asset=bench.vault.put_bytes(b"later", "text/plain"), seconds=3)

    async def ask() -> Later:
        return await once(bench.vault, "work/1", "x", Later, make)

    assert [asyncio.run(ask()).hit for _ in range(2)] == [False, True]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"asset": "lost"}', "\x00"])
def test_a_broken_record_is_made_anew(bench: Bench, text: str) -> None:
    """Whatever stands in it."""
    asyncio.run(bench.ask())
    (record,) = (bench.vault.root / "finished").rglob("*.json")
    record.write_text(text, "utf-8")
    assert [asyncio.run(bench.ask()).hit for _ in range(2)] == [False, True]


@pytest.mark.parametrize("where", ["asset", "inner", "more", "by_name"])
def test_every_asset_of_a_result_must_be_whole(bench: Bench, where: str) -> None:
    """One that is gone makes the whole result a miss, however deep it stands in it."""
    lost = bench.vault.put_bytes(b"lost", "text/plain")
    kept = bench.vault.put_bytes(b"kept", "text/plain")
    parts = {
        "asset": Work(asset=lost),
        "inner": Work(asset=kept, inner=Inner(asset=lost)),
        "more": Work(asset=kept, more=(Inner(), Inner(asset=lost))),
        "by_name": Work(asset=kept, by_name={"a": lost}),
    }

    async def make() -> Work:
        return parts[where]

    async def ask() -> Work:
        return await once(bench.vault, "work/1", "x", Work, make)

    assert not asyncio.run(ask()).hit
    assert asyncio.run(ask()).hit
    bench.vault.path(lost).unlink()
    assert not asyncio.run(ask()).hit
