"""New topics from the recipe's writer, as many as slots need; the same question is paid once."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.errors import InvalidInput
from reelwright.models.writers.contract import Draft, WritingRequest
from reelwright.models.writers.ideas import find_ideas
from reelwright.series.files import SeriesFile
from reelwright.series.topics import Topic, has_writer
from reelwright.stages.paying import BuyerOf
from reelwright.stages.writing import written
from reelwright.storyboard import Brief
from reelwright.studio import Studio


async def new_topics(
    studio: Studio, file: SeriesFile, count: int, told: Sequence[str], buyer_of: BuyerOf | None = None
) -> tuple[Topic, ...]:
    """Let the writer find `count` topics that are unlike everything `told`; `buyer_of` gives who pays.

    Raises:
        InvalidInput: the recipe names no writer.
        ProviderError: the writer refused, or found nothing new.
        StartAmbiguous: no answer came back.
        BudgetExceeded: a cap would be passed; nothing was sent.
    """
    subject = file.series.topics.ideas or ""
    if not has_writer(file.recipe):
        raise InvalidInput(
            f"The series {file.name!r} lives on a writer's ideas, and its recipe names no writer.",
            hint="Name one in the recipe (`reelwright models` lists them), or give the series other topics.",
        )
    entry = studio.catalogue.resolve(file.recipe.writer, "writer")

    async def ask(request: WritingRequest) -> Draft:
        return (await written(studio, entry, request, buyer_of)).draft

    bible, language = file.series.bible, file.series.language
    about = [subject, *(f"Always: {rule}" for rule in bible.dos), *(f"Never: {rule}" for rule in bible.donts)]
    found = await find_ideas(ask, "\n".join(about), count, told=told, language=language, writer=entry.name)
    briefs = (Brief(title=idea.title, topic=idea.topic, language=language) for idea in found.ideas)
    return tuple(Topic(brief, f"an idea of {entry.name}") for brief in briefs)
