"""From what was measured of a sound to what a person is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from reelwright.checks.verdict import Finding, Severity
from reelwright.recipe import SoundChecks
from reelwright.values import Value

_STANDARD_RATE = 48_000
_QUIET_LUFS = -34.0
_SLIGHTLY_CLIPPED = 0.005
_MOST_OFFSET = 0.01
_LEFT_OVER_SECONDS = 0.25
_LEAST_SPOKEN, _SLOWEST, _FASTEST = 0.25, 0.3, 3.2
_SHORT_LINE_SECONDS = 1.5
_CUT_OFF_DB, _CUT_OFF_SECONDS = -14.0, 0.08
_MUCH_SPEECH = 0.2


Sides = Literal["both", "left", "right", "opposed"]
"""Which sides of a stereo sound are heard; `opposed` ones cancel each other out in one loudspeaker."""


class SoundFacts(Value):
    """What was measured of a sound; times are those of its picture."""

    rate: int
    channels: int
    seconds: float
    picture_seconds: float | None
    """`None`: there is no picture."""
    offset_seconds: float
    """How much later than the picture it begins."""
    missing_seconds: float
    """Holes that its time stamps leave."""
    stretched_seconds: float
    """How much longer its time stamps say it is than its samples, holes aside."""
    loudness_lufs: float
    true_peak_dbtp: float
    clipped_share: float
    clipped_at_seconds: float | None
    clicks: int
    click_at_seconds: float | None
    hole_seconds: float
    """Sudden silence in the midst of sound, all of it together."""
    hole_at_seconds: float | None
    sides: Sides
    offset: float
    """How far off zero it stands, as a factor of full scale."""
    silent_share: float
    """Of 20 ms windows, those below -60 dBFS."""
    longest_silence_seconds: float
    longest_silence_at_seconds: float
    spoken: tuple[tuple[float, float], ...]
    """When somebody speaks."""
    speech_seconds: float
    speech_over_noise_db: float | None
    """How far the speech stands over what is heard beside it; `None`: nothing is beside it."""
    end_level_db: float
    """How loud the very end is against the loud half."""


class Expected(Value):
    """What shall be heard."""

    speech: Literal["script", "known", "none", "any"] = "any"
    """`script`: somebody says `text`; `known`: the same, by a voice that says exactly what it is told; `none`: nobody
    speaks, since the narrator does; `any`: whatever there is to hear."""
    sound: Literal["needed", "wanted", "any"] = "any"
    """Whether a clip without sound cannot be used, is a pity, or is as good."""
    of: Literal["clip", "narration"] = "clip"
    """What is listened to."""
    text_seconds: float = Field(default=0.0, ge=0)
    """How long the text takes to read."""

    @property
    def is_spoken(self) -> bool:
        """Whether somebody shall speak."""
        return self.speech in {"script", "known"}


class SoundHeard(Value):
    """What a sound is like, what was found, and whether a mended file was written."""

    facts: SoundFacts | None
    """`None`: there is no sound."""
    findings: tuple[Finding, ...]
    mended: bool = False

    @property
    def measured(self) -> dict[str, float | str | bool | None]:
        """The facts for a verdict."""
        if self.facts is None:
            return {}
        return self.facts.model_dump(mode="json", exclude={"spoken"})


def judge(facts: SoundFacts | None, expected: Expected, limits: SoundChecks) -> tuple[Finding, ...]:
    """Return everything that is wrong with a sound."""
    lacking: Severity = "reject" if expected.is_spoken or expected.sound == "needed" else "note"
    if facts is None:
        if expected.sound == "any" and not expected.is_spoken:
            return ()
        return (Finding(kind="no_sound", severity=lacking, message="it has no sound"),)
    if facts.loudness_lufs < limits.quietest_lufs:
        # In silence nothing else is worth telling; as a backdrop it is simply not heard.
        quiet = Finding(
            kind="silent", severity="note" if lacking == "note" else "reject", message="its sound is silent",
            measured=facts.loudness_lufs, limit=limits.quietest_lufs, unit="LUFS",
        )  # fmt: skip
        return (quiet,)
    return (
        *_of_signal(facts, expected, limits),
        *_of_time(facts, expected, limits),
        *_of_speech(facts, expected, limits),
    )


def _of_signal(facts: SoundFacts, expected: Expected, limits: SoundChecks) -> Iterator[Finding]:
    if facts.loudness_lufs < _QUIET_LUFS:
        yield Finding(
            kind="quiet", severity="mend", message=f"it is very quiet ({facts.loudness_lufs:.0f} LUFS) and is raised",
            measured=facts.loudness_lufs, limit=_QUIET_LUFS, unit="LUFS",
        )  # fmt: skip
    if facts.clipped_share > _SLIGHTLY_CLIPPED:
        much = facts.clipped_share > limits.most_clipped
        yield Finding(
            kind="clipped", severity="reject" if much else "note",
            message=f"{facts.clipped_share:.1%} of its sound is clipped", measured=round(facts.clipped_share * 100, 2),
            limit=limits.most_clipped * 100, unit="%", at_seconds=facts.clipped_at_seconds,
        )  # fmt: skip
    if facts.clicks:
        rate = facts.clicks / max(facts.seconds, 1.0)
        much = rate > limits.most_clicks
        told = "it crackles" if much else "it clicks"
        yield Finding(
            kind="clicks", severity="reject" if much else "mend",
            message=f"{told}: {facts.clicks} in {facts.seconds:.1f} s{'' if much else ', smoothed away'}",
            measured=round(rate, 2), limit=limits.most_clicks, unit="/s", at_seconds=facts.click_at_seconds,
        )  # fmt: skip
    if facts.hole_seconds:
        bad = facts.hole_seconds > limits.longest_hole_seconds and expected.is_spoken
        yield Finding(
            kind="holes", severity="reject" if bad else "note",
            message=f"its sound drops out for {facts.hole_seconds:.2f} s", measured=facts.hole_seconds,
            limit=limits.longest_hole_seconds, unit="s", at_seconds=facts.hole_at_seconds,
        )  # fmt: skip
    yield from _of_channels(facts, expected)


def _of_channels(facts: SoundFacts, expected: Expected) -> Iterator[Finding]:
    if facts.sides in {"left", "right"}:
        message = f"only the {facts.sides} side sounds; it is put on both"
        yield Finding(kind="one_sided", severity="mend", message=message)
    elif facts.sides == "opposed":
        message = "its sides cancel each other out in one loudspeaker; one is turned round"
        yield Finding(kind="opposed", severity="mend", message=message)
    if facts.offset > _MOST_OFFSET:
        yield Finding(
            kind="offset", severity="mend", message=f"it stands {facts.offset:.1%} off zero, which is taken out",
            measured=round(facts.offset * 100, 2), limit=_MOST_OFFSET * 100, unit="%",
        )  # fmt: skip
    if expected.of == "clip" and (facts.rate != _STANDARD_RATE or facts.channels != 2):  # noqa: PLR2004 - stereo
        channels = {1: "mono", 2: "stereo"}.get(facts.channels, f"{facts.channels} channels")
        message = f"it has {facts.rate / 1000:g} kHz, {channels}; it is brought to 48 kHz stereo"
        yield Finding(kind="resampled", severity="mend", message=message, measured=facts.rate, unit="Hz")


def _of_time(facts: SoundFacts, expected: Expected, limits: SoundChecks) -> Iterator[Finding]:
    drifts = (
        ("late", facts.offset_seconds, "begins {:.2f} s {} the picture and keeps its place"),
        ("drift", facts.stretched_seconds, "runs away from the picture by {:.2f} s ({}) and is brought back"),
    )
    for kind, drift, told in drifts:
        if abs(drift) > limits.most_drift_seconds and facts.picture_seconds is not None:
            words = ("after", "before") if kind == "late" else ("slower", "faster")
            yield Finding(
                kind=kind, severity="mend", message="it " + told.format(abs(drift), words[drift < 0]),
                measured=round(drift * 1000), limit=limits.most_drift_seconds * 1000, unit="ms",
            )  # fmt: skip
    if facts.missing_seconds:
        yield Finding(
            kind="gaps", severity="mend", unit="s", measured=facts.missing_seconds,
            message=f"{facts.missing_seconds:.2f} s of its sound are missing; what follows keeps its place",
        )  # fmt: skip
    if facts.picture_seconds is None or expected.of == "narration":
        return
    ends = facts.offset_seconds + facts.seconds + facts.missing_seconds + facts.stretched_seconds
    over = ends - facts.picture_seconds
    if abs(over) > _LEFT_OVER_SECONDS:
        told = (
            f"ends {-over:.1f} s before the picture"
            if over < 0
            else f"goes on {over:.1f} s after the picture; it is cut"
        )
        yield Finding(
            kind="shorter" if over < 0 else "longer", severity="mend", message=f"its sound {told}",
            measured=round(over, 2), limit=_LEFT_OVER_SECONDS, unit="s",
        )  # fmt: skip


def _of_speech(facts: SoundFacts, expected: Expected, limits: SoundChecks) -> Iterator[Finding]:
    if expected.speech == "none":
        share = facts.speech_seconds / max(facts.seconds, 0.1)
        if share > _MUCH_SPEECH:
            yield Finding(
                kind="talks_under", severity="reject", message="somebody speaks in it under the narrator",
                measured=round(share * 100, 1), limit=_MUCH_SPEECH * 100, unit="%",
            )  # fmt: skip
        return
    if not expected.is_spoken:
        return
    # Of a voice that says what it is told, sound is speech.
    said = facts.speech_seconds if expected.speech == "script" else facts.seconds * (1 - facts.silent_share)
    wanted = expected.text_seconds
    if said < max(_LEAST_SPOKEN * wanted, 0.1):
        told = "nobody speaks in it" if said < 0.1 else f"somebody speaks for only {said:.1f} s"  # noqa: PLR2004
        limit = round(_LEAST_SPOKEN * wanted, 2)
        yield Finding(kind="no_speech", severity="reject", message=told, measured=said, limit=limit, unit="s")
        return
    if wanted > _SHORT_LINE_SECONDS and not _SLOWEST <= wanted / max(said, 0.01) <= _FASTEST:
        yield Finding(
            kind="pace", severity="reject", measured=round(said, 2), limit=round(wanted, 2), unit="s",
            message=f"it says in {said:.1f} s what takes about {wanted:.1f} s to read",
        )  # fmt: skip
    if facts.end_level_db > _CUT_OFF_DB and _speaks_to_the_end(facts, expected):
        yield Finding(
            kind="cut_off", severity="reject", message="it ends in the midst of a word", measured=facts.end_level_db,
            limit=_CUT_OFF_DB, unit="dB", at_seconds=facts.seconds,
        )  # fmt: skip
    over = facts.speech_over_noise_db
    if over is not None and over < limits.noisiest_db:
        yield Finding(
            kind="noisy", severity="note", message=f"the voice stands only {over:.0f} dB over what is heard beside it",
            measured=over, limit=limits.noisiest_db, unit="dB",
        )  # fmt: skip


def _speaks_to_the_end(facts: SoundFacts, expected: Expected) -> bool:
    if expected.speech == "known":
        return True
    ends = facts.offset_seconds + facts.seconds + facts.missing_seconds
    return bool(facts.spoken) and facts.spoken[-1][1] >= ends - _CUT_OFF_SECONDS
