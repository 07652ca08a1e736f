"""The sound of an episode, asserted on the encoded file as a player decodes it."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from support.clips import beep_lag, beeps, heard_by_av, write_wav
from support.mixing import BED, LEAD, NO_MUSIC, band, mix, shot
from support.sampling import quick
from support.sounds import RATE, Stereo, level_db, listen, meter, saved, speech_like, tone

from reelwright.errors import MediaError, RecipeError
from reelwright.media.bed import MOODS, mood_for
from reelwright.media.mix import ShotSound
from reelwright.recipe import Music, OutputFormat

# --- Balance of voice and music


def loudness(sound: Stereo, folder: Path, low: float, high: float) -> float:
    """Measure the loudness of one band of a sound, in LUFS."""
    spectra = np.fft.rfft(sound, axis=0)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectra[(frequency < low) | (frequency > high)] = 0
    return meter(write_wav(folder / "band.wav", np.fft.irfft(spectra, len(sound), axis=0).astype(np.float32))).lufs


def test_music_lies_where_a_listener_hears_it_and_every_word(tmp_path: Path) -> None:
    """By default music is about 20 LU below the voice while it speaks and about 15 LU while nobody does."""
    music = Music(source=str(saved(tmp_path / "m.wav", band(20, 3500, 7000))))
    voices = [speech_like(4, seed=seed, low=200, high=2500) for seed in (1, 2)]
    shots = [shot(tmp_path, voices[0]), shot(tmp_path, None, frames=120), shot(tmp_path, voices[1])]
    into, report = mix(tmp_path, shots, music)
    sound = listen(into)
    pause = shots[0].frames * 1600
    voice = loudness(sound, tmp_path, 100, 3000)
    under = loudness(sound[RATE // 2 : 4 * RATE], tmp_path, 3400, 7100)
    between = loudness(sound[pause + RATE // 2 : pause + 3 * RATE], tmp_path, 3400, 7100)
    assert 18.5 < voice - under < 21.5
    assert 13.5 < voice - between < 16.5
    assert report.voice_lufs is not None
    assert abs(report.voice_lufs - voice) < 0.7


@pytest.mark.parametrize("mood", quick(MOODS, ["bright"]))
def test_bed_lies_under_the_voice_in_every_mood(mood: str, tmp_path: Path) -> None:
    """No mood drowns the voice, none is lost: 18 to 22 LU below it while it speaks."""
    _, report = mix(tmp_path, [shot(tmp_path, speech_like(6, seed=7))], Music(mood=mood))  # type: ignore[arg-type]
    assert report.voice_lufs is not None
    assert report.music_lufs is not None
    assert 18 < report.voice_lufs - report.music_lufs < 22


def test_music_steps_back_before_the_voice_and_comes_back_after_it(tmp_path: Path) -> None:
    """Down when the first word sounds, by the recipe's depth; up again half a second after the last; smooth between."""
    music = Music(source=str(saved(tmp_path / "m.wav", tone(20, 120))), duck_db=-12)
    voice = speech_like(6, low=600)
    shots = [shot(tmp_path, None, frames=90), shot(tmp_path, voice), shot(tmp_path, None, frames=120)]
    into, _ = mix(tmp_path, shots, music)
    sound = listen(into)
    step = RATE // 20
    levels = np.array([level_db(sound[at : at + step], 60, 200) for at in range(0, len(sound) - step, step)])
    begin = 3 + LEAD / RATE
    end = begin + 6

    def around(moment: float) -> float:
        at = int(moment * 20)
        return float(np.median(levels[at - 1 : at + 2]))

    assert abs(around(begin + 1) - around(2) + 12) < 1
    assert abs(around(begin + 0.03) - around(begin + 1)) < 2.5
    assert abs(around(end - 0.2) - around(begin + 1)) < 1
    assert abs(around(end + 0.6) - around(2)) < 1
    assert np.abs(np.diff(levels[20:-70])).max() < 8, "a step instead of a ramp"


def test_music_does_not_pump_in_short_pauses(tmp_path: Path) -> None:
    """Between two sentences, and from shot to shot, it stays down."""
    music = Music(source=str(saved(tmp_path / "m.wav", tone(20, 120))), duck_db=-12)
    shots = [shot(tmp_path, speech_like(2.5, seed=seed, low=600)) for seed in (1, 2, 3)]
    into, _ = mix(tmp_path, shots, music)
    sound = listen(into)[RATE : -2 * RATE]
    levels = [level_db(sound[at : at + RATE // 10], 60, 200) for at in range(0, len(sound) - RATE // 10, RATE // 10)]
    assert np.ptp(levels) < 2


def test_few_words_do_not_burst_out_of_the_music(tmp_path: Path) -> None:
    """Where the music makes the loudness, the voice is brought to it and not over it; music still steps back for it."""
    music = Music(source=str(saved(tmp_path / "m.wav", band(30, 3500, 7000))))
    shots = [
        shot(tmp_path, None, frames=300),
        shot(tmp_path, speech_like(2, low=200, high=2500)),
        shot(tmp_path, None, frames=300),
    ]
    into, report = mix(tmp_path, shots, music)
    sound = listen(into)
    said = sound[10 * RATE + LEAD : 12 * RATE + LEAD]
    assert report.voice_lufs is not None
    assert report.voice_lufs < -12
    assert loudness(said, tmp_path, 100, 3000) < -12
    assert loudness(said, tmp_path, 100, 3000) - loudness(said[RATE // 4 : -RATE // 4], tmp_path, 3400, 7100) > 12


# --- Time


@pytest.mark.parametrize("rate", quick([24, 30, 60], [24]))
def test_every_voice_is_on_its_sample(rate: int, tmp_path: Path) -> None:
    """A beep at the start of each narration is heard on the very sample, however many shots came before it."""
    output = OutputFormat(frame_rate=rate)  # type: ignore[arg-type]
    lengths = [rate + 7 * number % 11 for number in range(12)]
    speech = write_wav(tmp_path / "beep.wav", beeps([0], RATE // 3))
    shots = [ShotSound(frames, speech, 1000 + number, ()) for number, frames in enumerate(lengths)]
    into, _ = mix(tmp_path, shots, NO_MUSIC, output=output)
    heard = listen(into)[:, 0]
    starts = [0, *accumulate(frames * output.samples_per_frame for frames in lengths)]
    lags = [beep_lag(heard, start + 1000 + number) for number, start in enumerate(starts[:-1])]
    # 5 ms of fade blunt the onset of the first narration's very first samples; nothing moves.
    assert max(map(abs, lags)) <= 1, lags


@pytest.mark.parametrize("frames", quick([[1], [12], [30, 7, 61], [301]], [[1], [30, 7, 61]]), ids=str)
@pytest.mark.parametrize("rate", quick([24, 25, 30, 60], [25]))
def test_sound_is_as_long_as_the_frames(frames: list[int], rate: int, tmp_path: Path) -> None:
    """The sound ends with the picture: to the sample inside, to the end of an AAC frame in the file."""
    output = OutputFormat(frame_rate=rate)  # type: ignore[arg-type]
    shots = [ShotSound(count) for count in frames]
    into, _ = mix(tmp_path, shots, BED, output=output)
    wanted = sum(frames) * output.samples_per_frame
    assert 0 <= len(listen(into)) - wanted < 1024


def test_voice_longer_than_its_shot_ends_with_it(tmp_path: Path) -> None:
    """What does not fit into a shot is not heard in the next one."""
    shots = [shot(tmp_path, tone(3, 1000), frames=45), ShotSound(60)]
    into, _ = mix(tmp_path, shots, NO_MUSIC)
    assert np.abs(listen(into)[45 * 1600 + 1200 :]).max() < 0.003


def test_both_decoders_hear_the_same(tmp_path: Path) -> None:
    """PyAV and ffmpeg decode the same samples: no edit list that one of them ignores."""
    into, _ = mix(tmp_path, [shot(tmp_path, speech_like(2))])
    one_side, other = heard_by_av(into), listen(into)[:, 0]
    count = min(len(one_side), len(other))
    assert np.abs(one_side[:count] - other[:count]).max() < 1e-4


# --- Joins


def test_cut_voice_does_not_click(tmp_path: Path) -> None:
    """A tone that is cut off by its shot's end, and one that begins at full level, spread nothing into the treble."""
    tones = [tone(3, 440 + number, -20) for number in range(3)]
    shots = [shot(tmp_path, sound, frames=44 + number, lead=0) for number, sound in enumerate(tones)]
    into, _ = mix(tmp_path, shots, NO_MUSIC)
    faded = listen(into)
    hard = np.concatenate([sound[: part.frames * 1600] for sound, part in zip(tones, shots, strict=True)])
    hard = np.repeat(hard[:, None], 2, 1).astype(np.float32) * np.abs(faded).max() / np.abs(hard).max()
    borders = [*accumulate(part.frames * 1600 for part in shots)][:-1]
    for sound, least, most in ((hard, -75, 0), (faded, -200, -90)):
        clicks = [level_db(sound[at - 960 : at + 960], 7000, 20_000) for at in borders]
        assert least < max(clicks) < most


def test_music_runs_through_the_borders_of_shots(tmp_path: Path) -> None:
    """A sine as music has no step and no gap where shots meet."""
    music = Music(source=str(saved(tmp_path / "m.wav", tone(12, 200))))
    shots = [ShotSound(31), ShotSound(47), ShotSound(113)]
    into, _ = mix(tmp_path, shots, music)
    sound = listen(into)[RATE : -3 * RATE, 0]
    steps = np.abs(np.diff(sound))
    assert steps.max() < 1.05 * np.abs(sound).max() * 2 * np.pi * 200 / RATE


def test_looped_music_has_no_hole(tmp_path: Path) -> None:
    """Where a short file begins again, it is crossfaded: the level stays, nothing clicks."""
    music = Music(source=str(saved(tmp_path / "m.wav", band(2.2))))
    into, _ = mix(tmp_path, [ShotSound(450)], music)
    sound = listen(into)[RATE : -3 * RATE]
    levels = [level_db(sound[at : at + RATE // 5], 60, 9000) for at in range(0, len(sound) - RATE // 5, RATE // 5)]
    assert np.ptp(levels) < 4


@pytest.mark.parametrize("mood", quick(MOODS, ["tense"]))
@pytest.mark.parametrize("frames", [90, 451])
def test_bed_ends_at_the_end(mood: str, frames: int, tmp_path: Path) -> None:
    """It is heard until shortly before the end and is gone at the end, by itself, without a cut."""
    into, _ = mix(tmp_path, [ShotSound(frames)], Music(mood=mood))  # type: ignore[arg-type]
    sound = listen(into)[: frames * 1600]
    whole, late, last = (
        level_db(part, 30, 12_000)
        for part in (sound[RATE // 2 : -2 * RATE], sound[-2 * RATE : -RATE], sound[-RATE // 50 :])
    )
    assert late > whole - 16
    assert last < whole - 30
    assert np.abs(sound[:48]).max() < 0.02


# --- The same input, the same bytes


def test_same_episode_is_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the clock or of chance is in a mix."""
    shots = [shot(tmp_path, speech_like(2))]
    digests = {hashlib.sha256(mix(tmp_path, shots)[0].read_bytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1


def test_other_episodes_have_other_music(tmp_path: Path) -> None:
    """The title chooses the piece, and what it is is reported."""
    pieces = []
    for seed in ("Why bread goes stale", "The night the stars fell"):
        into, report = mix(tmp_path, [ShotSound(240)], Music(), seed=seed)
        assert report.music == f"bed: {mood_for(seed)}"
        pieces.append(listen(into))
    assert np.corrcoef(pieces[0][:, 0], pieces[1][:, 0])[0, 1] < 0.5


def test_folder_of_music_gives_each_title_its_file(tmp_path: Path) -> None:
    """Of a folder one file plays, chosen by the title; other files in it are no music."""
    folder = tmp_path / "music"
    folder.mkdir()
    for name in ("a.wav", "b.flac", "c.mp3"):
        saved(
            folder / name,
            band(2),
            codec={"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame"}[
                name[-3:].strip(".").replace("lac", "flac")
            ],
        )
    for plain in folder.glob("*.plain.wav"):
        plain.unlink()
    (folder / "licence.txt").write_text("free")
    chosen = [
        mix(tmp_path, [ShotSound(30)], Music(source=str(folder)), seed=f"title {number}")[1].music
        for number in range(9)
    ]
    assert set(chosen) <= {"a.wav", "b.flac", "c.mp3"}
    assert len(set(chosen)) > 1
    assert chosen[0] == mix(tmp_path, [ShotSound(30)], Music(source=str(folder)), seed="title 0")[1].music


# --- What cannot be mixed


def test_missing_music_is_named(tmp_path: Path) -> None:
    """A file that is not there is the recipe's mistake."""
    with pytest.raises(RecipeError, match=r"gone\.mp3"):
        mix(tmp_path, [ShotSound(30)], Music(source=str(tmp_path / "gone.mp3")))


@pytest.mark.parametrize("data", [b"", b"<html>403</html>", b"ID3" + b"\x00" * 400], ids=["empty", "HTML", "tag only"])
def test_broken_narration_is_a_media_error(data: bytes, tmp_path: Path) -> None:
    """A narration that is no sound is refused, and no half a mix is left."""
    path = tmp_path / "voice.wav"
    path.write_bytes(data)
    with pytest.raises(MediaError):
        mix(tmp_path, [ShotSound(30, path)])
    assert {found.name for found in tmp_path.iterdir()} == {"voice.wav"}
