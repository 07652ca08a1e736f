"""What a check says: accepted, mended or rejected, and each thing that it found in words that a person understands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field

from reelwright.values import Value

Severity = Literal["note", "mend", "reject"]
"""`note` is told and changes nothing; `mend` was put right, or will be where the clip is fitted and mixed; `reject`
means that it cannot be used: the take, or a sound that nothing depends on, which is then left out."""

Outcome = Literal["accepted", "mended", "rejected"]
"""The worst of what was found."""

_OUTCOMES: dict[Severity, Outcome] = {"note": "accepted", "mend": "mended", "reject": "rejected"}


class Finding(Value):
    """One thing that a check found."""

    kind: str = Field(pattern=r"^[a-z]+(_[a-z]+)*$")
    """A stable name for programs, e.g. `clipped`, `wrong_words`, `frozen`."""
    severity: Severity
    """How much it matters."""
    message: str
    """For people, without the clip's name and without a full stop: `its sound is clipped in 31 places`."""
    measured: float | None = None
    """The figure, in `unit`; `None` where there is none."""
    limit: float | None = None
    """The figure from which on it is found, in `unit`."""
    unit: str = ""
    """`s`, `ms`, `dB`, `LUFS`, `dBTP`, `%`, `pixels`, …; empty: a bare number."""
    at_seconds: float | None = None
    """Where it begins in the clip; `None`: everywhere."""


class Verdict(Value):
    """What a check says of one clip or one narration."""

    check: str
    """`picture`, `sound`, or the name of a check of one's own."""
    outcome: Outcome = "accepted"
    """The worst of what was found."""
    findings: tuple[Finding, ...] = ()
    """The worst first."""
    measured: dict[str, float | str | bool | None] = Field(default_factory=dict)
    """What was measured besides, by name with the unit at its end: `loudness_lufs`, `speech_seconds`."""

    @classmethod
    def of(
        cls,
        check: str,
        findings: Iterable[Finding],
        measured: dict[str, float | str | bool | None] | None = None,
    ) -> Self:
        """Return the verdict that follows from what was found."""
        ranks = list(_OUTCOMES)
        ordered = sorted(findings, key=lambda finding: -ranks.index(finding.severity))
        outcome = _OUTCOMES[ordered[0].severity] if ordered else "accepted"
        return cls(check=check, outcome=outcome, findings=tuple(ordered), measured=measured or {})

    @property
    def faults(self) -> tuple[str, ...]:
        """Why the clip cannot be used; empty for a good one."""
        return tuple(finding.message for finding in self.findings if finding.severity == "reject")

    @property
    def mended(self) -> tuple[str, ...]:
        """What was put right."""
        return tuple(finding.message for finding in self.findings if finding.severity == "mend")

    def has(self, *kinds: str) -> bool:
        """Whether one of these kinds was found, however bad."""
        return any(finding.kind in kinds for finding in self.findings)
