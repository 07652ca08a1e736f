"""`gemini-omni` on the wire: tags, tasks, sizes; clips that are stored, inline or filtered; Google's SDK as witness."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google import genai
from google.genai import types
from support.google_harnesses import GEMINI_OMNI
from support.wire import start, start_at

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind, InvalidInput, RecipeError
from reelwright.models.video.contract import Done, Failed, Pending, Reference, VideoModel
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.gemini_omni import GeminiOmniServer
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size


@pytest.fixture
def server() -> Iterator[GeminiOmniServer]:
    """The Interactions API."""
    with GEMINI_OMNI.make_server() as running:
        yield running


def test_text_alone_is_told_in_one_piece(studio: Studio) -> None:
    """Prompt, camera, style, dialogue and what to avoid are one text; format and length stand beside it."""
    wish = GEMINI_OMNI.request(camera="push", style="noir", dialogue="Ahoy!", negative_prompt="text", seconds="4.5")
    body, ticket = start_at(GEMINI_OMNI, studio, wish)
    assert body == {
        "model": "gemini-omni-1.1-flash",
        "input": [
            {
                "type": "user_input",
                "content": [
                    {
                        "type": "text",
                        "text": "A paper boat drifts down a rain gutter\nAvoid: text.\n"
                        'Camera: the camera pushes in slowly.\nStyle: noir.\nDialogue: "Ahoy!"',
                    }
                ],
            }
        ],
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "resolution": "720p",
            "duration": "5s",
            "delivery": "uri",
        },
        "generation_config": {"video_config": {"task": "text_to_video"}},
        "background": True,
    }
    assert ticket.seconds == 5
    assert ticket.warnings == ("test-omni has no negative prompt: what to avoid is told in the prompt",)


def test_each_picture_is_named_by_its_role(studio: Studio) -> None:
    """Frames come first and are sources; references follow, numbered from 0, with the names of who they show."""
    face = Reference(role="image", asset=picture(studio, 300, 300), name="Mara")
    clip = Reference(role="video", asset=studio.vault.put_bytes(small_clip("720x1280", 4), "video/mp4"))
    wish = GEMINI_OMNI.request(
        first_frame=picture(studio), last_frame=picture(studio, 400, 400), references=(face, clip)
    )
    body, _ = start_at(GEMINI_OMNI, studio, wish, reference_videos=1)
    *media, words = body["input"][0]["content"]
    text = words["text"]
    assert media == [
        *[{"type": "image", "data": "<bytes>", "mime_type": "image/png"}] * 3,
        {"type": "video", "data": "<bytes>", "mime_type": "video/mp4"},
    ]
    assert text.splitlines()[:3] == [
        "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2]",
        "[# References <IMAGE_REF_0>@Image3 <VIDEO_REF_0>@Video1]",
        "<IMAGE_REF_0> is Mara.",
    ]
    # The model sees for itself what is to be done with both.
    assert "generation_config" not in body


@pytest.mark.parametrize(
    ("given", "task"),
    [("first_frame", "image_to_video"), ("last_frame", "image_to_video"), ("references", "reference_to_video")],
)
def test_the_task_follows_from_what_is_given(given: str, task: str, studio: Studio) -> None:
    """Frames make image_to_video, references alone reference_to_video."""
    frame = picture(studio)
    wish = {given: (Reference(role="image", asset=frame),) if given == "references" else frame}
    body, _ = start_at(GEMINI_OMNI, studio, GEMINI_OMNI.request(**wish))
    assert body["generation_config"] == {"video_config": {"task": task}}


@pytest.mark.parametrize(
    ("wanted", "made", "resolution", "aspect"),
    [
        ("1080x1920", "1080x1920", "1080p", "9:16"),
        ("1920x1080", "1920x1080", "1080p", "16:9"),
        ("360x640", "360x640", "360p", "9:16"),
        ("540x960", "720x1280", "720p", "9:16"),
        ("2160x3840", "2160x3840", "4k", "9:16"),
    ],
)
def test_a_size_is_asked_for_by_its_lines(wanted: str, made: str, resolution: str, aspect: str, studio: Studio) -> None:
    """The smallest size of the shape that is large enough, told as resolution and aspect ratio."""
    body, ticket = start_at(GEMINI_OMNI, studio, GEMINI_OMNI.request(size=Size.parse(wanted)))
    assert (body["response_format"]["resolution"], body["response_format"]["aspect_ratio"]) == (resolution, aspect)
    assert str(ticket.size) == made


def test_a_shots_own_options_are_passed_on(studio: Studio) -> None:
    """What the Interactions API takes besides goes along by name; the task stays unless it is given."""
    options = {"generation_config": {"seed": 7}, "labels": {"series": "boats"}}
    body, ticket = start_at(GEMINI_OMNI, studio, GEMINI_OMNI.request(options=options))
    assert body["generation_config"] == {"video_config": {"task": "text_to_video"}, "seed": 7}
    assert body["labels"] == {"series": "boats"}
    assert ticket.warnings == ()


def test_an_option_of_an_entry_that_is_none_is_refused(studio: Studio) -> None:
    """A misspelt option of a recipe is named, with those that there are."""
    with pytest.raises(RecipeError, match=r"no option 'sedd'.*There are generation_config"):
        with_model(studio, GEMINI_OMNI.entry("http://127.0.0.1:9", options={"sedd": 1}), lambda model: model.aclose())


def test_a_reference_that_is_too_large_is_refused_before_any_call(server: GeminiOmniServer, studio: Studio) -> None:
    """Media go inside the request, so that its size is bounded."""
    heavy = Reference(role="video", asset=studio.vault.put_bytes(b"\0" * (13 << 20), "video/mp4"))
    with pytest.raises(InvalidInput, match="12 MiB"):
        start(studio, GEMINI_OMNI.entry(server.url, reference_videos=1), GEMINI_OMNI.request(references=(heavy,)))
    assert server.calls == []


def test_a_clip_that_is_being_stored_is_waited_for(server: GeminiOmniServer, studio: Studio, tmp_path: Path) -> None:
    """Completed, and its file still in processing: asked too early, the address would give nothing."""
    server.plan.polls, server.storing = 0, 3

    async def use(model: VideoModel) -> None:
        ticket = await model.start(GEMINI_OMNI.request(), idempotency_key="one")
        early = await model.poll(ticket)
        assert isinstance(early, Pending)
        assert early.note == "the clip is being stored"
        done, _ = await finished(model, ticket)
        assert isinstance(done, Done)
        await model.collect(ticket, done, tmp_path / "clip.mp4")

    with_model(studio, GEMINI_OMNI.entry(server.url), use)
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip("720x1280", 4)


def test_a_clip_inside_the_answer_is_taken_from_there(server: GeminiOmniServer, studio: Studio, tmp_path: Path) -> None:
    """A server that delivers inline, whatever was asked for, costs no clip."""
    server.deliver_inline = True

    async def use(model: VideoModel) -> None:
        ticket = await model.start(GEMINI_OMNI.request(), idempotency_key="one")
        done, _ = await finished(model, ticket)
        assert isinstance(done, Done)
        await model.collect(ticket, done, tmp_path / "clip.mp4")

    with_model(studio, GEMINI_OMNI.entry(server.url), use)
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip("720x1280", 4)


def test_a_filtered_clip_says_what_the_model_said(server: GeminiOmniServer, studio: Studio) -> None:
    """Words in place of a clip, in an interaction that is "completed", are a refusal; the words are kept."""
    server.plan.polls, server.plan.outcome = 0, "moderated in words"
    entry = GEMINI_OMNI.entry(server.url)
    ticket = start(studio, entry, GEMINI_OMNI.request())
    ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert ended == Failed(
        kind=FailureKind.MODERATED, reason="completed without a clip: I can't make videos of real people."
    )


def test_an_unknown_status_counts_as_running(server: GeminiOmniServer, studio: Studio) -> None:
    """A word that Google adds tomorrow does not throw a paid clip away."""
    entry = GEMINI_OMNI.entry(server.url)
    ticket = start(studio, entry, GEMINI_OMNI.request())
    server.fail("retrieve", "reply", status=200, body={"id": ticket.remote_id, "status": "pondering"})
    state = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(state, Pending)
    assert state.note == "pondering"


def test_the_entry_of_the_catalogue_can_do_what_google_says() -> None:
    """Omni Flash makes sound always, takes both frames and references, and can be cancelled."""
    for name, longest in {"gemini-omni-1.1-flash": 10, "gemini-omni-1.2-flash": 15}.items():
        entry = Catalogue.load().resolve(name, "video")
        assert (entry.audio, entry.first_frame, entry.last_frame, entry.cancels) == ("always", "yes", True, True)
        assert max(entry.seconds) == longest
        assert entry.reference_images >= 3
        assert entry.source


@pytest.fixture
def sdk(server: GeminiOmniServer) -> Iterator[genai.Client]:
    """Google's own SDK, told the server's address."""
    with genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=server.url)) as client:
        yield client


def test_googles_sdk_makes_polls_and_reads_a_clip(sdk: genai.Client, server: GeminiOmniServer, studio: Studio) -> None:
    """An independent witness: what the SDK sends passes the strict server, and it finds the clip in the answer."""
    frame = base64.b64encode(studio.vault.path(picture(studio)).read_bytes()).decode()
    wish: dict[str, Any] = {"type": "video", "aspect_ratio": "9:16", "duration": "4s", "delivery": "uri"}
    made = sdk.interactions.create(
        model="gemini-omni-1.1-flash",
        input=[
            {"type": "image", "data": frame, "mime_type": "image/png"},
            {"type": "text", "text": "[# Sources <FIRST_FRAME>@Image1] A boat"},
        ],
        response_format=wish,
        background=True,
    )
    for _ in range(3):
        made = sdk.interactions.get(id=made.id)
    assert made.status == "completed"
    assert made.output_video.uri == f"{server.url}/v1beta/files/{made.id}"


def test_googles_sdk_sees_its_own_refusals_and_cancels(sdk: genai.Client, server: GeminiOmniServer) -> None:
    """The server refuses the SDK as it refuses us, and ends a job that it cancels."""
    with pytest.raises(Exception, match="between 3s"):
        sdk.interactions.create(
            model="gemini-omni-1.1-flash",
            input="A boat",
            response_format={"type": "video", "duration": "30s"},
            background=True,
        )
    server.plan.polls = 50
    running = sdk.interactions.create(model="gemini-omni-1.1-flash", input="A boat", background=True)
    assert sdk.interactions.cancel(id=running.id).status == "cancelled"
