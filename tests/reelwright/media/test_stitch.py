"""Sixty shots become one file: every picture once and in order, its sound on the sample, nothing encoded again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from support.clips import (
    beep_lag,
    beeps,
    heard_by_av,
    heard_by_ffmpeg,
    numbered_pictures,
    picture_hashes,
    small_output,
    timed_numbers,
    write_wav,
)

from reelwright.errors import MediaError
from reelwright.media import ffmpeg
from reelwright.media.master import broken_promises
from reelwright.media.probe import chapters
from reelwright.media.segment import encode_drawn
from reelwright.media.stitch import Chapter, stitch
from reelwright.recipe import OutputFormat

SHOTS = 60
LENGTHS = [7 + number * 5 % 13 for number in range(SHOTS)]
"""In frames: no multiple of a group of pictures, none like its neighbour."""


@dataclass(frozen=True)
class Joined:
    """A master and what it was made of."""

    output: OutputFormat
    segments: list[Path]
    sound: Path
    chapters: list[Chapter]
    master: Path
    starts: list[int]


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Joined:
    """Sixty numbered shots with a beep at every cut, in a folder that is hard to quote."""
    folder = tmp_path_factory.mktemp('it\'s a "fol der" ö %d')
    output, starts = small_output(), [0, *accumulate(LENGTHS)]
    segments = []
    for shot, (first, last) in enumerate(pairwise(starts)):
        segments.append(folder / f"shot '{shot}.mp4")
        encode_drawn(numbered_pictures(range(first, last), output.pixels), output, last - first, segments[-1])
    sound = write_wav(folder / "sound.wav", beeps([start * 1600 for start in starts[1:-1]], starts[-1] * 1600))
    parts = [
        Chapter(title=f"{shot}: a=b; c\\d #é 'x'", first_frame=first, frames=last - first)
        for shot, (first, last) in enumerate(pairwise(starts))
    ]
    master = folder / "master.mp4"
    stitch(segments, sound, master, frame_rate=30, chapters=parts, metadata={"title": "Why; bread = good"})
    return Joined(output, segments, sound, parts, master, starts)


def test_every_picture_is_there_once_in_order_and_on_time(joined: Joined) -> None:
    """Picture k of the episode is shown at exactly k thirtieths of a second."""
    shown = timed_numbers(joined.master)
    assert [number for _, number in shown] == list(range(joined.starts[-1]))
    assert [moment * 30 for moment, _ in shown] == list(range(joined.starts[-1]))


def test_no_picture_is_encoded_again(joined: Joined) -> None:
    """The decoded pictures of the master are those of the segments, bit by bit."""
    of_segments = [digest for segment in joined.segments for digest in picture_hashes(segment)]
    assert picture_hashes(joined.master) == of_segments


@pytest.mark.parametrize("decoder", ["av", "ffmpeg"])
def test_sound_is_on_its_picture_at_every_cut(joined: Joined, tmp_path: Path, decoder: str) -> None:
    """The beep of a cut is heard within a millisecond of its first picture; nothing drifts over sixty shots."""
    heard = heard_by_av(joined.master) if decoder == "av" else heard_by_ffmpeg(joined.master, tmp_path / "pcm")
    lags = [beep_lag(heard, start * 1600) for start in joined.starts[1:-1]]
    assert max(map(abs, lags)) <= 2, lags
    assert abs(len(heard) - joined.starts[-1] * 1600) < 1024


def test_master_keeps_its_promises(joined: Joined) -> None:
    """Index first, no edit lists, constant rate, closed groups of half a second, BT.709, both streams from 0."""
    assert broken_promises(joined.master, joined.output, chapter_count=SHOTS) == ()


def test_master_decodes_without_a_warning(joined: Joined) -> None:
    """A full decode has nothing to say."""
    said = ffmpeg.run(["-i", str(joined.master), "-f", "null", "-"], loglevel="warning")
    assert said == ""


def test_chapters_and_title_arrive_letter_by_letter(joined: Joined) -> None:
    """Each shot is a chapter that starts on its first frame, whatever its title contains."""
    found = chapters(joined.master)
    assert [mark.title for mark in found] == [part.title for part in joined.chapters]
    assert [mark.start * 30 for mark in found] == joined.starts[:-1]
    said = ffmpeg.run(["-i", str(joined.master), "-f", "null", "-t", "0", "-"], loglevel="info")
    assert "Why; bread = good" in said


def test_same_parts_give_the_same_bytes(joined: Joined, tmp_path: Path) -> None:
    """Nothing of the clock or of chance is in a segment or a master."""
    again, segment = tmp_path / "again.mp4", tmp_path / "segment.mp4"
    stitch(
        joined.segments, joined.sound, again, frame_rate=30, chapters=joined.chapters,
        metadata={"title": "Why; bread = good"},
    )  # fmt: skip
    first = joined.starts[1]
    encode_drawn(numbered_pictures(range(first), joined.output.pixels), joined.output, first, segment)
    assert digest(again) == digest(joined.master)
    assert digest(segment) == digest(joined.segments[0])


@pytest.mark.parametrize("frame_rate", [24, 30, 60])
@pytest.mark.parametrize("lengths", [(9, 1, 11), (9, 2, 11), (9, 3, 11), (1, 2, 12), (12, 2, 1)], ids=str)
def test_the_shortest_transition_is_on_time(lengths: tuple[int, ...], frame_rate: int, tmp_path: Path) -> None:
    """A tenth of a second at 24 frames is two: no picture of theirs has to wait for one that is shown after it."""
    output, starts = small_output(frame_rate), [0, *accumulate(lengths)]
    segments = [tmp_path / f"{number}.mp4" for number in range(len(lengths))]
    for segment, (first, last) in zip(segments, pairwise(starts), strict=True):
        encode_drawn(numbered_pictures(range(first, last), output.pixels), output, last - first, segment)
    sound = write_wav(tmp_path / "sound.wav", beeps([], starts[-1] * 48_000 // frame_rate))
    master = tmp_path / "master.mp4"
    stitch(segments, sound, master, frame_rate=frame_rate)
    assert broken_promises(master, output) == ()
    assert [(moment * frame_rate, number) for moment, number in timed_numbers(master)] == [
        (number, number) for number in range(starts[-1])
    ]
    assert ffmpeg.run(["-i", str(master), "-f", "null", "-"], loglevel="warning") == ""


def digest(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_segments_of_two_formats_are_refused(joined: Joined, tmp_path: Path) -> None:
    """A segment of another rate is named, not joined."""
    other, odd = small_output(25), tmp_path / "odd.mp4"
    encode_drawn(numbered_pictures(range(10), other.pixels), other, 10, odd)
    with pytest.raises(MediaError, match=r"odd\.mp4"):
        stitch([*joined.segments[:2], odd], joined.sound, tmp_path / "no.mp4", frame_rate=30)
    assert not (tmp_path / "no.mp4").exists()


def test_sound_of_another_length_is_refused(joined: Joined, tmp_path: Path) -> None:
    """A tenth of a second less sound than picture is an error, not a hole or a frozen picture."""
    short = write_wav(tmp_path / "short.wav", beeps([], joined.starts[2] * 1600 - 4800))
    with pytest.raises(MediaError, match=r"sound lasts 0\.\d+ s and the segments"):
        stitch(joined.segments[:2], short, tmp_path / "no.mp4", frame_rate=30)


def test_sound_that_is_encoded_already_is_copied(joined: Joined, tmp_path: Path) -> None:
    """Joining anew with the AAC of a master changes no byte of its sound."""
    sound, again = tmp_path / "sound.m4a", tmp_path / "again.mp4"
    ffmpeg.run(["-i", str(joined.master), "-map", "0:a", "-c", "copy", "-use_editlist", "0", str(sound)])
    stitch(joined.segments, sound, again, frame_rate=30)
    assert broken_promises(again, joined.output, chapter_count=0) == ()
    assert (heard_by_av(again) == heard_by_av(joined.master)).all()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_memory_does_not_grow_with_the_number_of_shots(joined: Joined, tmp_path: Path) -> None:
    """Stitching 200 shots takes no more memory than stitching 6."""
    peaks = [peak_megabytes(joined, shots, tmp_path) for shots in (6, 200)]
    assert peaks[1] < peaks[0] + 12, peaks
    assert peaks[1] < 120, peaks


def peak_megabytes(joined: Joined, shots: int, folder: Path) -> int:
    """Stitch in a process of its own and return the most memory that it or its ffmpeg held."""
    chosen = [number % SHOTS for number in range(shots)]
    sound = write_wav(folder / f"{shots}.wav", beeps([], sum(LENGTHS[number] for number in chosen) * 1600))
    # The kernel's ru_maxrss of a process begins with what its parent held; VmHWM is its own.
    program = (
        "import re, resource, sys; from pathlib import Path; from reelwright.media.stitch import stitch\n"
        "stitch([Path(p) for p in sys.argv[3:]], Path(sys.argv[1]), Path(sys.argv[2]), frame_rate=30)\n"
        "own = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())\n"
        "print(max(int(own[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)"
    )
    segments = [str(joined.segments[number]) for number in chosen]
    arguments = [sys.executable, "-c", program, str(sound), str(folder / "many.mp4"), *segments]
    return int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
