"""The audio check: a clip's own sound or a narration is measured, and what it says is compared with the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.catalogue import Catalogue, Entry
from reelwright.checks.audio_job import SoundJob
from reelwright.checks.audio_judge import Expected, SoundHeard
from reelwright.checks.verdict import Finding, Verdict
from reelwright.checks.words import Said, compare
from reelwright.errors import InvalidInput, ProviderError
from reelwright.finished import Finished, once
from reelwright.models.identity import identity_in
from reelwright.models.transcribers.alignment import Heard, placed
from reelwright.models.transcribers.contract import Hearer, Hearing, HearingRequest
from reelwright.models.transcribers.languages import iso_language, language_name
from reelwright.models.transcribers.local_models import lacking
from reelwright.models.transcribers.openai_transcriptions import minute_charge
from reelwright.models.video.contract import FREE, Charge
from reelwright.recipe import Recipe, SoundChecks
from reelwright.studio import Studio
from reelwright.takes.values import TakeFailed
from reelwright.timing import estimate_seconds, estimate_words
from reelwright.values import Asset, Span, Value, Word

if TYPE_CHECKING:
    from reelwright.takes.call import Buyer

_VERSION = 1
"""Part of every check's key: raise it when the same sound is judged otherwise."""
_LEFT_UNHEARD_SECONDS = 1.5
_SHARED_TONGUES = frozenset({"no", "da", "sv"})
"""Languages that recognition often takes for one another."""


class Spoken(Value):
    """A sound's own words, as captions show them and music makes room for them; in seconds from its picture's start."""

    words: tuple[Word, ...] = ()
    """When each word is heard."""
    spans: tuple[Span, ...] = ()
    """When somebody speaks."""


class SoundCheck(Finished):
    """What was heard of a sound."""

    verdict: Verdict
    """What was found."""
    mended: Asset | None = None
    """A copy in which was put right what could be."""
    heard: str = ""
    """What was recognised; empty: nobody listened, or nobody speaks."""
    spoken: Spoken = Spoken()
    """What is said in it, and when."""
    charge: Charge = FREE
    """What listening cost."""


class Recognised(Finished):
    """What a transcriber heard."""

    hearing: Hearing


@dataclass(frozen=True)
class Ear:
    """Who recognises speech, and who pays for it where it costs something."""

    entry: Entry
    buyer: Buyer | None = None


@dataclass(frozen=True)
class Line:
    """What shall be said."""

    text: str = ""
    """The words."""
    language: str = "en"
    """Their BCP 47 tag."""
    names: tuple[str, ...] = ()
    """Names that are heard with more patience."""


def ear_of(recipe: Recipe, catalogue: Catalogue) -> Entry | None:
    """Return who recognises speech for a recipe; `None`: nobody.

    Raises:
        RecipeError: the recipe names one that is none.
    """
    wanted = recipe.checks.sound.transcriber
    if wanted == "none":
        return None
    if wanted != "auto":
        return catalogue.resolve(wanted, "transcriber")
    if not lacking():
        return catalogue.resolve("local", "transcriber")
    other = recipe.voice.transcriber
    return None if other == "none" else catalogue.resolve(other, "transcriber")


async def check_sound(
    studio: Studio, sound: Asset, expected: Expected, line: Line, limits: SoundChecks, *, ear: Ear | None
) -> SoundCheck:
    """Listen to a clip or a narration; `ear` is asked only where `expected` is a script to compare with.

    Raises:
        MediaError: the sound cannot be decoded.
    """
    expected = expected.model_copy(update={"text_seconds": round(float(estimate_seconds(line.text)), 3)})
    listens = ear if expected.speech == "script" else None
    told = limits.model_dump(exclude={"transcriber", "more_takes", "narrate_over"})
    asked = {
        "sound": sound,
        "expected": expected,
        "line": [line.text, line.language, line.names] if expected.speech == "script" else [],
        "limits": told,
        "ear": listens.entry.name if listens else "",
    }

    async def make() -> SoundCheck:
        return await _Listening(studio, sound, expected, line, limits, listens).check()

    return await once(studio.vault, f"sound/{_VERSION}", asked, SoundCheck, make)


@dataclass(frozen=True)
class _Listening:
    studio: Studio
    sound: Asset
    expected: Expected
    line: Line
    limits: SoundChecks
    ear: Ear | None

    async def check(self) -> SoundCheck:
        vault = self.studio.vault
        with vault.scratch(".wav") as mended, vault.scratch(".wav") as voice:
            job = SoundJob(
                sound=vault.path(self.sound), expected=self.expected, limits=self.limits,
                mend_into=mended if self.expected.of == "clip" else None,
                voice_into=voice if self.expected.speech == "script" else None,
            )  # fmt: skip
            measured = SoundHeard.model_validate(await self.studio.crew.ask(job.model_dump(mode="json")))
            kept = vault.put_file(mended, "audio/wav") if measured.mended else None
            spoken = vault.put_file(voice, "audio/wav") if voice.exists() and voice.stat().st_size else None
        if self.expected.speech != "script":
            return _checked(measured, kept)
        return await self._compared(measured, kept, spoken)

    async def _compared(self, measured: SoundHeard, kept: Asset | None, voice: Asset | None) -> SoundCheck:
        """Compare what is said with the script, unless it cannot be used anyway."""
        if voice is None or any(finding.severity == "reject" for finding in measured.findings):
            return _checked(measured, kept)
        hearing, why_not = await self._heard(voice, careful=False)
        if hearing is None:
            note = Finding(kind="not_heard", severity="note", message=f"what it says was not listened to: {why_not}")
            return _checked(measured, kept, further=(note,), spoken=_guessed(self.line, measured))
        said, findings = self._judged(hearing)
        if findings:
            careful, _ = await self._heard(voice, careful=True)
            if careful is not None and _reaches_the_end(careful, measured):
                hearing = careful
                said, findings = self._judged(careful)
        further = {
            "word_error_rate": round(said.rate, 3),
            "heard_language": hearing.language or None,
            "heard": hearing.text,
        }
        spoken = _timed(self.line, measured, hearing)
        made = _checked(measured, kept, further=findings, told=further, heard=hearing.text, spoken=spoken)
        return made.model_copy(update={"charge": hearing.charge})

    async def _heard(self, voice: Asset, *, careful: bool) -> tuple[Hearing | None, str]:
        """Return what is recognised, or why nothing was."""
        if self.ear is None:
            return None, "nobody is there who recognises speech"
        if careful and not (self.ear.entry.is_local and iso_language(self.line.language) == "en"):
            return None, "there is no better way"
        request = HearingRequest(language=self.line.language, careful=careful)
        try:
            return (await _recognised(self.studio, voice, request, self.ear)).hearing, ""
        except (ProviderError, TakeFailed, InvalidInput) as error:
            return None, error.message.rstrip(".")

    def _judged(self, hearing: Hearing) -> tuple[Said, tuple[Finding, ...]]:
        line, limit = self.line, self.limits.most_wrong_words
        said = compare(line.text, hearing.text, line.language, names=line.names)
        wanted = iso_language(line.language)
        spoken = hearing.language
        if said.is_wrong(limit) and spoken and spoken != wanted and not {spoken, wanted} <= _SHARED_TONGUES:
            message = f"it speaks {language_name(spoken)} instead of {language_name(wanted)}"
            return said, (Finding(kind="wrong_language", severity="reject", message=message),)
        if said.is_wrong(limit):
            what = "characters" if said.by_character else "words"
            heard = f"it says {hearing.text!r}" if hearing.text else "no word of it was understood"
            return said, (
                Finding(
                    kind="wrong_words", severity="reject", measured=round(said.rate * 100, 1), limit=limit * 100,
                    message=f"{said.rate:.0%} of its {what} are not the script's: {heard} ({said.told()})", unit="%",
                ),
            )  # fmt: skip
        if said.wrong_numbers:
            told = ", ".join(difference.told() for difference in said.wrong_numbers)
            message = f"it says another number than the script: {told}"
            return said, (Finding(kind="wrong_number", severity="reject", message=message),)
        if said.cut_off:
            message = f"it ends before the line does: {said.told()}"
            return said, (Finding(kind="cut_off", severity="reject", message=message, measured=said.cut_off),)
        return said, ()


def _checked(
    measured: SoundHeard,
    mended: Asset | None,
    *,
    further: Sequence[Finding] = (),
    told: dict[str, float | str | bool | None] | None = None,
    heard: str = "",
    spoken: Spoken | None = None,
) -> SoundCheck:
    verdict = Verdict.of("sound", (*measured.findings, *further), {**measured.measured, **(told or {})})
    spans = _spans(measured)
    # A sound that cannot be used needs no copy.
    kept = mended if verdict.outcome == "mended" else None
    return SoundCheck(verdict=verdict, mended=kept, heard=heard, spoken=spoken or Spoken(spans=spans))


def _reaches_the_end(hearing: Hearing, measured: SoundHeard) -> bool:
    """Whether what was heard goes on as long as somebody speaks: a line said twice is easily heard as once."""
    spoken = measured.facts.spoken if measured.facts else ()
    if not hearing.words or not spoken:
        return True
    return spoken[-1][1] - float(hearing.words[-1].end) < _LEFT_UNHEARD_SECONDS


def _spans(measured: SoundHeard) -> tuple[Span, ...]:
    found = measured.facts.spoken if measured.facts else ()
    return tuple(Span(start=Fraction(str(start)), end=Fraction(str(end))) for start, end in found)


def _timed(line: Line, measured: SoundHeard, hearing: Hearing) -> Spoken:
    """Return the script's words at the times they are heard at."""
    seconds = Fraction(str(measured.facts.seconds + measured.facts.offset_seconds)) if measured.facts else Fraction(0)
    heard = [Heard(text=word.text, start=word.start, end=word.end) for word in hearing.words]
    words = placed(line.text.split(), heard, seconds) if heard and seconds else None
    return Spoken(words=words, spans=_spans(measured)) if words else _guessed(line, measured)


def _guessed(line: Line, measured: SoundHeard) -> Spoken:
    """Return the script's words spread over the time in which somebody speaks."""
    spans = _spans(measured)
    if not spans:
        return Spoken()
    # By their lengths along the speech alone: pauses are left out of the count, and put back in.
    total = sum((span.end - span.start for span in spans), Fraction(0))
    words = (
        Word(text=word.text, start=_at(word.start, spans), end=_at(word.end, spans))
        for word in estimate_words(line.text, total)
    )
    return Spoken(words=tuple(words), spans=spans)


def _at(spoken: Fraction, spans: Sequence[Span]) -> Fraction:
    """Return when so much of the speech has been spoken."""
    for span in spans:
        lasts = span.end - span.start
        if spoken <= lasts:
            return span.start + spoken
        spoken -= lasts
    return spans[-1].end


async def _recognised(studio: Studio, voice: Asset, request: HearingRequest, ear: Ear) -> Recognised:
    transcriber = studio.transcriber(ear.entry)
    try:
        if not isinstance(transcriber, Hearer):
            raise InvalidInput(f"{ear.entry.name} finds the times of given words and does not say what it hears")
        asked = {"transcriber": identity_in(transcriber, ear.entry), "voice": voice, "request": request}

        async def listen(idempotency_key: str) -> tuple[Recognised, Charge]:
            hearing = await transcriber.hear(studio.vault.path(voice), request, idempotency_key=idempotency_key)
            return Recognised(hearing=hearing), hearing.charge

        async def make() -> Recognised:
            if ear.buyer is None:
                return (await listen(""))[0]
            seconds = Fraction(voice.size_bytes, 32_000)
            usd = None if ear.entry.usd_per_minute is None else minute_charge(ear.entry, seconds)[0].usd
            return await ear.buyer.buy(ear.entry, asked, usd, Recognised, listen)

        return await once(studio.vault, "recognised/1", asked, Recognised, make)
    finally:
        await transcriber.aclose()
