"""From a brief to a storyboard: the given shots as they are; a bare topic needs a writer."""

from __future__ import annotations

from reelwright.errors import InvalidInput
from reelwright.recipe import Recipe
from reelwright.storyboard import Brief, Storyboard


def expand_script(brief: Brief, recipe: Recipe) -> Storyboard:
    """Return the storyboard of a brief.

    Raises:
        InvalidInput: a bare topic, and no writer that could make shots of it.
    """
    if not brief.shots:
        named = (
            f" (the recipe names {recipe.writer!r}, which this version does not have)"
            if recipe.writer != "none"
            else ""
        )
        raise InvalidInput(
            f"{brief.topic!r} is a topic, not a script, and there is no writer{named}.",
            hint="Write a script: a heading, then a paragraph for each shot. See examples/why-bread-goes-stale.md.",
        )
    return Storyboard(
        title=brief.title,
        description=brief.description,
        hashtags=brief.hashtags,
        language=brief.language,
        characters=brief.characters,
        shots=brief.shots,
    )
