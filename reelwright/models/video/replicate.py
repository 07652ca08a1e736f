"""The protocol `replicate`: any video model at Replicate by its name, `owner/name` or `owner/name:version`.

Source: replicate-python 1.0.7; Replicate's HTTP reference of predictions and its page on billing (read 2026-11-21).
Outputs are deleted after an hour. A lost start is looked up in the list of predictions, which shows their inputs. What
a model calls its fields stands in the entry's options; see `mapped`. A `model` of `deployments/owner/name` is a
deployment of one's own.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.bench import Bench
from reelwright.models.remote.answers import Refusal
from reelwright.models.remote.auth import auth_of
from reelwright.models.remote.kinds import Rule, judge
from reelwright.models.remote.transport import segment
from reelwright.models.video import mapped
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoRequest
from reelwright.models.video.figures import share
from reelwright.models.video.mapped import MappedModel, Thing
from reelwright.models.video.references import prompt_with_names
from reelwright.models.video.vendor import Started, with_abilities

BASE_URL = "https://api.replicate.com/v1"

_PERCENT = re.compile(r"^\s*(\d{1,3})%\s*\|", re.MULTILINE)
"""A progress bar in the logs, as tqdm draws it."""
_STOPPED = frozenset({"canceled", "aborted"})
_NOT_STOPPED = frozenset({400, 404, 409, 422})
_MOST_PAGES = 20
_SLACK = timedelta(seconds=5)
_DEPLOYMENTS = "deployments/"
_log = logging.getLogger(__name__)


class Replicate(MappedModel):
    """One model at Replicate."""

    protocol: ClassVar[str] = "replicate"
    rules: ClassVar[tuple[Rule, ...]] = (
        # Models fail in words of their own; these two are Replicate's, from recollection of its documentation.
        Rule(FailureKind.MODERATED, words=r"\bE005\b|flagged as sensitive"),
    )
    usual_names: ClassVar[Mapping[Thing, str]] = {
        "prompt": "prompt",
        "seconds": "duration",
        "aspect_ratio": "aspect_ratio",
        "resolution": "resolution",
        "first_frame": "image",
        "last_frame": "last_frame_image",
        "reference_images": "reference_images",
        "reference_videos": "reference_videos",
        "reference_audios": "reference_audios",
        "audio": "generate_audio",
        "negative_prompt": "negative_prompt",
        "seed": "seed",
    }
    check_path: ClassVar[str] = "account"
    poll_seconds: ClassVar[float] = 5
    # Pictures travel as data URLs, for which Replicate asks to be kept small.
    picture_bytes: ClassVar[int] = 1 << 20
    media_bytes: ClassVar[int] = 8 << 20

    async def _submit(self, request: VideoRequest, idempotency_key: str) -> Started:
        del idempotency_key  # there is none; the list of predictions shows what was started
        name, _, version = self.model_for(request).partition(":")
        told: dict[str, Any] = {"input": await self._input(request)}
        if version:
            path, told = "predictions", {"version": version, **told}
        else:
            home = "" if name.startswith(_DEPLOYMENTS) else "models/"
            path = f"{home}{'/'.join(map(segment, name.split('/')))}/predictions"
        # Nobody waits for it after the deadline: it shall not go on and cost.
        minutes = math.ceil(self.entry.deadline(request.seconds) / 60)
        answer = await self.transport.paid(path, json=told, headers={"Cancel-After": f"{minutes}m"})
        return Started(self._named(answer, answer.fields.get("id")))

    async def _ask(self, ticket: Ticket) -> Pending | Done | Failed:
        answer = await self.transport.get(f"predictions/{segment(ticket.remote_id)}")
        prediction = answer.fields
        status = str(prediction.get("status") or "")
        match status:
            case "succeeded":
                return self._done(prediction)
            case "failed":
                return self._failed(prediction)
            case _ if status in _STOPPED:
                reason = f"the prediction was {status}"
                return Failed(kind=FailureKind.LOST, reason=reason, billed=_has_worked(prediction))
            case "starting" | "processing":
                pass
            case _:
                _log.warning("A prediction has the status %r, which is not known: it counts as running.", status[:40])
        hint = answer.poll_after_seconds
        return Pending(
            progress=_progress(prediction.get("logs")),
            poll_after_seconds=self.poll_seconds if hint is None else hint,
            note=status,
        )

    def _done(self, prediction: Mapping[str, Any]) -> Done | Failed:
        url = _clip_in(prediction.get("output"))
        if url:
            return Done(url=url)
        if prediction.get("data_removed"):
            return Failed(kind=FailureKind.LOST, reason="its output has been deleted", billed=True)
        return Failed(kind=FailureKind.UNKNOWN, reason="the prediction has no clip", billed=_has_worked(prediction))

    def _failed(self, prediction: Mapping[str, Any]) -> Failed:
        words = str(prediction.get("error") or "no reason given")
        kind = judge(Refusal(message=words), self.rules).kind
        return Failed(kind=kind, reason=self.transport.clean(words), billed=_has_worked(prediction))

    async def _stop(self, ticket: Ticket, state: Pending) -> bool:
        """Stop it. What had begun to work is stopped and billed for its time: no promise is made then."""
        del state
        path = f"predictions/{segment(ticket.remote_id)}/cancel"
        answer = await self.transport.free("POST", path, accept=lambda answer: answer.status in _NOT_STOPPED)
        return answer.fields.get("status") in _STOPPED and not _has_worked(answer.fields)

    async def find(
        self, request: VideoRequest, *, idempotency_key: str, since: datetime, others: frozenset[str] = frozenset()
    ) -> Ticket | None:
        """Look a lost start up in the list of predictions; see `VideoModel.find`.

        Raises:
            NotImplementedError: the list does not show inputs, is too long, or shows several that look the same.
        """
        del idempotency_key  # the list does not show it
        adapted, warnings = self.adapt(request)
        found: list[Mapping[str, Any]] = []
        page = "predictions"
        for _ in range(_MOST_PAGES):
            answer = await self.transport.get(page)
            items = [item for item in answer.fields.get("results") or () if isinstance(item, dict)]
            recent = [item for item in items if _created(item) >= since - _SLACK]
            found += [item for item in recent if item.get("id") not in others and self._may_be(item, adapted)]
            following = answer.fields.get("next")
            is_last = not isinstance(following, str) or not self.transport.is_own(following)
            if is_last or len(recent) < len(items):
                break
            page = str(following)
        else:
            raise NotImplementedError(f"{self.transport.vendor} lists more predictions than can be looked through")
        if len(found) > 1:
            raise NotImplementedError(f"{self.transport.vendor} lists {len(found)} predictions that look like this one")
        if not found:
            return None
        return self._ticket(adapted, Started(str(found[0]["id"])), warnings, _created(found[0]))

    def _may_be(self, item: Mapping[str, Any], request: VideoRequest) -> bool:
        """Whether a listed prediction is of this request, by model and prompt: pictures have other addresses there."""
        name, _, version = self.model_for(request).partition(":")
        if version and item.get("version") != version:
            return False
        if not version and not name.startswith(_DEPLOYMENTS) and item.get("model") != name:
            return False
        told = item.get("input")
        if not isinstance(told, dict) or item.get("data_removed"):
            raise NotImplementedError(f"{self.transport.vendor} does not show what a prediction was told")
        return told.get(self._names.get("prompt", "prompt")) == prompt_with_names(request)


def complete(entry: Entry) -> Entry:
    """Return the entry with the abilities whose fields its options name, where it does not say itself.

    Raises:
        RecipeError: its options are none.
    """
    return with_abilities(mapped.complete(entry), {"cancels": True, "finds": True})


def build(entry: Entry, bench: Bench) -> Replicate:
    """Return the model of an entry.

    Raises:
        InvalidInput: it names no model, or its options are none.
    """
    if "/" not in entry.model:
        raise InvalidInput(f"{entry.name} needs `model` as owner/name.", hint="For instance lightricks/ltx-2.3-fast.")
    auth = auth_of(entry.auth or "bearer", bench.credential)
    return Replicate(complete(entry), bench.vault, auth, base_url=entry.base_url or BASE_URL)


def _has_worked(prediction: Mapping[str, Any]) -> bool:
    """Whether it ran at all: Replicate bills the time a model is active, however it ends; what is aborted never ran."""
    if prediction.get("status") == "aborted":
        return False
    metrics = prediction.get("metrics")
    worked = metrics.get("predict_time") if isinstance(metrics, dict) else None
    return worked > 0 if isinstance(worked, (int, float)) else bool(prediction.get("started_at"))


def _progress(logs: object) -> float | None:
    told = _PERCENT.findall(logs) if isinstance(logs, str) else []
    return share(int(told[-1]), 100) if told else None


def _created(item: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(str(item.get("created_at")))
    except ValueError:
        # Looked at, not skipped.
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clip_in(output: object) -> str:
    """Return the clip's address: a text, a list of them, or an object with one in it."""
    match output:
        case [first, *_]:
            return _clip_in(first)
        case dict():
            return next((url for name in ("video", "url", "output") if (url := _clip_in(output.get(name)))), "")
        case str():
            return output
        case _:
            return ""
