"""A prompt that a vendor's filter blocked, said again by the recipe's writer so that it may pass."""

from __future__ import annotations

import json

from reelwright.errors import ProviderError
from reelwright.finished import Finished, once
from reelwright.models.writers.contract import Turn, WritingRequest
from reelwright.recipe import Recipe
from reelwright.stages.paying import BuyerOf
from reelwright.stages.writing import writer_identity, written
from reelwright.studio import Studio

_INSTRUCTIONS = (
    "You rewrite prompts for video models. A content filter blocked the prompt below. Keep the place, the action, the"
    " camera and the style; replace what a filter may read as violence, nudity, hatred, a real person, a brand or a"
    " protected character by something harmless that tells the same story. Answer with the new prompt only."
)
_SCHEMA = {
    "type": "object",
    "properties": {"prompt": {"type": "string"}},
    "required": ["prompt"],
    "additionalProperties": False,
}


class Rewriting(Finished):
    """The new prompt."""

    prompt: str
    """The new prompt."""


async def rewrite_prompt(
    studio: Studio, prompt: str, reason: str, recipe: Recipe, *, buyer_of: BuyerOf | None = None
) -> Rewriting:
    """Let the writer rewrite a blocked prompt; the same block is rewritten once. `buyer_of` gives who pays.

    Raises:
        ProviderError: the writer refused too, or gave no prompt.
        BudgetExceeded: a cap would be passed; nothing was sent.
    """
    entry = studio.catalogue.resolve(recipe.writer, "writer")
    request = WritingRequest(
        instructions=_INSTRUCTIONS,
        turns=(Turn(speaker="user", text=f"Prompt:\n{prompt}\n\nThe filter said:\n{reason}"),),
        schema_name="prompt",
        json_schema=_SCHEMA,
    )

    async def make() -> Rewriting:
        answer = await written(studio, entry, request, buyer_of)
        try:
            said = json.loads(answer.draft.text)["prompt"].strip()
        except (ValueError, KeyError, TypeError, AttributeError):
            said = ""
        if not said or said == prompt:
            raise ProviderError("the writer gave no other prompt", provider=entry.vendor, model=entry.name)
        return Rewriting(prompt=said)

    asked = {"writer": await writer_identity(studio, entry), "request": request}
    return await once(studio.vault, "rewriting/1", asked, Rewriting, make)
