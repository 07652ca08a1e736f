"""The recipe: how an episode is made. Every field has a default that works with nothing installed and no key."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from reelwright.values import Exact, Size, Usd, Value

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
"""A colour as `#rrggbb`."""


class OutputFormat(Value):
    """The master's format."""

    size: Literal["1080x1920", "720x1280", "1920x1080", "1280x720", "1080x1080"] = "1080x1920"
    """Picture size in pixels, width x height."""
    frame_rate: Literal[24, 25, 30, 50, 60] = 30
    """Frames a second; each divides 48 000, so a frame is a whole number of audio samples."""

    @property
    def pixels(self) -> Size:
        """The size as numbers."""
        return Size.parse(self.size)

    @property
    def samples_per_frame(self) -> int:
        """Audio samples (48 kHz) in one frame: exact."""
        return 48_000 // self.frame_rate

    def frames_for(self, seconds: Fraction) -> int:
        """The smallest number of frames that lasts at least `seconds`."""
        return -(-seconds.numerator * self.frame_rate // seconds.denominator)


class Voice(Value):
    """Who narrates, and how."""

    narrator: str = "local"
    """A narrator of the catalogue; `local` is the voice that comes with Reelwright; `none` means no narrator."""
    voice: str = ""
    """The narrator's own name of a voice. Empty: its default."""
    speed: Exact = Field(default=Fraction(1), ge=Fraction(1, 2), le=Fraction(2))
    """1 is the voice's own pace."""
    lead_seconds: Exact = Field(default=Fraction(3, 20), ge=0, le=3)
    """Silence before the first word of a shot."""
    tail_seconds: Exact = Field(default=Fraction(7, 20), ge=0, le=5)
    """Silence after the last word of a shot."""


class Music(Value):
    """What plays under the voice."""

    source: str = "bed"
    """`bed` is a synthesised music bed, `none` is silence, anything else is a file or a folder of files."""
    mood: Literal["auto", "calm", "bright", "curious", "tense", "warm"] = "auto"
    """The bed's character; `auto` follows the title."""
    level_db: float = Field(default=-18.0, ge=-60, le=0)
    """Loudness of the music relative to the voice, in LU, while nobody speaks."""
    duck_db: float = Field(default=-7.0, ge=-40, le=0)
    """How much further it steps back while somebody speaks."""
    licence: str = ""
    """Licence and attribution of a music file; kept in the manifest."""


class Captions(Value):
    """Words on the picture."""

    preset: Literal["word", "pop", "sentence", "none"] = "word"
    """`word` highlights the spoken word, `pop` shows word groups one by one, `sentence` a phrase without highlight."""
    font: str = "Poppins"
    """Family of the Latin text; other scripts get a font that covers them."""
    colour: Colour = "#ffffff"
    highlight: Colour = "#ffd23f"
    outline: Colour = "#101418"
    position: Literal["lower", "middle", "upper"] = "lower"
    """Where in the safe area."""
    uppercase: bool = False


class Look(Value):
    """How the pictures look."""

    style: str = "cinematic, natural light"
    """Repeated in the prompt of every shot."""
    palette: tuple[Colour, ...] = ()
    """Colours, most important first. Empty: chosen from the shot's words."""
    negative_prompt: str = ""


class Checks(Value):
    """When a clip is good enough."""

    enabled: bool = True
    loudness_lufs: float = -14.0
    """Integrated loudness of the master, in LUFS."""
    true_peak_dbtp: float = -1.0
    """The highest true peak of the master, in dBTP."""


class Budget(Value):
    """Caps in US dollars; `None` means no cap."""

    per_episode_usd: Usd | None = Decimal(5)
    """A run that could spend more is refused before it starts."""
    per_day_usd: Usd | None = None
    per_model_usd: dict[str, Usd] = Field(default_factory=dict)


class Recipe(Value):
    """How an episode is made; the default needs no key and no network."""

    schema_version: Literal[1] = 1
    name: str = "default"
    output: OutputFormat = OutputFormat()
    voice: Voice = Voice()
    music: Music = Music()
    captions: Captions = Captions()
    look: Look = Look()
    writer: str | dict[str, Any] = "none"
    """Who makes a storyboard of a topic; `none` splits the given text by rule."""
    image_models: tuple[str | dict[str, Any], ...] = Field(default=("animatic",), min_length=1)
    """Models for start frames, tried in order: names of the catalogue, or entries defined in place."""
    video_models: tuple[str | dict[str, Any], ...] = Field(default=("animatic",), min_length=1)
    """Models for shots, tried in order: names of the catalogue, or entries defined in place."""
    default_seconds: Exact = Field(default=Fraction(5), ge=1, le=60)
    """Length of a shot with no narration and no length of its own."""
    checks: Checks = Checks()
    budget: Budget = Budget()
    chapters: bool = True
    """Whether each shot becomes a chapter of the master."""
