"""The brief a person writes and the storyboard that everything downstream reads."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal, Self

import regex
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from reelwright.choices import OneOf
from reelwright.effects import Effect
from reelwright.fit import Fit
from reelwright.overlays import Overlay
from reelwright.publishing.contract import PostOptions
from reelwright.transition import Transition
from reelwright.validation import refused
from reelwright.values import Exact, Value

Camera = Literal["auto", "push", "pull", "pan-left", "pan-right", "tilt-up", "tilt-down", "orbit", "drift", "still"]
"""How the camera moves through a shot; `auto` lets the storyboard vary it from shot to shot."""

NativeSound = Literal["auto", "keep", "mute"]
"""What to do with the sound a video model makes: `auto` lets it be heard where nobody narrates or
people speak, if it passes the checks."""

LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
"""A BCP 47 tag: `en`, `de`, `pt-BR`."""

# Python counts the separators of old teletypes as white space, pydantic does not.
Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(str.strip)]


class Character(Value):
    """A person, animal or mascot that appears in more than one shot and must look the same."""

    name: Text = Field(min_length=1, max_length=80)
    """The name, as prompts use it."""
    description: Text = ""
    """What they look like: repeated in the prompt of every shot they appear in."""
    references: tuple[str, ...] = ()
    """Files (pictures, clips, sounds) of them: paths from the source's folder, or `SHA-256.suffix` in the vault."""


class Shot(Value):
    """One shot of the brief. Only `narration`, `dialogue` or `prompt` is needed; one follows from the other."""

    narration: Text = ""
    """What the narrator says over this shot. It decides the shot's length."""
    prompt: Text = ""
    """What is seen. Empty: drawn from the narration."""
    dialogue: Text = ""
    """What people in the picture say; needs a video model with sound."""
    seconds: Exact | None = Field(default=None, ge=1, le=120)
    """Length in seconds. Empty: as long as its narration, or the recipe's default."""
    audio: NativeSound = "auto"
    """What happens to the sound that the video model makes."""
    characters: tuple[str, ...] = ()
    """Names of the characters in the picture."""
    camera: Camera = "auto"
    """How the camera moves."""
    start_frame: str = ""
    """A picture of your own that it starts from (a path from the source's folder). Empty: one is drawn."""
    end_frame: str = ""
    """A picture of your own that it ends with, for models that take one."""
    continues: bool = False
    """Goes on where the shot before it ends: its start frame is that shot's last picture."""
    style: Text = ""
    """Overrides the recipe's style for this shot."""
    fit: Fit | None = None
    """How a clip of another shape fills the picture: `crop`, `blur` or `auto`. Empty: the recipe's `output.fit`."""
    key: bool = False
    """A key shot gets the best model the recipe has."""
    negative_prompt: Text = ""
    """What must not be seen."""
    seed: int | None = Field(default=None, ge=0)
    """Asks for another take on purpose; the same seed gives the same take."""
    take: int | None = Field(default=None, ge=0)
    """Chooses one of the takes that were made of this shot (0 is the first). Empty: the best by the checks."""
    models: tuple[Annotated[str, OneOf("video")], ...] = ()
    """Video models to try for this shot, in order. Empty: the recipe's."""
    transition: Transition | None = None
    """How this shot begins: `cut`, `dissolve`, `dip` or `whip`, also with `seconds`. Empty: the recipe's."""
    translations: dict[Annotated[str, StringConstraints(pattern=LANGUAGE)], Text] = Field(default_factory=dict)
    """What is said, in other languages by their BCP 47 tags: subtitles beside the video, e.g. `captions.de.srt`."""
    overlays: tuple[Overlay, ...] = ()
    """What is laid over this shot, after the recipe's overlays."""

    effects: tuple[Effect, ...] = ()
    """Sounds laid under this shot: a door, a whoosh, rain."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.narration or self.prompt or self.dialogue):
            raise refused("this shot says and shows nothing", expected="'narration', 'dialogue' or 'prompt'")
        if self.continues and self.start_frame:
            raise refused(
                "a shot that continues another starts from its last picture",
                expected="'start_frame' or 'continues', not both",
                at=("start_frame",),
            )
        return self

    @property
    def picture(self) -> str:
        """What is to be seen, in words: the prompt, else what is said."""
        return self.prompt or self.narration or self.dialogue


class Brief(Value):
    """What a person asks for: a title and shots, or a topic for a writer."""

    title: Text = Field(min_length=1, max_length=100)
    """The episode's title."""
    description: Text = Field(default="", max_length=5000)
    """The text below the video."""
    hashtags: tuple[Text, ...] = ()
    """Without or with `#`; the channel's limits are applied when publishing."""
    language: str = Field(default="en", pattern=LANGUAGE)
    """BCP 47 tag of the narration, e.g. `en`, `de`, `pt-BR`."""
    characters: tuple[Character, ...] = ()
    """Who appears."""
    shots: tuple[Shot, ...] = ()
    """The shots, in order. Empty: `topic` is given and a writer makes them."""
    topic: Text = ""
    """A bare topic or notes for the writer, when there are no shots yet."""
    channels: dict[str, PostOptions] = Field(default_factory=dict)
    """What is said or done otherwise on a channel, by its name or kind: title, description, hashtags, privacy, slot."""

    @model_validator(mode="after")
    def _characters_are_known(self) -> Self:
        known = [character.name for character in self.characters]
        for index, shot in enumerate(self.shots):
            unknown = ", ".join(repr(name) for name in shot.characters if name not in known)
            if unknown:
                raise refused(
                    f"nobody is described under 'characters' as {unknown}",
                    expected=f"names from {', '.join(known)}" if known else "names that 'characters' describes",
                    at=("shots", index, "characters"),
                )
        if self.shots and self.shots[0].continues:
            raise refused(
                "there is no shot before the first", expected="'continues' in later shots", at=("shots", 0, "continues")
            )
        if not self.shots and not self.topic:
            raise refused("there is nothing to make", expected="'shots', or a 'topic' for a writer")
        return self

    @property
    def slug(self) -> str:
        """The title as a folder name: `Why bread goes stale` → `why-bread-goes-stale`."""
        return slugify(self.title)


class Storyboard(Value):
    """A brief whose shots are all there: the one input of every stage after the script."""

    schema_version: Literal[1] = 1
    """The version of this form."""
    title: Text = Field(min_length=1, max_length=100)
    """The episode's title."""
    description: Text = ""
    """The text below the video."""
    hashtags: tuple[Text, ...] = ()
    """With or without `#`."""
    language: str = "en"
    """BCP 47 tag of the narration."""
    characters: tuple[Character, ...] = ()
    """Who appears."""
    shots: tuple[Shot, ...] = Field(min_length=1)
    """All of them, in order."""
    writer: str = "split by rule"
    """Who wrote the shots: a writer's name, or how the given text was split."""
    channels: dict[str, PostOptions] = Field(default_factory=dict)
    """What is said or done otherwise on a channel, by its name or kind."""

    @property
    def slug(self) -> str:
        """The title as a folder name."""
        return slugify(self.title)


def slugify(title: str) -> str:
    """Return `title` as a lower-case folder name of at most 80 letters of any script, with their marks and digits."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return regex.sub(r"[^\w\p{M}]+", "-", plain).strip("-_")[:80].rstrip("-_") or "episode"
