"""Worker processes: their errors arrive as they are, their deaths are made good once, and none outlives its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from reelwright.errors import AllModelsFailed, MediaError, MediaRejected, ReelwrightError, StorageError
from reelwright.workers import Crew

WORKER = '''
"""A worker that does what a test asks of it."""
import contextlib, os, signal, subprocess, sys, time
from pathlib import Path
from reelwright.errors import AllModelsFailed, MediaRejected
from reelwright.workers import serve

def answer(request):
    match request:
        case {"say": value}:
            print("noise on standard output")
            return {"said": value, "pid": os.getpid()}
        case {"raise": "ours"}:
            raise AllModelsFailed.of("shot 3", MediaRejected(("it is black", "it is silent")))
        case {"raise": "the system's"}:
            Path("/no/such/folder/file").write_bytes(b"")
        case {"raise": "another"}:
            raise LookupError("no such key")
        case {"raise": "unwritable"}:
            return {"value": {1, 2}}
        case {"die": how, "times": times, "diary": diary}:
            deaths = Path(diary).read_text().split() if Path(diary).exists() else []
            Path(diary).write_text(" ".join([*deaths, str(os.getpid())]))
            if len(deaths) < times:
                if how == "half a line":
                    for pipe in range(3, 12):  # its line to the parent is one of them
                        with contextlib.suppress(OSError):
                            os.write(pipe, b'{"said": "ha')
                if how == "exit":
                    os._exit(3)
                os.kill(os.getpid(), signal.SIGKILL)
            return {"said": "survived"}
        case {"work": seconds, "diary": diary}:
            with Path(diary).open("a") as file:
                file.write(f"+{os.getpid()}\\\\n")
            time.sleep(seconds)
            with Path(diary).open("a") as file:
                file.write(f"-{os.getpid()}\\\\n")
            return {}
        case {"run for": seconds, "diary": diary}:
            child = subprocess.Popen(["sleep", str(seconds)])
            Path(diary).write_text(f"{os.getpid()} {child.pid}")
            child.wait()
            return {}

serve(answer)
'''.replace("\\\\n", "\\n")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a worker module that any Python process of this test can import."""
    folder = tmp_path_factory.mktemp("module")
    (folder / "obedient_worker.py").write_text(WORKER, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")])))
        yield "obedient_worker"


@pytest.fixture
def crew(module: str) -> Iterator[Crew]:
    """Two workers."""
    made = Crew(module, 2)
    yield made
    made.close()


def ask(crew: Crew, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask all at once."""

    async def gather() -> list[dict[str, Any]]:
        return await asyncio.gather(*(crew.ask(request) for request in requests))

    return asyncio.run(gather())


def refusal(crew: Crew, request: dict[str, Any]) -> ReelwrightError:
    """The error that a request ends in."""
    with pytest.raises(ReelwrightError) as caught:
        ask(crew, request)
    return caught.value


def pids_in(diary: Path) -> list[int]:
    """The processes that a worker wrote down, as soon as it has."""
    wait_until(lambda: diary.exists() and bool(diary.read_text().strip()))
    return [int(pid) for pid in diary.read_text().split()]


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whether a process has ended (perhaps not yet buried by its parent)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_local_model_reports_to_nobody(crew: Crew) -> None:
    """The runtime of the local models would send its use to its maker: each worker tells it not to."""
    (answer,) = ask(crew, {"say": "hello"})
    assert psutil.Process(answer["pid"]).environ()["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_request_is_answered(crew: Crew) -> None:
    """What a library prints meanwhile does not get into the answer; any text does."""
    value = 'Brötchen 🍞\n\u2028 "quoted" \\ line'
    (reply,) = ask(crew, {"say": value})
    assert reply["said"] == value


def test_a_worker_is_started_when_it_is_needed(module: str) -> None:
    """A crew costs nothing before its first request, and one at a time needs one worker."""
    crew = Crew(module, 2)
    before = len(psutil.Process().children())
    pids = {ask(crew, {"say": number})[0]["pid"] for number in range(3)}
    assert len(pids) == len(psutil.Process().children()) - before == 1
    crew.close()
    assert is_gone(pids.pop())


def test_a_worker_that_cannot_start_is_told() -> None:
    """With how it ended."""
    error = refusal(Crew("no_such_module", 1), {"say": 1})
    assert isinstance(error, MediaError)
    assert error.exit_status == 1


# Errors


def test_our_error_arrives_as_it_was_raised(crew: Crew) -> None:
    """Class, message, hint and nested causes, as if it had been raised here."""
    error = refusal(crew, {"raise": "ours"})
    expected = AllModelsFailed.of("shot 3", MediaRejected(("it is black", "it is silent")))
    assert type(error) is AllModelsFailed
    assert error.to_json() == expected.to_json()


@pytest.mark.parametrize(
    ("raised", "cls", "message"),
    [
        ("the system's", StorageError, r"'/no/such/folder/file': No such file or directory"),
        ("another", MediaError, r"LookupError: no such key"),
        ("unwritable", MediaError, r"TypeError: .* not JSON serializable"),
    ],
)
def test_any_other_error_arrives_as_one_of_ours(crew: Crew, raised: str, cls: type, message: str) -> None:
    """The caller has one tree of errors to deal with."""
    error = refusal(crew, {"raise": raised})
    assert type(error) is cls
    with pytest.raises(ReelwrightError, match=message):
        raise error


def test_a_worker_that_raised_goes_on(crew: Crew) -> None:
    """An error is an answer: the process is not started anew for it."""
    ((before,), _, (after,)) = (ask(crew, {"say": 1}), refusal(crew, {"raise": "ours"}), ask(crew, {"say": 2}))
    assert before["pid"] == after["pid"]


# Deaths


@pytest.mark.parametrize("how", ["SIGKILL", "exit", "half a line"])
def test_a_request_whose_worker_died_is_given_once_more(crew: Crew, tmp_path: Path, how: str) -> None:
    """Out of memory, a crash in native code, half an answer: another worker does the work."""
    (reply,) = ask(crew, {"die": how, "times": 1, "diary": str(tmp_path / "diary")})
    assert reply["said"] == "survived"
    assert len(set(pids_in(tmp_path / "diary"))) == 2


@pytest.mark.parametrize(("how", "status"), [("SIGKILL", -signal.SIGKILL), ("exit", 3), ("half a line", -9)])
def test_a_request_that_kills_twice_is_refused(crew: Crew, tmp_path: Path, how: str, status: int) -> None:
    """It is not tried for ever: the error tells how the worker ended, and the crew works on."""
    error = refusal(crew, {"die": how, "times": 9, "diary": str(tmp_path / "diary")})
    assert isinstance(error, MediaError)
    assert error.exit_status == status
    assert "died twice" in str(error)
    assert len(pids_in(tmp_path / "diary")) == 2
    assert ask(crew, {"say": 1}, {"say": 2}, {"say": 3})[2]["said"] == 3


def test_a_worker_killed_while_idle_is_not_missed(crew: Crew) -> None:
    """The next request starts another one."""
    (before,) = ask(crew, {"say": 1})
    os.kill(before["pid"], signal.SIGKILL)
    wait_until(lambda: is_gone(before["pid"]))
    (after,) = ask(crew, {"say": 2})
    assert after["pid"] != before["pid"]


def test_what_a_dead_worker_had_started_ends_too(crew: Crew, tmp_path: Path) -> None:
    """Its ffmpeg would go on writing into the file that the second attempt makes."""
    diary = tmp_path / "diary"

    async def kill_first() -> None:
        running = asyncio.create_task(crew.ask({"run for": 60, "diary": str(diary)}))
        worker, child = await asyncio.to_thread(pids_in, diary)
        diary.unlink()
        os.kill(worker, signal.SIGKILL)
        await asyncio.to_thread(pids_in, diary)  # given once more
        assert is_gone(child)
        running.cancel()

    asyncio.run(kill_first())


# Ends


def test_who_stops_waiting_ends_the_work(crew: Crew, tmp_path: Path) -> None:
    """Ctrl-C does not wait for a minute of ffmpeg; the crew can be asked again."""

    async def give_up() -> list[int]:
        running = asyncio.create_task(crew.ask({"run for": 60, "diary": str(tmp_path / "diary")}))
        pids = await asyncio.to_thread(pids_in, tmp_path / "diary")
        running.cancel()
        await asyncio.wait([running])
        return pids

    pids = asyncio.run(give_up())
    wait_until(lambda: all(map(is_gone, pids)), 3)
    assert ask(crew, {"say": 1}, {"say": 2})[1]["said"] == 2


def test_closing_ends_the_work_at_once(crew: Crew, tmp_path: Path) -> None:
    """The request fails; no worker is started for it a second time."""
    diary = tmp_path / "diary"

    async def close() -> None:
        running = asyncio.create_task(crew.ask({"run for": 60, "diary": str(diary)}))
        pids = await asyncio.to_thread(pids_in, diary)
        await asyncio.to_thread(crew.close)
        with pytest.raises(MediaError, match="ended while at work"):
            await asyncio.wait_for(running, 5)
        assert pids_in(diary) == pids
        assert all(map(is_gone, pids))

    asyncio.run(close())


PARENT = """
import asyncio, sys
from reelwright.workers import Crew
async def main():
    crew = Crew(sys.argv[1], 2)
    ready = await asyncio.gather(crew.ask({"say": 1}), crew.ask({"say": 2}))
    print(*(reply["pid"] for reply in ready), flush=True)
    await crew.ask({"run for": 60, "diary": sys.argv[2]})
asyncio.run(main())
"""


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_no_process_outlives_the_parent(module: str, tmp_path: Path, by: signal.Signals) -> None:
    """Neither the idle worker nor the busy one, nor the program that it runs, whatever ended the parent."""
    command = [sys.executable, "-c", PARENT, module, str(tmp_path / "diary")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        busy = pids_in(tmp_path / "diary")
        assert len({*workers, *busy}) == 3
        assert not any(map(is_gone, (*workers, *busy)))
        parent.send_signal(by)
        parent.wait(5)
    wait_until(lambda: all(map(is_gone, (*workers, *busy))), 5)


def test_a_worker_finishes_what_a_living_parent_asked(module: str) -> None:
    """The end of its input is no reason to leave a request unanswered: it can be tried by hand with a pipe."""
    line = '{"say": "hello"}\n'
    ran = subprocess.run([sys.executable, "-m", module], input=line, capture_output=True, text=True, check=True)
    assert '"said": "hello"' in ran.stdout


def test_ctrl_c_is_the_parents_to_handle(crew: Crew) -> None:
    """A worker that gets SIGINT works on: the parent decides what is stopped."""
    (before,) = ask(crew, {"say": 1})
    os.kill(before["pid"], signal.SIGINT)
    assert ask(crew, {"say": 2})[0]["pid"] == before["pid"]


# Concurrency


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_more_work_goes_on_than_there_are_workers(module: str, tmp_path: Path, count: int) -> None:
    """Eight requests at once are done `count` at a time, by `count` processes, all of them busy."""
    crew, diary = Crew(module, count), tmp_path / "diary"
    ask(crew, *({"work": 0.2, "diary": str(diary)} for _ in range(8)))
    crew.close()
    now, most, workers = 0, 0, set()
    for line in diary.read_text().split():
        now += 1 if line.startswith("+") else -1
        most = max(most, now)
        workers.add(line[1:])
    assert (most, len(workers), now) == (count, count, 0)


def test_waiting_requests_hold_up_nothing_else(crew: Crew, tmp_path: Path) -> None:
    """Forty requests that wait for a worker leave the event loop's own threads to others (the vault's look-ups)."""

    async def unanswered() -> int:
        work = {"work": 0.03, "diary": str(tmp_path / "diary")}
        requests = [asyncio.create_task(crew.ask(work)) for _ in range(40)]
        await asyncio.sleep(0)
        await asyncio.to_thread(lambda: None)
        count = sum(not request.done() for request in requests)
        await asyncio.gather(*requests)
        return count

    assert asyncio.run(unanswered()) > 20
