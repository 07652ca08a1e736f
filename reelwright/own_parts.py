"""The files of one's own that a recipe names: tried when the plan is made, and told apart by their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reelwright.checks import own as own_checks
from reelwright.errors import InvalidInput
from reelwright.media.captions import presets
from reelwright.overlays import Card, Overlay, bytes_of, code_of
from reelwright.recipe import Recipe
from reelwright.storyboard import Storyboard
from reelwright.transition import BUILT_IN, Transition


def problems_of(storyboard: Storyboard, recipe: Recipe) -> Iterator[str]:
    """Yield what is wrong with checks, caption presets and transitions of one's own, before anything is paid."""
    for own in recipe.checks.own:
        yield from _problem(partial(own_checks.require, own))
    yield from _problem(partial(presets.require, recipe.captions.preset))
    for transition in _transitions(storyboard, recipe):
        yield from _problem(partial(_try_transition, transition.kind))


def sources_of(storyboard: Storyboard, recipe: Recipe) -> dict[str, str]:
    """Return what tells the versions of all those files apart, overlays and their pictures too, by name.

    One that is not there has none: the plan says so.
    """
    overlays = (*recipe.overlays, *(overlay for shot in storyboard.shots for overlay in shot.overlays))
    worn: list[Overlay | Card] = [*overlays, *(card for card in (recipe.title_card, recipe.end_card) if card)]
    asked: dict[str, Callable[[], str]] = {}
    for overlay in worn:
        asked[f"overlay {overlay.python}"] = partial(code_of, overlay.python)
        asked[f"picture {overlay.image}"] = partial(bytes_of, overlay.image)
    for own in recipe.checks.own:
        asked[f"check {own.name}"] = partial(own_checks.source_of, own)
    for transition in _transitions(storyboard, recipe):
        asked[f"transition {transition.kind}"] = partial(getattr, transition, "source")
    asked[f"caption {recipe.captions.preset}"] = partial(presets.source_of, recipe.captions.preset)
    return {name: source for name, ask in asked.items() if (source := _or_nothing(ask))}


def _transitions(storyboard: Storyboard, recipe: Recipe) -> tuple[Transition, ...]:
    told = [recipe.transition, *(shot.transition for shot in storyboard.shots if shot.transition)]
    return tuple(dict.fromkeys(one for one in told if one.kind not in BUILT_IN))


def _try_transition(kind: str) -> None:
    from reelwright.media import own_transitions  # noqa: PLC0415 - it loads what blends pictures

    own_transitions.require(kind)


def _problem(trial: Callable[[], None]) -> Iterator[str]:
    try:
        trial()
    except InvalidInput as error:
        yield error.message.rstrip(".") + (f" ({error.hint.rstrip('.')})" if error.hint else "")


def _or_nothing(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except InvalidInput:
        return ""
