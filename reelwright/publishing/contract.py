"""What a channel is: prepare → open → upload → submit, with look and find. One file a kind stands beside this one.

The facts of a kind are in `rules`, what OAuth rests on in `token_store`.

The outbox (`reelwright.publishing.outbox`) calls these in order and commits between any two calls, so that a crash at
any instruction leaves a row from which another process goes on:

```
prepare(release, options) → Post     pure; all problems and warnings in one list; the row `intent` is committed
open(post)                → Handle   may create the platform's session; committed as `session`
upload(handle, post)      → Handle   the bytes; goes on where the platform says they stopped; committed as `bytes`
submit(handle, post)      → Handle   asks the platform to make it public; committed as `submitted`
look(handle, post)        → Outcome  reads only, may be repeated for ever
find(post)                → Outcome  reads only: looks for our marker where no handle can tell any more
```

The rules that keep one episode to one post:

- **`rules.final_call` is the one call after which a post may exist.** The outbox commits `calling` before it, never
  repeats it after a lost answer unless `rules.repeatable` says that the platform itself takes a repeat for the same
  post, and otherwise reads: `look`, then `find`, then says `unknown` to a person.
- A call that is not the final one may be sent again after a lost answer: it can leave rubbish, never a second post.
- No method retries its own request once bytes may have arrived, `look` and `find` excepted.
- A method says that nothing happened with `ChannelRefused`, and that nobody can tell with `OutcomeUnknown`.
  Whatever else is raised counts as `OutcomeUnknown` for the final call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import AwareDatetime, Field, SecretStr, SerializerFunctionWrapHandler, model_serializer

from reelwright.credentials import WrittenKey
from reelwright.errors import ReelwrightError
from reelwright.publishing.rendition import Rendition
from reelwright.publishing.rules import LATER, ChannelRules, Privacy, RefusalKind
from reelwright.publishing.token_store import TokenStore
from reelwright.values import Exact, Size, Value

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many the platform has taken."""


class MediaFile(Value):
    """A file of an episode, where this machine has it."""

    path: Path = Field(exclude=True, default=Path())
    """Never kept in the ledger: another machine has it elsewhere, and tells it by its SHA-256."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)
    media_type: str
    """An IANA media type: `video/mp4`, `image/jpeg`, `text/vtt`, `application/x-subrip`."""


class PostOptions(Value):
    """What a person asks of one channel: from the recipe's and the storyboard's `channels`, and the command line."""

    title: str = ""
    """Instead of the episode's. Likewise the next two; empty: the episode's."""
    description: str = ""
    """The text below the video; empty: the episode's."""
    hashtags: tuple[str, ...] | None = None
    """With or without `#`; empty: the episode's."""
    privacy: Privacy | None = None
    """`None`: the channel's own default, see `ChannelRules.privacy`."""
    at: AwareDatetime | None = None
    """When people shall see it. `None` or past: now."""
    made_for_kids: bool = False
    """Whether it is made for children, as platforms ask."""
    no_ai_label_because: str = ""
    """Why an episode made with AI needs no label here. The only way to go without one: a reason, kept in the row."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """The kind's own options by name: `playlist`, `category`, `share_to_feed` … An unknown one is a problem."""

    @model_serializer(mode="wrap")
    def _as_said(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What nobody has said must not come back as said: later words go before earlier ones, field by field.
        return {name: value for name, value in dump(self).items() if name in self.model_fields_set}


class Release(Value):
    """An episode as its folder and manifest tell it: what every channel is given. See `release.read_release`."""

    slug: str
    """The episode's folder name: with the video's SHA-256 it tells one episode from another."""
    title: str
    description: str = ""
    hashtags: tuple[str, ...] = ()
    """Without `#`."""
    language: str = "en"
    """BCP 47 tag of the narration."""
    video: MediaFile
    seconds: Exact
    size: Size
    """The picture's size in pixels, as it is shown."""
    frame_rate: Exact
    video_codec: str
    """As ffprobe calls it: `h264`, `hevc`."""
    audio_codec: str = ""
    """As ffprobe calls it: `aac`; empty: silent."""
    cover: MediaFile | None = None
    captions: MediaFile | None = None
    """WebVTT."""
    master_sha256: str = ""
    """The master's name, where the video is a channel's own rendition of it."""
    rendition: str = ""
    """What that rendition is, for people; empty: the master itself."""
    made_with_ai: bool = True
    """From the manifest; a manifest that does not say is read as yes."""
    options: Mapping[str, PostOptions] = Field(default_factory=dict)
    """What the storyboard says otherwise on a channel, by its name or kind."""
    folder: Path = Field(exclude=True, default=Path())


class Post(Value):
    """A release as one channel will show it, fitted and checked. Kept in the row: every process posts the same."""

    channel: str
    """The channel's name."""
    kind: str
    marker: str
    """Our own mark of this post, `rw` and 12 hexadecimal digits: put where `find` can see it again."""
    title: str = ""
    text: str = ""
    """The description or caption as it goes out, hashtags placed."""
    tags: tuple[str, ...] = ()
    language: str = ""
    privacy: Privacy = "public"
    at: AwareDatetime | None = None
    """The slot, in UTC. `None`: as soon as it is there."""
    ai_label: bool
    """Whether the platform is told that the episode is made with AI."""
    ai_label_reason: str
    """Why, or why not: `the manifest says so`, or a person's `no_ai_label_because`."""
    made_for_kids: bool = False
    master_sha256: str = ""
    """Of the master that the video is a rendition of; empty: the video is the master."""
    video: MediaFile
    cover: MediaFile | None = None
    captions: MediaFile | None = None
    seconds: Exact
    size: Size
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """The kind's own fields; plain JSON, no secret."""
    problems: tuple[str, ...] = ()
    """What makes the platform refuse it, all of it: with any of these nothing is sent."""
    warnings: tuple[str, ...] = ()
    """What was cut, moved or left out, and what the person should know."""


class Handle(Value):
    """The durable handle of a post on its way. Plain JSON, no credential; committed before the next call."""

    schema_version: Literal[1] = 1
    kind: str
    account: str = ""
    """The channel's `account`: only there can it be brought on."""
    session: str = Field(default="", repr=False)
    """The platform's session, e.g. an upload URI. Whoever has it may send bytes: it is kept, never shown."""
    remote_id: str = ""
    """The platform's number of the container, video or publication, as soon as it tells one."""
    url: str = ""
    sent_bytes: int = Field(default=0, ge=0)
    """How many the platform has confirmed."""
    opened_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    """When the session ends by the platform's documentation. `None`: it does not say."""
    extra: Mapping[str, Any] = Field(default_factory=dict, repr=False)
    """The kind's own values; plain JSON, no secret."""


class Published(Value):
    """People can see it, or will at its slot."""

    state: Literal["published"] = "published"
    remote_id: str
    url: str = ""
    """Where; empty: the platform does not tell, e.g. for a private post."""
    at: AwareDatetime
    """When it became public, or will (the platform's own schedule)."""
    note: str = ""
    """What a person must still do: `finish it in the TikTok app`."""


class Processing(Value):
    """The platform has all it needs for now and works on it: look again."""

    state: Literal["processing"] = "processing"
    look_after_seconds: float = Field(default=15.0, gt=0)
    note: str = ""


class Unfinished(Value):
    """The platform knows the session and waits for us; surely no post has come of it.

    Where the final call is `upload` and the platform waits for `submit`, the post is there and lacks what follows.
    """

    state: Literal["unfinished"] = "unfinished"
    waits_for: Literal["bytes", "submit"] = "bytes"
    received_bytes: int = Field(default=0, ge=0)


class Absent(Value):
    """The platform surely has no post of ours: everything may begin again. Never a guess."""

    state: Literal["absent"] = "absent"
    proof: str
    """What was read, for the row: `the session has expired; 12 uploads since 10:00 read, none with rw3f…`."""


class Unclear(Value):
    """What was read proves nothing."""

    state: Literal["unclear"] = "unclear"
    reason: str
    candidates: tuple[str, ...] = ()
    """Posts that may be it, as URLs or ids, for a person to compare."""


class Refused(Value):
    """The platform said no, and nothing came of it."""

    state: Literal["refused"] = "refused"
    kind: RefusalKind
    reason: str
    """What the platform said, in its words, with the error's name."""
    person_should: str
    """The next step, in ours."""
    retry_after_seconds: float | None = Field(default=None, ge=0)
    """For the kinds in `LATER`; `None`: the outbox chooses."""
    remote_id: str = ""
    """What is left on the platform: a rejected video."""


Outcome = Annotated[Published | Processing | Unfinished | Absent | Unclear | Refused, Field(discriminator="state")]


class ChannelRefused(ReelwrightError):
    """A platform refused a call, or could not be reached, and nothing came of it."""

    code = "channel_refused"
    exit_code = 8

    def __init__(self, channel: str, refused: Refused) -> None:
        super().__init__(f"{channel}: {refused.reason}", hint=refused.person_should)
        self.channel, self.refused = channel, refused
        self.retryable = refused.kind in LATER


class OutcomeUnknown(ReelwrightError):
    """A call went out and no answer came back that tells what became of it. Read; never send it again blindly."""

    code = "outcome_unknown"
    exit_code = 9

    def __init__(self, channel: str, what: str, *, person_should: str = "") -> None:
        read = "Run `reelwright reconcile`: it reads, proves, and sends nothing."
        super().__init__(f"{channel}: {what}", hint=person_should or read)
        self.channel, self.what = channel, what


@runtime_checkable
class Channel(Protocol):
    """One account on one platform. Cheap to build, holds a client, closed with `aclose`; safe for one post at a time.

    Every method but `prepare` raises `ChannelRefused` when the platform said no or was not reached (kinds `sign_in`,
    `busy`, `quota` …), and `OutcomeUnknown` when a request went out whole or in part and its answer did not come.
    """

    @property
    def name(self) -> str:
        """The channel's name in the recipe and in the ledger, e.g. `youtube`, `youtube-de`."""
        ...

    @property
    def account(self) -> str:
        """Where its posts land, by a name that stays when keys and tokens change: a channel's id, a bucket's address.

        With the kind it tells one place from another: an episode is published there once. Calls nothing, no secret.
        """
        ...

    @property
    def rules(self) -> ChannelRules:
        """What it takes and how it behaves."""
        ...

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the release as this channel would show it, with every problem and warning. Pure: calls nothing."""
        ...

    async def open(self, post: Post) -> Handle:
        """Begin: create the platform's session or container if it has one, else only a handle."""
        ...

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Send what the platform has not yet. First asks how much it has, if `handle` is not fresh.

        Never sends a byte twice after an answer was lost: it asks again, and goes on from there.
        """
        ...

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Ask for the post. Channels whose upload is all there is return the handle as it came."""
        ...

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """Read what has become of a handle. Transport faults are retried inside, then raised as `ChannelRefused`."""
        ...

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look for our marker among what was posted since a moment: `Published`, `Absent` (proved) or `Unclear`.

        Only asked where `rules.find` is not `cannot`.
        """
        ...

    async def aclose(self) -> None:
        """Close the client."""
        ...


class ChannelEntry(Value):
    """One channel as a recipe or block names it. Each kind has a module with three names.

    `RULES: ChannelRules`; `Settings`: a `Value` that reads `settings`; `build(entry, bench) -> Channel`, which calls
    nothing. `publishing.registry` knows the modules by kind.
    """

    kind: str = Field(min_length=1)
    """`youtube`, `tiktok`, `instagram`, `facebook`, `s3`, `webhook`, `folder`."""
    name: str = Field(default="", pattern=r"^[a-z0-9][a-z0-9-]*$|^$", max_length=120)
    """What it is called in the ledger and on the command line. Empty: its kind."""
    base_url: str = ""
    """Another address of the platform's API: a proxy, a test server. Empty: the usual one."""
    account: str = "default"
    """Which signed-in account, where the kind signs in: with the kind, the key of its tokens: `youtube/default`."""
    api_key: WrittenKey | None = None
    """Where its key is, `{env: NAME}`, where the kind has one."""
    settings: Mapping[str, Any] = Field(default_factory=dict)
    """The kind's own: a folder, a bucket, a page's number, chunk sizes."""
    options: PostOptions = PostOptions()
    """For every episode, unless the storyboard says otherwise."""
    rendition: Rendition | None = None
    """The channel's own version of the video; `None`: the master, which every platform takes."""

    @property
    def called(self) -> str:
        """Its name, or its kind."""
        return self.name or self.kind


@dataclass(frozen=True, slots=True)
class Bench:
    """What a channel is built with."""

    tokens: TokenStore
    credential: Callable[[tuple[str, ...]], SecretStr | None]
    """Returns the first of these that the environment or a block has, e.g. `YOUTUBE_CLIENT_SECRET`."""


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)
