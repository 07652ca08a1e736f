"""The kinds of channels: a new one is one file with `RULES`, `Settings` and `build`, and one line here.

Those of other people are plug-ins of the kind `channel`: an entry point, a module or a file, see `reelwright.plugins`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TypeVar

from pydantic import ValidationError

from reelwright import plugins
from reelwright.errors import InvalidInput, RecipeError
from reelwright.publishing.contract import Bench, Channel, ChannelEntry
from reelwright.publishing.rules import ChannelRules
from reelwright.validation import complaints
from reelwright.values import Value

Settings = TypeVar("Settings", bound=Value)

KINDS: Mapping[str, str] = {
    "folder": "reelwright.publishing.folder",
    "s3": "reelwright.publishing.s3",
    "webhook": "reelwright.publishing.webhook",
    "tiktok": "reelwright.publishing.tiktok",
    "instagram": "reelwright.publishing.instagram",
    "facebook": "reelwright.publishing.facebook",
    "youtube": "reelwright.publishing.youtube",
}
"""The module of each kind; imported when it is needed."""


def is_kind(kind: str) -> bool:
    """Whether there is a kind of channel of this name: one that is built in, or somebody's own. Imports nothing."""
    return plugins.module_of("channel", kind, KINDS) is not None


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds that are built in or installed."""
    return tuple(sorted(plugins.names("channel", KINDS)))


def rules_of(kind: str) -> ChannelRules:
    """Return what a kind takes and how it behaves.

    Raises:
        InvalidInput: there is no such kind.
    """
    rules: ChannelRules = _module(kind).RULES
    return rules


def build(entry: ChannelEntry, bench: Bench) -> Channel:
    """Return the channel of an entry. Calls nothing.

    Raises:
        InvalidInput: there is no such kind, or its settings do not fit it.
        MissingCredential: it needs a key that is not set.
    """
    channel: Channel = _module(entry.kind).build(entry, bench)
    return channel


def read_settings(entry: ChannelEntry, settings: type[Settings]) -> Settings:
    """Read the kind's own settings.

    Raises:
        RecipeError: they do not fit.
    """
    try:
        return settings.model_validate(dict(entry.settings))
    except ValidationError as error:
        first = complaints(error, settings)[0]
        expected = f"Expected {first.expected}." if first.expected else ""
        where = ".".join(part for part in ("channels", entry.called, "settings", first.field) if part)
        raise RecipeError(first.problem, field=where, hint=expected) from None


def _module(kind: str) -> ModuleType:
    if not is_kind(kind):
        raise InvalidInput(f"There is no kind of channel {kind!r}.", hint=f"There are: {', '.join(kinds())}.")
    module = plugins.load("channel", kind, KINDS)
    if missing := [name for name in ("RULES", "Settings", "build") if not hasattr(module, name)]:
        raise InvalidInput(
            f"The channel {kind!r} has no {missing[0]!r}.", hint="The documentation tells it under Write a plug-in."
        )
    return module
