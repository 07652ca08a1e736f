"""Characters: short clips uploaded once an account, then named in prompts. Source: OpenAI's guide of March 2026."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction

from reelwright.canonical import key_of
from reelwright.errors import FailureKind, InvalidInput, ProviderError, StartAmbiguous
from reelwright.media.probe import MediaFacts, probe
from reelwright.models.remote.transport import Transport
from reelwright.models.video.contract import Reference
from reelwright.vault import Vault

_KIND = "openai-characters"
_MOST_LETTERS = 80
_SHORTEST, _LONGEST = Fraction(2), Fraction(4)
_SHAPES = (Fraction(16, 9), Fraction(9, 16))
_SHORT_SIDES = range(720, 1081)


def check_names(prompt: str, references: Sequence[Reference]) -> None:
    """Refuse a character that the prompt does not name: its id alone is not enough for the model.

    Raises:
        InvalidInput: a name that is missing, too long, or not in the prompt.
    """
    for reference in _characters(references):
        if not 0 < len(reference.name) <= _MOST_LETTERS:
            raise InvalidInput(
                f"A character needs a name of 1 to {_MOST_LETTERS} characters, not {reference.name!r}.",
                hint="Name it in the storyboard.",
            )
        if reference.name not in prompt:
            raise InvalidInput(
                f"The character {reference.name!r} is not named in the prompt.",
                hint="Write its name into the prompt, letter for letter: the model looks for it there.",
            )


async def uploaded(transport: Transport, vault: Vault, references: Sequence[Reference]) -> tuple[str, ...]:
    """Return the ids of the characters; each clip is uploaded once for an account.

    Raises:
        InvalidInput: a clip that is no character: 2 to 4 s of MP4, 16:9 or 9:16, 720p to 1080p.
        ProviderError: the upload was refused. No job was started.
    """
    return tuple([await _uploaded(transport, vault, reference) for reference in _characters(references)])


def forget(transport: Transport, vault: Vault, references: Sequence[Reference]) -> None:
    """Forget uploaded characters, so that the next start uploads them anew."""
    for reference in _characters(references):
        vault.finish(_KIND, _key(transport, reference), {})


async def _uploaded(transport: Transport, vault: Vault, reference: Reference) -> str:
    key = _key(transport, reference)
    known = await asyncio.to_thread(vault.finished, _KIND, key)
    if known and known.get("id"):
        return str(known["id"])
    path = await asyncio.to_thread(vault.path, reference.asset)
    _check(reference.name, await asyncio.to_thread(probe, path))
    clip = await asyncio.to_thread(path.read_bytes)
    parts = {"name": (None, reference.name), "video": ("character.mp4", clip, "video/mp4")}
    fault = ""
    try:
        answer = await transport.paid("videos/characters", files=parts)
    except StartAmbiguous as error:
        # A character that may lie there is no job that may be billed.
        fault = error.message
    if fault or not answer.fields.get("id"):
        raise ProviderError(
            f"{transport.vendor} did not confirm the character {reference.name!r}.",
            provider=transport.vendor,
            model=transport.model,
            kind=FailureKind.BUSY,
        )
    await asyncio.to_thread(vault.finish, _KIND, key, {"id": answer.fields["id"], "name": reference.name})
    return str(answer.fields["id"])


def _check(name: str, facts: MediaFacts) -> None:
    video = facts.video
    if video is None or "mp4" not in facts.container:
        raise InvalidInput(f"The character {name!r} is no MP4 video.", hint="Give a clip of 2 to 4 s.")
    shown, problems = video.shown, []
    if not _SHORTEST <= facts.seconds <= _LONGEST:
        problems.append(f"it lasts {float(facts.seconds):.1f} s, not 2 to 4 s")
    if shown.aspect not in _SHAPES:
        problems.append(f"{shown} is neither 16:9 nor 9:16")
    if min(shown.width, shown.height) not in _SHORT_SIDES:
        problems.append(f"{shown} is not between 720p and 1080p")
    if problems:
        raise InvalidInput(
            f"The clip of the character {name!r} will not do: {'; '.join(problems)}.", hint="Cut or scale it."
        )


def _characters(references: Sequence[Reference]) -> list[Reference]:
    return [reference for reference in references if reference.role == "video"]


def _key(transport: Transport, reference: Reference) -> str:
    place = {"at": transport.base_url, "account": transport.account}
    return key_of("openai-character/1", {**place, "clip": reference.asset, "name": reference.name})
