"""Looking a lost start up in the list of jobs: only what the list can prove counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.transport import Transport
from reelwright.models.video.openai_videos.dialects import Dialect
from reelwright.models.video.openai_videos.jobs import Job, job_of
from reelwright.values import Size

_MOST_PAGES = 20
_PAGE = 100
_SLACK = timedelta(seconds=5)
_UNLISTED = frozenset({FailureKind.LOST, FailureKind.INVALID_REQUEST, FailureKind.RETIRED})


async def find_job(
    transport: Transport, dialect: Dialect, *, prompt: str, size: Size, since: datetime, others: frozenset[str]
) -> tuple[Job, Answer] | None:
    """Return the one job of `prompt` and `size` created at or after `since`, beside `others`; `None` if there is none.

    Raises:
        NotImplementedError: no list, a list that does not show prompts, or several jobs that look the same.
        ProviderError: the server cannot be asked now.
    """
    candidates: list[tuple[Job, Answer]] = []
    after = ""
    for _ in range(_MOST_PAGES):
        answer, items = await _page(transport, dialect, after)
        jobs = [job_of(item) for item in items]
        earliest = (since + _skew(answer) - _SLACK).timestamp()
        for job in jobs:
            if job.created_at is None:
                raise NotImplementedError(f"{transport.vendor} does not list when a job was created")
            if job.created_at >= earliest and job.id not in others and _may_be(job, prompt, size):
                candidates.append((job, answer))
        is_past = bool(jobs) and min(job.created_at or 0 for job in jobs) < earliest
        if is_past or not jobs or not answer.fields.get("has_more", len(jobs) == _PAGE):
            return _only(transport, candidates)
        after = jobs[-1].id
    raise NotImplementedError(f"{transport.vendor} lists more jobs than can be looked through")


def _only(transport: Transport, candidates: list[tuple[Job, Answer]]) -> tuple[Job, Answer] | None:
    if not candidates:
        return None
    if len(candidates) > 1:
        raise NotImplementedError(f"{transport.vendor} lists {len(candidates)} jobs that look like this one")
    job, answer = candidates[0]
    if job.prompt is None:
        raise NotImplementedError(f"{transport.vendor} does not list prompts: another job may be meant")
    # The answer is the list's: what it says beside the job is not about the job.
    return job, Answer(answer.status, {}, b"{}", answer.url)


async def _page(transport: Transport, dialect: Dialect, after: str) -> tuple[Answer, list[dict[str, object]]]:
    query = {"limit": str(_PAGE), "order": "desc", **dialect.list_query} | ({"after": after} if after else {})
    try:
        answer = await transport.get("videos", query=query)
    except ProviderError as error:
        if error.kind not in _UNLISTED:
            raise
        raise NotImplementedError(f"{transport.vendor} has no list of jobs: {error.message}") from None
    items = answer.fields.get("data")
    if not isinstance(items, list):
        raise NotImplementedError(f"{transport.vendor} has no list of jobs")
    return answer, [item for item in items if isinstance(item, dict)]


def _may_be(job: Job, prompt: str, size: Size) -> bool:
    """Whether nothing that the list tells of the job speaks against it."""
    if job.prompt is not None and job.prompt.strip() != prompt.strip():
        return False
    return not job.size or job.size == str(size)


def _skew(answer: Answer) -> timedelta:
    """Return how far the server's clock is ahead of ours."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")) - datetime.now(UTC)
    except (ValueError, TypeError):
        return timedelta(0)
