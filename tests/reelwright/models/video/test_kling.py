"""`kling` on the wire: a path for each kind of input, modes by size, two kinds of keys, units that were taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from support.kling_harness import KLING
from support.wire import start, start_at

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind
from reelwright.models.video.contract import Done, Failed, Reference, VideoModel
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.kling import ACCESS, SECRET
from reelwright.testing.suite import KEY_NAME
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size

PROMPT = "A paper boat drifts down a rain gutter."


def test_text_alone_tells_the_shape(studio: Studio) -> None:
    """Lengths are text, sound is on or off, and our own id goes along to find the task by."""
    body, ticket = start_at(KLING, studio, KLING.request(negative_prompt="text", seconds="3.5", dialogue="Ahoy!"))
    assert body == {
        "model_name": "kling-v3",
        "prompt": f'{PROMPT}\nDialogue: "Ahoy!"',
        "mode": "std",
        "duration": "4",
        "aspect_ratio": "9:16",
        "negative_prompt": "text",
        "sound": "on",
        "external_task_id": "the-key",
    }
    assert ticket.extra == {"path": "text2video"}


def test_a_frame_has_the_shape_and_is_bare_base64(studio: Studio) -> None:
    """From a picture, the shape must not be said again."""
    wish = KLING.request(first_frame=picture(studio), last_frame=picture(studio, 400, 400, "WEBP"))
    body, ticket = start_at(KLING, studio, wish)
    assert body == {
        "model_name": "kling-v3",
        "prompt": PROMPT,
        "mode": "std",
        "duration": "4",
        "image": "<bytes>",
        "image_tail": "<bytes>",
        "sound": "off",
        "external_task_id": "the-key",
    }
    assert ticket.extra == {"path": "image2video"}


def test_references_alone_have_a_path_of_their_own(studio: Studio) -> None:
    """Pictures of characters without a frame, for the models that take them."""
    faces = tuple(Reference(role="image", asset=picture(studio, 400 + n, 400)) for n in range(5))
    wish = KLING.request(references=faces, seconds=5)
    body, ticket = start_at(KLING, studio, wish, model="kling-v1-6")
    assert body["image_list"] == [{"image": "<bytes>"}] * 4
    assert body["aspect_ratio"] == "9:16"
    assert "sound" not in body
    assert ticket.extra == {"path": "multi-image2video"}
    assert ticket.warnings == ("test-kling takes at most 4 reference pictures: 1 left out",)


def test_references_of_a_model_with_sound_silence_it(studio: Studio) -> None:
    """That path has no switch for sound: it is said before it is paid."""
    wish = KLING.request(references=(Reference(role="image", asset=picture(studio, 400, 400)),), audio=True)
    body, ticket = start_at(KLING, studio, wish, reference_images=2)
    assert "sound" not in body
    assert ticket.warnings == ("test-kling makes clips from references without sound",)


@pytest.mark.parametrize("with_frame", [True, False])
def test_omni_video_names_its_pictures_in_the_prompt(with_frame: bool, studio: Studio) -> None:
    """One path for everything; frames are marked, references named by number, what to avoid is told in the prompt."""
    given: dict[str, Any] = (
        {"first_frame": picture(studio), "last_frame": picture(studio)}
        if with_frame
        else {"references": (Reference(role="image", asset=picture(studio, 400, 400), name="Mara"),)}
    )
    wish = KLING.request(seconds=5, negative_prompt="text", **given)
    body, _ = start_at(KLING, studio, wish, model="kling-video-o1")
    assert "negative_prompt" not in body
    assert "Avoid: text" in body["prompt"]
    if with_frame:
        assert [item["type"] for item in body["image_list"]] == ["first_frame", "end_frame"]
        assert "aspect_ratio" not in body
    else:
        assert body["prompt"].startswith(f"<<<image_1>>> is Mara.\n{PROMPT[:-1]}")
        assert body["aspect_ratio"] == "9:16"


@pytest.mark.parametrize(
    ("size", "made", "mode", "shape"),
    [
        ("720x1280", "720x1280", "std", "9:16"),
        ("1080x1920", "1080x1920", "pro", "9:16"),
        ("1920x1080", "1920x1080", "pro", "16:9"),
        ("1080x1080", "1080x1080", "pro", "1:1"),
        ("1080x1350", "1080x1080", "pro", "1:1"),
    ],
)
def test_the_size_decides_the_mode(size: str, made: str, mode: str, shape: str, studio: Studio) -> None:
    """720 lines are made in `std`, more in `pro`."""
    body, ticket = start_at(KLING, studio, KLING.request(size=Size.parse(size)))
    assert (body["mode"], body["aspect_ratio"], str(ticket.size)) == (mode, shape, made)


@pytest.mark.parametrize("wanted", ["audio", "last_frame"])
def test_what_a_model_has_in_pro_only_is_made_in_pro(wanted: str, studio: Studio) -> None:
    """Sound and last frames of 2.6 make the clip larger and dearer than asked for: that is said, and priced."""
    frames = {"first_frame": picture(studio), "last_frame": picture(studio)}
    wish = KLING.request(seconds=5, **({"audio": True} if wanted == "audio" else frames))
    body, ticket = start_at(KLING, studio, wish, model="kling-v2-6")
    assert body["mode"] == "pro"
    assert str(ticket.size) == "1080x1920"
    assert any("1080x1920 is made" in warning for warning in ticket.warnings)


def test_a_pair_of_keys_signs_a_token_for_each_call(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """`access:secret` is never sent: a token of half an hour is, and neither key is told anywhere."""
    monkeypatch.setenv(KEY_NAME, f"{ACCESS}:{SECRET}")
    with KLING.make_server() as server:
        entry = KLING.entry(server.url)

        async def use(model: VideoModel) -> str:
            ticket = await model.start(KLING.request(), idempotency_key="one")
            await finished(model, ticket)
            return f"{vars(model)!r} {ticket.model_dump_json()}"

        seen = with_model(studio, entry, use)
    tokens = {call.headers["authorization"].removeprefix("Bearer ") for call in server.calls}
    for token in tokens:
        claims = jwt.decode(token, SECRET, ["HS256"])
        assert claims["iss"] == ACCESS
        assert claims["exp"] - claims["nbf"] == 1805
    for secret in (SECRET, *tokens):
        assert secret not in seen
    assert KEY not in seen


def test_units_that_were_taken_are_kept(studio: Studio) -> None:
    """What the account was charged for a filtered clip counts as billed; of a good one the units are noted."""
    with KLING.make_server() as server:
        server.plan.polls = 0
        entry = KLING.entry(server.url)
        good = start(studio, entry, KLING.request())
        done = with_model(studio, entry, lambda model: model.poll(good))
        server.plan.outcome = "moderated, and taken"
        bad = start(studio, entry, KLING.request())
        failed = with_model(studio, entry, lambda model: model.poll(bad))
    assert isinstance(done, Done)
    assert done.extra == {"units": "3.5"}
    assert failed == Failed(kind=FailureKind.MODERATED, reason="Failure to pass the risk control system", billed=True)


def test_a_task_is_found_on_the_path_that_it_was_started_on(studio: Studio) -> None:
    """Our own id is asked for where this wish goes, and the ticket can be polled."""
    frame = picture(studio)
    with KLING.make_server() as server:
        entry = KLING.entry(server.url)
        started = start(studio, entry, KLING.request(first_frame=frame))

        async def look(model: VideoModel) -> None:
            since = datetime.now(UTC)
            found = await model.find(KLING.request(first_frame=frame), idempotency_key="the-key", since=since)
            assert found is not None
            assert (found.remote_id, found.extra) == (started.remote_id, {"path": "image2video"})
            assert await model.find(KLING.request(), idempotency_key="the-key", since=since) is None
            with pytest.raises(NotImplementedError):
                await model.find(KLING.request(), idempotency_key="", since=since)

        with_model(studio, entry, look)


def test_options_of_the_entry_are_those_of_every_shot(studio: Studio) -> None:
    """A shot's own wish goes before them."""
    wish = KLING.request(options={"cfg_scale": 0.9})
    body, _ = start_at(KLING, studio, wish, options={"cfg_scale": 0.5, "watermark_info": {"enabled": False}})
    assert body["cfg_scale"] == 0.9
    assert body["watermark_info"] == {"enabled": False}


def test_the_key_can_be_tried_for_nothing(studio: Studio) -> None:
    """A page of the task list tells whether the key works."""
    with KLING.make_server() as server:

        async def check(model: Any) -> None:
            await model.check()

        with_model(studio, KLING.entry(server.url), check)
    assert [(call.method, call.path) for call in server.calls] == [("GET", "/v1/videos/text2video")]
    assert server.created == 0


def test_the_entry_of_the_catalogue_can_do_what_the_vendor_says() -> None:
    """v3 makes 3 to 15 s, with sound or without, and a lost start can be found."""
    entry = Catalogue.load().resolve("kling-v3", "video")
    assert (min(entry.seconds), max(entry.seconds), entry.audio, entry.finds) == (3, 15, "optional", True)
    silent = entry.price(entry.seconds[0], size=Size.parse("720x1280"), audio=False)
    heard = entry.price(entry.seconds[0], size=Size.parse("1080x1920"), audio=True)
    assert silent is not None
    assert heard is not None
    assert silent < heard
