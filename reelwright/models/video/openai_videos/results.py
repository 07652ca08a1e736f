"""From a job as the server tells it to the contract's results: pending, done, failed; and where the clip lies."""

from __future__ import annotations

from urllib.parse import urljoin

from reelwright.errors import FailureKind, ProviderError
from reelwright.models.remote.answers import Answer, Refusal
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import Transport, segment
from reelwright.models.video.contract import Charge, Done, Failed, Pending, Ticket
from reelwright.models.video.openai_videos.jobs import Job
from reelwright.values import Asset, Size

RULES = (
    # LiteLLM in front of Gemini: a blocked clip is "completed", and its content an error of the proxy.
    Rule(FailureKind.MODERATED, words=r"raiMediaFiltered|responsible ai|RAI (media )?filter"),
    Rule(FailureKind.INVALID_REQUEST, words=r"model mismatch|must match the requested width"),
)


def result_of(
    job: Job, answer: Answer, ticket: Ticket, transport: Transport, *, poll_seconds: float
) -> Pending | Done | Failed:
    """Return what a job's state means; `poll_seconds` is when to ask again if the server gives no hint."""
    match job.state:
        case "waiting" | "running":
            hint = answer.poll_after_seconds
            return Pending(
                progress=job.progress, poll_after_seconds=poll_seconds if hint is None else hint, note=job.status
            )
        case "done":
            return Done(
                url=_elsewhere(job, transport),
                charge=Charge(usd=job.usd, source="vendor") if job.usd is not None else None,
                warnings=_differences(job, ticket),
                extra={"urls": [urljoin(answer.url, url) for url in job.urls]},
            )
        case "cancelled":
            return Failed(kind=FailureKind.LOST, reason=f"the job was {job.status}", billed=bool(job.usd))
        case _:
            return _failed(job, transport)


def finished(ticket: Ticket) -> Done:
    """Return the result of a server that answered its create with the clip."""
    inline = ticket.extra.get("inline")
    return Done(url=str(ticket.extra.get("url") or ""), inline=Asset.model_validate(inline) if inline else None)


def sources(done: Done, ticket: Ticket, transport: Transport) -> tuple[str, ...]:
    """Return where to fetch the clip from, the best place first."""
    if ticket.extra.get("finished"):
        return (done.url,)
    content = f"{transport.base_url}/videos/{segment(ticket.remote_id)}/content"
    named = (done.url,) if done.url else ()
    return tuple(dict.fromkeys((*named, content, *map(str, done.extra.get("urls", ())))))


def not_collected(fault: ProviderError, state: Pending | Done | Failed, transport: Transport) -> ProviderError:
    """Return why a clip could not be fetched, after the job was asked once more."""
    match state:
        case Pending():
            kind, why = FailureKind.BUSY, f"is not ready to give the clip: {fault.message}"
        case Failed():
            kind, why = state.kind, f"has no clip: {state.reason}"
        case _ if fault.kind is FailureKind.MODERATED:
            return fault
        case _:
            kind, why = FailureKind.LOST, f"no longer gives the clip: {fault.message}"
    return ProviderError(
        f"{transport.vendor} {why}",
        provider=transport.vendor,
        model=transport.model,
        kind=kind,
        status=fault.status,
        retry_after_seconds=fault.retry_after_seconds,
    )


def _failed(job: Job, transport: Transport) -> Failed:
    refusal = job.error or Refusal()
    billed = bool(job.usd)
    if job.status == "expired" and not refusal.message:
        return Failed(kind=FailureKind.LOST, reason="the job expired", billed=billed)
    verdict = judge(refusal, RULES)
    parts = dict.fromkeys(text for text in (refusal.code, refusal.words) if text)
    return Failed(kind=verdict.kind, reason=transport.clean(": ".join(parts)), billed=billed or verdict.billed)


def _elsewhere(job: Job, transport: Transport) -> str:
    """Return where the clip lies if it is elsewhere than under the job."""
    url = urljoin(f"{transport.base_url}/", job.urls[0]) if job.urls else ""
    return "" if not url or transport.is_own(url) else url


def _differences(job: Job, ticket: Ticket) -> tuple[str, ...]:
    """Some gateways make another size than was asked for, without a word."""
    try:
        made = Size.parse(job.size)
    except ValueError:
        return ()
    return (f"{ticket.entry} says it made {made}, not {ticket.size}",) if made != ticket.size else ()
