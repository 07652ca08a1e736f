"""What a write may depend on, and telling "the condition does not hold" from every other answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from botocore.exceptions import ClientError

from reelwright.s3.refusals import code_of, status_of

Condition = dict[str, str]

ABSENT: Condition = {"IfNoneMatch": "*"}
"""There is no such object."""


def unchanged(etag: str) -> Condition:
    """The object is still the version of this ETag."""
    return {"IfMatch": etag}


@dataclass(slots=True)
class Outcome:
    """How a write on a condition ended."""

    etag: str | None = None
    """The version that was written; `None`: the condition does not hold, and nothing was."""


@contextlib.contextmanager
def under(condition: Condition) -> Iterator[Outcome]:
    """Lend an outcome to fill in; an answer that the condition does not hold leaves it empty instead of raising.

    AWS, "How to prevent object overwrites with conditional writes": 412 where it does not hold, 409
    `ConditionalRequestConflict` where two wrote at once, 404 for If-Match without an object.
    """
    outcome = Outcome()
    try:
        yield outcome
    except ClientError as error:
        code = code_of(error)
        # An upload that is not known any more was completed by a request whose answer was lost, or ended by a sweep.
        lost = status_of(error) == HTTPStatus.PRECONDITION_FAILED or code in {
            "ConditionalRequestConflict",
            "NoSuchUpload",
        }
        if not lost and not (code == "NoSuchKey" and "IfMatch" in condition):
            raise
