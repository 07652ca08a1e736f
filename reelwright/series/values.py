"""The series as a person writes it: the show's bible, its topics, its slots, its budgets, and what to do when late."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from reelwright.publishing.contract import ChannelEntry
from reelwright.recipe import Recipe
from reelwright.script.words import shortened
from reelwright.storyboard import Character, Shot, Text
from reelwright.validation import refused
from reelwright.values import Usd, Value

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LocalTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time on the clock on the wall, as `07:30`."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A name of small letters, digits and hyphens."""

Review = Literal["none", "storyboard", "publish", "both"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # an absolute path, a folder of zones, no such zone
        raise ValueError(f"expected an IANA time zone such as Europe/Berlin, not {name!r}") from None
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]
"""A time zone's IANA name, e.g. `Europe/Berlin`."""


class Bible(Value):
    """What every episode of the show has in common."""

    voice: Text = ""
    """How the show speaks; told to the writer."""
    look: Text = ""
    """How its pictures look. Empty: the recipe's style."""
    characters: tuple[Character, ...] = ()
    """Who appears: in every episode that names them in a shot, looking the same. Paths of references start here."""
    dos: tuple[Text, ...] = ()
    """What the show always does; told to the writer."""
    donts: tuple[Text, ...] = ()
    """What the show never does; told to the writer."""


class ListedTopic(Value):
    """A topic of a list. A text alone is a topic for the writer."""

    title: Text = Field(min_length=1, max_length=100)
    """The episode's title."""
    topic: Text = ""
    """Notes for the writer."""
    script: Text = ""
    """What is said, word for word, in paragraphs as in a script. No writer is needed."""
    shots: tuple[Shot, ...] = ()
    """What is said and seen, shot by shot. No writer is needed."""
    description: Text = Field(default="", max_length=5000)
    """The text below the video."""
    hashtags: tuple[Text, ...] = ()
    """Beside those of the series."""

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: Any) -> Any:
        return {"title": shortened(" ".join(given.split())), "topic": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Tell editors that a text alone will do."""
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}


class Topics(Value):
    """Where the topics come from: one of the five. Paths start from the series file's folder."""

    list: tuple[ListedTopic, ...] | None = Field(default=None, min_length=1)
    """Topics in the order they are told."""
    csv: str | None = Field(default=None, min_length=1)
    """A table with the columns `title` and `topic` or `script`, and maybe `description`, `hashtags` and `language`."""
    feed: str | None = Field(default=None, min_length=1)
    """An RSS or Atom feed: an address or a file. Each entry is a topic, or, without a writer, read out."""
    scripts: str | None = Field(default=None, min_length=1)
    """A folder of scripts and briefs, told in the order of their names."""
    ideas: str | None = Field(default=None, min_length=1)
    """A subject: the recipe's writer finds topics about it."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise refused(
                f"{' and '.join(given)} are given" if given else "nothing is given",
                expected="one of list, csv, feed, scripts, ideas",
            )
        return self


class SlotRule(Value):
    """When episodes go out: at each of the times on each of the days."""

    name: Name = "daily"
    """What it is called in schedules."""
    days: tuple[Day, ...] = Field(default=DAYS, min_length=1)
    """Days of the week: mon, tue, wed, thu, fri, sat, sun. Empty: every day."""
    times: tuple[LocalTime, ...] = Field(min_length=1)
    """Times in the series' time zone, e.g. `07:30`."""


class SeriesBudget(Value):
    """Caps in US dollars; empty means no cap but the recipe's."""

    per_episode_usd: Usd | None = None
    """An episode that could cost more is refused before it starts."""
    per_day_usd: Usd | None = None
    """What the episodes of one day's slots may cost together, whenever they are made."""
    per_month_usd: Usd | None = None
    """What the episodes of one month's slots may cost together."""


class Missed(Value):
    """What happens when a slot has come and its episode is not there."""

    policy: Literal["publish_late", "skip", "reserve"] = "publish_late"
    """Make it late, leave the slot out, or let an episode of the reserve take its place."""
    grace_minutes: int = Field(default=60, ge=0, le=1440)
    """For how long after the slot an episode is not late yet, in minutes."""
    within_hours: int = Field(default=48, ge=1, le=744)
    """What was missed longer ago than this is left out, in hours."""


class Series(Value):
    """A show: a file that says what is made for which slot."""

    schema_version: Literal[1] = 1
    """The version of this form; leave it as it is."""
    title: Text = Field(min_length=1, max_length=100)
    """The show's title, for people."""
    description: Text = ""
    """What it is, for people."""
    active: bool = True
    """Whether its schedules run. A series that is not active can still be planned and run by hand."""
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """BCP 47 tag of the narration, e.g. `en`, `de`, `pt-BR`."""
    hashtags: tuple[Text, ...] = ()
    """Of every episode."""
    bible: Bible = Bible()
    """What every episode has in common."""
    recipe: Recipe = Recipe()
    """How episodes are made."""
    recipe_file: str = ""
    """The same as a file of its own, instead of `recipe`; its path starts from this file's folder."""
    topics: Topics
    """What the episodes are about."""
    time_zone: TimeZone
    """Where the slots' clock hangs, e.g. `Europe/Berlin`."""
    slots: tuple[SlotRule, ...] = Field(min_length=1)
    """When episodes go out."""
    lead_hours: int = Field(default=0, ge=0, le=336)
    """How long before its slot an episode is made, in hours on the clock on the wall."""
    reserve: int = Field(default=0, ge=0, le=20)
    """How many episodes are kept ready for slots that would be missed."""
    missed: Missed = Missed()
    """What happens when a slot has come and its episode is not there."""
    channels: tuple[str | ChannelEntry, ...] = ()
    """Where episodes go out at their slots; empty: as the recipe says, which may be nowhere."""
    review: Review = "none"
    """When a person decides: before anything is spent (storyboard), before it is published, or both."""
    review_hours: float = Field(default=48, gt=0, le=720)
    """How long a review waits, in hours; after that nothing is spent, or nothing is published."""
    unanswered: Literal["ask_again", "leave_out"] = "ask_again"
    """When nobody has answered in time: ask again when the series runs next, or leave the slot out."""
    budget: SeriesBudget = SeriesBudget()
    """What it may cost."""
    at_once: int = Field(default=2, ge=1, le=16)
    """How many episodes are made side by side."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [rule.name for rule in self.slots]
        for index, name in enumerate(names):
            if name in names[:index]:
                expected = "a name for each, such as weekdays and weekend"
                raise refused(f"two rules are called {name!r}", expected=expected, at=("slots", index, "name"))
        if self.recipe_file and "recipe" in self.model_fields_set:
            raise refused("there are two recipes", expected="'recipe' or 'recipe_file'", at=("recipe_file",))
        if self.missed.policy == "reserve" and not self.reserve:
            expected = "how many episodes are kept ready, at least 1"
            raise refused("there is no reserve to take from", expected=expected, at=("reserve",))
        if self.review != "none" and (self.missed.policy != "publish_late" or self.reserve):
            expected = "'missed: {policy: publish_late}' and no reserve"
            raise refused("what waits for a person goes out when they decide", expected=expected, at=("review",))
        return self
