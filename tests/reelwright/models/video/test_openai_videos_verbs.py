"""OpenAI's further verbs: previews, deletion, remix, edits, extensions, characters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.openai_videos_harness import OPENAI
from support.openai_videos_wire import run, sent, start

from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.video.contract import Reference
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.video import picture


@pytest.mark.parametrize(("name", "kind"), [("thumbnail", "WEBP"), ("spritesheet", "JPEG")])
def test_previews_can_be_fetched(studio: Studio, tmp_path: Path, name: str, kind: str) -> None:
    """A finished clip has a thumbnail and a sprite sheet."""
    with OPENAI.make_server() as server:
        server.plan.polls = 0
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request())
        run(studio, entry, lambda model: model.variant(ticket, name, tmp_path / name))
    with Image.open(tmp_path / name) as image:
        assert image.format == kind


def test_a_finished_clip_can_be_deleted_at_the_vendor(studio: Studio) -> None:
    """What is deleted is gone; what is gone cannot be deleted again."""
    with OPENAI.make_server() as server:
        server.plan.polls = 0
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request())
        assert run(studio, entry, lambda model: model.delete(ticket)) is True
        assert run(studio, entry, lambda model: model.delete(ticket)) is False
        assert server.jobs == {}


@pytest.mark.parametrize(
    ("options", "path", "body"),
    [
        ({"remix": "ID"}, "/v1/videos/ID/remix", {}),
        ({"edit": "ID"}, "/v1/videos/edits", {"video": {"id": "ID"}}),
        ({"extend": "ID"}, "/v1/videos/extensions", {"video": {"id": "ID"}, "seconds": "4"}),
    ],
    ids=["remix", "edit", "extend"],
)
def test_a_finished_clip_can_be_changed(
    studio: Studio, options: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    """Remix, edit and extend name the clip by its id and make a new job."""
    with OPENAI.make_server() as server:
        server.plan.polls = 0
        entry = OPENAI.entry(server.url)
        source = start(studio, entry, OPENAI.request()).remote_id
        wish = OPENAI.request(prompt="Now at night", options=dict.fromkeys(options, source))
        changed = start(studio, entry, wish)
        call = server.calls[-1]
        assert call.path == path.replace("ID", source)
        assert call.json == json.loads(json.dumps({"prompt": "Now at night.", **body}).replace("ID", source))
        assert server.jobs[changed.remote_id].asked["remixed_from"] == source


@pytest.mark.parametrize("verb", ["edit", "extend"])
def test_a_clip_of_our_own_can_be_changed(studio: Studio, verb: str) -> None:
    """A clip from the vault is uploaded, and the model is named as the guide demands."""
    clip = studio.vault.put_bytes(small_clip(), "video/mp4")
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        start(studio, entry, OPENAI.request(continues=clip, options={verb: True}))
        parts = {part.name: part for part in server.calls[-1].parts}
    assert parts["video"].data == small_clip()
    assert parts["model"].text == "sora-2"


def character(studio: Studio, name: str = "Mossy", clip: bytes | None = None) -> Reference:
    """Return a character whose clip lies in the vault."""
    data = small_clip("720x1280", 3) if clip is None else clip
    return Reference(role="video", asset=studio.vault.put_bytes(data, "video/mp4"), name=name)


def test_a_character_is_uploaded_once_and_named_in_each_start(studio: Studio) -> None:
    """Two shots with one character make one upload; the frame goes along as a data URL beside it."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        for frame in (None, picture(studio)):
            wish = OPENAI.request(prompt="Mossy waves", references=[character(studio)], first_frame=frame)
            start(studio, entry, wish)
        bodies = [sent(call) for call in server.calls if call.path == "/v1/videos"]
        ids = list(server.characters)
        assert server.counts["characters"] == 1
    assert [body["characters"] for body in bodies] == [[{"id": ids[0]}]] * 2
    assert bodies[1]["input_reference"] == {"image_url": "data:image/png"}


def test_a_character_that_the_vendor_forgot_is_uploaded_anew_the_next_time(studio: Studio) -> None:
    """A stale id fails one start and heals with the next."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        wish = OPENAI.request(prompt="Mossy waves", references=[character(studio)])
        start(studio, entry, wish)
        server.characters.clear()
        with pytest.raises(ProviderError) as caught:
            start(studio, entry, wish)
        assert caught.value.kind is FailureKind.INVALID_REQUEST
        start(studio, entry, wish)
        assert server.created == 2


@pytest.mark.parametrize(
    ("name", "clip", "words"),
    [
        ("Moss", None, "not named in the prompt"),
        ("", None, "needs a name"),
        ("Mossy", ("720x1280", 6), "not 2 to 4 s"),
        ("Mossy", ("360x640", 3), "not between 720p and 1080p"),
        ("Mossy", ("720x720", 3), "neither 16:9 nor 9:16"),
    ],
)
def test_a_character_that_will_not_do_is_refused_before_any_start(
    studio: Studio, name: str, clip: tuple[str, int] | None, words: str
) -> None:
    """Name, length, shape and size are checked here, where it costs nothing."""
    prompt = "Mossy waves" if name != "Moss" else "A frog waves"
    with OPENAI.make_server() as server:
        given = character(studio, name, small_clip(*clip) if clip else None)
        with pytest.raises(InvalidInput, match=words):
            start(studio, OPENAI.entry(server.url), OPENAI.request(prompt=prompt, references=[given]))
        assert server.counts["create"] == server.counts["characters"] == 0
