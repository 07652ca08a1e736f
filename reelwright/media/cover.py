"""The cover picture: the one of many that is sharp, well lit and has a subject; with the title where it hides least.

Only pictures without captions are looked at, and none from a transition: start frames, and frames out of the clips.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.captions.layout import Box, safe_area
from reelwright.media.fit_filters import fit_filters
from reelwright.media.lettering import in_bands, ink_of, laid_over, lettered, lines_for
from reelwright.media.pictures import filled, read_picture
from reelwright.media.probe import VideoFacts, probe
from reelwright.recipe import Captions, OutputFormat
from reelwright.values import Size

_FROM_MASTER, _MOST_PICTURES, _MOST_CLIPS = 6, 12, 8
_MOMENTS = (Fraction(1, 3), Fraction(3, 4))
"""At which shares of a clip a frame is taken: past its beginning, and when what it shows has happened."""
_QUALITY = 90
_DARK, _BRIGHT, _FLAT = 24.0, 236.0, 12.0
"""Grey levels of 255: means that are next to black or white, and a spread that is next to nothing."""
_UNUSABLE = -10.0
_LETTERS = 0.125
"""Height of the title's em, as a share of the shorter side."""
_SCRIM = 0.62
_TO_RGB = "scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CoverClip:
    """A clip out of which frames may become the cover."""

    path: Path
    frames: int
    """How many frames of the output it is shown for."""


@dataclass(frozen=True, slots=True)
class Title:
    """What is written on the cover."""

    text: str
    captions: Captions
    """Whose font and colours it has."""
    fonts: Path
    """Folder for the fonts that libass is given."""
    language: str = "en"


def make_cover(
    master: Path,
    pictures: Sequence[Path],
    clips: Sequence[CoverClip],
    output: OutputFormat,
    into: Path,
    *,
    title: Title | None = None,
) -> None:
    """Write the cover to `into`: of `pictures` and `clips` (without captions) if there are any, else of the master.

    Raises:
        MediaError: there is no picture in any.
    """
    best, most = None, -np.inf
    for picture in _candidates(master, pictures, clips, output, into):
        worth = appeal(picture)
        if worth > most:
            best, most = picture, worth
    if best is None:
        raise MediaError("There is no picture to make a cover of.")
    finished = _titled(best, title, output) if title and title.text else best
    Image.fromarray(finished).save(into, "JPEG", quality=_QUALITY, optimize=True)


def appeal(rgb: Pixels) -> float:
    """Return how well a picture draws the eye; below 0 for one that is black, burned out or one flat tone.

    Sharpness, contrast and colour, each on a scale where 1 is ordinary; and how much stands out from its surroundings
    in the middle, where a subject is: OpenCV's wheels carry no model of faces any more.
    """
    small = cv2.resize(rgb, _smaller(rgb, 320), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    mean, spread = float(grey.mean()), float(grey.std())
    if not _DARK < mean < _BRIGHT or spread < _FLAT:
        return _UNUSABLE + spread / 255
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).std()) / 12
    colour = float(cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 90
    return min(detail, 3) + min(spread / 50, 2) + min(colour, 2) + _sharpness(rgb) + 2 * _subject(grey)


def _sharpness(rgb: Pixels) -> float:
    """Return how much finer the picture is than itself at half the size: 0 for one out of focus, 1 for a crisp one."""
    grey = cv2.cvtColor(cv2.resize(rgb, _smaller(rgb, 960), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    blurred = cv2.GaussianBlur(grey, (0, 0), 2)
    fine = float(cv2.Laplacian(grey, cv2.CV_32F).std())
    return min(fine / max(float(cv2.Laplacian(blurred, cv2.CV_32F).std()) * 8, 0.5), 1.0)


def _subject(grey: Pixels) -> float:
    """Return which share of what stands out lies in the middle half of the picture."""
    seen = _salience(grey)
    height, width = seen.shape
    middle = seen[height // 5 : height * 4 // 5, width // 5 : width * 4 // 5]
    return float(middle.sum() / max(float(seen.sum()), 1e-6))


def _salience(grey: Pixels) -> NDArray[np.float32]:
    """Return where a picture differs from what its own spectrum leads one to expect (Hou and Zhang, CVPR 2007)."""
    tiny = cv2.resize(grey, _smaller(grey, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    spectrum = np.fft.fft2(tiny)
    strength = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = strength - cv2.blur(strength, (3, 3))
    found = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    return np.asarray(cv2.GaussianBlur(found.astype(np.float32), (0, 0), 2.5), np.float32)


def _titled(picture: Pixels, title: Title, output: OutputFormat) -> Pixels:
    """Write the title at that end of the safe area where less stands out, over a shade that fades into the picture."""
    area, size = safe_area(output), output.pixels
    seen = cv2.resize(_salience(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)), (size.width, size.height))
    third = (area.bottom - area.top) // 3
    upper, lower = (float(seen[top : top + third].sum()) for top in (area.top, area.bottom - third))
    letters = lettered(
        title.text,
        area,
        title.captions,
        output,
        title.fonts,
        pixels=min(size.width, size.height) * _LETTERS,
        most_lines=lines_for(title.text),
        position="upper" if upper <= lower else "lower",
        language=title.language,
    )
    return laid_over(_shaded(picture, ink_of(letters)), letters)


def _shaded(picture: Pixels, ink: Box) -> Pixels:
    rows = np.arange(len(picture), dtype=np.float32)
    reach = max((ink.bottom - ink.top) * 0.8, 1)
    outside = np.maximum(np.maximum(ink.top - rows, rows - ink.bottom), 0) / reach
    shade = 1 - _SCRIM * np.cos(np.clip(outside, 0, 1) * np.pi / 2) ** 2
    return in_bands(len(picture), lambda band: np.asarray(np.rint(picture[band] * shade[band, None, None]), np.uint8))


def _candidates(
    master: Path, pictures: Sequence[Path], clips: Sequence[CoverClip], output: OutputFormat, into: Path
) -> Iterator[Pixels]:
    if not pictures and not clips:
        yield from _frames_of(master)
    for path in pictures[:_MOST_PICTURES]:
        yield _fitted(path, output.pixels)
    still = into.with_suffix(".png")
    for clip in clips[:_MOST_CLIPS]:
        facts = probe(clip.path).video
        if facts is not None:
            shown = min(facts.seconds, Fraction(clip.frames, output.frame_rate))
            for share in _MOMENTS:
                ffmpeg.run(still_arguments(clip.path, facts, output, shown * share, still))
                yield _fitted(still, output.pixels)
    still.unlink(missing_ok=True)


def still_arguments(clip: Path, facts: VideoFacts, output: OutputFormat, moment: Fraction, into: Path) -> list[str]:
    """Build the command that writes what a clip shows at `moment` (in seconds), as its segment would, as PNG."""
    chain = ",".join([*fit_filters(facts, output, 1), _TO_RGB])
    found = ["-ss", f"{float(moment):.3f}", "-i", str(clip), "-an", "-vf", chain]
    return ["-y", *found, "-frames:v", "1", "-f", "image2", str(into)]


def _smaller(picture: Pixels, longest: int) -> tuple[int, int]:
    height, width = picture.shape[:2]
    scale = min(longest / max(height, width), 1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _fitted(path: Path, size: Size) -> Pixels:
    return np.asarray(filled(read_picture(path), size.width, size.height))


def _frames_of(master: Path) -> Iterator[Pixels]:
    with av.open(str(master)) as container:
        stream = container.streams.video[0]
        length = stream.duration or 0
        for index in range(_FROM_MASTER):
            container.seek(int(length * (index + 0.5) / _FROM_MASTER), stream=stream)
            frame = next(iter(container.decode(stream)), None)
            if frame is not None:
                yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
