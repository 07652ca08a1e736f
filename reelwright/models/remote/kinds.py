"""From what a vendor says to a failure kind: tables of rules, the vendor's own first, then those true of all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from reelwright.errors import FailureKind
from reelwright.models.remote.answers import Refusal

Purpose = Literal["start", "read"]
"""Whether the call was to begin something, or to ask for something that was accepted before."""


@dataclass(frozen=True)
class Rule:
    """Every condition that is given must hold; an empty one always does."""

    kind: FailureKind
    statuses: frozenset[int] = field(default_factory=frozenset)
    """HTTP statuses."""
    codes: str = ""
    """A regular expression that the whole code or type must match, in any case."""
    words: str = ""
    """A regular expression that the message must contain, in any case."""
    purpose: Purpose | None = None
    billed: bool = False
    """Whether the vendor charges all the same."""

    def fits(self, refusal: Refusal, purpose: Purpose) -> bool:
        """Whether this rule speaks of that refusal."""
        if self.purpose is not None and purpose != self.purpose:
            return False
        if self.statuses and refusal.status not in self.statuses:
            return False
        if self.codes and not any(
            re.fullmatch(self.codes, code, re.IGNORECASE) for code in (refusal.code, refusal.type) if code
        ):
            return False
        return not self.words or re.search(self.words, refusal.message, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Verdict:
    """What a refusal means."""

    kind: FailureKind
    billed: bool = False


def statuses(*given: int | range) -> frozenset[int]:
    """Return a set of HTTP statuses, from single ones and ranges."""
    return frozenset(status for item in given for status in (item if isinstance(item, range) else (item,)))


_MODERATED = (
    r"moderat(ed|ion)|safety (system|filter|check)|content (policy|filter|safety)"
    r"|\bflagged\b|(blocked|rejected) (as|by|for)"
    r"|usage polic|sensitive (content|information)|nsfw|violat\w+ (\w+ ){0,3}(polic|guideline)|copyright"
    r"|real (person|people)"
)
_NO_MONEY = (
    r"insufficient (\w+ )?(balance|quota|funds?|credits?)|exceeded your current quota|billing (hard )?limit"
    r"|(out of|not enough|no) (\w+ )?credits|arrears|payment required|top ?up|quota (is )?exhausted"
)
_STUMBLED = r"overloaded|(server|service|system) (is )?busy|try again|internal (server )?error|server had an error"
_GONE = (
    r"model\b.{0,80}\b(not (be )?found|does not exist|no longer|deprecated|retired|shut ?down|decommissioned|unknown)"
    r"|(no such|unknown|invalid) model\b|(api|end-?point|model)s?\b.{0,60}\b(was|were|has been|have been|are|is) "
    r"(permanently )?(shut ?down|retired|removed|discontinued)"
)

GENERAL: tuple[Rule, ...] = (
    Rule(
        FailureKind.MODERATED,
        codes=r".*(moderation|content_?policy|content_?filter|content_?safety|sensitive_?content|safety_violation).*",
    ),
    Rule(
        FailureKind.BILLING,
        codes=r"insufficient_(quota|funds|credits?|balance)(_error)?|billing_\w+|payment_required|quota_exhausted",
    ),
    Rule(FailureKind.BILLING, statuses=statuses(402)),
    Rule(FailureKind.BILLING, statuses=statuses(400, 403, 429), words=_NO_MONEY),
    Rule(FailureKind.AUTH, statuses=statuses(401)),
    Rule(FailureKind.MODERATED, statuses=statuses(400, 403, 422, 451), words=_MODERATED),
    Rule(FailureKind.AUTH, statuses=statuses(403)),
    Rule(FailureKind.AUTH, codes=r"invalid_api_key|authentication_error|permission(_denied|_error)|unauthenticated"),
    Rule(FailureKind.RETIRED, statuses=statuses(410), purpose="start"),
    Rule(FailureKind.RETIRED, codes=r"model_(not_found|deprecated|retired|decommissioned)"),
    Rule(FailureKind.RETIRED, statuses=statuses(400, 404, 410, 422), words=_GONE),
    # The facts know no answer of a closed API but "not found": the next model is tried, never the same again.
    Rule(FailureKind.RETIRED, statuses=statuses(404), purpose="start"),
    Rule(FailureKind.LOST, statuses=statuses(404, 410), purpose="read"),
    Rule(FailureKind.RATE_LIMITED, statuses=statuses(429)),
    Rule(FailureKind.RATE_LIMITED, codes=r"rate_limit\w*|too_many_requests|concurrency_limit\w*"),
    Rule(FailureKind.BUSY, statuses=statuses(408, 425, 500, range(502, 600))),
    Rule(FailureKind.INVALID_REQUEST, statuses=statuses(range(300, 500), 501)),
    # A job that failed: no status, only a code or words.
    Rule(FailureKind.INVALID_REQUEST, codes=r"invalid_(request|argument|parameter|value|input|prompt)\w*|bad_request"),
    Rule(FailureKind.BUSY, codes=r"(internal|server|service)_?\w*error|server_?busy|overloaded\w*|unavailable|50\d"),
    Rule(FailureKind.MODERATED, words=_MODERATED),
    Rule(FailureKind.BILLING, words=_NO_MONEY),
    Rule(
        FailureKind.BUSY,
        words=r"overloaded|(server|service|system) (is )?busy|try again|internal (server )?error|server had an error",
    ),
)
"""What is true of all vendors; the first rule that fits decides."""


def judge(refusal: Refusal, own: Iterable[Rule] = (), *, purpose: Purpose = "start") -> Verdict:
    """Return what a refusal means: the vendor's `own` rules first, then the general ones, else `unknown`."""
    for rule in (*own, *GENERAL):
        if rule.fits(refusal, purpose):
            return Verdict(rule.kind, rule.billed)
    return Verdict(FailureKind.UNKNOWN)
