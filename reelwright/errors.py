"""Every error of Reelwright, in one tree.

```
ReelwrightError               code, retryable, hint (what to do next)
├── InvalidInput              the caller's mistake; nothing was spent
│   ├── SourceError           a script or brief: file, line, field, what was expected
│   ├── RecipeError           a recipe, series or catalogue entry: file, field
│   ├── PlanRefused           every problem of one plan, in one list
│   ├── MissingCredential     a key that is not there: which, and where it may stand
│   └── NotInstalled          an optional part that is missing: the exact install line
├── ProviderError             a remote service said no, or nothing: provider, model, kind, status, billed
│   └── StartAmbiguous        a paid start whose outcome is not known; never repeated blindly
├── JobFailed                 a remote job ran and failed: provider, model, kind, billed
├── MediaError                ffmpeg or a codec failed: the command's program, exit code, last lines
│   └── MediaRejected         our own checks rejected a clip: the failing checks
├── StorageError              the vault or the ledger
│   ├── AssetMissing          bytes that were promised are gone
│   └── AssetDamaged          bytes that no longer have their SHA-256
├── BudgetExceeded            a reservation that would pass a cap: the cap, what is missing
├── AllModelsFailed           every link of a fallback chain failed: all causes, all charges
└── EpisodeIncomplete         some shots could not be made: which and why; the others are kept
```

Each error survives pickle (Prefect and process pools send them between processes), carries plain values only, and never
a secret.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self


class FailureKind(StrEnum):
    """Why a take failed; it decides what follows (DESIGN: the video-model contract)."""

    MODERATED = "moderated"
    """The vendor's content filter blocked the prompt, an input or the output."""
    INVALID_REQUEST = "invalid_request"
    """The vendor does not take these parameters; the same request will fail again."""
    AUTH = "auth"
    """The key is wrong, revoked or lacks a permission."""
    BILLING = "billing"
    """The account has no money or no quota left; also a 429 that means so."""
    RATE_LIMITED = "rate_limited"
    """Too many requests; the same request may pass later."""
    BUSY = "busy"
    """The vendor is overloaded or down; the same request may pass later."""
    RETIRED = "retired"
    """The model or the whole API has ended."""
    LOST = "lost"
    """The vendor no longer knows a job that it had accepted."""
    TIMED_OUT = "timed_out"
    """No terminal state before the deadline; the job may still run."""
    MEDIA_REJECTED = "media_rejected"
    """A clip arrived and our own checks rejected it."""
    UNKNOWN = "unknown"
    """A failure that no documented shape explains; its text is kept."""


RETRYABLE_KINDS = frozenset({FailureKind.RATE_LIMITED, FailureKind.BUSY})
"""Kinds after which the same request may succeed on the same model."""


_ENDS = (".", "!", "?", ":", "…")
"""A text that ends so gets no full stop behind it."""


def _restore(cls: type[ReelwrightError], args: tuple[Any, ...], state: dict[str, Any]) -> ReelwrightError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


def _listed(parts: Iterable[object]) -> str:
    """Join parts with semicolons; each may be a whole sentence, and its full stop goes."""
    return "; ".join(str(part).rstrip(". ") for part in parts)


def money(usd: Decimal) -> str:
    """Return an amount of US dollars as people write it: `$0.00`, `$1.20`, `$0.0375`."""
    cents = usd.quantize(Decimal("0.01"))
    return f"${cents if cents == usd else usd.normalize():f}"


def _stopped(text: str) -> str:
    """End a text with a full stop unless it ends with a mark of its own."""
    return text if not text or text.endswith(_ENDS) else f"{text}."


class ReelwrightError(Exception):
    """The root: a message for people, a stable `code`, whether a retry may help, and a `hint` with the next step."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    retryable: bool = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{_stopped(self.message)} {self.hint}".strip() if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)

    def to_json(self) -> dict[str, Any]:
        """Return the error as plain JSON values, as `--json` prints it and the manifest keeps it."""
        plain = {name: _plain(value) for name, value in self.__dict__.items() if not name.startswith("_")}
        return {"code": self.code, "retryable": self.retryable, **plain}


def _plain(value: object) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return str(value)  # JSON has no such number
        case None | bool() | int() | float() | str():
            return value
        case ReelwrightError():
            return value.to_json()
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case _:
            return str(value)


class InvalidInput(ReelwrightError):
    """The caller's mistake. Raised before anything is spent."""

    code = "invalid_input"
    exit_code = 2


class SourceError(InvalidInput):
    """A script, brief or manifest that cannot be read as one."""

    code = "invalid_source"

    def __init__(
        self, problem: str, *, file: str, line: int | None = None, field: str = "", expected: str = ""
    ) -> None:
        where = ":".join(str(part) for part in (file, line) if part is not None)
        text = f"{where}: {field + ': ' if field else ''}{problem}"
        super().__init__(text, hint=_stopped(f"Expected {expected}") if expected else "")
        self.problem, self.file, self.line, self.field, self.expected = problem, file, line, field, expected


class RecipeError(InvalidInput):
    """A recipe, series file or catalogue entry that cannot be used."""

    code = "invalid_recipe"

    def __init__(self, problem: str, *, file: str = "", field: str = "", hint: str = "") -> None:
        super().__init__(": ".join(part for part in (file, field, problem) if part), hint=hint)
        self.problem, self.file, self.field = problem, file, field


class PlanRefused(InvalidInput):
    """A plan that cannot be carried out; `problems` lists all of them, one line each."""

    code = "plan_refused"

    def __init__(self, problems: tuple[str, ...], *, hint: str = "") -> None:
        super().__init__(_stopped("This plan cannot be made: " + _listed(problems)), hint=hint)
        self.problems = problems


class MissingCredential(InvalidInput):
    """A model needs a key that is not there."""

    code = "missing_credential"

    def __init__(self, provider: str, *, wanted: str) -> None:
        super().__init__(
            _stopped(f"{provider!r} needs a credential that is not there: {wanted}"),
            hint="Set it in the environment, or store a block for this vendor in Prefect.",
        )
        self.provider, self.wanted = provider, wanted


class NotInstalled(InvalidInput):
    """An optional part of Reelwright is not installed."""

    code = "not_installed"

    def __init__(self, part: str, *, install: str) -> None:
        super().__init__(f"{part} is not installed.", hint=f"Install it with: {install}")
        self.part, self.install = part, install


class ProviderError(ReelwrightError):
    """A remote service refused a request, or could not be reached."""

    code = "provider_error"
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        model: str = "",
        kind: FailureKind = FailureKind.UNKNOWN,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        billed: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.provider, self.model, self.kind, self.status = provider, model, kind, status
        self.retry_after_seconds, self.billed = retry_after_seconds, billed
        self.retryable = kind in RETRYABLE_KINDS


class StartAmbiguous(ProviderError):
    """A paid start went out and no answer came back: the job may exist and may be billed."""

    code = "start_ambiguous"


class JobFailed(ReelwrightError):
    """A remote job ran and ended without a usable clip."""

    code = "job_failed"
    exit_code = 3

    def __init__(
        self, message: str, *, provider: str, model: str, kind: FailureKind, remote_id: str = "", billed: bool = False
    ) -> None:
        super().__init__(message)
        self.provider, self.model, self.kind, self.remote_id, self.billed = provider, model, kind, remote_id, billed
        self.retryable = kind in RETRYABLE_KINDS


class MediaError(ReelwrightError):
    """A media tool failed. `last_lines` are the end of what it said."""

    code = "media_error"
    exit_code = 4

    def __init__(self, message: str, *, exit_status: int | None = None, last_lines: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=" | ".join(last_lines[-3:]))
        self.exit_status, self.last_lines = exit_status, last_lines


class MediaRejected(MediaError):
    """A clip was made and our own checks rejected it."""

    code = "media_rejected"

    def __init__(self, failed_checks: tuple[str, ...]) -> None:
        super().__init__(_stopped("The clip did not pass: " + _listed(failed_checks)))
        self.failed_checks = failed_checks
        self.kind = FailureKind.MEDIA_REJECTED


_ELSEWHERE = "name another folder (REELWRIGHT_HOME for the vault, --out for results)."
_STORAGE_HINTS = {
    errno.ENOSPC: "Free some space and run again: finished work is kept.",
    errno.EDQUOT: "Free some space and run again: finished work is kept.",
    errno.EROFS: f"Make the disk writable, or {_ELSEWHERE}",
    errno.EACCES: f"Give this user the right to use it, or {_ELSEWHERE}",
    errno.EPERM: f"Give this user the right to use it, or {_ELSEWHERE}",
    errno.ENOTDIR: f"A file stands where a folder is needed: move it away, or {_ELSEWHERE}",
    errno.EEXIST: f"A file stands where a folder is needed: move it away, or {_ELSEWHERE}",
    errno.EFBIG: f"This file system takes no files as large as that: {_ELSEWHERE}",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n).",
}


class StorageError(ReelwrightError):
    """The vault or the ledger could not do what was asked."""

    code = "storage_error"
    exit_code = 5

    @staticmethod
    def of(error: OSError, doing: str) -> StorageError:
        """Say what the operating system refused; `doing` is what was tried, e.g. `"keep an asset"`."""
        where = f" in {str(error.filename)!r}" if error.filename else ""
        hint = _STORAGE_HINTS.get(error.errno or 0, "Look after the disk and the folder.")
        return StorageError(f"Cannot {doing}{where}: {error.strerror or error}.", hint=hint)


class AssetMissing(StorageError):
    """Bytes that were promised are not in the vault."""

    code = "asset_missing"

    def __init__(self, sha256: str, *, vault: str) -> None:
        super().__init__(f"Asset {sha256[:12]} is not in the vault {vault!r}.")
        self.sha256, self.vault = sha256, vault


class AssetDamaged(StorageError):
    """Bytes in the vault no longer have the SHA-256 that they are stored under."""

    code = "asset_damaged"

    def __init__(self, sha256: str, *, found: str) -> None:
        super().__init__(f"Asset {sha256[:12]} is damaged: its bytes hash to {found[:12]}.")
        self.sha256, self.found = sha256, found


class BudgetExceeded(ReelwrightError):
    """A reservation would pass a cap. Nothing was started."""

    code = "budget_exceeded"
    exit_code = 6

    def __init__(self, cap: str, *, limit_usd: Decimal, used_usd: Decimal, wanted_usd: Decimal) -> None:
        missing = used_usd + wanted_usd - limit_usd
        left = max(limit_usd - used_usd, Decimal(0))
        super().__init__(
            f"The budget {cap!r} of {money(limit_usd)} has {money(left)} left; this needs {money(wanted_usd)}.",
            hint=f"Raise it by at least {money(missing)} and run again: finished shots are kept.",
        )
        self.cap, self.limit_usd, self.used_usd, self.wanted_usd = cap, limit_usd, used_usd, wanted_usd


class AllModelsFailed(ReelwrightError):
    """Every model of a fallback chain failed for one shot. `causes` holds each failure in order."""

    code = "all_models_failed"
    exit_code = 3

    def __init__(self, shot: str, causes: tuple[ReelwrightError, ...]) -> None:
        lines = _listed(f"{index}. {cause}" for index, cause in enumerate(causes, 1))
        super().__init__(f"No model could make {shot}: {lines}")
        self.shot, self.causes = shot, causes

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """The failure kind of each cause, in order."""
        return tuple(getattr(cause, "kind", FailureKind.UNKNOWN) for cause in self.causes)

    @classmethod
    def of(cls, shot: str, *causes: ReelwrightError) -> Self:
        """Build the error from causes given one by one."""
        return cls(shot, causes)


class EpisodeIncomplete(ReelwrightError):
    """Some shots could not be made; the finished ones are kept. `causes` holds (shot number, error)."""

    code = "episode_incomplete"
    exit_code = 7

    def __init__(self, causes: tuple[tuple[int, ReelwrightError], ...], *, finished: int) -> None:
        lines = _listed(f"shot {number}: {cause.message}" for number, cause in causes)
        super().__init__(
            f"{len(causes)} of {finished + len(causes)} shots could not be made: {lines}",
            hint="Run the same source again: only what is missing is made.",
        )
        self.causes, self.finished = causes, finished
