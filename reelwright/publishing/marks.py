"""Our mark at the end of a text, where a platform's list shows it again."""

from __future__ import annotations

from reelwright.publishing.rules import ChannelRules


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
