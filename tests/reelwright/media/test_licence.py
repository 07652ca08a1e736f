"""Where a piece of music comes from is told with every episode it plays in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.clips import write_wav
from support.sounds import RATE, tone

from reelwright.media import ffmpeg
from reelwright.recipe import Music
from reelwright.stages.sound import licence_of


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A folder with one piece, whose tags name who made it."""
    plain = write_wav(tmp_path / "plain.wav", np.repeat(tone(1, 440)[:, None], 2, 1).astype(np.float32))
    (tmp_path / "songs").mkdir()
    tags = ["-metadata", "title=Dawn", "-metadata", "artist=Ada", "-metadata", "copyright=CC BY 4.0"]
    ffmpeg.run(["-y", "-i", str(plain), *tags, "-ar", str(RATE), str(tmp_path / "songs" / "dawn.flac")])
    return tmp_path / "songs"


def test_the_recipe_s_words_come_first_then_a_note_then_the_tags(songs: Path) -> None:
    """Each is enough; the most particular one that a person wrote is taken."""
    assert licence_of(Music(source=str(songs)), "x") == "Dawn · Ada · CC BY 4.0"
    (songs / "dawn.txt").write_text("Dawn by Ada, CC BY 4.0, https://example.org/dawn\n")
    assert licence_of(Music(source=str(songs)), "x") == "Dawn by Ada, CC BY 4.0, https://example.org/dawn"
    assert licence_of(Music(source=str(songs), licence="licensed to us"), "x") == "licensed to us"


def test_music_of_our_own_needs_nobody_s_leave(tmp_path: Path) -> None:
    """Composed here, or none; a file that has gone since says nothing."""
    assert "no rights of others" in licence_of(Music(), "x")
    assert licence_of(Music(source="none"), "x") == ""
    assert licence_of(Music(source=str(tmp_path / "gone.mp3")), "x") == ""
