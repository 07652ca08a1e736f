"""Ask a moderation service about all texts of an episode, before anything is paid. Its word is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reelwright.errors import MissingCredential, ProviderError
from reelwright.finished import Finished, once
from reelwright.models.remote.auth import bearer
from reelwright.models.remote.transport import Transport
from reelwright.recipe import Moderation, Recipe
from reelwright.settings import credential
from reelwright.storyboard import Storyboard
from reelwright.studio import Studio
from reelwright.values import Value

_MOST_TEXTS = 32
"""Texts of one call: an answer of a moment, and few calls."""


class Flag(Value):
    """One text that the service calls harmful."""

    text: int
    """Its place among the texts that were asked about."""
    categories: tuple[str, ...]
    """The service's own names, e.g. `violence/graphic`."""


class Verdict(Finished):
    """What the service says of several texts."""

    flags: tuple[Flag, ...] = ()


async def moderate(studio: Studio, storyboard: Storyboard, recipe: Recipe) -> tuple[str, ...]:
    """Return a problem for each text that the recipe's moderation service flags; none without a service.

    Raises:
        MissingCredential: its key is not there.
        ProviderError: it refuses, cannot be reached, or answers what cannot be read: unasked, nothing is paid.
    """
    service, texts = recipe.moderation, _texts(storyboard)
    if service is None or not texts:
        return ()
    request = {"base_url": service.base_url, "model": service.model, "texts": [text for _, text in texts]}

    async def ask() -> Verdict:
        return await _asked(studio, service, [text for _, text in texts])

    verdict = await once(studio.vault, "moderation/1", request, Verdict, ask)
    return tuple(
        f"{texts[flag.text][0]} is flagged by {service.model}: {', '.join(flag.categories) or 'no category told'}"
        for flag in verdict.flags
    )


def _texts(storyboard: Storyboard) -> list[tuple[str, str]]:
    told = [("the title", storyboard.title), ("the description", storyboard.description)]
    told += [(f"the character {person.name!r}", person.description) for person in storyboard.characters]
    for number, shot in enumerate(storyboard.shots, 1):
        parts = {"narration": shot.narration, "dialogue": shot.dialogue, "prompt": shot.prompt}
        told += [(f"shot {number}'s {what}", text) for what, text in parts.items()]
    return [(place, text) for place, text in told if text]


async def _asked(studio: Studio, service: Moderation, texts: Sequence[str]) -> Verdict:
    transport = _transport(studio, service)
    flags: list[Flag] = []
    try:
        for start in range(0, len(texts), _MOST_TEXTS):
            some = texts[start : start + _MOST_TEXTS]
            # Free at OpenAI and without effect: it may be repeated.
            answer = await transport.free(
                "POST", "moderations", json={"model": service.model, "input": list(some)}, purpose="start"
            )
            flags += _flags(transport, answer.fields.get("results"), start, len(some))
    finally:
        await transport.aclose()
    return Verdict(flags=tuple(flags))


def _flags(transport: Transport, results: Any, start: int, asked: int) -> list[Flag]:
    if not isinstance(results, list) or len(results) != asked or not all(_is_told(result) for result in results):
        raise ProviderError(
            f"{transport.vendor} gave no verdict on each text.",
            provider=transport.vendor,
            hint="Check moderation.base_url and moderation.model in the recipe.",
        )
    return [
        Flag(text=start + place, categories=tuple(sorted(name for name, hit in result["categories"].items() if hit)))
        for place, result in enumerate(results)
        if result["flagged"]
    ]


def _is_told(result: Any) -> bool:
    return (
        isinstance(result, dict)
        and isinstance(result.get("flagged"), bool)
        and isinstance(result.get("categories"), dict)
    )


def _transport(studio: Studio, service: Moderation) -> Transport:
    secret = None
    if service.api_key is not None:
        names = (service.api_key.env,)
        kept = None if (secret := credential(names)) else studio.stored_keys().find(names, service.base_url)
        secret = kept.secret if kept else secret
        if secret is None:
            raise MissingCredential("moderation", wanted=service.api_key.env)
    return Transport(
        vendor="the moderation service", base_url=service.base_url, auth=bearer(secret), model=service.model
    )
