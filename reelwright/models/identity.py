"""What tells a model from another in the keys of paid and finished work: what is asked of whom, and no secret.

A part of one's own says what it adds by its `identity`; where it says nothing of its own, its file's place tells it.
"""

from __future__ import annotations

import os
from pathlib import Path

from reelwright import plugins
from reelwright.canonical import canonical_json
from reelwright.catalogue import BUILT, Entry
from reelwright.errors import InvalidInput


def identity_of(entry: Entry) -> str:
    """Return what an entry says of its model: protocol, host, model, query and options; never its key or its name.

    Of a file of one's own only the name is in it, for it may lie elsewhere tomorrow.
    """
    return canonical_json(
        {
            "protocol": protocol_of(entry),
            "base_url": entry.base_url.rstrip("/"),
            "model": entry.model,
            "query": entry.query,
            "options": entry.options,
        }
    )


def protocol_of(entry: Entry) -> str:
    """Return the protocol as keys name it: a file of one's own by its name."""
    return Path(entry.protocol).name if entry.protocol.endswith(".py") else entry.protocol


def is_own(entry: Entry) -> bool:
    """Whether its protocol is a part that somebody else wrote."""
    return entry.protocol not in BUILT[entry.kind]


def identity_in(model: object, entry: Entry) -> str:
    """Return what a model says tells it from others.

    One that says nothing, or only what its entry or a class of ours says, is told by its entry and, where it is a file,
    by its place: two files of one name are two models.

    Raises:
        InvalidInput: it says it by something else than a text, such as a method that lacks `@property`.
    """
    told, plain = getattr(model, "identity", ""), identity_of(entry)
    if not isinstance(told, str):
        raise InvalidInput(
            f"The identity of {entry.name!r} is a {type(told).__name__}, and must be a text.",
            hint=f"Make it a property or an attribute in {entry.protocol}.",
        )
    if told and not is_own(entry):
        return told
    if told and told != plain and _says_it_itself(model):
        return told
    if not entry.protocol.endswith(".py"):
        return told or plain
    # The place as it is named: where a link of it leads may be another folder after each release.
    return f"{told or plain} {os.path.abspath(entry.protocol)}"  # noqa: PTH100 - pathlib's leaves `..` in


def asked_of(identity: str, entry: Entry, request: object) -> object:
    """Return what a paid call is told apart by in the ledger: the request, and whom, if the entry does not say."""
    return request if identity == identity_of(entry) else {"identity": identity, "request": request}


def source_of_part(entry: Entry) -> str:
    """Return the SHA-256 of the source of a part of one's own; empty for what is built in, or is not there."""
    if not is_own(entry):
        return ""
    try:
        return plugins.source_of(entry.kind, entry.protocol, {})
    except InvalidInput:
        return ""  # the plan says so


def _says_it_itself(model: object) -> bool:
    """Whether it or its own class says it, rather than one of ours that it is made from, or hands its calls on to."""
    if "identity" in getattr(model, "__dict__", ()):
        return True
    defining = next((kind for kind in type(model).__mro__ if "identity" in vars(kind)), None)
    return defining is not None and not defining.__module__.startswith("reelwright.")
