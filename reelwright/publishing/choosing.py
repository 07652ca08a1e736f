"""Which channels, and what is said on each: the recipe's, then the storyboard's, then what the person asks for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reelwright.credentials import KeySource, nothing_stored
from reelwright.errors import InvalidInput, RecipeError
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.registry import KINDS, is_kind, kinds


def entries_of(
    written: Sequence[str | ChannelEntry], wanted: Sequence[str] = (), *, stored: KeySource = nothing_stored
) -> tuple[ChannelEntry, ...]:
    """Return the channels of a recipe, or those of them that are wanted.

    A bare name is that of a channel that is stored, else a kind; such a name may be wanted though no recipe has it.

    Raises:
        RecipeError: two channels have one name, or there is no such kind.
        InvalidInput: nothing is called as wanted.
        ProviderError: what is stored cannot be read.
    """
    named: dict[str, ChannelEntry] = {}
    for name in written:
        entry = name if isinstance(name, ChannelEntry) else _bare(name, stored) or ChannelEntry(kind=name)
        if not is_kind(entry.kind):
            raise RecipeError(
                f"there is no kind of channel {entry.kind!r}",
                field="channels",
                hint=f"There are {', '.join([*kinds(), *sorted(stored().channels)])}.",
            )
        if entry.called in named:
            raise RecipeError(f"two channels are called {entry.called!r}", field="channels", hint="Give them names.")
        named[entry.called] = entry
    if not wanted:
        return tuple(named.values())
    return tuple(named.get(name) or _wanted(name, named, stored) for name in dict.fromkeys(wanted))


def options_for(entry: ChannelEntry, told: Mapping[str, PostOptions], asked: PostOptions | None = None) -> PostOptions:
    """Return what is asked of one channel: each later word goes before the earlier one, field by field."""
    made = entry.options
    for further in (told.get(entry.kind), told.get(entry.called) if entry.called != entry.kind else None, asked):
        if further is not None:
            made = _over(made, further)
    return made


def unused_names(told: Iterable[str], entries: Sequence[ChannelEntry]) -> tuple[str, ...]:
    """Return names under `channels` of a storyboard that are none: a misspelt one would say nothing, silently."""
    known = {name for entry in entries for name in (entry.called, entry.kind)} | set(KINDS)
    return tuple(name for name in told if name not in known)


def _over(before: PostOptions, after: PostOptions) -> PostOptions:
    said = {name: getattr(after, name) for name in after.model_fields_set}
    if "extra" in said:
        said["extra"] = {**before.extra, **after.extra}
    kept = {name: getattr(before, name) for name in before.model_fields_set}
    return PostOptions.model_validate(kept | said)


def _wanted(name: str, named: Mapping[str, ChannelEntry], stored: KeySource) -> ChannelEntry:
    found = _bare(name, stored)
    if found is None:
        known = dict.fromkeys([*named, *kinds(), *sorted(stored().channels)])
        raise InvalidInput(f"There is no channel {name!r}.", hint=f"There are {', '.join(known)}.")
    return found


def _bare(name: str, stored: KeySource) -> ChannelEntry | None:
    """Return what a bare name means: a stored channel, which has settings, before a kind, which has none."""
    kept = stored().channels.get(name)
    if kept is not None:
        return ChannelEntry.model_validate(kept)
    return ChannelEntry(kind=name) if name in KINDS else None
