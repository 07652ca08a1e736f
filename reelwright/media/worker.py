"""The worker process of picture and sound: `python -m reelwright.media.worker` does jobs from its standard input."""

from __future__ import annotations

from typing import Any

import cv2

from reelwright.media.jobs import parse_job, perform
from reelwright.workers import serve


def main() -> None:
    """Do jobs until standard input ends."""
    # There is a worker for each core already.
    cv2.setNumThreads(1)
    serve(_answer)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    return perform(parse_job(request))


if __name__ == "__main__":
    main()
