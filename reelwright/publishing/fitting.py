"""A release as a kind of channel takes it: what all kinds have in common of `prepare`. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from reelwright.canonical import key_of
from reelwright.publishing.contract import Post, PostOptions, Release
from reelwright.publishing.rules import ChannelRules, Privacy, TextLimit
from reelwright.publishing.text import count, cut, distinct, hashtags_in, links_in, one_line, plain, with_hashtags

MANIFEST_SAYS_AI = "the manifest says that it is made with AI"
MANIFEST_SAYS_NOT = "the manifest says that it is not made with AI"
_MEGABYTE = 1_000_000


def marker_of(release: Release, place: str, edition: int = 1) -> str:
    """Return our mark of an episode in a place: the same in every process, so that any of them finds the post."""
    told = {"sha256": release.master_sha256 or release.video.sha256, "place": place, "edition": edition}
    return f"rw{key_of('publication', told)[:12]}"


def fitted(
    channel: str,
    rules: ChannelRules,
    release: Release,
    options: PostOptions,
    *,
    marker: str,
    known_extra: frozenset[str] = frozenset(),
) -> Post:
    """Return the post as the rules allow it, with all problems and warnings.

    A kind with wishes of its own takes this and changes it with `model_copy`. `known_extra` are the names that
    `options.extra` may hold.
    """
    warnings: list[str] = []
    problems = [*video_problems(rules, release), *_option_problems(rules, options, known_extra)]
    title = _title(rules, options.title or release.title, warnings)
    if rules.title_limit is not None and not title:
        problems.append("the title is empty once the characters that may not stand in it are gone")
    text, tags = _text(rules, release, options, warnings)
    label, reason = ai_label(release, options)
    if release.rendition:
        warnings.append(f"it gets a video of its own ({release.rendition})")
    return Post(
        channel=channel,
        kind=rules.kind,
        marker=marker,
        title=title,
        text=text,
        tags=tags,
        language=release.language,
        privacy=options.privacy or rules.privacy[0],
        at=options.at and options.at.astimezone(UTC),
        ai_label=label,
        ai_label_reason=reason,
        made_for_kids=options.made_for_kids,
        master_sha256=release.master_sha256,
        video=release.video,
        cover=release.cover,
        captions=release.captions,
        seconds=release.seconds,
        size=release.size,
        extra=dict(options.extra),
        problems=tuple(problems),
        warnings=tuple(warnings),
    )


def ai_label(release: Release, options: PostOptions) -> tuple[bool, str]:
    """Return whether the platform is told that AI made it, and why: only a person's written reason goes without."""
    if not release.made_with_ai:
        return False, MANIFEST_SAYS_NOT
    if options.no_ai_label_because.strip():
        return False, f"a person wrote: {options.no_ai_label_because.strip()}"
    return True, MANIFEST_SAYS_AI


def most_hashtags(rules: ChannelRules) -> int:
    """Return how many hashtags may stand; a large number if nobody counts."""
    return 1_000 if rules.most_hashtags is None else rules.most_hashtags


def _title(rules: ChannelRules, wanted: str, warnings: list[str]) -> str:
    title, lost = plain(one_line(wanted), rules.title_limit.forbidden if rules.title_limit else "")
    if lost:
        warnings.append(f"{rules.title} takes no {_listed(lost)} in a title: changed")
    short = cut(title, rules.title_limit)
    if short != title and rules.title_limit:
        warnings.append(f"the title is cut: it has {_size(title, rules.title_limit)}")
    return short


def _text(
    rules: ChannelRules, release: Release, options: PostOptions, warnings: list[str]
) -> tuple[str, tuple[str, ...]]:
    """Return the text with its hashtags placed, and the hashtags that it holds."""
    limit = rules.text_limit
    body, lost = plain(options.description or release.description, limit.forbidden if limit else "")
    if not body and rules.title_limit is None:
        body = one_line(options.title or release.title)
    if lost:
        warnings.append(f"{rules.title} takes no {_listed(lost)} in a text: changed")
    asked = release.hashtags if options.hashtags is None else options.hashtags
    tags = distinct(asked)
    if len(tags) < len({tag.strip().casefold() for tag in asked}):
        warnings.append("a hashtag needs letters, and each stands once: some were left out")
    room = max(most_hashtags(rules) - len(hashtags_in(body)), 0)
    fresh = [tag for tag in tags if tag.casefold() not in {there.casefold() for there in hashtags_in(body)}]
    if len(fresh) > room:
        left = ", ".join(f"#{tag}" for tag in fresh[room:])
        warnings.append(f"{rules.title} takes {rules.most_hashtags} hashtags: {left} left out")
    text, without_room = with_hashtags(body, fresh[:room], limit)
    if without_room:
        warnings.append(f"no room for {', '.join(f'#{tag}' for tag in without_room)}")
    if limit and not text.startswith(body):
        warnings.append(f"the text is cut: it has {_size(body, limit)}")
    if links_in(text) and not rules.links:
        warnings.append(f"{rules.title} shows links as plain text: nobody can follow {links_in(text)[0]}")
    return text, tuple(tag for tag in tags if tag not in without_room and tag not in fresh[room:])


def video_problems(rules: ChannelRules, release: Release) -> Iterator[str]:
    """Say what of the file the platform does not take."""
    who = rules.title
    if rules.seconds and not rules.seconds[0] <= release.seconds <= rules.seconds[1]:
        shortest, longest = (f"{float(bound):g}" for bound in rules.seconds)
        yield f"it lasts {float(release.seconds):.1f} s; {who} takes {shortest} to {longest} s"
    if rules.most_bytes and release.video.size_bytes > rules.most_bytes:
        size, most = (amount / _MEGABYTE for amount in (release.video.size_bytes, rules.most_bytes))
        yield f"it has {size:.0f} MB; {who} takes {most:.0f} MB"
    for what, codec, taken in (
        ("picture", release.video_codec, rules.video_codecs),
        ("sound", release.audio_codec, rules.audio_codecs),
    ):
        if taken and codec and codec not in taken:
            yield f"its {what} is {codec}; {who} takes {', '.join(sorted(taken))}"
    if rules.frame_rate and not rules.frame_rate[0] <= release.frame_rate <= rules.frame_rate[1]:
        least, most_rate = (f"{float(bound):g}" for bound in rules.frame_rate)
        yield f"it has {float(release.frame_rate):g} frames/s; {who} takes {least} to {most_rate}"
    sides = (release.size.width, release.size.height)
    if rules.pixels and not (rules.pixels[0] <= min(sides) and max(sides) <= rules.pixels[1]):
        yield f"its picture is {release.size}; {who} takes sides of {rules.pixels[0]} to {rules.pixels[1]} pixels"
    if rules.aspect and not rules.aspect[0] <= release.size.aspect <= rules.aspect[1]:
        yield f"its picture is {release.size}; {who} does not take that shape"


def _option_problems(rules: ChannelRules, options: PostOptions, known_extra: frozenset[str]) -> Iterator[str]:
    asked: Privacy | None = options.privacy
    if asked is not None and asked not in rules.privacy:
        yield f"privacy {asked!r}: {rules.title} takes {', '.join(rules.privacy)}"
    for name in sorted(set(options.extra) - known_extra):
        known = ", ".join(sorted(known_extra)) or "none"
        yield f"{rules.title} has no option {name!r}; it has {known}"


def _listed(letters: str) -> str:
    return " ".join(repr(letter) for letter in letters)


def _size(text: str, limit: TextLimit) -> str:
    return f"{count(text, limit.unit):,} {limit.unit} of at most {limit.most:,}"
