"""What the fitting has to know of a clip, from the same decode as its check: scenes, subject, bars, movement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image

from reelwright.checks.picture_likeness import fingerprint
from reelwright.checks.picture_looks import DARK, Look, Looks, brightest_of
from reelwright.checks.picture_marks import Pixels
from reelwright.checks.picture_values import Scene, Survey
from reelwright.fit import Bars
from reelwright.media.probe import VideoFacts
from reelwright.media.subject import subject_window

_CUT, _CUT_TIMES = 13.0, 3.5
"""The least mean change of all cells that may be another scene, and how often that of the looks around."""
_BAR_SHARE, _NARROWEST_BAR = 0.42, 0.02
_SEEN_SHARE = Fraction(1, 50)
"""Less than this is cut off from the middle, without looking for the subject."""
_PAIRS, _MOST_UNEXPLAINED = 6, 0.5


def survey(video: VideoFacts, looks: Looks, *, aspect: Fraction | None = None) -> Survey:
    """Return what the looks at a clip tell; `aspect` is that of the master, for which subjects are sought."""
    seen = looks.looks
    scenes = list(_scenes(seen, looks.seconds or video.seconds))
    bars = bars_of(seen)
    if aspect is not None:
        scenes = [scene.model_copy(update={"subject": _subject(scene, seen, aspect)}) for scene in scenes]
    return Survey(
        seconds=looks.seconds or video.seconds,
        aspect=aspect,
        scenes=tuple(scenes),
        calm=tuple(_calm(seen)),
        dark_until=next((look.at for look in seen if not look.is_black), Fraction(0)),
        bars=bars,
        glide=_glide(seen),
        interlaced=looks.interlaced * 2 > looks.decoded,
        fingerprint=fingerprint(seen),
    )


def changes_of(looks: Sequence[Look]) -> list[float]:
    """Return by how much each look differs from the one before, in grey levels."""
    return [float(np.abs(after.cells - before.cells).mean()) for before, after in pairwise(looks)]


def bars_of(looks: Sequence[Look]) -> Bars:
    """Return the black bars at the edges that all looks have in common."""
    lit = [look.rgb for look in looks if not look.is_black]
    if not lit:
        return Bars()
    brightest = np.max([brightest_of(picture) for picture in lit[:: max(len(lit) // 16, 1)]], axis=0)
    # A bar is black from edge to edge; a night sky is not, and ends softly.
    across, down = (np.percentile(brightest, 99, axis=axis) for axis in (1, 0))
    top, bottom, left, right = _edge(across), _edge(across[::-1]), _edge(down), _edge(down[::-1])
    # Those of one picture in another shape come in pairs.
    is_letter, is_pillar = abs(top - bottom) < _NARROWEST_BAR * 2, abs(left - right) < _NARROWEST_BAR * 2
    return Bars(
        top=top if is_letter else 0.0,
        bottom=bottom if is_letter else 0.0,
        left=left if is_pillar else 0.0,
        right=right if is_pillar else 0.0,
    )


def _edge(brightest: np.ndarray) -> float:
    """Return how far the black reaches from the edge, as a share, if it ends at once."""
    lit = np.flatnonzero(brightest > DARK)
    if not len(lit):
        return 0.0
    wide = int(lit[0])
    share = wide / len(brightest)
    beyond = float(brightest[wide + 1 : wide + 4].max(initial=0))
    is_bar = _NARROWEST_BAR <= share <= _BAR_SHARE and beyond > 2 * DARK and float(brightest[: wide - 1].max()) < DARK
    return round((wide + 0.5) / len(brightest), 4) if is_bar else 0.0


def _scenes(looks: Sequence[Look], seconds: Fraction) -> Iterator[Scene]:
    first = Fraction(0)
    changes = changes_of(looks)
    for index, change in enumerate(changes):
        around = changes[max(index - 4, 0) : index] + changes[index + 1 : index + 5]
        usual = float(np.median(around)) if around else 0.0
        before, after = looks[index], looks[index + 1]
        if change < _CUT or change < _CUT_TIMES * usual or _is_fade(before, after):
            continue
        yield Scene(first=first, last=after.at if after.opens else before.at)
        first = after.at
    yield Scene(first=first, last=seconds)


def _is_fade(before: Look, after: Look) -> bool:
    """Whether one is the other, lighter or darker: light that comes or goes, no other scene."""
    one, other = (look.cells.ravel() - look.cells.mean() for look in (before, after))
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return before.is_black or after.is_black or bool(scale and float(one @ other) / scale > 0.9)  # noqa: PLR2004


def _calm(looks: Sequence[Look]) -> Iterator[Fraction]:
    changes = changes_of(looks)
    usual = float(np.median(changes)) if changes else 0.0
    for index in range(1, len(changes) - 1):
        here = changes[index]
        if here < 0.6 * usual and here <= changes[index - 1] and here < changes[index + 1]:
            yield looks[index].at


def _subject(scene: Scene, looks: Sequence[Look], aspect: Fraction) -> tuple[float, float] | None:
    """Return the middle of the window of this aspect that holds the subject in most of a scene's looks."""
    of_scene = [look for look in looks if scene.first <= look.at < scene.last] or list(looks[:1])
    height, width = of_scene[0].rgb.shape[:2]
    share = Fraction(width, height) / aspect
    if 1 - min(share, 1 / share) <= _SEEN_SHARE:
        return None
    across, down = min(Fraction(width), height * aspect), min(Fraction(height), width / aspect)
    found = []
    for place in (0.15, 0.5, 0.85):
        picture = Image.fromarray(of_scene[int(place * len(of_scene))].rgb)
        left, top = subject_window(picture, across, down)
        found.append((float((left + across / 2) / width), float((top + down / 2) / height)))
    x, y = np.median(found, axis=0)
    return round(float(x), 4), round(float(y), 4)


def _glide(looks: Sequence[Look]) -> float | None:
    """Return how fast the picture moves where it moves as one piece, as a camera makes it, and nothing tears in it."""
    pairs = list(pairwise(looks))
    speeds, torn = [], []
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    for before, after in pairs[:: max(len(pairs) // _PAIRS, 1)]:
        apart = float(after.at - before.at)
        if not apart:
            continue
        one, other = (_calmed(look) for look in (before, after))
        flow = finder.calc(one, other, None)
        speeds.append(float(np.percentile(np.hypot(flow[..., 0], flow[..., 1]), 90)) / apart / one.shape[1])
        torn.append(_unexplained(one, other, flow))
    if not speeds or float(np.median(torn)) > _MOST_UNEXPLAINED:
        return None
    return round(float(np.median(speeds)), 4)


def _calmed(look: Look) -> Pixels:
    """Return a look in grey, without the noise that no movement explains."""
    return np.asarray(cv2.GaussianBlur(cv2.cvtColor(look.rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.2), np.uint8)


def _unexplained(one: Pixels, other: Pixels, flow: np.ndarray) -> float:
    """Return what share of the change between two looks is left when the second is moved back along the flow."""
    rows, columns = np.mgrid[0 : one.shape[0], 0 : one.shape[1]].astype(np.float32)
    back = cv2.remap(
        other, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    before = float(cv2.absdiff(one, other).mean())
    return float(cv2.absdiff(one, back).mean()) / before if before > 0.3 else 0.0  # noqa: PLR2004 - nothing moves
