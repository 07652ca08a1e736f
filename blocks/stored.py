"""What is stored on a Prefect server: the keys and channels that runs look up, and the shared vault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import BlockDocument
from prefect.exceptions import PrefectException
from pydantic import ValidationError

from blocks import ALL
from blocks.base import StoredBlock
from blocks.buckets import S3Vault
from reelwright.credentials import StoredKey, StoredKeys
from reelwright.errors import FailureKind, ProviderError

_PAGE = 200
_KINDS: dict[str, type[StoredBlock]] = {kind.get_block_type_slug(): kind for kind in ALL}


@dataclass(frozen=True)
class Stored:
    """Our blocks of one server, by the name they were saved under."""

    blocks: tuple[tuple[str, StoredBlock], ...] = ()
    unreadable: tuple[str, ...] = field(default=())
    """Blocks that this version cannot read: `reelwright-kling/kling`."""

    @property
    def keys(self) -> StoredKeys:
        """The keys, those under a vendor's usual name first, and the channels."""
        found = [(name != block.usual_name, name, block.stored_key(name)) for name, block in self.blocks]
        ordered: list[StoredKey] = [key for _, _, key in sorted(found, key=lambda one: one[:2]) if key is not None]
        return StoredKeys(keys=tuple(ordered), channels=self._channels())

    def _channels(self) -> dict[str, dict[str, Any]]:
        """Return the channels by name; those of one name by their kind too, so that none is taken for another."""
        found = [(name, block, block.entry(name)) for name, block in self.blocks]
        known = [(name, block.get_block_type_slug(), entry) for name, block, entry in found if entry is not None]
        times = Counter(name for name, _, _ in known)
        return {
            name if times[name] == 1 else f"{slug}/{name}": entry.model_dump(mode="json") for name, slug, entry in known
        }

    @property
    def vault(self) -> S3Vault | None:
        """The vault that all machines share; `None`: none is stored."""
        usual = (block for name, block in self.blocks if isinstance(block, S3Vault) and name == block.usual_name)
        return next(usual, None)


def read_stored() -> Stored:
    """Read all our blocks from the Prefect server, with their secrets. In an event loop too: it blocks for a moment.

    Raises:
        ProviderError: the server cannot be reached, or does not show them.
    """
    documents: list[BlockDocument] = []
    problem = ""
    try:
        with get_client(sync_client=True) as client:
            while len(documents) % _PAGE == 0:
                # Ours alone: nobody else's secrets come along.
                answer = client.request(
                    "POST",
                    "/block_documents/filter",
                    json={
                        "block_types": {"slug": {"any_": sorted(_KINDS)}},
                        "include_secrets": True,
                        "offset": len(documents),
                        "limit": _PAGE,
                    },
                )
                page = BlockDocument.model_validate_list(answer.json())
                documents += page
                if not page:
                    break
    except (httpx.HTTPError, PrefectException, OSError) as error:
        problem = type(error).__name__
    if problem:
        # Raised here: the library's error stays out of the chain, whatever it quotes.
        raise ProviderError(
            f"The blocks of the Prefect server could not be read ({problem}).",
            provider="Prefect",
            kind=FailureKind.BUSY,
            hint="Start the server that PREFECT_API_URL names, or set the keys in the environment.",
        )
    return _ours(documents)


def _ours(documents: list[BlockDocument]) -> Stored:
    blocks, unreadable = [], []
    for document in documents:
        slug = document.block_type.slug if document.block_type else ""
        kind = _KINDS.get(slug)
        if kind is None or not document.name:
            continue
        data: dict[str, Any] = dict(document.data)
        try:
            blocks.append((document.name, kind.model_validate(data)))
        except ValidationError:
            unreadable.append(f"{slug}/{document.name}")
    return Stored(tuple(blocks), tuple(unreadable))
