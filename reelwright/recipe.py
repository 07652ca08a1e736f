"""The recipe: how an episode is made. Every field has a default that works with nothing installed and no key."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from reelwright.choices import OneOf, OrOwn
from reelwright.credentials import WrittenKey, address
from reelwright.fit import Fit
from reelwright.overlays import Card, Overlay
from reelwright.publishing.contract import ChannelEntry
from reelwright.transition import Transition
from reelwright.values import Exact, Size, Usd, Value

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
"""A colour as `#rrggbb`."""

ImageModel = Annotated[str | dict[str, Any], OneOf("image")]
"""An image model of the catalogue, or one defined in place."""

VideoModel = Annotated[str | dict[str, Any], OneOf("video")]
"""A video model of the catalogue, or one defined in place."""


class OutputFormat(Value):
    """The master's format."""

    size: Literal["1080x1920", "720x1280", "1920x1080", "1280x720", "1080x1080"] = "1080x1920"
    """Picture size in pixels, width x height."""
    frame_rate: Literal[24, 25, 30, 50, 60] = 30
    """Frames a second; each divides 48 000, so a frame is a whole number of audio samples."""
    fit: Fit = "auto"
    """How a clip of another shape fills the picture: `crop` cuts it round its subject, `blur` shows it whole before a
    blurred copy of itself, `auto` crops while more than half of it is left."""
    slowest: Exact = Field(default=Fraction(17, 20), ge=Fraction(1, 2), le=1)
    """How slow a clip without sound may be played that is shorter than its narration; 1: its last picture is held."""

    @property
    def pixels(self) -> Size:
        """The size as numbers."""
        return Size.parse(self.size)

    def filled(self, fit: Fit | None) -> OutputFormat:
        """Return the format with another way to fill the picture; `None`: as it is."""
        return self if fit is None else self.model_copy(update={"fit": fit})

    @property
    def samples_per_frame(self) -> int:
        """Audio samples (48 kHz) in one frame: exact."""
        return 48_000 // self.frame_rate

    def frames_for(self, seconds: Fraction) -> int:
        """The smallest number of frames that lasts at least `seconds`."""
        return -(-seconds.numerator * self.frame_rate // seconds.denominator)


class Voice(Value):
    """Who narrates, and how."""

    narrator: Annotated[str | dict[str, Any], OneOf("narrator", ("none",))] = "local"
    """A narrator of the catalogue, or one defined in place; `local` comes with Reelwright; `none` is nobody."""
    voice: str = ""
    """The narrator's own name of a voice. Empty: its default."""
    speed: Exact = Field(default=Fraction(1), ge=Fraction(1, 2), le=Fraction(2))
    """1 is the voice's own pace."""
    transcriber: Annotated[str | dict[str, Any], OneOf("transcriber", ("none",))] = "none"
    """Who finds the times of the words where the narrator does not tell them; `none` estimates them."""
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
    level_db: float = Field(default=-15.0, ge=-60, le=0)
    """Loudness of the music relative to the voice, in LU, while nobody speaks. More where hardly anybody does."""
    duck_db: float = Field(default=-5.0, ge=-40, le=0)
    """How much further it steps back while somebody speaks."""
    licence: str = ""
    """Licence and attribution of a music file; kept in the manifest. Empty: what a text file of the music's own name
    says (`song.mp3`, `song.txt`), else the file's tags."""


class Captions(Value):
    """Words on the picture."""

    preset: Annotated[
        str, StringConstraints(min_length=1, max_length=200), OrOwn(("word", "pop", "sentence", "none"))
    ] = "word"
    """`word` highlights the spoken word, `pop` shows word groups one by one, `sentence` a phrase without highlight;
    anything else is a preset of your own: a plug-in's name, a module, or a file such as `captions/neon.py`."""
    font: str = "Poppins"
    """A family that a `fontpkg-…` package brings, or a TTF or OTF file. Scripts without a letter in it get another."""
    colour: Colour = "#ffffff"
    """Of the words."""
    highlight: Colour = "#ffd23f"
    """Of the word that is spoken."""
    outline: Colour = "#101418"
    """Of the line round the words."""
    position: Literal["lower", "middle", "upper"] = "lower"
    """Where in the safe area."""
    platform: Literal["all", "youtube", "tiktok", "instagram"] = "all"
    """Whose buttons are kept clear of: of all of them, or of one alone, which leaves more room."""
    uppercase: bool = False
    """Whether all words are set in capitals."""
    soft_tracks: bool = False
    """Whether translations also stand in the video file itself, as subtitles that a player can switch on (with
    `preset: none` the script's own words, too). Beside the video they stand as files in any case."""


class Cover(Value):
    """The picture that stands for the episode."""

    title: bool = True
    """Whether the title is written on it, in the captions' font."""


class Look(Value):
    """How the pictures look."""

    style: str = "cinematic, natural light"
    """Repeated in the prompt of every shot."""
    palette: tuple[Colour, ...] = ()
    """Colours, most important first. Empty: chosen from the shot's words."""
    negative_prompt: str = ""
    """What must not be seen in any shot."""


class PictureChecks(Value):
    """When the picture of a clip is good enough. What is found beyond a limit leads to the next model."""

    shortest: Exact = Field(default=Fraction(9, 10), gt=0, le=1)
    """The least share of the length that was asked for; what is missing is slowed down or held."""
    largest_crop: Exact = Field(default=Fraction(5, 2), ge=1)
    """How much wider or higher than the master, in relation, a clip may be; `output.fit: blur` takes any."""
    largest_enlargement: Exact = Field(default=Fraction(4), ge=1)
    """How much a clip may have to be enlarged to fill the master."""
    longest_black_seconds: float = Field(default=1.25, ge=0)
    """A clip may open or close from black so long."""
    longest_still_seconds: float = Field(default=2.5, ge=0)
    """The longest time in which nothing at all moves."""
    least_frame_rate: float = Field(default=11.5, ge=0)
    """Frames a second; drawn animation has 12."""
    least_bits_per_pixel: float = Field(default=0.008, ge=0)
    """Of each frame in H.264; newer codecs do with half. Only a clip that shows blocks, too, is rejected."""
    start_frame_bits: int = Field(default=20, ge=0, le=64)
    """How many of the 64 bits of its hash the first picture may differ in from the start frame; 64: it is not compared.
    The same picture, fitted and encoded, differs in up to 6, another one in 26 and more."""
    duplicate_bits: int = Field(default=5, ge=-1, le=64)
    """Clips of two shots that differ in no more bits than that are one and the same; -1: they are not compared."""
    watermarks: bool = True
    """Whether a vendor's mark is looked for where the catalogue knows that it may be."""


class SoundChecks(Value):
    """When the sound of a clip or of a narration is good enough, and what is done where it is not."""

    transcriber: Annotated[str | dict[str, Any], OneOf("transcriber", ("auto", "none"))] = "auto"
    """Who hears what is said in clips and by hosted narrators, to compare it with the script: `auto` is this machine
    where the extra `recognition` is installed, else `voice.transcriber` where it hears; `none` is nobody."""
    most_wrong_words: float = Field(default=0.2, ge=0, le=1)
    """The share of the script's words that may be said otherwise; one misheard word of several is always let pass."""
    quietest_lufs: float = Field(default=-55.0, ge=-70, le=-20)
    """What is quieter counts as silent."""
    most_clipped: float = Field(default=0.03, ge=0, le=1)
    """The share of samples that may stand at a ceiling."""
    most_clicks: float = Field(default=4.0, ge=0)
    """Clicks a second that are still smoothed away; more is crackle."""
    longest_hole_seconds: float = Field(default=0.15, ge=0)
    """Silence in the midst of speech, with hard edges, all of it together."""
    most_drift_seconds: float = Field(default=0.045, gt=0)
    """How far sound and picture may be apart before the sound is moved (EBU R 37 and ITU-R BT.1359)."""
    noisiest_db: float = Field(default=6.0)
    """How far a voice stands over what is heard beside it; less is told, and the words decide."""
    more_takes: int = Field(default=1, ge=0, le=4)
    """How many takes more a model makes of a shot, one after the other, while its dialogue is said wrongly and the
    budget has room for them. After that the next model is asked."""
    narrate_over: bool = True
    """Whether the narrator says a line of dialogue that no model's take says as it is written."""


class OwnCheck(Value):
    """A check of one's own; in YAML also its name alone, e.g. `own: [checks/brand.py]`."""

    name: str = Field(min_length=1, max_length=200)
    """A plug-in's name, a module, or a file such as `checks/brand.py`; see `reelwright.checks.own`."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The check's own settings by name."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given


class Checks(Value):
    """When a clip is good enough."""

    enabled: bool = True
    """Whether clips are checked at all."""
    own: tuple[OwnCheck, ...] = ()
    """Checks of your own: each looks at every clip that a model sends, and can reject it."""
    picture: PictureChecks = PictureChecks()
    """When the picture is good enough."""
    sound: SoundChecks = SoundChecks()
    """When the sound is good enough."""
    loudness_lufs: float = -14.0
    """Integrated loudness of the master, in LUFS."""
    true_peak_dbtp: float = -1.0
    """The highest true peak of the master, in dBTP."""


class Moderation(Value):
    """A service that judges, before anything is paid, whether texts are harmful: OpenAI's `/moderations` or like it."""

    base_url: Annotated[str, AfterValidator(address)] = Field(default="https://api.openai.com/v1", min_length=1)
    """Where it is."""
    model: str = "omni-moderation-latest"
    """Its name of the model that judges."""
    api_key: WrittenKey | None = None
    """Where its key is, `{env: NAME}`; empty: it needs none."""


class Budget(Value):
    """Caps in US dollars; `None` means no cap."""

    per_episode_usd: Usd | None = Decimal(5)
    """A run that could spend more is refused before it starts."""
    per_day_usd: Usd | None = None
    """What all episodes together may cost on one day (UTC). Empty: no cap."""
    per_model_usd: dict[str, Usd] = Field(default_factory=dict)
    """What each model may cost on one day, by its name."""
    series: str = ""
    """The series that the episode is made for. A series fills it in."""
    caps: dict[str, Usd | None] = Field(default_factory=dict)
    """Further caps by what counts under them, e.g. `series kitchen in 2026-11`. A series fills them in."""


class Recipe(Value):
    """How an episode is made; the default needs no key and no network."""

    schema_version: Literal[1] = 1
    """The version of this form; leave it as it is."""
    name: str = "default"
    """What the recipe is called in messages."""
    output: OutputFormat = OutputFormat()
    """Size and frame rate of the video."""
    voice: Voice = Voice()
    """Who narrates, and how."""
    music: Music = Music()
    """What plays under the voice."""
    captions: Captions = Captions()
    """Words on the picture."""
    cover: Cover = Cover()
    """The picture that stands for the video in a list."""
    transition: Transition = Transition()
    """How each shot begins that does not say so itself."""
    overlays: tuple[Overlay, ...] = ()
    """What is laid over shots: a title, a lower third, a progress bar, a logo, or compositions of one's own."""
    title_card: Card | None = None
    """A clip of its own before the first shot."""
    end_card: Card | None = None
    """A clip of its own after the last shot."""
    look: Look = Look()
    """How the pictures look."""
    writer: Annotated[str | dict[str, Any], OneOf("writer", ("none",))] = "none"
    """Who makes a storyboard of a topic: a writer of the catalogue, or one defined in place; `none` is nobody."""
    target_seconds: Exact = Field(default=Fraction(45), ge=5, le=600)
    """How long an episode that a writer makes shall be; a given script is as long as it is."""
    image_models: tuple[ImageModel, ...] = Field(default=("animatic",), min_length=1)
    """Models for start frames, tried in order: names of the catalogue, or entries defined in place."""
    video_models: tuple[VideoModel, ...] = Field(default=("animatic",), min_length=1)
    """Models for shots, tried in order: names of the catalogue, or entries defined in place."""
    key_video_models: tuple[VideoModel, ...] = ()
    """Models for shots with `key: true`, tried before the others: the best where it counts."""
    takes: int = Field(default=1, ge=1, le=8)
    """How many takes a model makes of each shot, side by side; the best is kept, all stay in the vault."""
    on_suspect: Literal["wait", "next_model", "start_again"] = "next_model"
    """After a paid start without an answer, when nobody can tell whether it runs: ask a person, go on to the next model
    (its possible charge stays counted), or start it again (and perhaps pay twice)."""
    default_seconds: Exact = Field(default=Fraction(5), ge=1, le=60, title="Seconds of a silent shot")
    """Length of a shot with no narration and no length of its own."""
    checks: Checks = Checks()
    """When a clip is good enough."""
    budget: Budget = Budget()
    """What it may cost."""
    banned_words: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...] = ()
    """Words that the channel never says or shows, in any case: a plan that holds one is refused."""
    moderation: Moderation | None = None
    """Who judges all texts before anything is paid. Asked when an episode is made, and by `plan --moderate`."""
    channels: tuple[str | ChannelEntry, ...] = ()
    """Where the episode is published: a kind such as `youtube`, or a channel with its own name, account, settings and
    options. Empty: nowhere."""
    chapters: bool = True
    """Whether each shot becomes a chapter of the master."""
    content_credentials: bool = True
    """Whether the master carries a signed C2PA manifest that says what was made by AI."""
