"""The error tree: every class of it travels between processes, tells itself as JSON and reads as plain sentences."""

from __future__ import annotations

import ast
import copy
import errno
import importlib
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.commands.series_deploy import NotDeployed
from flows.commands.setting_up import NotSetUp
from flows.local_server import ServerNotStarted
from reelwright import errors
from reelwright.errors import (
    AllModelsFailed,
    AssetDamaged,
    AssetMissing,
    BudgetExceeded,
    EpisodeIncomplete,
    FailureKind,
    InvalidInput,
    JobFailed,
    MediaError,
    MediaRejected,
    MissingCredential,
    NotInstalled,
    PlanRefused,
    ProviderError,
    RecipeError,
    ReelwrightError,
    SourceError,
    StartAmbiguous,
    StorageError,
    money,
)
from reelwright.ledger.ledger import LostHold
from reelwright.publishing.contract import ChannelRefused, OutcomeUnknown, Refused
from reelwright.publishing.oauth import SignInNeeded
from reelwright.publishing.posting import NotPublished
from reelwright.publishing.rows import LostPublication
from reelwright.publishing.rules import RefusalKind
from reelwright.publishing.values import PublishedBefore
from reelwright.series.production import SeriesIncomplete
from reelwright.takes.start import SuspectStart
from reelwright.takes.values import TakeFailed

ROOT = Path(__file__).parents[2]

BUSY = ProviderError(
    "The service is overloaded.",
    provider="kling",
    model="kling-v3",
    kind=FailureKind.BUSY,
    status=503,
    retry_after_seconds=2.5,
    billed=True,
    hint="Try later.",
)
REJECTED = MediaRejected(("the picture is black.", "it is 3 s too short"))
NESTED = AllModelsFailed("shot 2", (BUSY, AllModelsFailed.of("shot 2", REJECTED, BUSY)))

EXAMPLES: dict[type[ReelwrightError], Callable[[], ReelwrightError]] = {
    ReelwrightError: lambda: ReelwrightError("It went wrong", hint="Try again."),
    InvalidInput: lambda: InvalidInput("A topic is no script.", hint="Write a script."),
    SourceError: lambda: SourceError(
        "300 will not do", file="a.yaml", line=4, field="shots[1].seconds", expected="a number of at most 120."
    ),
    RecipeError: lambda: RecipeError(
        "there is no video model 'sora'", file="r.yaml", field="video_models", hint="Did you mean 'sora-2'?"
    ),
    PlanRefused: lambda: PlanRefused(
        ("there is no video model 'x' (did you mean 'y'?)", "shot 1 needs 130 s."), hint="Free."
    ),
    MissingCredential: lambda: MissingCredential("kling", wanted="KLING_API_KEY."),
    NotInstalled: lambda: NotInstalled("ffmpeg", install="pip install imageio-ffmpeg"),
    ProviderError: lambda: BUSY,
    StartAmbiguous: lambda: StartAmbiguous("No answer came", provider="runway", model="gen4.5", hint="Look it up."),
    JobFailed: lambda: JobFailed(
        "The prompt was refused.", provider="veo", model="veo", kind=FailureKind.MODERATED, remote_id="7", billed=True
    ),
    MediaError: lambda: MediaError("ffmpeg failed", exit_status=1, last_lines=("a", "b", "c", "no such filter")),
    MediaRejected: lambda: REJECTED,
    StorageError: lambda: StorageError.of(
        OSError(errno.ENOSPC, "No space left on device", "/vault/a"), "keep an asset"
    ),
    AssetMissing: lambda: AssetMissing("ab" * 32, vault="vault"),
    AssetDamaged: lambda: AssetDamaged("ab" * 32, found="cd" * 32),
    BudgetExceeded: lambda: BudgetExceeded(
        "day", limit_usd=Decimal("5.00"), used_usd=Decimal("4.10"), wanted_usd=Decimal("1.20")
    ),
    TakeFailed: lambda: TakeFailed(BUSY, model="kling-v3", kind=FailureKind.BUSY, usd=Decimal("0.42")),
    SuspectStart: lambda: SuspectStart("It may run.", provider="runway", model="gen4.5", kind=FailureKind.LOST),
    LostHold: lambda: LostHold(7, wanted="ready"),
    AllModelsFailed: lambda: NESTED,
    EpisodeIncomplete: lambda: EpisodeIncomplete(((2, NESTED), (5, REJECTED)), finished=4),
    ChannelRefused: lambda: ChannelRefused(
        "youtube", Refused(kind=RefusalKind.QUOTA, reason="quotaExceeded", person_should="Wait until tomorrow.")
    ),
    OutcomeUnknown: lambda: OutcomeUnknown("youtube", "no answer came to the last bytes"),
    SignInNeeded: lambda: SignInNeeded("YouTube", "it was taken back", hint="Run: reelwright auth youtube."),
    PublishedBefore: lambda: PublishedBefore("bread", channel="youtube", state="published", url="https://youtu.be/x"),
    LostPublication: lambda: LostPublication(7, wanted="bytes"),
    NotPublished: lambda: NotPublished(
        (("youtube", OutcomeUnknown("youtube", "no answer came")), ("folder", BUSY)), published=("s3",)
    ),
    ServerNotStarted: lambda: ServerNotStarted("It ended.", hint="Start one."),
    NotDeployed: lambda: NotDeployed("Prefect did not take it.", hint="Try it."),
    NotSetUp: lambda: NotSetUp("The work pool could not be made.", hint="Look at the server's log."),
    SeriesIncomplete: lambda: SeriesIncomplete(
        "kitchen", ({"slot": "2026-11-21T18:00", "title": "Bread", "state": "failed", "reason": "It is down."},)
    ),
}


@cache
def all_classes() -> list[type[ReelwrightError]]:
    """Every class of the tree, in whatever file of the packages it stands; only those files are imported."""
    bases: dict[str, tuple[str, set[str]]] = {}
    for folder in ("reelwright", "blocks", "tasks", "flows"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    bases[node.name] = (module, {ast.unparse(base).split(".")[-1] for base in node.bases})
    found = {"ReelwrightError"}
    while more := {name for name, (_, above) in bases.items() if above & found} - found:
        found |= more
    return [getattr(importlib.import_module(bases[name][0]), name) for name in bases if name in found]


every_class = pytest.mark.parametrize("cls", all_classes(), ids=lambda cls: cls.__name__)


def example(cls: type[ReelwrightError]) -> ReelwrightError:
    """An error of a class; a class without an example here fails its tests."""
    assert cls in EXAMPLES, f"{cls.__name__} is new: give it an example in this file"
    return EXAMPLES[cls]()


def told(error: ReelwrightError) -> Any:
    """All that an error carries, its causes' too, for a comparison (errors are equal only to themselves)."""

    def plain(value: Any) -> Any:
        if isinstance(value, ReelwrightError):
            return told(value)
        return [plain(item) for item in value] if isinstance(value, tuple) else value

    fields = {name: plain(value) for name, value in vars(error).items()}
    return type(error), str(error), error.args, error.code, error.exit_code, error.retryable, fields


def arrived(error: ReelwrightError, protocol: int = pickle.DEFAULT_PROTOCOL) -> ReelwrightError:
    """The error as another process receives it."""
    there: ReelwrightError = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes
    return there


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@every_class
def test_an_error_survives_pickle(cls: type[ReelwrightError], protocol: int) -> None:
    """Message, hint, every field and the nested causes arrive in another process as they were."""
    sent = example(cls)
    assert told(arrived(sent, protocol)) == told(sent)


@every_class
def test_an_error_survives_a_copy(cls: type[ReelwrightError]) -> None:
    """A deep copy says the same."""
    sent = example(cls)
    assert told(copy.deepcopy(sent)) == told(sent)


def test_an_error_arrives_in_a_fresh_process() -> None:
    """A process that has only imported the tree reads an error with nested causes and prints the same words."""
    code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()))"
    sent = EXAMPLES[EpisodeIncomplete]()
    ran = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(sent), capture_output=True, check=True)
    assert ran.stdout.decode().strip() == str(sent)


def test_notes_travel_too() -> None:
    """What was added on the way (PEP 678) is not lost."""
    error = InvalidInput("No.")
    error.add_note("while reading shot 3")
    assert arrived(error).__notes__ == ["while reading shot 3"]


@every_class
def test_an_error_tells_itself_as_json(cls: type[ReelwrightError]) -> None:
    """`--json` and the manifest get strict JSON with the stable code, the message, the hint and every field."""
    error = example(cls)
    text = json.dumps(error.to_json(), allow_nan=False)
    read = json.loads(text)
    assert (read["code"], read["message"], read["hint"]) == (error.code, error.message, error.hint)
    assert read["retryable"] is error.retryable
    assert {name for name in vars(error) if not name.startswith("_")} <= set(read)


def test_the_json_of_causes_is_nested() -> None:
    """Each cause is told in full, at any depth."""
    shots = EXAMPLES[EpisodeIncomplete]().to_json()["causes"]
    assert [number for number, _ in shots] == [2, 5]
    assert [cause["code"] for cause in shots[0][1]["causes"]] == ["provider_error", "all_models_failed"]
    assert shots[0][1]["causes"][1]["causes"][1]["retry_after_seconds"] == 2.5


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_becomes_text(seconds: float) -> None:
    """A vendor's absurd Retry-After does not make the error's JSON invalid."""
    error = ProviderError("Busy.", provider="x", retry_after_seconds=seconds)
    assert json.loads(json.dumps(error.to_json(), allow_nan=False))["retry_after_seconds"] == str(seconds)


@every_class
def test_an_error_reads_as_sentences(cls: type[ReelwrightError]) -> None:
    """No doubled or stranded punctuation, whether the parts it was made of ended with a full stop or not."""
    text = str(example(cls))
    assert not re.search(r"[.!?:;,]\s*[.!;,]|\s[.,;:!?]|  ", text.replace("…", "")), text
    assert text == text.strip()


@pytest.mark.parametrize(
    ("message", "hint", "text"),
    [
        ("It failed", "Try again.", "It failed. Try again."),
        ("It failed.", "Try again.", "It failed. Try again."),
        ("Did it fail?", "Try again.", "Did it fail? Try again."),
        ("It failed:", "no disk", "It failed: no disk"),
        ("It failed", "", "It failed"),
        ("It failed.", "", "It failed."),
    ],
)
def test_a_hint_follows_as_a_sentence(message: str, hint: str, text: str) -> None:
    """The hint stands behind the message, which then ends with exactly one mark."""
    assert str(ReelwrightError(message, hint=hint)) == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            EXAMPLES[SourceError](),
            "a.yaml:4: shots[1].seconds: 300 will not do. Expected a number of at most 120.",
        ),
        (
            EXAMPLES[RecipeError](),
            "r.yaml: video_models: there is no video model 'sora'. Did you mean 'sora-2'?",
        ),
        (
            EXAMPLES[PlanRefused](),
            "This plan cannot be made: there is no video model 'x' (did you mean 'y'?); shot 1 needs 130 s. Free.",
        ),
        (
            EXAMPLES[MediaRejected](),
            "The clip did not pass: the picture is black; it is 3 s too short.",
        ),
        (
            EXAMPLES[BudgetExceeded](),
            (
                "The budget 'day' of $5.00 has $0.90 left; this needs $1.20. "
                "Raise it by at least $0.30 and run again: finished shots are kept."
            ),
        ),
        (
            EpisodeIncomplete(((5, StorageError("It is full.")), (6, StorageError("It is gone"))), finished=4),
            (
                "2 of 6 shots could not be made: shot 5: It is full; shot 6: It is gone. "
                "Run the same source again: only what is missing is made."
            ),
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ReelwrightError) else "",
)
def test_what_people_read(error: ReelwrightError, text: str) -> None:
    """Where it is, what is wrong, what to do next."""
    assert str(error) == text


def test_an_overdrawn_budget_has_nothing_left() -> None:
    """A budget that is passed already (a failed attempt that was billed) is not told as a negative amount."""
    error = BudgetExceeded("day", limit_usd=Decimal(5), used_usd=Decimal(7), wanted_usd=Decimal(1))
    assert "has $0.00 left" in str(error)
    assert "at least $3.00" in error.hint


@pytest.mark.parametrize(
    ("usd", "text"), [("0", "$0.00"), ("1.2", "$1.20"), ("0.0375", "$0.0375"), ("1E+2", "$100.00"), ("5.000", "$5.00")]
)
def test_money_is_written_as_people_do(usd: str, text: str) -> None:
    """With cents, and finer only where it is finer."""
    assert money(Decimal(usd)) == text


@pytest.mark.parametrize("kind", FailureKind)
def test_only_what_may_pass_later_is_retryable(kind: FailureKind) -> None:
    """A refused start and a failed job are retryable when the vendor was busy or limits the rate, else never."""
    later = kind in {FailureKind.BUSY, FailureKind.RATE_LIMITED}
    assert ProviderError("No.", provider="x", kind=kind).retryable is later
    assert JobFailed("No.", provider="x", model="y", kind=kind).retryable is later


def test_a_chain_names_the_kind_of_each_cause() -> None:
    """A cause without a kind of its own counts as unknown."""
    chain = AllModelsFailed.of("shot 1", BUSY, REJECTED, StorageError("The disk is full."))
    assert chain.kinds == (FailureKind.BUSY, FailureKind.MEDIA_REJECTED, FailureKind.UNKNOWN)


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EROFS, "Make the disk writable"),
        (errno.EACCES, "Give this user the right"),
        (errno.EIO, "Look after the disk"),
    ],
    ids=errno.errorcode.get,
)
def test_what_the_disk_refuses_comes_with_a_next_step(number: int, hint: str) -> None:
    """The file, the system's reason and what to do."""
    error = StorageError.of(OSError(number, "the reason", "/vault/scratch/a"), "keep an asset")
    assert error.message == "Cannot keep an asset in '/vault/scratch/a': the reason."
    assert error.hint.startswith(hint)


def test_every_class_has_a_code_of_its_own() -> None:
    """Scripts tell errors apart by code."""
    codes = [cls.__dict__.get("code") for cls in all_classes()]
    assert all(isinstance(code, str) and re.fullmatch(r"[a-z_]+", code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_the_drawn_tree_is_the_real_one() -> None:
    """The picture at the top of errors.py names each class of the file under its parent."""
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in re.findall(r"^([│├└─ ]*)([A-Z]\w+)", str(errors.__doc__).split("```")[1], re.MULTILINE):
        depth = len(line[0]) // 4
        path = [*path[:depth], line[1]]
        drawn[line[1]] = path[-2] if depth else "Exception"
    real = {cls.__name__: cls.__bases__[0].__name__ for cls in all_classes() if cls.__module__ == errors.__name__}
    assert drawn == real


# Exit codes


COMMAND_LINE = ast.parse((ROOT / "flows" / "cli.py").read_text("utf-8"))
LISTS = [
    node.value
    for node in ast.walk(COMMAND_LINE)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "Exit codes:" in node.value
]
"""The module's docstring first, then what the help shows."""


def documented_codes(text: str) -> dict[int, str]:
    """The exit codes that a text lists, with their meaning."""
    return {int(code): meaning for code, meaning in re.findall(r"(\d+) ([a-z][^·,.]*)", text.split("Exit codes:")[1])}


@pytest.mark.parametrize("text", LISTS)
def test_every_exit_code_is_documented(text: str) -> None:
    """The command line's docstring and help list what it can end with, and nothing that it cannot."""
    assert set(documented_codes(text)) == {cls.exit_code for cls in all_classes()} | {0, 1, 130}


@pytest.mark.parametrize(
    ("cls", "meaning"),
    [
        (PlanRefused, "bad input"),
        (ProviderError, "model or service failed"),
        (JobFailed, "model or service failed"),
        (TakeFailed, "model or service failed"),
        (AllModelsFailed, "model or service failed"),
        (MediaRejected, "picture or sound"),
        (AssetDamaged, "vault"),
        (BudgetExceeded, "budget"),
        (EpisodeIncomplete, "shots missing"),
        (ChannelRefused, "not published"),
        (OutcomeUnknown, "nobody can tell"),
        (ReelwrightError, "anything else"),
    ],
)
def test_an_exit_code_means_what_is_documented(cls: type[ReelwrightError], meaning: str) -> None:
    """A script that branches on `$?` may believe the docstring."""
    assert meaning in documented_codes(LISTS[0])[cls.exit_code]
