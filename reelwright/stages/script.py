"""From a brief to a storyboard: the given shots as they are; a bare topic goes to the recipe's writer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import InvalidInput, RecipeError
from reelwright.finished import Finished
from reelwright.models.video.contract import FREE, Charge
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.storyboard_prompt import Terms
from reelwright.models.writers.storyboard_writer import write_storyboard
from reelwright.recipe import Recipe
from reelwright.references import gather
from reelwright.stages.paying import BuyerOf
from reelwright.stages.writing import written
from reelwright.storyboard import Brief, Storyboard
from reelwright.studio import Studio
from reelwright.values import Size

_LONGEST_SHOT_SECONDS = Fraction(12)
"""One picture is not looked at for longer, whatever a model can make."""


class Script(Finished):
    """A storyboard, and what it cost to write."""

    storyboard: Storyboard
    """The shots, all there."""
    charge: Charge = FREE
    """What its writer cost."""
    warnings: tuple[str, ...] = ()
    """What was adapted."""


async def expand_script(
    studio: Studio, brief: Brief, recipe: Recipe, *, may_ask: bool = True, buyer_of: BuyerOf | None = None
) -> Script:
    """Return the storyboard of a brief; what a writer has answered before is found again.

    Args:
        studio: Where to work.
        brief: The shots, or a topic.
        recipe: Names the writer and the length.
        may_ask: Whether a writer may be paid; if not, only what it has written before is used.
        buyer_of: Who pays it.

    Raises:
        InvalidInput: a bare topic and no writer, or none that may be asked; a file that is not there.
        ProviderError: the writer refused, or gave no usable storyboard.
        StartAmbiguous: no answer came back.
        BudgetExceeded: a cap would be passed; nothing was sent.
    """
    brief = gather(brief, studio.vault, keep=may_ask)
    if brief.shots:
        return Script(storyboard=_as_given(brief))
    if recipe.writer == "none":
        raise InvalidInput(
            f"{brief.topic!r} is a topic, not a script, and the recipe names no writer.",
            hint="Write a script (a heading, then a paragraph for each shot: examples/why-bread-goes-stale.md),"
            " or name a writer in the recipe (`reelwright models` lists them).",
        )
    entry = studio.catalogue.resolve(recipe.writer, "writer")
    hits: list[bool] = []

    async def ask(request: WritingRequest) -> Draft:
        found = await written(studio, entry, request, buyer_of if may_ask else _nobody)
        hits.append(found.hit)
        return found.draft

    made = await write_storyboard(ask, brief, terms_of(recipe, studio.catalogue), writer=entry.name)
    return Script(storyboard=made.storyboard, charge=made.charge, warnings=made.warnings, hit=all(hits))


def terms_of(recipe: Recipe, catalogue: Catalogue) -> Terms:
    """Return what a recipe allows a writer: its length, its voice's pace, and what its video models can make."""
    videos = tuple(_entries(catalogue, recipe))
    lengths = [max(entry.seconds) if entry.seconds else entry.longest_seconds for entry in videos]
    prompts = [entry.prompt_characters for entry in videos if entry.prompt_characters is not None]
    return Terms(
        target_seconds=recipe.target_seconds,
        speed=recipe.voice.speed,
        pause_seconds=recipe.voice.lead_seconds + recipe.voice.tail_seconds,
        longest_shot_seconds=min([_LONGEST_SHOT_SECONDS, *(length for length in lengths if length is not None)]),
        prompt_characters=min(prompts, default=None),
        # Every model of the chain must be able to: a shot may be made by the last of them.
        dialogue=bool(videos) and all(entry.audio != "none" for entry in videos),
        style=recipe.look.style,
        aspect=_aspect(recipe.output.pixels),
    )


def _aspect(size: Size) -> str:
    if size.height == size.width:
        return "square 1:1"
    return "vertical 9:16" if size.height > size.width else "horizontal 16:9"


def _nobody(entry: Entry) -> None:
    raise InvalidInput(
        f"This topic has no storyboard yet, and writing one at {entry.name} costs money.",
        hint="Allow it with `reelwright plan --write`, or make the episode.",
    )


def _entries(catalogue: Catalogue, recipe: Recipe) -> Iterable[Entry]:
    for wanted in recipe.video_models:
        try:
            yield catalogue.resolve(wanted, "video")
        except RecipeError:
            continue  # the plan says so, together with everything else that is wrong


def _as_given(brief: Brief) -> Storyboard:
    return Storyboard(
        title=brief.title,
        description=brief.description,
        hashtags=brief.hashtags,
        language=brief.language,
        characters=brief.characters,
        shots=brief.shots,
        channels=brief.channels,
    )
