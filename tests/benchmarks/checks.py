"""What the checks of picture and sound cost against encoding the same shots, with and without recognising speech.

Run by hand: `python tests/benchmarks/checks.py [ROUNDS]`. The default recipe's narrator is our own voice: it says what
it is told, so it is measured and not listened to. A clip with dialogue is looked for voices; recognition comes on top.
CPU time of the work and of the processes that it starts, in turns on one machine. What is drawn stands against drawing
and encoding, what is bought against fitting and encoding with captions, as the default recipe has them. What counts: at
most 15 % of the encode for what is not listened to; what recognition adds is told beside it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from measuring import Cost, compared, show

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.spoken import RATE, chords, clip_with, say, silence

from reelwright.animatic.motion import motion_for
from reelwright.animatic.render import frames
from reelwright.checks.audio import hear_sound
from reelwright.checks.audio_judge import Expected
from reelwright.checks.picture import check_picture
from reelwright.checks.picture_values import PictureWanted
from reelwright.media import ffmpeg
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.media.captions.fonts import font_folder
from reelwright.media.captions.layout import layout
from reelwright.media.segment import encode_clip, encode_drawn
from reelwright.media.sound import read_voice
from reelwright.models.transcribers.local_models import model_folder
from reelwright.models.transcribers.local_worker import Ear
from reelwright.recipe import Captions, OutputFormat, SoundChecks
from reelwright.timing import estimate_seconds, estimate_words

LINES = (
    "Bread does not dry out: it turns back into crystal, and the fridge makes it faster.",
    "In 1969 three men flew to the moon, and it cost 25 billion dollars of that time.",
    "Ada Lovelace wrote the first program in 1843, long before there was a computer.",
    "The bridge is 2,737 meters long and opened on May 27, 1937, after four years.",
)
ROUNDS = 3
_DRAWN, _FITTED = "draw and encode", "fit, caption and encode"
_PICTURE, _SOUND, _EAR = "check pictures of clips", "check sounds of clips with dialogue", "recognise (English)"
_SUMS = {
    "clips without dialogue, all checks": (_PICTURE, _SOUND),
    "clips with dialogue, all checks": (_PICTURE, _SOUND, _EAR),
}


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    output = OutputFormat()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = [_clip(folder / f"clip-{number}.mp4", text) for number, text in enumerate(LINES)]
        seconds = [len(say(text).samples) / RATE + 1 for text in LINES]
        _film(seconds, output, folder)
        burns = [_burn(folder / f"captions-{number}", text, output) for number, text in enumerate(LINES)]
        ears = {model: Ear(model, str(model_folder(model, folder))) for model in ("tiny.en", "base")}
        works: dict[str, Callable[[], object]] = {
            _DRAWN: lambda: _encoded(seconds, output, folder),
            _FITTED: lambda: [
                encode_clip(
                    folder / f"filmed-{number}.mp4",
                    output,
                    round(lasts * output.frame_rate),
                    folder / "into.mp4",
                    burn=burns[number],
                )
                for number, lasts in enumerate(seconds)
            ],
            _PICTURE: lambda: [
                check_picture(
                    folder / f"filmed-{number}.mp4", PictureWanted(seconds=Fraction(lasts), size=output.pixels)
                )
                for number, lasts in enumerate(seconds)
            ],
            "check narrations of our own voice": lambda: [_heard(say(text).path, text, "known") for text in LINES],
            _SOUND: lambda: [_heard(clip, text, "script") for clip, text in zip(clips, LINES, strict=True)],
            _EAR: lambda: [ears["tiny.en"].hear(read_voice(clip, 16_000), "en") for clip in clips],
            "recognise (with care, other languages)": lambda: [
                ears["base"].hear(read_voice(clip, 16_000), "en") for clip in clips
            ],
        }
        costs = compared(works, rounds)
    length, bases = sum(seconds), (_DRAWN, _FITTED)
    costs |= {name: Cost(0.0, sum(costs[part].cpu for part in parts)) for name, parts in _SUMS.items()}
    rows = [
        (what, f"{cost.cpu:.2f}", f"{length / cost.cpu:.0f}", *(f"{cost.cpu / costs[base].cpu:.1%}" for base in bases))
        for what, cost in costs.items()
    ]
    title = f"{len(LINES)} shots, {length:.1f} s, {output.size} at {output.frame_rate}, {rounds} rounds"
    show(title, ("", "CPU s", "times real time", "of drawing", "of fitting"), rows)


def _clip(into: Path, text: str) -> Path:
    sound = np.concatenate([silence(0.5), say(text).samples, silence(0.5)])
    return clip_with(into, sound + np.resize(chords(8, level=0.06), len(sound)))


def _film(seconds: list[float], output: OutputFormat, folder: Path) -> None:
    """Encode clips as vendors do: 24 frames a second, 10 Mbit/s, B-frames, a little noise."""
    for number, lasts in enumerate(seconds):
        motion, count = motion_for(LINES[number], camera="pan-left"), round(lasts * 24)
        drawn = frames(motion, size=output.pixels, frame_rate=24, frame_count=count)
        source = [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv420p",
            "-video_size",
            output.size,
            "-framerate",
            "24",
            "-i",
            "pipe:0",
        ]
        filters = ["-vf", "noise=alls=3:allf=t", "-c:v", "libx264", "-b:v", "10M", "-maxrate", "14M", "-bufsize", "20M"]
        ffmpeg.run(["-y", *source, *filters, str(folder / f"filmed-{number}.mp4")], frames=drawn)


def _burn(folder: Path, text: str, output: OutputFormat) -> str:
    folder.mkdir()
    seconds = estimate_seconds(text)
    cues = layout(estimate_words(text, seconds), seconds, Captions(), output)
    document = folder / "captions.ass"
    document.write_text(ass_document(cues, Captions(), output), "utf-8")
    return burn_filter(document, font_folder(folder / "fonts", text))


def _encoded(seconds: list[float], output: OutputFormat, folder: Path) -> None:
    for number, lasts in enumerate(seconds):
        count = round(lasts * output.frame_rate)
        motion = motion_for(LINES[number], camera="pan-left")
        drawn = frames(motion, size=output.pixels, frame_rate=output.frame_rate, frame_count=count)
        encode_drawn(drawn, output, count, folder / f"drawn-{number}.mp4")


def _heard(path: Path, text: str, speech: str) -> object:
    expected = Expected.model_validate({"speech": speech, "text_seconds": float(estimate_seconds(text))})
    return hear_sound(path, expected, SoundChecks())


if __name__ == "__main__":
    main()
