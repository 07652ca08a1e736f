"""What a server says of itself at `GET /models`: which dialect it speaks, and until when it serves a model."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from reelwright.errors import ProviderError
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.transport import Transport
from reelwright.models.video.openai_videos.dialects import Name, by_answer

_FRESH_SECONDS = 900
_UNAUTHORISED = 401
_known: dict[tuple[str, str, str], tuple[float, Served]] = {}


@dataclass(frozen=True)
class Served:
    """A server's own word."""

    dialect: Name | None = None
    ends_on: date | None = None
    """The day on which it stops serving the model; `None` if it does not tell."""
    is_listed: bool | None = None
    """Whether the model is in its list; `None` without a list."""


async def ask(transport: Transport, model: str, *, fresh: bool = False) -> Served:
    """Ask the server, at most every 15 minutes for the same account. A server without such a list tells nothing.

    Raises:
        ProviderError: the key is refused, or the server cannot be reached.
    """
    place = (transport.base_url, transport.account, model)
    seen, served = _known.get(place, (0.0, Served()))
    if not fresh and seen and time.monotonic() - seen < _FRESH_SECONDS:
        return served
    try:
        served = _read(await transport.get("models", purpose="start"), model)
    except ProviderError as error:
        if error.status in {None, _UNAUTHORISED}:
            raise
        if error.retryable:
            return Served()  # not now; it may tell the next time
        served = Served()
    _known[place] = (time.monotonic(), served)
    return served


def forget() -> None:
    """Forget what servers said: at the same address there may be another one."""
    _known.clear()


def _read(answer: Answer, model: str) -> Served:
    listed = answer.fields.get("data")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    same = next((item for item in items if item.get("id") == model), None)
    return Served(
        dialect=by_answer(answer),
        ends_on=_day(same.get("shutdown_date")) if same else None,
        is_listed=same is not None if items else None,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
