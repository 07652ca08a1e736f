"""The official `openai` SDK as an independent witness: our strict server is one that it can be used with."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import openai
import pytest
from PIL import Image

from reelwright.testing.servers.clips import keep_opening, small_clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer


@pytest.fixture
def server() -> Iterator[OpenAIVideosServer]:
    """The server."""
    with OpenAIVideosServer() as running:
        yield running


@pytest.fixture
def client(server: OpenAIVideosServer) -> Iterator[openai.OpenAI]:
    """The SDK; it warns with each call that the Videos API has ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with openai.OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as made:
            yield made


def _frame() -> tuple[str, bytes, str]:
    buffer = io.BytesIO()
    Image.new("RGB", (720, 1280), "#336699").save(buffer, "PNG")
    return "frame.png", buffer.getvalue(), "image/png"


def test_the_sdk_makes_polls_and_fetches_a_clip(client: openai.OpenAI, server: OpenAIVideosServer) -> None:
    """Create with a start frame as a form, poll by the server's hint, download, list, delete."""
    video = client.videos.create_and_poll(
        prompt="A boat", model="sora-2", seconds="4", size="720x1280", input_reference=_frame()
    )
    assert (video.status, video.progress, video.seconds) == ("completed", 100, "4")
    clip = small_clip("720x1280", 4, opening=keep_opening(_frame()[1]))
    assert client.videos.download_content(video.id).read() == clip
    assert client.videos.download_content(video.id, variant="thumbnail").read()[8:12] == b"WEBP"
    assert [listed.id for listed in client.videos.list(limit=5)] == [video.id]
    assert client.videos.delete(video.id).deleted
    assert server.jobs == {}


def test_the_sdk_changes_and_continues_a_clip(client: openai.OpenAI, server: OpenAIVideosServer) -> None:
    """Remix, edit, extend and characters go through the same checks; the SDK itself takes clips as files only."""
    server.plan.polls = 0
    clip = ("clip.mp4", small_clip(), "video/mp4")
    video = client.videos.create(prompt="A boat")
    assert client.videos.remix(video.id, prompt="At night").remixed_from_video_id == video.id
    assert client.videos.edit(video=clip, prompt="In rain").prompt == "In rain"
    assert client.videos.extend(video=clip, prompt="On and on", seconds="8").seconds == "8"
    made = client.videos.create_character(name="Mossy", video=("m.mp4", small_clip("720x1280", 3), "video/mp4"))
    assert client.videos.get_character(str(made.id)).name == "Mossy"
    assert server.created == 4


def test_the_sdk_sees_failures_as_openai_tells_them(client: openai.OpenAI, server: OpenAIVideosServer) -> None:
    """A wrong key, a wrong size, a frame that does not fit, an unknown model, a moderated job."""
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
        client.with_options(api_key="sk-wrong-key-0000").videos.list()
    with pytest.raises(openai.BadRequestError):
        client.videos.create(prompt="A boat", size="1024x1792")
    with pytest.raises(openai.BadRequestError, match="Inpaint image"):
        client.videos.create(prompt="A boat", size="1280x720", input_reference=_frame())
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.videos.create(prompt="A boat", model="sora-9")
    server.plan.outcome = "moderated"
    video = client.videos.create_and_poll(prompt="A boat")
    assert video.error is not None
    assert video.error.code == "moderation_blocked"
    assert server.created == 1


def test_the_sdk_reads_the_end_date_of_a_model(client: openai.OpenAI, server: OpenAIVideosServer) -> None:
    """`shutdown_date` stands where the SDK looks for it."""
    server.shutdown_date = "2026-09-24"
    assert {model.shutdown_date for model in client.models.list()} == {"2026-09-24"}
