"""The encoded parts of an episode: each shot's own frames, and the frames that two shots share. Joined by copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.finished import once
from reelwright.fit import MIDDLE, Fit, FitPlan
from reelwright.media.captions.brand import brand_of
from reelwright.media.captions.presets import source_of as preset_source
from reelwright.media.jobs import ENCODER_VERSION, CardJob, SegmentJob, TransitionJob
from reelwright.overlays import Card, Layer, bytes_of, code_of
from reelwright.recipe import Captions, OutputFormat, Recipe
from reelwright.stages.fits import plan_of
from reelwright.stages.shots import Segment, StartFrame
from reelwright.studio import Studio
from reelwright.takes.values import Clip
from reelwright.timing import ShotTime
from reelwright.transition import Edges, Transition, window

_SEGMENT_VERSION = 3
"""Part of every segment's key, beside the encoder's: raise it when captions or motion are drawn differently."""
_TRANSITION_VERSION, _CARD_VERSION = 1, 1
NO_EDGES = Edges()


@dataclass(frozen=True)
class Look:
    """What all segments of an episode have in common: the format, and how words stand on it."""

    output: OutputFormat
    """Size and rate of the pictures."""
    captions: Captions
    """How words stand on them."""
    language: str
    """BCP 47 tag of the words."""


def look_of(recipe: Recipe, language: str) -> Look:
    """Return what all segments of an episode have in common."""
    return Look(recipe.output, recipe.captions, language)


@dataclass(frozen=True)
class Picture:
    """One shot's picture: its clip, its length, and what transitions take of it."""

    clip: Clip
    """The take that was accepted."""
    time: ShotTime
    """How long it is, and when its words are heard."""
    edges: Edges = NO_EDGES
    """What transitions take of it."""
    layers: tuple[Layer, ...] = ()
    """What is laid over it."""
    fill: Fit | None = None
    """How a clip of another shape fills the picture; `None`: as the recipe says."""

    def asked(self, look: Look) -> dict[str, Any]:
        """Return what it is made of, for keys."""
        captions = look.captions
        return {
            "clip": self.clip.clip.sha256,
            "frames": self.time.frames,
            "output": look.output,
            "captions": _asked_of(captions),
            **_font_of(captions),
            "words": self.time.words if captions.preset != "none" else (),
            "language": look.language,
            **({"preset": source} if (source := preset_source(captions.preset)) else {}),
            # Between two cuts it is what it was before there were transitions.
            **({} if self.edges == NO_EDGES else {"edges": self.edges}),
            **({"layers": [layer.asked() for layer in self.layers]} if self.layers else {}),
            **({} if (plan := self.fit(look.output)) == MIDDLE else {"fit": plan}),
        }

    def fit(self, output: OutputFormat) -> FitPlan:
        """Return how its clip is fitted to all that is shown of it, transitions included."""
        return plan_of(self.clip, output.filled(self.fill), self.edges.rendered(self.time.frames))

    def job(self, studio: Studio, look: Look, into: Path) -> SegmentJob:
        """Return the job that encodes its own frames."""
        return SegmentJob(
            clip=studio.vault.path(self.clip.clip),
            is_motion=self.clip.is_motion,
            picture=studio.vault.path(self.clip.picture) if self.clip.picture else None,
            output=look.output,
            frames=self.time.frames,
            edges=self.edges,
            layers=self.layers,
            fit=self.fit(look.output),
            words=self.time.words,
            captions=look.captions,
            preset_source=preset_source(look.captions.preset),
            language=look.language,
            font_folder=studio.settings.font_folder,
            paintings=studio.settings.painting_folder,
            into=into,
        )


async def finish_segment(studio: Studio, picture: Picture, look: Look) -> Segment:
    """Encode a clip once, in the output's format, exactly as long as its narration, captions on it.

    What transitions take of it is left out: `finish_transition` makes that.
    """
    frames = picture.edges.own(picture.time.frames)[1]

    async def make() -> Segment:
        with studio.vault.scratch(".mp4") as path:
            await studio.crew.ask(picture.job(studio, look, path).model_dump(mode="json"))
            return _kept(studio, path, frames, look.output)

    version = f"{_SEGMENT_VERSION}.{ENCODER_VERSION}"
    return await once(studio.vault, f"segment/{version}", picture.asked(look), Segment, make)


async def finish_transition(
    studio: Studio, transition: Transition, before: Picture, after: Picture, look: Look
) -> Segment:
    """Encode the frames that two shots share, once, from their clips: no segment of theirs is decoded or changed."""
    frames = window(before.edges, before.time.frames, after.edges)[2]
    source = transition.source

    async def make() -> Segment:
        with studio.vault.scratch(".mp4") as path:
            job = TransitionJob(
                kind=transition.kind,
                source=source,
                before=before.job(studio, look, path.with_name("before.mp4")),
                after=after.job(studio, look, path.with_name("after.mp4")),
                into=path,
            )
            await studio.crew.ask(job.model_dump(mode="json"))
            return _kept(studio, path, frames, look.output)

    named = {"source": source} if source else {"kind": transition.kind}
    asked = {**named, "before": before.asked(look), "after": after.asked(look)}
    version = f"{_TRANSITION_VERSION}.{_SEGMENT_VERSION}.{ENCODER_VERSION}"
    return await once(studio.vault, f"transition/{version}", asked, Segment, make)


async def make_card(studio: Studio, card: Card, title: str, frame: StartFrame, look: Look) -> Segment:
    """Encode a card: words over a picture, `frame`, out of focus."""
    frames = look.output.frames_for(card.seconds)
    brand = brand_of(look.captions.font)
    asked = {
        "card": card,
        "files": [code_of(card.python), bytes_of(card.image)],
        "title": title,
        "picture": frame.picture,
        "output": look.output,
        "captions": _asked_of(look.captions),
        "font": brand and brand.family,
        "language": look.language,
    }

    async def make() -> Segment:
        with studio.vault.scratch(".mp4") as path:
            job = CardJob(
                card=card,
                title=title,
                picture=studio.vault.path(frame.picture),
                output=look.output,
                frames=frames,
                captions=look.captions,
                language=look.language,
                font_folder=studio.settings.font_folder,
                into=path,
            )
            await studio.crew.ask(job.model_dump(mode="json"))
            return _kept(studio, path, frames, look.output)

    return await once(studio.vault, f"card/{_CARD_VERSION}.{ENCODER_VERSION}", asked, Segment, make)


def _kept(studio: Studio, path: Path, frames: int, output: OutputFormat) -> Segment:
    facts = {"frames": frames, "frame_rate": output.frame_rate, "size": output.size}
    return Segment(video=studio.vault.put_file(path, "video/mp4", facts), frames=frames)


def _asked_of(captions: Captions) -> dict[str, Any]:
    """Return captions for keys; what is kept clear of all platforms is as it was before there was a choice."""
    told = dict(captions)
    del told["soft_tracks"]  # of the whole video file: no shot looks otherwise for it
    if captions.platform == "all":
        del told["platform"]
    return told


def _font_of(captions: Captions) -> dict[str, str]:
    """Name the bytes of a brand's font: another file of the same name is another segment."""
    brand = brand_of(captions.font) if captions.preset != "none" else None
    return {"font": brand.family} if brand else {}
