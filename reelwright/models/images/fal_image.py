"""Image models at fal (FLUX, Seedream and others) by its queue: start, wait, fetch.

Facts: fal_client 1.0.3 and fal's queue documentation. The answer to the start names the URLs of status and result; an
error of the model arrives when the result is fetched, as `{detail: [{loc, msg, type}]}`. 5xx is never charged.
"""

from __future__ import annotations

from typing import Any

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, ProviderError
from reelwright.models.bench import Bench
from reelwright.models.identity import identity_of
from reelwright.models.images.contract import ImageRequest, Picture
from reelwright.models.images.drawn import each_charge, fetched, finished
from reelwright.models.images.queued import input_of, waited_for
from reelwright.models.remote.answers import refusal_of
from reelwright.models.remote.clients import client_of, unusable
from reelwright.models.remote.transport import Transport
from reelwright.vault import Vault

_CLIENT_ERRORS, _UNPROCESSABLE = 400, 422


class FalImage:
    """An image model that speaks `fal-image`; `model` is its path, e.g. `fal-ai/flux-2-pro`.

    Options: see `queued.input_of`; `edit_model` is the path that takes reference pictures; every other option is sent
    in the input, e.g. `enable_safety_checker`, `output_format`.
    """

    def __init__(self, entry: Entry, transport: Transport, vault: Vault) -> None:
        self.name, self.identity = entry.name, identity_of(entry)
        self._entry, self._transport, self._vault = entry, transport, vault

    async def draw(self, request: ImageRequest, *, idempotency_key: str = "") -> Picture:
        """Start one job and wait for its picture; see `ImageModel.draw`."""
        del idempotency_key  # the protocol has no place for it
        told, warnings = await input_of(self._entry, request, self._vault, size="image_size")
        path = self._entry.model
        if request.references and self._entry.reference_images:
            path = str(self._entry.options.get("edit_model", path))
        started = (await self._transport.paid(path.strip("/"), json=told)).fields
        remote_id, status, result = (
            str(started.get(name, "")) for name in ("request_id", "status_url", "response_url")
        )
        if not remote_id or not self._transport.is_own(status) or not self._transport.is_own(result):
            raise self._transport.ambiguous("an answer without a job")

        async def ask() -> dict[str, Any] | ProviderError | None:
            state = (await self._transport.get(status)).fields
            if state.get("status") != "COMPLETED":
                return None
            # What the model says of its failure is the end of the job, not a fault of this call: never repeated.
            answer = await self._transport.get(result, accept=lambda answer: answer.status >= _CLIENT_ERRORS)
            if answer.ok and not state.get("error"):
                return answer.fields
            error = self._transport.refused(refusal_of(state)) if answer.ok else self._transport.error(answer)
            error.billed = answer.status == _UNPROCESSABLE
            return error

        async def cancel() -> None:
            await self._transport.free("PUT", f"{result.rstrip('/')}/cancel", accept=lambda _: True)

        made: dict[str, Any] | ProviderError = await waited_for(self._entry, remote_id, ask, cancel=cancel)
        if isinstance(made, ProviderError):
            raise made
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

    def _url(self, made: dict[str, Any]) -> str:
        if any(made.get("has_nsfw_concepts") or ()):
            raise self._refused(FailureKind.MODERATED, "the picture was held back by its safety checker")
        images = made.get("images") or [made.get("image")]
        url = images[0].get("url") if isinstance(images, list) and images and isinstance(images[0], dict) else None
        if not url:
            raise self._refused(FailureKind.MEDIA_REJECTED, "the result has no picture")
        return str(url)

    def _refused(self, kind: FailureKind, words: str) -> ProviderError:
        return unusable(self._transport, kind, f"{words}.")


def build(entry: Entry, bench: Bench) -> FalImage:
    """Return the image model of an entry.

    Raises:
        InvalidInput: it has no base URL or no model.
    """
    transport = client_of(entry, bench, start_seconds=60, auth="key")
    return FalImage(entry, transport, bench.vault)
