# ruff: noqa: INP001 - a script, not a package
"""A release in two languages: one episode spoken in English with German subtitles beside it, one written in German.

`python examples/two_languages.py` makes `tea/en/…` with `captions.de.srt`, and `tea/de/…`, which has German captions in
the picture and nobody who speaks (the embedded voice speaks English; name a narrator that has a key for a German one).
A shot whose picture is asked for in the same words and length is found again: the German episode makes no clip.
"""

from __future__ import annotations

import asyncio
import sys

from prefect import flow

from flows.episode import produce_episode
from reelwright import Brief, Episode, OutputFormat, Recipe, Shot, Voice

ENGLISH = Recipe(output=OutputFormat(size="720x1280", frame_rate=24))
GERMAN = ENGLISH.model_copy(update={"voice": Voice(narrator="none")})
LINES = (
    ("Leaves hold tannin.", "Blätter enthalten Gerbstoff.", "Dark tea leaves in a white cup, steam."),
    ("Hot water sets it free.", "Heißes Wasser löst ihn heraus.", "A glass teapot against a window."),
)


def spoken() -> Brief:
    """Return the English brief, with what each line means in German."""
    shots = (Shot(narration=line, translations={"de": german}, prompt=seen) for line, german, seen in LINES)
    return Brief(title="Why tea is brown", shots=tuple(shots))


def written() -> Brief:
    """Return the German brief: the same pictures, other words."""
    shots = (Shot(narration=german, prompt=seen) for _, german, seen in LINES)
    return Brief(title="Warum Tee braun ist", language="de", shots=tuple(shots))


@flow
async def two_languages() -> tuple[Episode, Episode]:
    """Make the English episode, then the German one, which finds its clips."""
    english = await produce_episode(spoken(), ENGLISH, out="tea/en")
    return english, await produce_episode(written(), GERMAN, out="tea/de")


if __name__ == "__main__":
    for episode in asyncio.run(two_languages()):
        sys.stdout.write(f"{episode.video}: {float(episode.seconds):.1f} s\n")
