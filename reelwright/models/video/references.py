"""References told in words, for models that number them and know no names."""

from __future__ import annotations

from reelwright.catalogue import Entry
from reelwright.models.video.adapting import check_prompt, prompt_of
from reelwright.models.video.contract import VideoRequest

_SENTENCES = {
    "image": "Reference image {number} shows {name}.",
    "video": "Reference video {number} shows {name}.",
    "audio": "Reference audio {number} is the voice of {name}.",
}


def prompt_with_names(request: VideoRequest) -> str:
    """Return the whole prompt, and who is seen or heard in each reference that has a name."""
    counts = dict.fromkeys(_SENTENCES, 0)
    lines = [prompt_of(request)]
    for reference in request.references:
        counts[reference.role] += 1
        if reference.name:
            lines.append(_SENTENCES[reference.role].format(number=counts[reference.role], name=reference.name))
    return "\n".join(lines)


def check_names(entry: Entry, request: VideoRequest) -> None:
    """Refuse a prompt that the names of its references make too long.

    Raises:
        InvalidInput: it is longer than the model takes.
    """
    check_prompt(entry, prompt_with_names(request))
