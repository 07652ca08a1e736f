"""The overlays and cards that come with Reelwright, composed with MoviePy. Each is no larger than what it shows."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoClip
from moviepy.video.fx import CrossFadeIn, CrossFadeOut
from numpy.typing import NDArray
from PIL import Image

from reelwright.errors import MediaError
from reelwright.media.captions.layout import Box, safe_area
from reelwright.media.lettering import Pixels, ink_of, lettered, lines_for
from reelwright.media.pictures import filled, read_picture
from reelwright.overlays import Card, Layer, source_of
from reelwright.recipe import Captions, OutputFormat

_FADE, _RISE = 0.25, 0.35
"""Seconds in which something appears, and in which it comes to rest."""
_BAR, _LOGO = 0.006, 0.16
"""The progress bar's height and the logo's width, as shares of the picture's."""
_DIM = 0.42


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a composition stands: the format, and how words look."""

    output: OutputFormat
    captions: Captions
    language: str
    fonts: Path
    """Folder for the fonts that libass is given."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.output.pixels.width, self.output.pixels.height

    @property
    def em(self) -> float:
        """Height of a title's em."""
        return min(self.size) * 0.1

    def letter(self, text: str, box: Box, share: float = 1.0, **kind: Any) -> Pixels:
        """Return a text in a picture of the whole size; `share` is of a title's em."""
        return lettered(
            text,
            box,
            self.captions,
            self.output,
            self.fonts,
            pixels=self.em * share,
            language=self.language,
            **kind,
        )


def composed(layer: Layer, stage: Stage) -> VideoClip:
    """Return an overlay as a MoviePy clip that lasts as long as it is seen.

    Raises:
        MediaError: a composition of one's own failed, or gave no clip.
    """
    seconds = layer.frames / stage.output.frame_rate
    match layer.overlay.name:
        case "title":
            return _title(layer.texts["text"], stage, seconds)
        case "lower_third":
            return _lower_third(layer.texts["text"], layer.texts["detail"], stage, seconds)
        case "progress":
            return _progress(layer.span or (0, layer.frames), stage, seconds)
        case "logo":
            return _logo(Path(layer.overlay.image), layer.overlay.corner, stage, seconds)
    return own(layer.overlay.python, stage, seconds, layer.texts)


def card(told: Card, title: str, picture: Path | None, stage: Stage) -> VideoClip:
    """Return a card as a MoviePy clip of the whole size: words, a logo, over a picture out of focus.

    Raises:
        MediaError: as `composed`.
    """
    seconds = float(told.seconds)
    if told.python:
        texts = {"title": title, "text": told.text or title, "detail": told.detail}
        return CompositeVideoClip([own(told.python, stage, seconds, texts)], size=stage.size).with_duration(seconds)
    area = safe_area(stage.output)
    middle = (area.top + area.bottom) // 2
    words = [(told.text or title, Box(**{**area.model_dump(), "bottom": middle}), "lower", 1.15)]
    if told.detail:
        words.append((told.detail, Box(**{**area.model_dump(), "top": middle}), "upper", 0.62))
    top = middle
    layers = [ImageClip(_ground(picture, stage)).with_duration(seconds)]
    for place, (text, box, position, share) in enumerate(words):
        letters = stage.letter(text, box, share, most_lines=lines_for(text), position=position)
        top = top if place else ink_of(letters).top
        layers.append(_rising(letters, seconds - 0.1 * place, stage).with_start(0.1 * place))
    if told.image:
        mark = _picture(Path(told.image), round(stage.size[0] * _LOGO * 1.6))
        high, wide = mark.shape[:2]
        clip = ImageClip(mark, transparent=True).with_duration(seconds).with_effects([CrossFadeIn(_FADE)])
        layers.append(clip.with_position(((area.left + area.right - wide) // 2, max(top - high * 4 // 3, 0))))
    return CompositeVideoClip(layers, size=stage.size).with_duration(seconds)


def own(reference: str, stage: Stage, seconds: float, texts: dict[str, str]) -> VideoClip:
    """Return what a composition of one's own gives.

    Raises:
        MediaError: it is not there, failed, or gave no clip.
    """
    place, _, name = reference.rpartition(":")
    file = source_of(place)
    if file is None:
        raise MediaError(f"There is no Python file for {reference!r}.")
    try:
        spec = importlib.util.spec_from_file_location(f"reelwright_overlay_{file.stem}", file)
        if place.endswith(".py") and spec and spec.loader:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        else:
            module = importlib.import_module(place)
        clip = getattr(module, name)(size=stage.size, fps=stage.output.frame_rate, seconds=seconds, texts=dict(texts))
    except Exception as error:
        raise MediaError(f"The overlay {reference} failed: {type(error).__name__}: {error}") from error
    if not isinstance(clip, VideoClip):
        raise MediaError(f"The overlay {reference} gave a {type(clip).__name__} instead of a MoviePy clip.")
    return clip


def _title(text: str, stage: Stage, seconds: float) -> VideoClip:
    area = safe_area(stage.output)
    # Below where a logo stands.
    box = Box(**{**area.model_dump(), "top": area.top + round(stage.size[0] * _LOGO)})
    letters = stage.letter(text, box, 1.2, most_lines=lines_for(text), position="upper")
    return _rising(letters, seconds, stage).with_effects([CrossFadeOut(_FADE)])


def _lower_third(text: str, detail: str, stage: Stage, seconds: float) -> VideoClip:
    """Name and function on a plate with a coloured edge that opens from the left."""
    area = safe_area(stage.output)
    # Over the captions, which stand at the bottom of the safe area.
    box = Box(left=area.left, top=area.top, right=area.right, bottom=area.bottom - round(stage.em * 3.2))
    lines = [(text, 0.6), *([(detail, 0.42)] if detail else [])]
    rows = [_trimmed(stage.letter(line, box, share, most_lines=1)) for line, share in lines]
    pad, edge = round(stage.em * 0.28), max(round(stage.em * 0.09), 2)
    wide = max(row.shape[1] for row in rows) + 2 * pad + edge
    high = sum(row.shape[0] for row in rows) + pad * (len(rows) + 1) // 2 + pad
    plate = np.zeros((high, wide, 4), np.uint8)
    plate[...] = (*_rgb(stage.captions.outline), 205)
    plate[:, :edge] = (*_rgb(stage.captions.highlight), 255)
    at = pad
    for row in rows:
        _paste(plate, row, edge + pad, at)
        at += row.shape[0] + pad // 2
    at_rest = ImageClip(plate, transparent=True).with_duration(seconds)

    def opening(get: Any, moment: float) -> Any:
        frame = get(moment)
        seen = round(_settled(moment / _RISE) * wide)
        return np.where(np.arange(wide)[None, :] < seen, frame, 0.0)

    clip = at_rest.with_mask(at_rest.mask.transform(opening)).with_effects([CrossFadeOut(_FADE)])
    return clip.with_position((box.left, box.bottom - high))


def _progress(span: tuple[int, int], stage: Stage, seconds: float) -> VideoClip:
    width, height = stage.size
    high = max(round(height * _BAR / 2) * 2, 4)
    before, whole = span
    colour, rate = np.array(_rgb(stage.captions.highlight), np.uint8), stage.output.frame_rate

    def drawn(_moment: float) -> NDArray[np.uint8]:
        return np.broadcast_to(colour, (high, width, 3))

    def seen(moment: float) -> NDArray[np.float64]:
        share = (before + int(moment * rate) + 1) / whole
        return np.broadcast_to(np.where(np.arange(width) < share * width, 1.0, 0.0), (high, width))

    mask = VideoClip(seen, is_mask=True, duration=seconds)
    return VideoClip(drawn, duration=seconds).with_mask(mask).with_position((0, height - high))


def _logo(image: Path, corner: str, stage: Stage, seconds: float) -> VideoClip:
    area, mark = safe_area(stage.output), _picture(image, round(stage.size[0] * _LOGO))
    high, wide = mark.shape[:2]
    across = area.left if "left" in corner else area.right - wide
    down = area.top if "top" in corner else area.bottom - high
    return ImageClip(mark, transparent=True).with_duration(seconds).with_position((across, down))


def _rising(letters: Pixels, seconds: float, stage: Stage) -> VideoClip:
    """Return letters that come up a little while they appear, in a clip no larger than that needs."""
    ink, way = ink_of(letters), round(stage.em * 0.35)
    high, wide = max(ink.bottom - ink.top, 2), max(ink.right - ink.left, 2)
    cut = letters[ink.top : ink.top + high, ink.left : ink.left + wide]
    moving = ImageClip(cut, transparent=True).with_duration(seconds).with_effects([CrossFadeIn(_FADE)])
    moving = moving.with_position(lambda moment: (0, round(way * (1 - _settled(moment / _RISE)))))
    return (
        CompositeVideoClip([moving], size=(wide, high + way)).with_duration(seconds).with_position((ink.left, ink.top))
    )


def _ground(picture: Path | None, stage: Stage) -> NDArray[np.uint8]:
    """Return a picture far out of focus and dimmed, or the outline's colour, a little lighter above."""
    width, height = stage.size
    if picture is None:
        shade = np.linspace(1.6, 0.8, height)[:, None, None] * np.array(_rgb(stage.captions.outline), np.float64)
        return np.asarray(np.clip(np.broadcast_to(shade, (height, width, 3)), 0, 255), np.uint8)
    small = np.asarray(filled(read_picture(picture), width // 8, height // 8))
    soft = cv2.GaussianBlur(small, (0, 0), min(width, height) / 240)
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large * _DIM, np.uint8)


def _picture(image: Path, width: int) -> Pixels:
    with Image.open(image) as opened:
        mark = opened.convert("RGBA")
    return np.asarray(mark.resize((width, max(round(mark.height * width / mark.width), 1)), Image.Resampling.LANCZOS))


def _trimmed(letters: Pixels) -> Pixels:
    ink = ink_of(letters)
    return letters[ink.top : max(ink.bottom, ink.top + 1), ink.left : max(ink.right, ink.left + 1)]


def _paste(ground: Pixels, letters: Pixels, left: int, top: int) -> None:
    """Lay letters on a plate; the plate's transparency stays where there are none."""
    high, wide = letters.shape[:2]
    under = ground[top : top + high, left : left + wide]
    seen = letters[: under.shape[0], : under.shape[1], 3:].astype(np.float32) / 255
    over = letters[: under.shape[0], : under.shape[1]]
    under[..., :3] = np.rint(under[..., :3] + (over[..., :3] - under[..., :3].astype(np.float32)) * seen)
    under[..., 3:] = np.maximum(under[..., 3:], over[..., 3:])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _settled(at: float) -> float:
    """Return how far something has come that slows down as it arrives."""
    left = 1 - min(max(at, 0.0), 1.0)
    return 1 - left * left * left
