"""The vendors' own SDKs drive the image servers: independent witnesses of the wire format."""

from __future__ import annotations

import base64
import contextlib
import io
from typing import Any

import openai as openai_sdk
import pytest
import replicate
from google import genai
from google.genai import types
from jsonschema import Draft202012Validator

from reelwright.testing.servers import fal_images, gemini, openai, openai_images, replicate_images
from reelwright.testing.servers.stills import picture, size_of


def test_openai_draws_and_edits_for_its_own_client() -> None:
    """Generations as JSON, edits as multipart; the answer fits the published schema."""
    with (
        openai_images.OpenAiImages() as server,
        openai_sdk.OpenAI(base_url=server.base_url, api_key=openai.KEY) as client,
    ):
        size: Any = "1088x1920"
        drawn = client.images.generate(model=openai_images.FREE_SIZE, prompt="A loaf.", size=size, quality="low")
        assert size_of(base64.b64decode(drawn.data[0].b64_json or "")) == (1088, 1920)  # type: ignore[index]
        files = [("a.png", io.BytesIO(picture(64, 64)), "image/png") for _ in range(2)]
        edited = client.images.edit(model=openai_images.FREE_SIZE, prompt="A loaf.", image=files, size="1024x1536")
        assert edited.usage is not None
        assert edited.usage.input_tokens_details.image_tokens == 200
        Draft202012Validator({**openai.SCHEMAS["ImagesResponse"], "$defs": openai.SCHEMAS}).validate(
            {"created": drawn.created, "data": [{"b64_json": "x"}]}
        )
        with pytest.raises(openai_sdk.BadRequestError, match="divisible by 16"):
            client.images.generate(model=openai_images.FREE_SIZE, prompt="A loaf.", size=size.replace("1088", "1080"))


def test_google_draws_for_its_own_client() -> None:
    """`generate_content` with an image configuration."""
    with gemini.Gemini() as server:
        options = types.HttpOptions(base_url=server.url)
        with genai.Client(api_key=gemini.KEY, http_options=options) as client:
            config = types.GenerateContentConfig(
                response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio="9:16", image_size="1K")
            )
            answer = client.models.generate_content(model=gemini.IMAGE, contents="A loaf.", config=config)
        blobs = [part.inline_data for part in answer.parts or () if part.inline_data]
        assert size_of(blobs[-1].data or b"") == (768, 1376)


def test_replicate_runs_for_its_own_client() -> None:
    """Start, wait, output."""
    with replicate_images.ReplicateImages() as server, contextlib.ExitStack() as closing:
        client = replicate.Client(api_token=replicate_images.KEY, base_url=server.url)
        closing.callback(client._client.close)  # it has no way of its own to close
        told = {"prompt": "A loaf.", "aspect_ratio": "custom", "width": 1088, "height": 1920}
        prediction = client.models.predictions.create(replicate_images.MODEL, input=told)
        client.poll_interval = 0.01
        prediction.wait()
        assert prediction.status == "succeeded"
        assert str(prediction.output).endswith("/out.webp")


def test_fal_runs_for_its_own_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Submit, poll the addresses that come back, get the result."""
    from fal_client import client as fal  # noqa: PLC0415 - reads its hosts when it is imported

    with fal_images.FalImages() as server, contextlib.ExitStack() as closing:
        monkeypatch.setattr(fal, "QUEUE_URL_FORMAT", f"{server.url}/")
        sdk = fal.SyncClient(key=fal_images.KEY)
        closing.callback(sdk._client.close)
        told = {"prompt": "A loaf.", "image_size": {"width": 1088, "height": 1920}}
        handle = sdk.submit(fal_images.MODEL, arguments=told)
        states = [type(event).__name__ for event in handle.iter_events(interval=0.01)]
        assert states[0] == "InProgress"
        assert handle.get()["images"][0]["url"].startswith("http://localhost")
