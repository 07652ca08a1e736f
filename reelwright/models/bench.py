"""What a model is built with, and how a protocol's file is found: imported when one of its models is first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from reelwright import plugins
from reelwright.errors import InvalidInput
from reelwright.settings import Settings
from reelwright.vault import Vault
from reelwright.workers import Crew

if TYPE_CHECKING:
    from reelwright.catalogue import Entry


@dataclass(frozen=True)
class Bench:
    """What a model may use: the `build` of its file takes an entry and this."""

    settings: Settings
    vault: Vault
    crew: Crew
    """Worker processes for picture and sound."""
    credential: SecretStr | None = None
    """The key that the entry names; `None` where it names none."""


def builder(protocols: Mapping[str, str], entry: Entry) -> Callable[[Entry, Bench], Any]:
    """Return the `build` function of the file that speaks the entry's protocol.

    Raises:
        InvalidInput: this version does not speak it.
    """
    if plugins.module_of(entry.kind, entry.protocol, protocols) is None:
        raise InvalidInput(
            f"{entry.name!r} speaks {entry.protocol!r}, which this version does not.",
            hint="`reelwright models` lists what can be used.",
        )
    module = plugins.load(entry.kind, entry.protocol, protocols)
    found: Callable[[Entry, Bench], Any] | None = getattr(module, "build", None)
    if found is None:
        raise InvalidInput(
            f"{module.__name__} has no `build(entry, bench)`, so that {entry.name!r} cannot be used.",
            hint="The contract is in reelwright/models.",
        )
    return found


def completed(protocols: Mapping[str, str], entry: Entry) -> Entry:
    """Return the entry with what its protocol knows of every model that speaks it, where the entry does not say.

    A protocol's file may have a `complete(entry)` for that; an unknown protocol leaves the entry as it is.

    Raises:
        InvalidInput: the entry's options are none of its protocol.
    """
    if plugins.module_of(entry.kind, entry.protocol, protocols) is None:
        return entry
    complete = getattr(plugins.load(entry.kind, entry.protocol, protocols), "complete", None)
    found: Entry = complete(entry) if complete else entry
    return found
