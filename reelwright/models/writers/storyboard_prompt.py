"""What a writer is told: the craft, the terms of this episode, the topic; and, once, what must be put right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pydantic import Field

from reelwright.models.writers.contract import Turn, WritingRequest
from reelwright.models.writers.storyboard_draft import draft_schema
from reelwright.storyboard import Brief
from reelwright.timing import estimate_seconds
from reelwright.values import Exact, Value

_SAMPLE = "In the morning the baker cuts the first loaf and listens: a good crust sings while it cools in the draught."
_SECONDS_A_SHOT = 5
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})

_CRAFT = """\
You write storyboards for short vertical videos that people watch to the end.

Story
- Begin with the hook: a surprising fact, a question that hurts to leave open, or a picture that cannot be.
- One thought a shot, each following from the one before by "but" or "therefore", never by "and then".
- Say what is true. Name things; give one number rather than three adjectives. Keep sentences short enough to be spoken.
- Close the thought in the last shot, so that the end leads back to the beginning.

Narration
- Write what is said aloud, word for word. Spell out what a voice would stumble over.
- No greeting, no "in this video", no stage directions, emojis, hashtags, links, headings or markup.

Pictures
- Each picture is a prompt for a video model that sees this one text only: say who or what, one action, where, how it is
  framed (close-up, medium, wide; lens, height), and the light. One moment, one camera move.
- Never describe what cannot be seen. No written words, logos, subtitles, split screens or numbers in the picture.
- Change framing and distance from shot to shot. No two pictures are alike.

Continuity
- Whoever appears in more than one shot is described once, under `characters`, and named in `picture` and `characters`
  of every shot they appear in; say there what they do, not how they look.
- `world` holds what all pictures share; do not repeat it in the pictures."""


class Terms(Value):
    """What the episode allows."""

    target_seconds: Exact
    """How long the episode shall be."""
    speed: Exact = Fraction(1)
    """The narrator's pace; 1 is the voice's own."""
    pause_seconds: Exact = Fraction(1, 2)
    """Silence round each shot's narration."""
    longest_shot_seconds: Exact = Fraction(12)
    """What every video model of the recipe can make in one piece."""
    prompt_characters: int | None = None
    """The longest prompt that every video model takes."""
    dialogue: bool = False
    """Whether people in the picture can speak."""
    style: str = ""
    """The look, said to the models with each prompt."""
    aspect: str = "vertical 9:16"
    avoid: tuple[str, ...] = Field(default=())
    """Titles of earlier episodes that must not be told again."""

    def seconds_of(self, narration: str) -> Fraction:
        """Return about how long a shot with this narration is."""
        return estimate_seconds(narration) / self.speed + self.pause_seconds

    @property
    def range_seconds(self) -> tuple[Fraction, Fraction]:
        """The shortest and the longest episode that still fits the target."""
        return self.target_seconds * Fraction(88, 100), self.target_seconds * Fraction(112, 100)

    @property
    def shot_count(self) -> int:
        """How many shots the target has room for."""
        return max(round(self.target_seconds / _SECONDS_A_SHOT), 2)

    @property
    def words_a_second(self) -> Fraction:
        """How many words of ordinary prose the narrator says in a second."""
        return Fraction(len(_SAMPLE.split())) / estimate_seconds(_SAMPLE) * self.speed

    @property
    def words(self) -> int:
        """How many words of narration fill the target."""
        return max(round((self.target_seconds - self.shot_count * self.pause_seconds) * self.words_a_second), 5)


def first_request(brief: Brief, terms: Terms) -> WritingRequest:
    """Return what a writer is asked for a brief."""
    return WritingRequest(
        instructions=_CRAFT,
        turns=(Turn(speaker="user", text=_task(brief, terms)),),
        schema_name="storyboard",
        json_schema=draft_schema(),
    )


def repair_request(first: WritingRequest, draft: str, problems: Sequence[str]) -> WritingRequest:
    """Return the one further request: what was written, and what must be put right."""
    points = "\n".join(f"- {problem}" for problem in problems)
    text = f"Put these points right and leave the rest as it is. Send the whole storyboard again as JSON.\n{points}"
    turns = (*first.turns, Turn(speaker="writer", text=draft.strip() or "{}"), Turn(speaker="user", text=text))
    return first.model_copy(update={"turns": turns})


def has_own_title(brief: Brief) -> bool:
    """Whether somebody chose the title: that of a bare topic is the topic itself, cut off."""
    return brief.title != brief.topic[:100].strip()


def _task(brief: Brief, terms: Terms) -> str:
    low, high = (round(edge) for edge in terms.range_seconds)
    longest = float(terms.longest_shot_seconds)
    spaced = brief.language.split("-")[0] not in _UNSPACED
    letters = round(terms.target_seconds * 6 * terms.speed)  # as `reelwright.timing` counts scripts without spaces
    amount = f"about {terms.words} words" if spaced else f"about {letters} characters"
    lines = [
        f"Topic: {brief.topic}",
        f"Title: {brief.title}" if has_own_title(brief) else "",
        f"Notes for the description: {brief.description}" if brief.description else "",
        f"Language of title, description, narration and dialogue: {brief.language} (BCP 47).",
        "Pictures, world and descriptions of characters are always in English.",
        f"Length: {low} to {high} seconds, {amount} of narration in {terms.shot_count} shots, the hook included.",
        f"No shot is longer than {longest:g} seconds; the hook's narration has at most 12 words.",
        f"Format: {terms.aspect}. Look: {terms.style or 'natural'} (told to the model with each picture; not here).",
        "Dialogue: people in the picture may speak, where it serves; then that shot has no narration."
        if terms.dialogue
        else "Dialogue: always empty; nobody in the pictures speaks.",
        _pictures(terms),
    ]
    if brief.characters:
        known = "\n".join(f"- {character.name}: {character.description}" for character in brief.characters)
        lines.append(f"These characters exist; use them under these very names and descriptions:\n{known}")
    if terms.avoid:
        told = "\n".join(f"- {title}" for title in terms.avoid[-100:])
        lines.append(f"These were told before; do not tell them again:\n{told}")
    return "\n".join(line for line in lines if line)


def _pictures(terms: Terms) -> str:
    if terms.prompt_characters is None:
        return "A picture has 25 to 60 words."
    # The world and the characters' looks are added to each prompt.
    return f"A picture has 25 to 60 words, and at most {max(terms.prompt_characters // 2, 80)} characters."
