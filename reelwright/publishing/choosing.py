"""Which channels, and what is said on each: the recipe's, then the storyboard's, then what the person asks for now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reelwright.errors import InvalidInput, RecipeError
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.registry import KINDS, is_kind


def entries_of(written: Sequence[str | ChannelEntry], wanted: Sequence[str] = ()) -> tuple[ChannelEntry, ...]:
    """Return the channels of a recipe, or those of them that are wanted; a kind by its bare name may be wanted too.

    Raises:
        RecipeError: two channels have one name, or there is no such kind.
        InvalidInput: nothing is called as wanted.
    """
    entries = [entry if isinstance(entry, ChannelEntry) else ChannelEntry(kind=entry) for entry in written]
    named: dict[str, ChannelEntry] = {}
    for entry in entries:
        if not is_kind(entry.kind):
            raise RecipeError(
                f"there is no kind of channel {entry.kind!r}",
                field="channels",
                hint=f"There are {', '.join(sorted(KINDS))}.",
            )
        if entry.called in named:
            raise RecipeError(f"two channels are called {entry.called!r}", field="channels", hint="Give them names.")
        named[entry.called] = entry
    if not wanted:
        return tuple(entries)
    return tuple(_wanted(name, named) for name in dict.fromkeys(wanted))


def options_for(entry: ChannelEntry, told: Mapping[str, PostOptions], asked: PostOptions | None = None) -> PostOptions:
    """Return what is asked of one channel: each later word goes before the earlier one, field by field."""
    made = entry.options
    for further in (told.get(entry.kind), told.get(entry.called) if entry.called != entry.kind else None, asked):
        if further is not None:
            made = _over(made, further)
    return made


def entries_at(
    written: Sequence[str | ChannelEntry], wanted: Sequence[str], at: datetime | None
) -> tuple[ChannelEntry, ...]:
    """Return the wanted channels with a slot, where they have none of their own; none wanted are none.

    Raises:
        InvalidInput: nothing is called as wanted.
    """
    slot = PostOptions(at=at) if at else PostOptions()
    entries = entries_of(written, wanted) if wanted else ()
    return tuple(entry.model_copy(update={"options": _over(slot, entry.options)}) for entry in entries)


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


def _wanted(name: str, named: Mapping[str, ChannelEntry]) -> ChannelEntry:
    if name in named:
        return named[name]
    if name in KINDS:
        return ChannelEntry(kind=name)
    known = ", ".join([*named, *(kind for kind in sorted(KINDS) if kind not in named)])
    raise InvalidInput(f"There is no channel {name!r}.", hint=f"There are {known}.")
