"""The whole audio check with the local ear: what is said in clips and by narrators, against the script."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.spoken import Mono, chords, clip_with, noise, room, say, seconds_of, silence

from reelwright.catalogue import Catalogue
from reelwright.checks.audio_judge import Expected
from reelwright.checks.words import compare
from reelwright.models.transcribers.contract import AlignmentRequest, HearingRequest
from reelwright.models.transcribers.local import LocalTranscriber
from reelwright.recipe import Recipe, SoundChecks
from reelwright.settings import Settings
from reelwright.stages.hearing import Ear, Line, SoundCheck, check_sound, ear_of
from reelwright.studio import Studio, open_studio

EAR = Ear(Catalogue.load().resolve("local", "transcriber"))
SCRIPT = Expected(speech="script", sound="needed")
LINES = (
    "Bread does not dry out: it turns back into crystal.",
    "In 1969 three men flew to the moon, and it cost $25 billion.",
    "Ada Lovelace wrote the first program in 1843, long before there was a computer.",
    "The bridge is 2,737 meters long and opened on May 27, 1937.",
    "Put the dough in the fridge for twelve hours; cold yeast is slow yeast.",
    "It costs $3.50, or $4.20 with milk.",
    "About 71% of the Earth is water.",
    "Marie Curie won two Nobel Prizes, in 1903 and 1911.",
    "The train leaves at 7:30 p.m. from platform 9.",
    "Octopuses have three hearts, nine brains and blue blood.",
    "She sold 1.5 million copies in the first week.",
    "Nikola Tesla died in room 3327 of the New Yorker Hotel.",
    "Vincent van Gogh sold one painting in his life.",
    "A day on Venus is longer than a year on Venus.",
    "Shakespeare invented over 1,700 words, such as lonely and bedroom.",
)
WRONG_NUMBERS = (
    ("In 1969 three men flew to the moon, and it cost $25 billion.", "1969", "1996"),
    ("The bridge is 2,737 meters long and opened on May 27, 1937.", "2,737", "2,373"),
    ("It costs $3.50, or $4.20 with milk.", "$3.50", "$5.30"),
    ("About 71% of the Earth is water.", "71", "17"),
    ("Nikola Tesla died in room 3327 of the New Yorker Hotel.", "3327", "3312"),
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with one worker."""
    made = open_studio(Settings(home=tmp_path_factory.mktemp("hall"), workers=1))
    yield made
    made.crew.close()


@pytest.fixture(scope="module")
def ear(hall: Studio) -> Iterator[LocalTranscriber]:
    """The local ear of that studio."""
    made: Any = hall.transcriber(EAR.entry)
    yield made
    asyncio.run(made.end())


@pytest.fixture(scope="module")
def heard(ear: LocalTranscriber) -> dict[str, str]:
    """What the ear hears of each line, as it would be heard first."""
    return {text: asyncio.run(ear.hear(say(text).path, HearingRequest())).text for text in LINES}


def checked(hall: Studio, path: Path, text: str, *, language: str = "en", ear: Ear | None = EAR) -> SoundCheck:
    """Check a clip as a run does."""
    asset = hall.vault.put_file(path, "video/mp4")
    line = Line(text=text, language=language)
    return asyncio.run(check_sound(hall, asset, SCRIPT, line, SoundChecks(), ear=ear))


def said(text: str) -> Mono:
    """A line with a little silence round it."""
    return np.concatenate([silence(0.4), say(text).samples, silence(0.5)])


def test_without_an_ear_the_verdict_says_so(hall: Studio, tmp_path: Path) -> None:
    """It is no fault, and the words are spread over the time in which somebody speaks."""
    check = checked(hall, clip_with(tmp_path / "clip.mp4", said(LINES[0])), LINES[0], ear=None)
    assert check.verdict.outcome == "accepted"
    assert "not listened to" in check.verdict.findings[-1].message
    assert " ".join(word.text for word in check.spoken.words) == LINES[0]
    assert 0.3 < check.spoken.words[0].start < 0.6


def test_the_line_is_heard_and_its_words_get_their_times(hall: Studio, ear: LocalTranscriber, tmp_path: Path) -> None:
    """In a clip with music under it; found again, it costs nothing."""
    assert ear.identity
    sound = said(LINES[4])
    clip = clip_with(tmp_path / "clip.mp4", sound + np.resize(chords(8, level=0.06), len(sound)))
    check = checked(hall, clip, LINES[4])
    assert check.verdict.outcome == "accepted", check.verdict
    assert check.verdict.measured["word_error_rate"] == 0
    assert " ".join(word.text for word in check.spoken.words) == LINES[4]
    wrong = [
        abs(float(heard.start) - 0.4 - float(true.start))
        for heard, true in zip(check.spoken.words, say(LINES[4]).words, strict=True)
    ]
    assert statistics.median(wrong) <= 0.08
    assert checked(hall, clip, LINES[4]).hit


def test_other_words_are_rejected_in_words_for_a_person(hall: Studio, tmp_path: Path) -> None:
    """It says what was heard."""
    check = checked(hall, clip_with(tmp_path / "clip.mp4", said(LINES[0])), LINES[9])
    assert check.verdict.outcome == "rejected"
    (fault,) = check.verdict.faults
    assert "turns back into crystal" in fault


def test_who_listens_follows_from_the_recipe() -> None:
    """This machine where it can, unless the recipe says otherwise."""
    catalogue = Catalogue.load()

    def named(**sound: Any) -> str | None:
        entry = ear_of(Recipe.model_validate({"checks": {"sound": sound}}), catalogue)
        return entry and entry.name

    assert named() == "local"
    assert named(transcriber="none") is None
    assert named(transcriber="whisper-1") == "whisper-1"


@pytest.mark.slow
def test_right_narrations_pass_and_wrong_ones_do_not(heard: dict[str, str]) -> None:
    """Fifteen lines against their own script, and each against the fourteen others."""
    for text, words in heard.items():
        own = compare(text, words, "en")
        assert not own.is_wrong(0.2) or text.startswith("Marie Curie"), (text, words, own.told())
    for text in LINES:
        for other, words in heard.items():
            assert text == other or compare(text, words, "en").is_wrong(0.2), (text, words)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "right", "wrong"), WRONG_NUMBERS)
def test_another_number_is_caught(heard: dict[str, str], text: str, right: str, wrong: str) -> None:
    """One wrong number is a wrong fact, however long the line is; heard rightly, it is none."""
    assert compare(text, heard[text], "en").wrong_numbers == ()
    assert compare(text.replace(right, wrong), heard[text], "en").wrong_numbers


@pytest.mark.slow
def test_what_is_misheard_first_is_listened_to_again_with_care(hall: Studio, tmp_path: Path) -> None:
    """A right line is not rejected for the small model's ears."""
    text = "Marie Curie won two Nobel Prizes, in 1903 and 1911."
    check = checked(hall, clip_with(tmp_path / "clip.mp4", said(text)), text)
    assert check.verdict.outcome == "accepted", check.verdict


@pytest.mark.slow
def test_wrong_speech_in_clips_is_rejected(hall: Studio, tmp_path: Path) -> None:
    """Another language, an end that is missing, a line said three times, another number, speech backwards."""
    line = LINES[4]
    sound = said(line)
    last = say(line).words[-2]
    cases: dict[str, tuple[Mono, str, str]] = {
        "wrong_language": (sound, "Stell den Teig für zwölf Stunden kalt; kalte Hefe ist langsame Hefe.", "de"),
        "cut_off": (np.concatenate([sound[: seconds_of(0.4 + float(last.start))], silence(0.6)]), line, "en"),
        "wrong_words": (np.concatenate([sound, sound, sound]), line, "en"),
        "wrong_number": (sound, line.replace("twelve", "eleven"), "en"),
    }
    for kind, (samples, text, language) in cases.items():
        check = checked(hall, clip_with(tmp_path / f"{kind}.mp4", samples), text, language=language)
        assert check.verdict.outcome == "rejected", (kind, check)
        assert check.verdict.has(kind), (kind, check.verdict.findings)
    backwards = checked(hall, clip_with(tmp_path / "backwards.mp4", sound[::-1].copy()), line)
    assert backwards.verdict.outcome == "rejected"


@pytest.mark.slow
def test_good_speech_in_clips_is_understood(hall: Studio, tmp_path: Path) -> None:
    """Quiet, fast, slow, in a hall, in the rain, in the street, with music, on the telephone, higher and lower."""
    line = LINES[4]
    sound = said(line)
    cases: dict[str, tuple[Mono, dict[str, Any]]] = {
        "quiet": (sound * 0.1, {}),
        "fast": (np.concatenate([silence(0.2), say(line, 1.3).samples, silence(0.2)]), {}),
        "slow": (np.concatenate([silence(0.2), say(line, 0.75).samples, silence(0.2)]), {}),
        "hall": (np.concatenate([room(sound, seconds=0.5, wet=0.4), silence(0.2)]), {}),
        "rain": (sound + np.resize(noise(8, level=0.01), len(sound)), {}),
        "street": (sound + np.resize(noise(8, level=0.03, brown=1.0), len(sound)), {}),
        "music": (sound + np.resize(chords(8, level=0.1), len(sound)), {}),
        "telephone": (sound, {"filters": "highpass=300,lowpass=3400"}),
        "higher": (sound, {"filters": "asetrate=48000*1.12,aresample=48000,atempo=1/1.12"}),
        "lower": (sound, {"filters": "asetrate=48000*0.9,aresample=48000,atempo=1/0.9"}),
    }
    for name, (samples, options) in cases.items():
        check = checked(hall, clip_with(tmp_path / f"{name}.mp4", samples, **options), line)
        assert check.verdict.outcome != "rejected", (name, check)


@pytest.mark.slow
def test_caption_times_follow_the_voice(ear: LocalTranscriber) -> None:
    """Against the times that the voice itself tells: at most 80 ms (median) off, at most 250 ms for nine of ten."""
    wrong = []
    for text in LINES:
        line = say(text)
        words = asyncio.run(ear.align(line.path, AlignmentRequest(text=text))).words
        assert " ".join(word.text for word in words) == text
        wrong += [abs(heard.start - true.start) for heard, true in zip(words, line.words, strict=True)]
    assert statistics.median(wrong) <= Fraction(8, 100)
    assert statistics.quantiles(wrong, n=10)[-1] <= Fraction(25, 100)
