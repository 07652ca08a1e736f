"""What the catalogue says of models at fal, Runway, Replicate, xAI and LTX is what their strict servers take."""

from __future__ import annotations

import pytest
from support.hosted_harnesses import HOSTED_HARNESSES
from support.wire import sent, start

from reelwright.catalogue import Catalogue, Entry
from reelwright.errors import InvalidInput
from reelwright.models.video.contract import Done, Reference, VideoRequest
from reelwright.models.video.references import prompt_with_names
from reelwright.studio import Studio
from reelwright.testing.suite import KEY_NAME
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size

PROTOCOLS = {harness.name: harness for harness in HOSTED_HARNESSES}
ENTRIES = [entry for entry in Catalogue.load().of("video") if entry.protocol in PROTOCOLS]


def at_loopback(entry: Entry, server_url: str) -> Entry:
    """Return a catalogue's entry, at the strict server."""
    path = PROTOCOLS[entry.protocol].base_path  # type: ignore[attr-defined]
    here = {"base_url": f"{server_url}{path}", "api_key": {"env": KEY_NAME}}
    return Entry.model_validate({**entry.model_dump(exclude_unset=True), **here})


@pytest.mark.parametrize("name", sorted({entry.protocol for entry in ENTRIES}))
def test_every_protocol_has_an_entry(name: str) -> None:
    """None is left to the recipe alone."""
    assert name in PROTOCOLS
    assert len(PROTOCOLS) == len({entry.protocol for entry in ENTRIES})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("with_frames", [False, True], ids=["text", "frames"])
def test_each_size_and_length_is_made(entry: Entry, with_frames: bool, studio: Studio) -> None:
    """Every size at the shortest length, every length at the first size, with all that the entry can do."""
    frame = picture(studio) if with_frames else None
    pairs = [(size, entry.seconds[0]) for size in (entry.sizes[:4] if with_frames else entry.sizes)]
    pairs += [] if with_frames else [(entry.sizes[0], length) for length in entry.seconds]
    with PROTOCOLS[entry.protocol].make_server() as server:
        here = at_loopback(entry, server.url)
        for size, seconds in pairs:
            request = VideoRequest(
                prompt="A boat",
                seconds=seconds,
                size=Size.parse(size),
                audio=entry.audio != "none",
                negative_prompt="text" if entry.negative_prompt else "",
                seed=7 if entry.seed else None,
                first_frame=frame,
                last_frame=frame if entry.last_frame else None,
            )
            ticket = start(studio, here, request)
            assert ticket.warnings == ()
            assert (ticket.size, ticket.seconds) == (request.size, seconds)
        assert server.created == len(pairs)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.reference_images], ids=lambda entry: entry.name)
def test_references_are_told_by_name(entry: Entry, studio: Studio) -> None:
    """Who is seen in which picture is said in words."""
    references = tuple(Reference(role="image", asset=picture(studio), name=name) for name in ("Mossy", "", "Reed"))
    with PROTOCOLS[entry.protocol].make_server() as server:
        request = VideoRequest(
            prompt="They talk", seconds=entry.seconds[0], size=Size.parse(entry.sizes[0]), references=references
        )
        here = at_loopback(entry, server.url)
        ticket = start(studio, here, request)
        told = repr(sent(server))
        assert "Reference image 1 shows Mossy." in told
        assert "Reference image 3 shows Reed." in told
        done, _ = with_model(studio, here, lambda model: finished(model, ticket))
        assert isinstance(done, Done)


def test_names_count_towards_the_prompts_length(studio: Studio) -> None:
    """What they make too long is refused before anything is sent."""
    harness = PROTOCOLS["xai"]
    references = (Reference(role="image", asset=picture(studio), name="Mossy"),)
    request = harness.request(prompt="x" * 4090, references=references)
    assert len(prompt_with_names(request)) > 4096
    with harness.make_server() as server, pytest.raises(InvalidInput, match="4096"):
        start(studio, harness.entry(server.url), request)
