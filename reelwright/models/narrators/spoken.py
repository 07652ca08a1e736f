"""What remote narrators share: any sound as WAV, its price, and the times of words that nobody told."""

from __future__ import annotations

import asyncio
import re
import wave
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, MediaError, ProviderError
from reelwright.media import ffmpeg
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.video.contract import Charge
from reelwright.timing import estimate_words
from reelwright.values import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ESTIMATED = "{name} tells no word times; captions follow an estimate by the length of the words and the pauses"
_FRAME_SECONDS = Fraction(1, 100)
_QUIET_BELOW_PEAK = 0.02
_PAUSE_FRAMES = 12
_BREAKS_AFTER = re.compile(r"[.,;:!?…—。、！？，；：]['\"”’)»]*$")
_MILLIONTH = Decimal("0.000001")


def require_length(entry: Entry, request: NarrationRequest) -> None:
    """Refuse a line that is longer than the narrator takes.

    Raises:
        InvalidInput: with both lengths.
    """
    most = entry.prompt_characters
    if most is not None and len(request.text) > most:
        raise InvalidInput(
            f"{entry.name} takes lines of {most} characters; this one has {len(request.text)}.", hint="Split the shot."
        )


def spoken_charge(entry: Entry, characters: int) -> tuple[Charge, tuple[str, ...]]:
    """Return what so many characters cost, rounded up to a millionth, and a warning where the price is not known."""
    if entry.usd_per_1000_characters is None:
        warning = f"the price of {entry.name} is not known: it spoke {characters} characters"
        return Charge(usd=Decimal(0), source="catalogue", estimated=True), (warning,)
    usd = (entry.usd_per_1000_characters * characters / 1000).quantize(_MILLIONTH, ROUND_UP)
    return Charge(usd=usd, source="catalogue"), ()


async def write_speech(data: bytes, into: Path, *, provider: str, model: str, pcm_rate: int | None = None) -> Fraction:
    """Write what a vendor sent as WAV (16 bit, mono) to `into`; return its exact length in seconds.

    `pcm_rate` says that the bytes are bare 16-bit samples; else they are a file that says what it is, a WAV with the
    endless lengths of a stream included.

    Raises:
        ProviderError: it is no sound; it was billed all the same.
    """
    try:
        return await asyncio.to_thread(_written, data, into, pcm_rate)
    except (MediaError, wave.Error, EOFError) as error:
        raise ProviderError(
            f"{provider} sent {len(data)} bytes that are no sound: {getattr(error, 'message', error)}",
            provider=provider,
            model=model,
            kind=FailureKind.MEDIA_REJECTED,
            billed=True,
        ) from None


def estimated_times(text: str, speech: Path) -> tuple[Word, ...]:
    """Give each word of a WAV file's text a time: by its length, and by the pauses that can be heard."""
    sound, rate = _samples(speech)
    length = Fraction(len(sound), rate)
    spans = _loud_spans(sound, rate) or [(Fraction(0), length)]
    words = text.split()
    parts = _clauses(words)
    if len(parts) != len(spans):
        # The pauses are not those of the punctuation: one clause from the first sound to the last.
        parts, spans = [words], [(spans[0][0], spans[-1][1])]
    made: list[Word] = []
    for part, (start, end) in zip(parts, spans, strict=True):
        timed = estimate_words(" ".join(part), end - start)
        made += [word.model_copy(update={"start": word.start + start, "end": word.end + start}) for word in timed]
    return tuple(made)


def _written(data: bytes, into: Path, pcm_rate: int | None) -> Fraction:
    if pcm_rate is not None:
        with wave.open(str(into), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(pcm_rate)
            file.writeframes(data[: len(data) // 2 * 2])
    else:
        source = into.with_suffix(".received")
        source.write_bytes(data)
        try:
            plain = ["-map", "0:a:0", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
            ffmpeg.run(["-y", "-i", str(source), *plain, "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav", str(into)])
        finally:
            source.unlink()
    with wave.open(str(into), "rb") as file:
        seconds = Fraction(file.getnframes(), file.getframerate())
    if not seconds:
        raise MediaError("It has no length.")
    return seconds


def _samples(speech: Path) -> tuple[NDArray[np.int16], int]:
    import numpy as np  # noqa: PLC0415 - only who listens loads it

    with wave.open(str(speech), "rb") as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return sound[:: file.getnchannels()], file.getframerate()


def _loud_spans(sound: NDArray[np.int16], rate: int) -> list[tuple[Fraction, Fraction]]:
    """Return when somebody speaks, in seconds: what is parted by at least 120 ms of quiet is two spans."""
    import numpy as np  # noqa: PLC0415

    step = int(_FRAME_SECONDS * rate)
    frames = sound[: len(sound) // step * step].reshape(-1, step).astype(np.float32)
    loudness = np.sqrt((frames**2).mean(axis=1)) if len(frames) else np.zeros(0, np.float32)
    # Of silence no frame is louder than nothing.
    loud = np.flatnonzero(loudness > _QUIET_BELOW_PEAK * loudness.max(initial=0))
    spans: list[tuple[int, int]] = []
    for frame in map(int, loud):
        if spans and frame - spans[-1][1] < _PAUSE_FRAMES:
            spans[-1] = (spans[-1][0], frame + 1)
        else:
            spans.append((frame, frame + 1))
    return [(start * _FRAME_SECONDS, end * _FRAME_SECONDS) for start, end in spans]


def _clauses(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        parts[-1].append(word)
        if _BREAKS_AFTER.search(word):
            parts.append([])
    return [part for part in parts if part]
