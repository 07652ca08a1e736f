"""What a run would make, with which models, how long and at what price. Pure: spends nothing, calls nothing."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reelwright import own_parts, plan_files
from reelwright.asking import may_narrate, video_request
from reelwright.catalogue import Catalogue, Entry
from reelwright.credentials import KeySource, nothing_stored
from reelwright.effects import misplaced
from reelwright.errors import InvalidInput, PlanRefused, RecipeError, money
from reelwright.further import further_takes
from reelwright.media.captions import fonts
from reelwright.media.captions.translated import gaps
from reelwright.models.video.adapting import adapt
from reelwright.models.video.contract import VideoRequest
from reelwright.overlays import problems_of
from reelwright.plan_files import with_hint
from reelwright.preflight import Findings, inspect_episode, inspect_shot
from reelwright.publishing.choosing import entries_of
from reelwright.publishing.preview import PlannedPost, plan_posts
from reelwright.recipe import Recipe
from reelwright.storyboard import Shot, Storyboard
from reelwright.timing import estimate_seconds, shot_time
from reelwright.values import Asset, Exact, Usd, Value

_LONGEST_SHOT = Fraction(120)
_SAFE_SHORT_SECONDS = 180
_FRAME = Asset(sha256="0" * 64, media_type="image/png", size_bytes=0)
"""Stands for the start frame that will be there."""


class ShotPlan(Value):
    """One shot of a plan."""

    number: int
    """Which shot, from 1."""
    narration: str
    """What is said over it."""
    picture: str
    """What is to be seen, in words."""
    seconds: Exact
    """Estimated from the words where there are any."""
    start_frame: str
    """The image model that is tried first, or what the shot starts from without one."""
    models: tuple[str, ...]
    """Video models in the order they are tried: those that can make this shot."""
    usd_low: Usd
    """With the cheapest of its models; narration and start frame are in it."""
    usd_high: Usd
    """If every model but the last failed and was billed all the same."""
    usd_more: Usd = Decimal(0)
    """What further takes would cost on top, should its dialogue be said wrongly; none is made without room for it."""


class Plan(Value):
    """A whole plan."""

    title: str
    """The episode's."""
    output: str
    """Size and frame rate of the master, in words."""
    narrator: str
    """Who speaks, by name."""
    shots: tuple[ShotPlan, ...]
    """Shot by shot."""
    seconds: Exact
    """How long it will be, estimated from the words."""
    usd_low: Usd
    """The least it costs."""
    usd_high: Usd
    """The most that is spent: that of all shots, and `usd_more`."""
    usd_more: Usd = Decimal(0)
    """The part of it for further takes of dialogue: as much as the episode's budget has room for."""
    problems: tuple[str, ...]
    """Why it cannot be carried out; empty if it can."""
    warnings: tuple[str, ...]
    """What will be adapted, left out, or may surprise."""
    posts: tuple[PlannedPost, ...] = ()
    """How it would appear on each of the recipe's channels."""

    def with_problems(self, further: tuple[str, ...]) -> Plan:
        """Return the plan with further problems, e.g. what a moderation service flags."""
        return self.model_copy(update={"problems": tuple(dict.fromkeys([*self.problems, *further]))})

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
    stored_keys: KeySource = nothing_stored,
) -> Plan:
    """Plan an episode: every problem is found, none hides another.

    Args:
        storyboard: What is made.
        recipe: How.
        catalogue: Facts about models.
        today: The day on which models must be alive.
        environment: Where keys are looked for; `None`: the process's.
        stored_keys: Asked once for keys that the environment has not.
    """
    check = _Check(storyboard, recipe, catalogue, today, environment, functools.cache(stored_keys))
    shots = tuple(check.shot(number, shot) for number, shot in enumerate(storyboard.shots, 1))
    check.episode(shots)
    seconds = sum((shot.seconds for shot in shots), Fraction(0))
    usd, cap = sum((shot.usd_high for shot in shots), Decimal(0)), recipe.budget.per_episode_usd
    more = sum((shot.usd_more for shot in shots), Decimal(0))
    more = more if cap is None else max(min(more, cap - usd), Decimal(0))
    posts = check.posts(seconds)
    return Plan(
        title=storyboard.title,
        output=f"{recipe.output.size} at {recipe.output.frame_rate} frames/s",
        narrator=_name_of(recipe.voice.narrator),
        shots=shots,
        seconds=seconds,
        usd_low=sum((shot.usd_low for shot in shots), Decimal(0)),
        usd_high=usd + more,
        usd_more=more,
        problems=tuple(dict.fromkeys(check.problems)),
        warnings=tuple(dict.fromkeys(check.warnings)),
        posts=posts,
    )


class _Check:
    """Collects problems and warnings while the plan is made."""

    def __init__(
        self,
        storyboard: Storyboard,
        recipe: Recipe,
        catalogue: Catalogue,
        today: date,
        environment: Mapping[str, str] | None,
        stored_keys: KeySource,
    ) -> None:
        self.storyboard, self.recipe, self.catalogue = storyboard, recipe, catalogue
        self.today, self.environment, self.stored_keys = today, environment, stored_keys
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self._by_model: dict[str, Decimal] = {}
        self._image = self._entries("image", recipe.image_models)
        is_narrated = recipe.voice.narrator != "none" and any(shot.narration for shot in storyboard.shots)
        self._voice = self._entries("narrator", (recipe.voice.narrator,))[:1] if is_narrated else []
        if is_narrated and recipe.voice.transcriber != "none":
            self._entries("transcriber", (recipe.voice.transcriber,))

        is_spoken = any(shot.dialogue or shot.narration for shot in storyboard.shots)
        if is_spoken and _name_of(recipe.checks.sound.transcriber) not in {"auto", "none"}:
            self._entries("transcriber", (recipe.checks.sound.transcriber,))

    @functools.cached_property
    def _stand_in(self) -> list[Entry]:
        return self._voice or self._entries("narrator", (self.recipe.voice.narrator,))[:1]

    # What no shot uses is not looked at: a missing key of it does no harm.
    @functools.cached_property
    def _video(self) -> list[Entry]:
        return self._entries("video", self.recipe.video_models)

    @functools.cached_property
    def _key_video(self) -> list[Entry]:
        best = self.recipe.key_video_models
        return self._entries("video", (*best, *self.recipe.video_models)) if best else self._video

    def shot(self, number: int, shot: Shot) -> ShotPlan:
        narrated = bool(shot.narration) and self.recipe.voice.narrator != "none"
        spoken = estimate_seconds(shot.narration) / self.recipe.voice.speed if narrated else None
        frames = shot_time(shot, self.recipe, speech_seconds=spoken, words=()).frames
        seconds = Fraction(frames, self.recipe.output.frame_rate)
        if seconds > _LONGEST_SHOT:
            self.problems.append(f"shot {number} needs {float(seconds):.0f} s; a shot has at most {_LONGEST_SHOT} s")
        entries = self._chain(shot)
        late = misplaced(number, shot.effects, seconds)
        # How long a line takes is only estimated here.
        is_spoken = narrated or bool(shot.dialogue)
        (self.warnings if is_spoken and shot.seconds is None else self.problems).extend(late)
        self._keep(
            inspect_shot(
                number,
                shot,
                self.storyboard,
                self.recipe,
                videos=entries,
                images=self._image,
                narrator=self._voice[0] if narrated and self._voice else None,
            )
        )
        priced = self._priced(number, shot, seconds, entries)
        takes = [price for _, price in priced]
        is_drawn = not (shot.start_frame or shot.continues)
        pictures = [self._known_price(entry, entry.price(seconds)) for entry in self._image if is_drawn]
        said = self._narration_price(shot.narration) if narrated else Decimal(0)
        return ShotPlan(
            number=number,
            narration=shot.narration,
            picture=shot.picture,
            seconds=seconds,
            start_frame=_start_of(number, shot) or (self._image[0].name if self._image else ""),
            models=tuple(entry.name for entry, _ in priced),
            usd_low=min(takes, default=Decimal(0)) + min(pictures, default=Decimal(0)) + said,
            usd_high=sum(takes, Decimal(0)) + sum(pictures, Decimal(0)) + said + self._stand_in_price(shot),
            usd_more=sum((price for entry, price in priced if entry.audio != "none"), Decimal(0))
            / self.recipe.takes
            * further_takes(shot, self.recipe),
        )

    def episode(self, shots: tuple[ShotPlan, ...]) -> None:
        """Check what concerns the whole episode."""
        self._keep(inspect_episode(self.storyboard, self.recipe, self._voice[0] if self._voice else None))
        self.problems += plan_files.music(self.recipe.music, self.storyboard.title)
        said = "".join(shot.narration for shot in shots) if self.recipe.captions.preset != "none" else ""
        self.problems += plan_files.font(self.recipe.captions, f"{said}{self.storyboard.title}")
        self.warnings += gaps(self.storyboard)
        cards = [card for card in (self.recipe.title_card, self.recipe.end_card) if card]
        own = [overlay for shot in self.storyboard.shots for overlay in shot.overlays]
        self.problems += problems_of([*self.recipe.overlays, *own, *cards])
        self.problems += own_parts.problems_of(self.storyboard, self.recipe)
        missing = fonts.uncovered(said)
        if missing:
            named = " ".join(f"{character} (U+{ord(character):04X})" for character in missing[:12])
            self.warnings.append(f"no font covers {named}; captions leave these characters out")
        self._budget(sum((shot.usd_high for shot in shots), Decimal(0)))
        if sum((shot.seconds for shot in shots), Fraction(0)) > _SAFE_SHORT_SECONDS:
            self.warnings.append("it is longer than 180 s: YouTube does not take it as a Short")

    def posts(self, seconds: Fraction) -> tuple[PlannedPost, ...]:
        """Fit the texts to each channel, now and not at night."""
        try:
            entries = entries_of(self.recipe.channels, stored=self.stored_keys)
            planned = plan_posts(self.storyboard, self.recipe, entries, seconds)
        except InvalidInput as error:
            self.problems.append(with_hint(error))
            return ()
        self.problems += planned.problems
        return planned.posts

    def _keep(self, found: Findings) -> None:
        self.problems += found.problems
        self.warnings += found.warnings

    def _budget(self, most: Decimal) -> None:
        budget = self.recipe.budget
        cap = budget.per_episode_usd
        if cap is not None and most > cap:
            self.problems.append(f"it may cost {money(most)}, and the budget is {money(cap)} an episode")
        # What was bought before costs nothing again, so a day's cap may do all the same: the ledger holds it.
        caps = [("it", most, budget.per_day_usd)]
        caps += [(name, usd, budget.per_model_usd.get(name)) for name, usd in self._by_model.items()]
        for name, usd, day in caps:
            if day is not None and usd > day:
                told = f"{name} may cost {money(usd)}, and the budget is {money(day)} a day"
                self.warnings.append(f"{told}: shots that would pass it are not started")

    def _chain(self, shot: Shot) -> list[Entry]:
        """Return the models to try for a shot: its own, else the recipe's, the best first for a key shot."""
        if shot.models:
            return self._entries("video", shot.models)
        return self._key_video if shot.key else self._video

    def _entries(self, kind: Any, wanted: tuple[Any, ...]) -> list[Entry]:
        """Resolve models; one that cannot be used is a problem only if no other can be."""
        entries: list[Entry] = []
        refused = []
        for name in wanted:
            try:
                entry = self.catalogue.resolve(name, kind)
            except RecipeError as error:
                self.problems.append(with_hint(error))
                continue
            reason = entry.why_not(self.today, self.environment, self.stored_keys)
            if not reason:
                entries += [entry] if entry not in entries else []
            elif entry.ended(self.today):
                others = ", ".join(self.catalogue.alternatives(entry, self.today))
                self.problems.append(f"{entry.name} {reason}; alive: {others}")
            else:
                refused.append(f"{entry.name} cannot be used: {reason}")
        (self.warnings if entries else self.problems).extend(refused)
        return entries

    def _priced(self, number: int, shot: Shot, seconds: Fraction, entries: list[Entry]) -> list[tuple[Entry, Decimal]]:
        """Return the models that can make a shot, each with the price of its takes.

        A model that cannot is a problem only if no other can: the chain goes on without it.
        """
        request = video_request(
            shot,
            self.storyboard,
            self.recipe,
            seconds=seconds,
            first_frame=_FRAME,
            last_frame=_FRAME if shot.end_frame else None,
        )
        priced: list[tuple[Entry, Decimal]] = []
        refused: list[str] = []
        for entry in entries:
            try:
                price, warnings = self._price(entry, request)
            except InvalidInput as error:
                refused.append(f"shot {number}: {with_hint(error)}")
                continue
            if not priced:
                # How the first one adapts the shot is what the person will see.
                self.warnings += [f"shot {number}: {warning}" for warning in warnings]
                self._by_model[entry.name] = self._by_model.get(entry.name, Decimal(0)) + price
            priced.append((entry, price))
        (self.warnings if priced else self.problems).extend(refused)
        return priced

    def _price(self, entry: Entry, request: VideoRequest) -> tuple[Decimal, tuple[str, ...]]:
        """Return what all takes of a model cost, and what it adapts; as `Entry.price` when it is started.

        Raises:
            InvalidInput: it cannot make this, or there is a budget and its price is not known.
        """
        if entry.is_local:
            entry.fit_seconds(request.seconds)
            return Decimal(0), ()
        adapted, warnings = adapt(entry, request)
        price = entry.price(adapted.seconds, size=adapted.size, audio=adapted.audio)
        if price is None and self._is_capped(entry):
            raise InvalidInput(
                f"the price of {entry.name} is not known, so no budget can hold",
                hint="Say usd_per_second where the recipe names it, or set the budgets to null.",
            )
        return self._known_price(entry, price) * self.recipe.takes, warnings

    def _is_capped(self, entry: Entry) -> bool:
        budget = self.recipe.budget
        return any(
            cap is not None
            for cap in (
                budget.per_episode_usd,
                budget.per_day_usd,
                budget.per_model_usd.get(entry.name),
                *budget.caps.values(),
            )
        )

    def _narration_price(self, text: str) -> Decimal:
        """Return what the first narrator asks for a line, rounded up to a tenth of a cent."""
        return self._known_price(self._voice[0], self._voice[0].price_of_text(text)) if self._voice else Decimal(0)

    def _stand_in_price(self, shot: Shot) -> Decimal:
        """Return what the narrator asks for a line of dialogue, should no model say it."""
        if not may_narrate(shot, self.recipe) or not self._stand_in:
            return Decimal(0)
        return self._known_price(self._stand_in[0], self._stand_in[0].price_of_text(shot.dialogue))

    def _known_price(self, entry: Entry, price: Decimal | None) -> Decimal:
        if price is None and self._is_capped(entry):
            self.problems.append(
                f"the price of {entry.name} is not known, so no budget can hold: say {entry.price_field} where the"
                " recipe names it (0 if it is free), or set the budgets to null"
            )
        elif price is None:
            self.warnings.append(f"the price of {entry.name} is not known, and not in the sum")
        return price or Decimal(0)


def _name_of(model: str | Mapping[str, Any]) -> str:
    return model if isinstance(model, str) else str(model.get("name", "defined in the recipe"))


def _start_of(number: int, shot: Shot) -> str:
    """Return what a shot starts from where no model draws it; empty where one does."""
    return "a picture of your own" if shot.start_frame else f"the end of shot {number - 1}" if shot.continues else ""
