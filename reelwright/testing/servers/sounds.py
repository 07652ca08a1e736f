"""Speech that servers send: a tone for each word, silence between, so that times can be checked by ear or by number."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

import numpy as np

WORD_SECONDS, GAP_SECONDS, LEAD_SECONDS = Fraction(3, 10), Fraction(1, 10), Fraction(1, 5)


def word_times(text: str) -> list[tuple[str, Fraction, Fraction]]:
    """When each word of the text is heard: all are equally long."""
    step = WORD_SECONDS + GAP_SECONDS
    return [
        (word, LEAD_SECONDS + step * number, LEAD_SECONDS + step * number + WORD_SECONDS)
        for number, word in enumerate(text.split())
    ]


def samples(text: str, rate: int) -> np.ndarray:
    """The sound as 16-bit samples, one channel."""
    times = word_times(text)
    sound = np.zeros(int((times[-1][2] + LEAD_SECONDS) * rate), np.int16)
    for number, (_, start, end) in enumerate(times):
        span = np.arange(int(start * rate), int(end * rate))
        sound[span] = (9000 * np.sin(2 * np.pi * (220 + 30 * (number % 5)) * span / rate)).astype(np.int16)
    return sound


def pcm(text: str, *, rate: int) -> bytes:
    """The sound as bare samples."""
    return samples(text, rate).tobytes()


def wav(text: str, *, rate: int = 24_000, endless: bool = False) -> bytes:
    """The sound as a WAV file; `endless`: with the lengths that a stream has, which nobody knew beforehand."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm(text, rate=rate))
    data = buffer.getvalue()
    return data[:4] + b"\xff\xff\xff\xff" + data[8:40] + b"\xff\xff\xff\xff" + data[44:] if endless else data
