"""Subtitles in the video file: off, in time, letter by letter, and the master keeps all its other promises."""

from __future__ import annotations

import struct
from pathlib import Path

import pycountry
import pytest
from support.clips import beeps, numbered_pictures, picture_hashes, small_output, write_wav

from reelwright.certificate import signer_of
from reelwright.errors import MediaError
from reelwright.media.boxes import boxes
from reelwright.media.captions.sidecar import Subtitle
from reelwright.media.master import broken_promises, require_master
from reelwright.media.provenance import sign
from reelwright.media.segment import encode_drawn
from reelwright.media.soft_tracks import SoftTrack, soft_tracks, track_language
from reelwright.media.stitch import Chapter, stitch
from reelwright.settings import Settings

OUTPUT = small_output()
FRAMES = 90
GERMAN = SoftTrack(
    language="de-AT",
    lines=(
        Subtitle(start=500, end=1200, text="2 < 3 & <b>kein</b> {x} a\\Nb &amp; {\\an8} „Ü“"),
        Subtitle(start=1200, end=2900, text="Zwei\nZeilen"),
    ),
)
HEBREW = SoftTrack(language="he", lines=(Subtitle(start=0, end=1000, text="למה 12 עוגות?"),))
CHAPTERS = [Chapter(title="one", first_frame=0, frames=30), Chapter(title="two", first_frame=30, frames=60)]


def joined(folder: Path, *tracks: SoftTrack) -> Path:
    """A master of three seconds with these."""
    encode_drawn(numbered_pictures(range(FRAMES), OUTPUT.pixels), OUTPUT, FRAMES, folder / "segment.mp4")
    sound = write_wav(folder / "sound.wav", beeps([], FRAMES * 1600))
    master = folder / "master.mp4"
    stitch([folder / "segment.mp4"], sound, master, frame_rate=30, chapters=CHAPTERS, subtitles=tracks)
    return master


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with two languages."""
    return joined(tmp_path_factory.mktemp("soft"), GERMAN, HEBREW)


def plain(line: Subtitle) -> str:
    """A line without what nobody sees: the invisible character that parts mark-up, and where it is wrapped."""
    return " ".join(line.text.replace("\u2060", "").split())


def test_the_lines_arrive_letter_by_letter_and_in_time(master: Path) -> None:
    """Whatever looks like mark-up in them; to the millisecond, though nothing may shift a track by an edit list."""
    found = soft_tracks(master)
    assert [track.language for track in found] == ["deu", "heb"]
    for track, wanted in zip(found, (GERMAN, HEBREW), strict=True):
        assert [(line.start, line.end) for line in track.lines] == [(line.start, line.end) for line in wanted.lines]
        assert [plain(line) for line in track.lines] == [plain(line) for line in wanted.lines]
        assert (track.is_on, track.start_seconds) == (False, 0)


def test_the_master_keeps_its_promises_with_subtitles(master: Path, tmp_path: Path) -> None:
    """Index first, no edit lists, all from 0, chapters, and after it is signed as well; no picture is changed."""
    assert broken_promises(master, OUTPUT, chapter_count=2, subtitles=["de-AT", "he"]) == ()
    claims = {"claim_generator_info": [{"name": "r", "version": "1"}], "format": "video/mp4", "assertions": []}
    created = {"action": "c2pa.created", "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty"}
    claims["assertions"].append({"label": "c2pa.actions.v2", "data": {"actions": [created]}})  # type: ignore[attr-defined]
    signed = tmp_path / "signed.mp4"
    sign(master, signed, claims, signer_of(Settings(home=tmp_path / "home")))
    assert broken_promises(signed, OUTPUT, chapter_count=2, subtitles=["de-AT", "he"]) == ()
    assert soft_tracks(signed) == soft_tracks(master)
    assert picture_hashes(signed) == picture_hashes(joined(tmp_path))


def test_subtitles_that_nobody_asked_for_or_that_are_missing_break_a_promise(master: Path, tmp_path: Path) -> None:
    """A language too much, one too few, or the wrong one."""
    assert broken_promises(master, OUTPUT) == ("it has subtitles in ['deu', 'heb']",)
    with pytest.raises(MediaError, match=r"it has subtitles in \[\]"):
        require_master(joined(tmp_path), OUTPUT, subtitles=["de"])
    assert broken_promises(master, OUTPUT, subtitles=["he", "de"]) != ()


def test_subtitles_that_would_be_shown_unasked_break_a_promise(master: Path, tmp_path: Path) -> None:
    """The flag is read back from the file: players of phones follow it."""
    data = bytearray(master.read_bytes())
    header = [box for box in boxes(master) if box.path == "moov/trak/tkhd"][2]
    (word,) = struct.unpack_from(">I", data, header.offset)
    struct.pack_into(">I", data, header.offset, word | 1)
    shown = tmp_path / "shown.mp4"
    shown.write_bytes(data)
    assert broken_promises(shown, OUTPUT, subtitles=["de", "he"]) == ("its subtitles are shown unasked",)


def test_every_language_has_the_code_that_files_know() -> None:
    """As ISO 639 has them; a regional tag is its language, three letters stay, what is no language is unknown."""
    for language in pycountry.languages:
        if short := getattr(language, "alpha_2", ""):
            assert track_language(f"{short}-XX") == language.alpha_3
    assert [track_language(tag) for tag in ("gsw-CH", "cmn-Hans", "iw", "x", "")] == ["gsw", "zho", "heb", "und", "und"]


def test_subtitles_that_outlast_the_picture_break_a_promise(tmp_path: Path) -> None:
    """A player would show a black picture under them."""
    late = SoftTrack(language="de", lines=(Subtitle(start=2500, end=4000, text="zu lang"),))
    assert broken_promises(joined(tmp_path, late), OUTPUT, subtitles=["de"]) == ("its subtitles outlast the picture",)
