"""Sounds laid under a shot: found and named before anything is paid, on their sample, under the voice, in the shot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from support.mixing import NO_MUSIC, RATE, mix, shot
from support.plans import plan
from support.sounds import level_db, listen, saved, speech_like, tone
from support.sources import read, refusal, written

from reelwright.effects import Effect
from reelwright.errors import InvalidInput
from reelwright.media.mix import EffectSound, ShotSound
from reelwright.recipe import Music
from reelwright.references import asset_of, gather
from reelwright.stages.sound import effects_of
from reelwright.storyboard import Brief, Shot, Storyboard
from reelwright.vault import FolderVault, sha256_of

SILENT = Shot(prompt="a door", seconds=Fraction(4))


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    """An empty one."""
    return FolderVault(tmp_path / "vault")


@pytest.fixture
def door(tmp_path: Path) -> Path:
    """A sound in a folder of sounds, with a note that says whose it is."""
    folder = tmp_path / "sounds"
    folder.mkdir()
    path = saved(folder / "door.wav", tone(1, 300))
    path.with_suffix(".plain.wav").unlink()
    path.with_suffix(".txt").write_text("CC0, by Ada\n", "utf-8")
    return path


def brief(*effects: Effect) -> Brief:
    """A brief of one shot with these."""
    return Brief(title="Doors", shots=(SILENT.model_copy(update={"effects": effects}),))


# --- Where they come from


@pytest.mark.parametrize("named", ["sounds/door.wav", "sounds"])
def test_an_effect_is_a_file_beside_the_source_or_one_of_a_folder(named: str, door: Path, vault: FolderVault) -> None:
    """Kept by its bytes, so that the episode can be made anywhere; its name and licence go into the manifest."""
    text = f"title: Doors\nshots:\n- {{prompt: a door, effects: [{{file: {named}, at: 1.5}}]}}\n"
    source = read(door.parent.parent, "brief.yaml", text)
    (gathered,) = gather(source.brief, vault, keep=True).shots
    (effect,) = gathered.effects
    assert effect == Effect(file=f"{sha256_of(door)}.wav", at=Fraction(3, 2), name="door.wav", licence="CC0, by Ada")
    assert vault.holds(asset_of(effect.file, vault))
    assert gather(Brief(title="Doors", shots=(gathered,)), vault, keep=True).shots == (gathered,)
    (told,) = effects_of(Storyboard(title="Doors", shots=(gathered,)))
    assert (told["shot"], told["name"], told["licence"]) == (1, "door.wav", "CC0, by Ada")


def test_an_effect_that_is_not_there_is_refused_by_line_and_field(tmp_path: Path) -> None:
    """When the source is read."""
    path = written(tmp_path, "b.yaml", "title: T\nshots:\n- prompt: a door\n  effects:\n  - file: gone.wav\n")
    error = refusal(path)
    assert (error.line, error.field) == (5, "shots[1].effects[1].file")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("door.wav", b"<html>403</html>", "cannot be read"), ("door.png", b"x", "is no audio"), ("door.wav", b"", "read")],
    ids=["HTML", "a picture's name", "empty"],
)
def test_an_effect_that_is_no_sound_is_refused(
    name: str, content: bytes, why: str, tmp_path: Path, vault: FolderVault
) -> None:
    """When the plan is made, before anything is paid."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=rf"shot 1's effect .*{why}"):
        gather(brief(Effect(file=str(tmp_path / name))), vault, keep=False)


def test_a_folder_without_sounds_is_refused(tmp_path: Path, vault: FolderVault) -> None:
    """It is named."""
    with pytest.raises(InvalidInput, match="folder without a sound"):
        gather(brief(Effect(file=str(tmp_path))), vault, keep=False)


def test_an_effect_begins_within_its_shot() -> None:
    """A plan refuses one that does not; where only the estimate of a narration says so, it warns."""
    late = Effect(file="door.wav", at=Fraction(4))
    assert plan(SILENT.model_copy(update={"effects": (late,)})).problems == (
        "shot 1's effect 'door.wav' begins at 4 s, and the shot lasts 4.0 s",
    )
    assert plan(SILENT.model_copy(update={"effects": (late.model_copy(update={"at": Fraction(3)}),)})).problems == ()
    spoken = plan(Shot(narration="A door.", effects=(late,)))
    assert spoken.problems == ()
    assert any("begins at 4 s" in warning for warning in spoken.warnings)


# --- How they sound


def laid(path: Path, start: int, **more: float) -> EffectSound:
    """An effect at a sample."""
    return EffectSound(path, "door.wav", start, more.get("level_db", -8.0))


def test_an_effect_stands_on_its_sample_and_under_the_voice(tmp_path: Path) -> None:
    """It is as far under the voice as asked, however loud its file is, and the report tells of both."""
    voice = shot(tmp_path, speech_like(4))
    heard = []
    for dbfs in (-40, -3):
        door = saved(tmp_path / f"door{-dbfs}.wav", tone(1.5, 6000, dbfs))
        quiet = ShotSound(120, effects=(laid(door, RATE),))
        into, report = mix(tmp_path, [voice, quiet], NO_MUSIC)
        assert report.voice_lufs is not None
        assert report.effects_lufs is not None
        heard.append(report.voice_lufs - report.effects_lufs)
        sound = listen(into)[voice.frames * 1600 :]
        assert level_db(sound[RATE : RATE + 2400], 5900, 6100) > level_db(sound[: RATE - 480], 5900, 6100) + 40
    assert heard == pytest.approx([8, 8], abs=1)
    assert heard[0] == pytest.approx(heard[1], abs=0.2)


def test_an_effect_steps_back_while_somebody_speaks(tmp_path: Path) -> None:
    """By the depth of the recipe's music, though no music plays."""
    rain = saved(tmp_path / "rain.wav", tone(12, 6000))
    under = shot(tmp_path, speech_like(4, high=2500), frames=150)
    alone = ShotSound(150)
    shots = [
        ShotSound(one.frames, one.speech, one.lead_samples, one.spoken, effects=(laid(rain, 0),))
        for one in (under, alone)
    ]
    into, _ = mix(tmp_path, shots, Music(source="none", duck_db=-6))
    sound = listen(into)
    spoken, quiet = (level_db(sound[at * RATE : (at + 2) * RATE], 5900, 6100) for at in (1, 7))
    assert quiet - spoken == pytest.approx(6, abs=0.7)


def test_an_effect_ends_with_its_shot_without_a_click(tmp_path: Path) -> None:
    """Nothing of it is heard in the next one."""
    rain = saved(tmp_path / "rain.wav", tone(9, 1000))
    into, _ = mix(tmp_path, [ShotSound(60, effects=(laid(rain, 0),)), ShotSound(60)], NO_MUSIC)
    sound = listen(into)
    assert np.abs(sound[2 * RATE + 1200 :]).max() < 0.003
    assert level_db(sound[2 * RATE - 960 : 2 * RATE + 960], 7000, 20_000) < -80


def test_an_effect_whose_shot_is_over_is_told(tmp_path: Path) -> None:
    """The narration was shorter than estimated: the mix is made, and says what is missing."""
    door = saved(tmp_path / "door.wav", tone(1, 300))
    _, report = mix(tmp_path, [ShotSound(30, effects=(laid(door, RATE),))], NO_MUSIC)
    assert report.warnings == ("the effect 'door.wav' is not heard: its shot is over when it would begin",)
