"""What a run would make, with which models, how long and at what price. Pure: spends nothing, calls nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import InvalidInput, PlanRefused, RecipeError
from reelwright.media.captions import fonts
from reelwright.recipe import Recipe
from reelwright.storyboard import Shot, Storyboard
from reelwright.timing import estimate_seconds
from reelwright.values import Exact, Usd, Value

_LONGEST_SHOT = Fraction(120)
_SAFE_SHORT_SECONDS = 180


class ShotPlan(Value):
    """One shot of a plan."""

    number: int
    narration: str
    picture: str
    seconds: Exact
    """Estimated from the words where there are any."""
    start_frame: str
    """The image model that is tried first."""
    models: tuple[str, ...]
    """Video models in the order they are tried."""
    usd_low: Usd
    usd_high: Usd
    """If every model but the last failed and was billed all the same."""


class Plan(Value):
    """A whole plan."""

    title: str
    output: str
    narrator: str
    shots: tuple[ShotPlan, ...]
    seconds: Exact
    usd_low: Usd
    usd_high: Usd
    problems: tuple[str, ...]
    """Why it cannot be carried out; empty if it can."""
    warnings: tuple[str, ...]

    def require(self) -> None:
        """Refuse a plan with problems.

        Raises:
            PlanRefused: with all of them.
        """
        if self.problems:
            raise PlanRefused(self.problems, hint="Nothing was started and nothing was spent.")


def make_plan(
    storyboard: Storyboard,
    recipe: Recipe,
    catalogue: Catalogue,
    *,
    today: date,
    environment: Mapping[str, str] | None = None,
) -> Plan:
    """Plan an episode: every problem is found, none hides another."""
    check = _Check(recipe, catalogue, today, environment)
    shots = tuple(check.shot(number, shot) for number, shot in enumerate(storyboard.shots, 1))
    check.episode(storyboard, shots)
    return Plan(
        title=storyboard.title,
        output=f"{recipe.output.size} at {recipe.output.frame_rate} frames/s",
        narrator=recipe.voice.narrator,
        shots=shots,
        seconds=sum((shot.seconds for shot in shots), Fraction(0)),
        usd_low=sum((shot.usd_low for shot in shots), Decimal(0)),
        usd_high=sum((shot.usd_high for shot in shots), Decimal(0)),
        problems=tuple(dict.fromkeys(check.problems)),
        warnings=tuple(dict.fromkeys(check.warnings)),
    )


class _Check:
    """Collects problems and warnings while the plan is made."""

    def __init__(
        self, recipe: Recipe, catalogue: Catalogue, today: date, environment: Mapping[str, str] | None
    ) -> None:
        self.recipe, self.catalogue, self.today, self.environment = recipe, catalogue, today, environment
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self._video = self._entries("video", recipe.video_models)
        self._image = self._entries("image", recipe.image_models)

    def shot(self, number: int, shot: Shot) -> ShotPlan:
        entries = self._entries("video", shot.models) if shot.models else self._video
        narrated = bool(shot.narration) and self.recipe.voice.narrator != "none"
        around = self.recipe.voice.lead_seconds + self.recipe.voice.tail_seconds
        spoken = estimate_seconds(shot.narration) + around if shot.narration else Fraction(0)
        seconds = max(shot.seconds or Fraction(0), spoken) or self.recipe.default_seconds
        prices = [self._price(number, entry, seconds) for entry in entries]
        if seconds > _LONGEST_SHOT:
            self.problems.append(f"shot {number} needs {float(seconds):.0f} s; a shot has at most {_LONGEST_SHOT} s")
        if shot.dialogue and not narrated and all(entry.audio == "none" for entry in entries):
            self.warnings.append(f"shot {number} has dialogue, and none of its models makes sound")
        return ShotPlan(
            number=number,
            narration=shot.narration,
            picture=shot.picture,
            seconds=self._whole_frames(seconds),
            start_frame=self._image[0].name if self._image else "",
            models=tuple(entry.name for entry in entries),
            usd_low=min(prices, default=Decimal(0)),
            usd_high=sum(prices, Decimal(0)),
        )

    def episode(self, storyboard: Storyboard, shots: tuple[ShotPlan, ...]) -> None:
        """Check what concerns the whole episode."""
        self._narrator(storyboard)
        said = "".join(shot.narration for shot in storyboard.shots) if self.recipe.captions.preset != "none" else ""
        missing = fonts.uncovered(said + storyboard.title)
        if missing:
            named = " ".join(f"{character} (U+{ord(character):04X})" for character in missing[:12])
            self.warnings.append(f"no font covers {named}; captions leave these characters out")
        cap, most = self.recipe.budget.per_episode_usd, sum((shot.usd_high for shot in shots), Decimal(0))
        if cap is not None and most > cap:
            self.problems.append(f"it may cost ${most}, and the budget is ${cap} an episode")
        if sum((shot.seconds for shot in shots), Fraction(0)) > _SAFE_SHORT_SECONDS:
            self.warnings.append("it is longer than 180 s: YouTube does not take it as a Short")

    def _narrator(self, storyboard: Storyboard) -> None:
        name = self.recipe.voice.narrator
        if name == "none" or not any(shot.narration for shot in storyboard.shots):
            return
        entries = self._entries("narrator", (name,))
        if entries and entries[0].protocol == "local" and storyboard.language.split("-")[0] != "en":
            self.problems.append(
                f"the local voice speaks English, and the script is in {storyboard.language!r}:"
                " name another narrator, or set voice.narrator to none for captions without a voice"
            )

    def _entries(self, kind: Any, wanted: tuple[Any, ...]) -> list[Entry]:
        """Resolve models; one that cannot be used is a problem only if no other can be."""
        entries, refused = [], []
        for name in wanted:
            try:
                entry = self.catalogue.resolve(name, kind)
            except RecipeError as error:
                self.problems.append(str(error))
                continue
            reason = entry.why_not(self.today, self.environment)
            if not reason:
                entries.append(entry)
            elif entry.ended(self.today):
                others = ", ".join(self.catalogue.alternatives(entry, self.today))
                self.problems.append(f"{entry.name} {reason}; alive: {others}")
            else:
                refused.append(f"{entry.name} cannot be used: {reason}")
        (self.warnings if entries else self.problems).extend(refused)
        return entries

    def _price(self, number: int, entry: Entry, seconds: Fraction) -> Decimal:
        try:
            price = entry.price(entry.fit_seconds(seconds))
        except InvalidInput as error:
            self.problems.append(f"shot {number}: {error.message}")
            return Decimal(0)
        if price is None:
            self.warnings.append(f"the price of {entry.name} is not known")
        return price or Decimal(0)

    def _whole_frames(self, seconds: Fraction) -> Fraction:
        return Fraction(self.recipe.output.frames_for(seconds), self.recipe.output.frame_rate)
