"""What would go out, before anything does: no key is needed, nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NoReturn

from pydantic import SecretStr

from reelwright.errors import InvalidInput, MissingCredential
from reelwright.publishing import registry
from reelwright.publishing.choosing import options_for, unused_names
from reelwright.publishing.contract import Bench, ChannelEntry, MediaFile, Post, PostOptions, Release
from reelwright.publishing.fitting import video_problems
from reelwright.publishing.token_store import StoredToken
from reelwright.recipe import Recipe
from reelwright.storyboard import Storyboard
from reelwright.values import Exact, Value

_MARKER = "rw000000000000"
_BITS_A_SECOND = 10_000_000
"""What a master has, about."""


class PlannedPost(Value):
    """How an episode would appear on a channel."""

    channel: str
    """The channel's name."""
    title: str
    """As it will stand there."""
    text: str
    """The text below the video, as it will stand there."""
    tags: tuple[str, ...]
    """Hashtags, without `#`."""
    privacy: str
    """Who will see it."""
    made_with_ai_label: bool
    """Whether the platform is told that it was made with AI."""
    ai_label_reason: str
    """Why, or why not."""
    at: str = ""
    """The slot; empty: as soon as it is made."""
    problems: tuple[str, ...] = ()
    """Why it could not be posted."""
    warnings: tuple[str, ...] = ()
    """What is cut or left out."""


class _NoTokens:
    """Nobody is signed in: what is only looked at needs no account."""

    def get(self, account: str) -> StoredToken | None:
        """Return nothing."""
        del account
        return None

    def put(self, account: str, token: StoredToken, *, seen: int) -> NoReturn:
        """Refuse."""
        raise AssertionError(account, token, seen)

    def turn(self, account: str) -> AbstractAsyncContextManager[StoredToken | None]:
        """Refuse."""
        raise AssertionError(account)

    def forget(self, account: str) -> None:
        """Refuse."""
        raise AssertionError(account)


def _no_credential(_names: tuple[str, ...]) -> SecretStr | None:
    return None


def _any_credential(_names: tuple[str, ...]) -> SecretStr | None:
    return SecretStr("shown:to-nobody")


def preview(
    release: Release,
    entries: Sequence[ChannelEntry],
    told: Mapping[str, PostOptions],
    options: PostOptions | None = None,
) -> tuple[PlannedPost, ...]:
    """Return how a release would appear on each channel.

    Raises:
        InvalidInput: a channel's settings do not fit its kind.
    """
    return tuple(_planned(_prepared(release, entry, options_for(entry, told, options))) for entry in entries)


def plan_posts(storyboard: Storyboard, recipe: Recipe, entries: Sequence[ChannelEntry], seconds: Exact) -> Planned:
    """Return how an episode that is not made yet would appear: its length is an estimate, so it warns of that only."""
    release = _expected(storyboard, recipe, seconds)
    posts, problems = [], []
    for entry in entries:
        try:
            post = _prepared(release, entry, options_for(entry, storyboard.channels))
        except InvalidInput as error:
            problems.append(f"{entry.called}: {error.message}")
            continue
        shown = entry.rendition.expected(release) if entry.rendition else release
        unsure = set(video_problems(registry.rules_of(entry.kind), shown))
        sure = tuple(problem for problem in post.problems if problem not in unsure)
        maybe = tuple(f"as it is planned, {problem}" for problem in post.problems if problem in unsure)
        posts.append(_planned(post.model_copy(update={"problems": sure, "warnings": (*post.warnings, *maybe)})))
        problems += [f"{entry.called}: {problem}" for problem in sure]
    unused = unused_names(storyboard.channels, entries)
    problems += [f"`channels` of the script names {name!r}, and there is no such channel" for name in unused]
    return Planned(posts=tuple(posts), problems=tuple(problems))


class Planned(Value):
    """The posts of a plan, and why some cannot be."""

    posts: tuple[PlannedPost, ...]
    problems: tuple[str, ...]


def _prepared(release: Release, entry: ChannelEntry, options: PostOptions) -> Post:
    if entry.rendition:
        release = entry.rendition.expected(release)
    try:
        channel = registry.build(entry, Bench(tokens=_NoTokens(), credential=_no_credential))
    except MissingCredential:  # what is only shown needs none
        channel = registry.build(entry, Bench(tokens=_NoTokens(), credential=_any_credential))
    return channel.prepare(release, options, marker=_MARKER)


def _expected(storyboard: Storyboard, recipe: Recipe, seconds: Exact) -> Release:
    size_bytes = int(seconds * _BITS_A_SECOND / 8)
    return Release(
        slug=storyboard.slug,
        title=storyboard.title,
        description=storyboard.description,
        hashtags=storyboard.hashtags,
        language=storyboard.language,
        video=MediaFile(sha256="0" * 64, size_bytes=size_bytes, media_type="video/mp4"),
        seconds=seconds,
        size=recipe.output.pixels,
        frame_rate=recipe.output.frame_rate,
        video_codec="h264",
        audio_codec="aac",
    )


def _planned(post: Post) -> PlannedPost:
    return PlannedPost(
        channel=post.channel,
        title=post.title,
        text=post.text,
        tags=post.tags,
        privacy=post.privacy,
        made_with_ai_label=post.ai_label,
        ai_label_reason=post.ai_label_reason,
        at=post.at.isoformat() if post.at else "",
        problems=post.problems,
        warnings=post.warnings,
    )
