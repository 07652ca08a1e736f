"""The ledger: one live job for a key, leases that are never robbed, caps that hold, an account that adds up."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from support.databases import database

from reelwright.canonical import key_of
from reelwright.errors import BudgetExceeded, FailureKind, StorageError
from reelwright.ledger import breaker
from reelwright.ledger.database import NEWEST, Database
from reelwright.ledger.keeper import Keeper
from reelwright.ledger.ledger import LEASE_SECONDS, Ledger, LostHold
from reelwright.ledger.owner import new_holder
from reelwright.ledger.statement import committed_usd, list_budgets, list_charges, list_jobs, totals
from reelwright.ledger.values import Job, Purpose
from reelwright.models.video.contract import Ticket
from reelwright.values import Asset, Size

KEY = key_of("test", "a shot")
CLIP = Asset(sha256="ab" * 32, media_type="video/mp4", size_bytes=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    with database(request.param, tmp_path) as address:
        yield address


_opened: list[Database] = []


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    """Close what the test has opened."""
    yield
    while _opened:
        _opened.pop().close()


def opened(url: str, *, lease_seconds: float = LEASE_SECONDS) -> Ledger:
    """Open a ledger for the length of the test."""
    ledger = Ledger(url, lease_seconds=lease_seconds)
    _opened.append(ledger.database)
    return ledger


def opened_database(url: str) -> Database:
    """Open a ledger's database for the length of the test."""
    _opened.append(Database(url))
    return _opened[-1]


def claim(ledger: Ledger, holder: str, *, key: str = KEY, usd: str = "0.40", cap: str = "", fresh: int = 0) -> Job:
    """Claim a job as a start does."""
    purpose = Purpose(episode="bread", shot=3, caps={"episode bread": Decimal(cap)} if cap else {})
    return ledger.claim(
        key, holder=holder, entry="kling", model="v3", account="a1", usd=Decimal(usd), purpose=purpose,
        fresh_after=fresh,
    )  # fmt: skip


def ticket(remote_id: str = "video_1") -> Ticket:
    """What a vendor gives for a started job."""
    return Ticket(
        protocol="openai-videos", entry="kling", model="v3", remote_id=remote_id, started_at=datetime.now(UTC),
        seconds=Fraction(4), size=Size(width=720, height=1280),
    )  # fmt: skip


def started(ledger: Ledger, holder: str, **how: str) -> Job:
    """Bring a job as far as its ticket."""
    job = claim(ledger, holder, **how)  # type: ignore[arg-type]
    ledger.starting(job)
    ledger.started(job, ticket())
    return ledger.job(job.id, holder=holder)


def test_a_job_goes_from_claim_to_clip(url: str) -> None:
    """Each step is kept, with the ticket before the first poll, and found again by the next claim of the key."""
    ledger, holder = opened(url), new_holder()
    job = started(ledger, holder)
    assert (job.state, job.ticket and job.ticket.remote_id, job.mine) == ("started", "video_1", True)
    ledger.done(job, CLIP, Decimal("0.38"))
    again = claim(ledger, new_holder())
    assert (again.id, again.state, again.clip, again.charged_usd) == (job.id, "done", CLIP, Decimal("0.38"))


def test_a_key_has_one_live_job(url: str) -> None:
    """A second claim is shown the job that is on its way, and that it is not its own."""
    ledger = opened(url)
    mine, other = claim(ledger, new_holder()), claim(ledger, new_holder())
    assert (other.id, mine.mine, other.mine, other.is_orphan) == (mine.id, True, False, False)


def test_after_a_failure_the_next_claim_is_another_attempt(url: str) -> None:
    """The failed one stays in the books with its reason."""
    ledger, holder = opened(url), new_holder()
    ledger.failed(started(ledger, holder), FailureKind.BUSY, "503")
    job = claim(ledger, holder)
    assert (job.attempt, job.state, job.idempotency_key.endswith("-2")) == (2, "claimed", True)


def test_a_clip_whose_bytes_are_gone_is_bought_anew_on_request(url: str) -> None:
    """`fresh_after` passes over the clip of that attempt."""
    ledger, holder = opened(url), new_holder()
    ledger.done(started(ledger, holder), CLIP, Decimal("0.4"))
    assert claim(ledger, holder, fresh=1).attempt == 2


def _claim_once(url: str, index: int) -> tuple[int, bool]:
    job = claim(opened(url), new_holder(), key=key_of("race", index % 3))
    return job.id, job.mine


@pytest.mark.slow
def test_many_processes_that_claim_at_once_share_one_job_for_a_key(url: str) -> None:
    """Fifty claims of three keys by ten processes: three jobs, three owners."""
    with ProcessPoolExecutor(10, mp_context=multiprocessing.get_context("spawn")) as pool:
        answers = list(pool.map(_claim_once, [url] * 50, range(50)))
    assert len({job for job, _ in answers}) == 3
    assert sum(mine for _, mine in answers) == 3


def test_a_live_holder_is_never_robbed(url: str) -> None:
    """With signs of life, a job stays where it is long after its first lease."""
    ledger = opened(url, lease_seconds=0.4)
    holder, keeper = new_holder(), Keeper(ledger)
    job = claim(ledger, holder)
    with keeper.holding(holder):
        time.sleep(1.2)
        seen = ledger.job(job.id, holder=new_holder())
    assert (seen.mine, seen.is_orphan, seen.owner) == (False, False, holder)


def test_a_job_without_signs_of_life_is_taken_over(url: str) -> None:
    """After the lease, whoever asks first holds it; the second sees that it is held."""
    ledger = opened(url, lease_seconds=0.2)
    job = started(ledger, "elsewhere|1|1|x")
    time.sleep(0.3)
    first = opened(url).job(job.id, holder=new_holder())
    second = opened(url).job(job.id, holder=new_holder())
    assert (first.mine, second.mine, first.ticket) == (True, False, job.ticket)


def test_who_lost_the_hold_can_change_nothing(url: str) -> None:
    """A process that slept through its lease and wakes up is stopped at its next step."""
    ledger = opened(url, lease_seconds=0.1)
    job = claim(ledger, "elsewhere|1|1|x")
    time.sleep(0.2)
    assert ledger.job(job.id, holder=new_holder()).mine
    with pytest.raises(LostHold):
        ledger.starting(job)


def test_the_job_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    """On the same machine the lease need not run out: the process is seen to be gone."""
    with database("sqlite", tmp_path) as url:
        program = (
            "import sys,time; sys.path.insert(0,'tests')\n"
            "from reelwright.ledger.ledger import Ledger; from reelwright.ledger.owner import new_holder\n"
            "from reelwright.ledger.values import Purpose; from decimal import Decimal\n"
            f"Ledger({url!r}).claim({KEY!r}, holder=new_holder(), entry='k', model='', account='', usd=Decimal(0),"
            " purpose=Purpose())\nprint('claimed', flush=True); time.sleep(60)"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "claimed\n"
            assert not claim(opened(url), new_holder()).mine
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        assert claim(opened(url), new_holder()).mine


def test_a_cap_is_a_cap(url: str) -> None:
    """What would pass it is refused with what is missing, and nothing of it is kept."""
    ledger = opened(url)
    claim(ledger, new_holder(), key=key_of("k", 1), usd="0.70", cap="1.00")
    with pytest.raises(BudgetExceeded) as caught:
        claim(ledger, new_holder(), key=key_of("k", 2), usd="0.300001", cap="1.00")
    assert caught.value.used_usd == Decimal("0.70")
    assert committed_usd(ledger, ["episode bread"]) == {"episode bread": Decimal("0.70")}
    assert len(list_jobs(ledger)) == 1
    assert claim(ledger, new_holder(), key=key_of("k", 2), usd="0.300001", cap="1.01").mine


def _spend(url: str, worker: int) -> int:
    ledger, holder, bought = opened(url), new_holder(), 0
    for turn in range(5):
        try:
            job = claim(ledger, holder, key=key_of("spend", [worker, turn]), usd="0.07", cap="1.00")
        except BudgetExceeded:
            break
        ledger.starting(job)
        ledger.started(job, ticket(f"v{worker}-{turn}"))
        ledger.done(job, CLIP, Decimal("0.07"))
        bought += 1
    return bought


@pytest.mark.slow
def test_a_cap_holds_under_twenty_workers(url: str) -> None:
    """$1.00 buys fourteen clips at $0.07, whoever is first: never $1.01."""
    with ProcessPoolExecutor(20, mp_context=multiprocessing.get_context("spawn")) as pool:
        bought = sum(pool.map(_spend, [url] * 20, range(20)))
    ledger = opened(url)
    assert bought == 14
    assert totals(list_charges(ledger))["charged"] == Decimal("0.98")
    assert committed_usd(ledger, ["episode bread"]) == {"episode bread": Decimal("0.98")}


def test_the_account_tells_what_was_reserved_charged_released_and_suspected(url: str) -> None:
    """A clip that was cheaper frees the rest; a failure frees all; a suspect stays counted."""
    ledger, holder = opened(url), new_holder()
    ledger.done(started(ledger, holder, key=key_of("k", 1), cap="5"), CLIP, Decimal("0.25"))
    ledger.failed(started(ledger, holder, key=key_of("k", 2), cap="5"), FailureKind.BUSY, "503")
    ledger.suspect(started(ledger, holder, key=key_of("k", 3), cap="5"), FailureKind.UNKNOWN, "no answer")
    sums = totals(list_charges(ledger))
    assert sums == {
        "reserved": Decimal("1.2"), "charged": Decimal("0.25"), "released": Decimal("0.55"),
        "suspected": Decimal("0.4"),
    }  # fmt: skip
    assert [line.committed_usd for line in list_budgets(ledger)] == [Decimal("0.65")]


def test_a_failure_that_was_billed_counts(url: str) -> None:
    """What the vendor took stays under the cap."""
    ledger = opened(url)
    ledger.failed(started(ledger, new_holder(), cap="5"), FailureKind.MODERATED, "blocked", usd=Decimal("0.4"))
    assert committed_usd(ledger, ["episode bread"]) == {"episode bread": Decimal("0.4")}


def test_a_suspect_that_is_found_goes_on(url: str) -> None:
    """Its ticket comes late, and it is this process's from then on."""
    ledger, holder = opened(url), new_holder()
    job = claim(ledger, holder)
    ledger.starting(job)
    ledger.suspect(job, FailureKind.UNKNOWN, "no answer")
    (found,) = ledger.suspects(KEY)
    ledger.resume(found, ticket("late"), holder="me")
    resumed = ledger.job(job.id, holder="me")
    assert (resumed.state, resumed.mine, resumed.ticket and resumed.ticket.remote_id) == ("started", True, "late")


def test_a_vendor_that_is_down_is_left_alone_for_a_while(url: str) -> None:
    """Three failures in a row open the breaker; no money opens it at once; a success closes it."""
    ledger = opened(url)
    for _ in range(2):
        breaker.note_failure(ledger, "kling", "a1", FailureKind.BUSY, "503")
    known = breaker.health(ledger, "kling", "a1")
    assert known is not None
    assert known.open_for_seconds == 0
    breaker.note_failure(ledger, "kling", "a1", FailureKind.BUSY, "503")
    known = breaker.health(ledger, "kling", "a1")
    assert known is not None
    assert known.open_for_seconds > 200
    breaker.note_success(ledger, "kling", "a1")
    assert breaker.health(ledger, "kling", "a1") is None
    breaker.note_failure(ledger, "veo", "a1", FailureKind.BILLING, "no credits")
    assert [item.entry for item in breaker.all_health(ledger) if item.open_for_seconds] == ["veo"]


def test_a_moderated_prompt_is_not_the_vendors_illness(url: str) -> None:
    """Failures that are the shot's own do not count against the model."""
    ledger = opened(url)
    breaker.note_failure(ledger, "kling", "a1", FailureKind.MODERATED, "blocked")
    assert breaker.health(ledger, "kling", "a1") is None


def test_a_ledger_of_a_newer_version_is_refused(url: str) -> None:
    """It is left as it is."""
    with opened_database(url).transaction() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        Database(url)


def _open(url: str) -> str:
    database = Database(url)
    database.close()
    return database.shown


def test_many_processes_may_open_a_new_ledger_at_once(url: str) -> None:
    """The schema is made once."""
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert len(set(pool.map(_open, [url] * 8))) == 1
    with opened_database(url).transaction() as connection:
        assert connection.exec_driver_sql("select version_num from alembic_version").scalar() == NEWEST


def test_the_migrations_make_what_the_code_expects(url: str) -> None:
    """Alembic finds no difference between the tables in the code and those in the database."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from reelwright.ledger.tables import metadata  # noqa: PLC0415

    with opened_database(url).transaction() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    assert difference == []


@pytest.mark.parametrize("bad", ["nonsense", "postgresql://127.0.0.1:1/none", "sqlite:////proc/none/ledger.db"])
def test_a_ledger_that_cannot_be_used_says_so(bad: str) -> None:
    """One clear error before anything is started, and no password in it."""
    with pytest.raises(StorageError) as caught:
        Ledger(bad)
    assert caught.value.hint


def test_a_password_is_not_shown() -> None:
    """Not in the error either."""
    with pytest.raises(StorageError) as caught:
        Ledger("postgresql://me:hush@127.0.0.1:1/none")
    assert "hush" not in str(caught.value)
