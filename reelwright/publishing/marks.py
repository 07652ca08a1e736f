"""What stands before and behind a caption: the title, where a network has no field for it, and our own mark."""

from __future__ import annotations

from reelwright.publishing.contract import PostOptions, Release
from reelwright.publishing.rules import ChannelRules
from reelwright.publishing.text import one_line


def titled(release: Release, options: PostOptions) -> PostOptions:
    """Return the options with the title before the episode's description; a description that was asked for stays."""
    title, description = one_line(options.title or release.title), release.description.strip()
    if options.description or not description or description.casefold().startswith(title.casefold()):
        return options
    return options.model_copy(update={"description": f"{title}\n\n{description}"})


def marked(text: str, marker: str) -> str:
    """Return the text with the mark on a last line of its own."""
    return f"{text}\n\n{marker}" if text else marker


def room_for_mark(rules: ChannelRules, marker: str) -> ChannelRules:
    """Return the rules with a shorter text, so that the mark finds room behind it."""
    limit = rules.text_limit
    if limit is None:
        return rules
    shorter = limit.model_copy(update={"most": limit.most - len(marked("…", marker)) + 1})
    return rules.model_copy(update={"text_limit": shorter})
