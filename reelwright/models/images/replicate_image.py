"""Image models at Replicate by its predictions: start, wait, fetch.

Facts: replicate-python 1.0.7 and Replicate's documentation. A model by name is started at
`/models/{owner}/{name}/predictions`, a version at `/predictions`; the output is a URL or a list of them, gone after an
hour. States: starting, processing, succeeded, failed, canceled, aborted (not charged).
"""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.images.drawn import each_charge, fetched, finished
from reelwright.models.images.queued import input_of, waited_for
from reelwright.models.remote.answers import Refusal
from reelwright.models.remote.clients import client_of, unusable
from reelwright.models.remote.kinds import Rule
from reelwright.models.remote.transport import Transport, segment
from reelwright.vault import Vault

_RULES = (Rule(FailureKind.MODERATED, words=r"\bE005\b|flagged as sensitive|nsfw"),)
_RUNNING = frozenset({"starting", "processing"})


class ReplicateImage:
    """An image model that speaks `replicate-image`; `model` is `owner/name`, or `owner/name:version`.

    Options: see `queued.input_of`; every other option is sent in the input, e.g. `output_format`, `safety_tolerance`.
    """

    def __init__(self, entry: Entry, transport: Transport, vault: Vault) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport, self._vault = entry, transport, vault

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Start one prediction and wait for its picture; see `ImageModel.draw`."""
        del idempotency_key  # the protocol has no place for it
        told, warnings = await input_of(self._entry, request, self._vault, size="custom")
        path, body = self._start(told)
        started = (await self._transport.paid(path, json=body, headers={"Prefer": "wait=5"})).fields
        remote_id = str(started.get("id", ""))
        if not remote_id:
            raise self._transport.ambiguous("an answer without a prediction")
        first: list[dict[str, Any]] = [started]

        async def ask() -> dict[str, Any] | None:
            told = first.pop() if first else (await self._transport.get(f"predictions/{segment(remote_id)}")).fields
            return None if told.get("status") in _RUNNING else told

        async def cancel() -> None:
            await self._transport.free("POST", f"predictions/{segment(remote_id)}/cancel", accept=lambda _: True)

        made = await waited_for(self._entry, remote_id, ask, cancel=cancel)
        data = await fetched(self._transport, self._vault, self._url(made))
        charge, unknown = each_charge(self._entry)
        return await finished(
            self._vault,
            data,
            request,
            charge,
            provider=self._entry.vendor,
            model=self.name,
            warnings=(*warnings, *unknown),
        )

    async def aclose(self) -> None:
        """Close the client."""
        await self._transport.aclose()

    def _start(self, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        name, _, version = self._entry.model.partition(":")
        if version:
            return "predictions", {"version": version, "input": told}
        return f"models/{'/'.join(map(segment, name.split('/')))}/predictions", {"input": told}

    def _url(self, made: dict[str, Any]) -> str:
        state, output = made.get("status"), made.get("output")
        if state != "succeeded":
            words = str(made.get("error") or f"the prediction ended as {state!r}")
            error = self._transport.refused(Refusal(message=words))
            error.billed, error.retryable = state == "failed", False
            raise error
        url = output[0] if isinstance(output, list) and output else output
        if not isinstance(url, str):
            raise unusable(self._transport, FailureKind.MEDIA_REJECTED, "the prediction has no picture.")
        return url


def build(entry: Entry, bench: Bench) -> ReplicateImage:
    """Return the image model of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    if "/" not in entry.model:
        raise InvalidInput(f"The image model {entry.name!r} needs a model such as owner/name.")
    transport = client_of(entry, bench, start_seconds=90, rules=_RULES)
    return ReplicateImage(entry, transport, bench.vault)
