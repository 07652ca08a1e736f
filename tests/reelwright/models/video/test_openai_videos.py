"""`openai-videos` on the wire: what each dialect is sent, what it is understood to say, and OpenAI's further verbs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.openai_videos_harness import OPENAI, OpenAIVideosHarness
from support.openai_videos_wire import BY_DIALECT, run, sent, start

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind, InvalidInput, ProviderError, RecipeError
from reelwright.models.video.contract import Done, Failed, Pending, VideoModel
from reelwright.models.video.openai_videos.model import OpenAIVideos
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.testing.servers.strict import Call, Reply
from reelwright.testing.servers.video_dialects import (
    DIALECTS,
    GatewayServer,
    LiteLlmServer,
    OpenRouterServer,
    VllmOmniServer,
)
from reelwright.testing.video import finished, picture, with_model

WIRE: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": (
        "multipart/form-data",
        {"model": "sora-2", "seconds": "4", "size": "720x1280", "input_reference": "image/png"},
    ),
    "azure": (
        "multipart/form-data",
        {"model": "sora-2", "seconds": "4", "size": "720x1280", "input_reference": "image/png"},
    ),
    "litellm": (
        "multipart/form-data",
        {"model": "sora-2", "seconds": "4", "size": "720x1280", "input_reference": "image/png"},
    ),
    "vllm-omni": (
        "multipart/form-data",
        {"seconds": "4", "size": "720x1280", "input_reference": "image/png", "generate_sound": "false", "seed": "7",
         "negative_prompt": "text"},
    ),
    "sglang": (
        "multipart/form-data",
        {"model": "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "seconds": "4", "size": "720x1280",
         "input_reference": "image/png", "extra_body": '{"negative_prompt": "text", "seed": 7}'},
    ),
    "openrouter": (
        "application/json",
        {"model": "minimax/h3", "duration": 4, "size": "720x1280", "seed": 7, "generate_audio": False,
         "frame_images": [
             {"type": "image_url", "image_url": {"url": "data:image/png"}, "frame_type": "first_frame"}
         ]},
    ),
    "dynamo": (
        "application/json",
        {"model": "sora-2", "seconds": "4", "size": "720x1280", "response_format": "b64_json",
         "nvext": {"negative_prompt": "text", "seed": 7}},
    ),
}  # fmt: skip
"""What the same wish looks like to each of them."""


@pytest.mark.parametrize("dialect", WIRE)
def test_the_same_wish_in_each_dialect(dialect: str, studio: Studio) -> None:
    """Length, size, frame, seed and negative prompt stand where each server looks for them."""
    harness = BY_DIALECT[dialect]
    with harness.make_server() as server:
        wish = harness.request(first_frame=picture(studio), seed=7, negative_prompt="text")
        start(studio, harness.entry(server.url), wish)
        call = next(call for call in server.calls if call.method == "POST")
    encoding, expected = WIRE[dialect]
    body = sent(call)
    told = body.pop("prompt")
    assert call.headers["content-type"].startswith(encoding)
    assert body == expected
    assert told.startswith("A paper boat drifts down a rain gutter")
    assert ("Avoid: text" in told) == ("negative_prompt" not in json.dumps(body))
    assert call.headers["idempotency-key"] == "the-key"


def test_without_a_file_a_start_is_json(studio: Studio) -> None:
    """The form is for files only."""
    with OPENAI.make_server() as server:
        start(studio, OPENAI.entry(server.url), OPENAI.request(camera="push", style="noir", dialogue="Ahoy!"))
        body = next(call for call in server.calls if call.method == "POST").json
    assert body == {
        "prompt": "A paper boat drifts down a rain gutter.\nCamera: the camera pushes in slowly.\nStyle: noir.\n"
        'Dialogue: "Ahoy!"',
        "model": "sora-2",
        "seconds": "4",
        "size": "720x1280",
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"size_style": "width-height"}, {"width": 720, "height": 1280}),
        ({"size_style": "resolution"}, {"resolution": "720p", "aspect_ratio": "9:16"}),
        ({"size_style": "short-side"}, {"size": "720P"}),
        ({"length_field": "duration", "seconds_type": "number"}, {"duration": 4}),
        ({"image_style": "object"}, {"input_reference": {"image_url": "data:image/png"}}),
        ({"image_style": "image_reference"}, {"image_reference": {"image_url": "data:image/png"}}),
        ({"image_style": "reference_url"}, {"reference_url": "data:image/png"}),
        ({"encoding": "json"}, {"input_reference": {"image_url": "data:image/png"}}),
        ({"body": {"num_inference_steps": 40}}, {"num_inference_steps": 40}),
        ({"model_field": False}, {}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_an_unknown_server_is_described_field_by_field(
    options: dict[str, Any], expected: dict[str, Any], studio: Studio
) -> None:
    """A server that no preset knows can be spoken to by setting how it differs."""

    class Anything(GatewayServer):
        def read_create(self, call: Call) -> dict[str, Any]:
            del call
            return {"size": "720x1280", "seconds": "4", "prompt": ""}

    harness = BY_DIALECT["gateway"]
    with Anything() as server:
        entry = harness.entry(server.url, options={"dialect": "gateway", "encoding": "json", **options})
        start(studio, entry, harness.request(first_frame=picture(studio)))
        body = sent(next(call for call in server.calls if call.method == "POST"))
    assert expected.items() <= body.items()
    assert ("model" in body) == options.get("model_field", True)


def test_an_option_that_is_none_is_refused_when_the_recipe_is_read() -> None:
    """A misspelt option is told with what was probably meant."""
    with pytest.raises(RecipeError, match="did you mean 'seconds_type'"):
        BY_DIALECT["gateway"].entry("http://127.0.0.1:9", options={"second_type": "number"})


@pytest.mark.parametrize("dialect", ["vllm-omni", "sglang", "litellm"])
def test_a_server_is_asked_who_it_is(dialect: str, studio: Studio) -> None:
    """With `dialect` left open, the list of models gives the server away before anything is sent."""
    harness = BY_DIALECT[dialect]
    with harness.make_server() as server:
        entry = harness.entry(server.url, options={})
        start(studio, entry, harness.request(first_frame=picture(studio)))
        assert server.created == 1
        assert [call.method for call in server.calls] == ["GET", "POST"]


@pytest.mark.parametrize(
    ("base_url", "dialect", "audio"),
    [
        ("https://openrouter.ai/api/v1", "openrouter", "optional"),
        ("https://mine.openai.azure.com/openai/v1", "azure", "always"),
        ("https://api.inworld.ai/v1", "inworld", "optional"),
        ("https://gateway.example/v1", "gateway", "optional"),
    ],
)
def test_a_well_known_host_needs_no_options(base_url: str, dialect: str, audio: str, studio: Studio) -> None:
    """The address is enough, and tells what its models can do."""
    definition = {"name": "x", "protocol": "openai-videos", "base_url": base_url, "model": "some/model"}
    entry = Catalogue.load().resolve(definition, "video")
    assert entry.audio == audio
    assert entry.first_frame == "yes"

    async def dialect_of(model: OpenAIVideos) -> str:
        return model._dialect.dialect

    assert run(studio, entry, dialect_of).replace("auto", "gateway") == dialect


def test_a_model_that_has_ended_at_its_server_is_not_started(studio: Studio) -> None:
    """`shutdown_date` of `GET /models` ends a model before money is spent on a 404."""
    with OPENAI.make_server() as server:
        server.shutdown_date = "2026-09-24"
        with pytest.raises(ProviderError, match="2026-09-24") as caught:
            start(studio, OPENAI.entry(server.url), OPENAI.request())
        assert caught.value.kind is FailureKind.RETIRED
        assert server.counts["create"] == 0


def test_a_model_that_ends_soon_is_started_with_a_warning(studio: Studio) -> None:
    """Thirty days ahead the ticket says so."""
    with OPENAI.make_server() as server:
        soon = (datetime.now(UTC) + timedelta(days=9)).date()
        server.shutdown_date = str(soon)
        ticket = start(studio, OPENAI.entry(server.url), OPENAI.request())
    assert ticket.warnings == (f"test-openai is served until {soon}",)


def test_the_servers_hint_says_when_to_ask_again(studio: Studio) -> None:
    """`openai-poll-after-ms` is told as seconds; without it the dialect's own pace holds."""
    with OPENAI.make_server() as server:
        server.poll_after_ms = "1500"
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request())
        pending = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(pending, Pending)
    assert (pending.poll_after_seconds, pending.note, pending.progress) == (1.5, "queued", 0.5)


def test_what_openrouter_charged_is_the_charge(studio: Studio) -> None:
    """`usage.cost` counts, for a clip and for a failure that is billed all the same."""
    harness = BY_DIALECT["openrouter"]
    with OpenRouterServer() as server:
        entry = harness.entry(server.url)
        ticket = start(studio, entry, harness.request())
        done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
    assert isinstance(done, Done)
    assert done.charge is not None
    assert (done.charge.usd, done.charge.source) == (Decimal("0.42"), "vendor")


def test_another_size_than_asked_is_told(studio: Studio) -> None:
    """A gateway that turns the picture without a word is found out by what it says of the job."""
    with OPENAI.make_server() as server:
        server.plan.clip_size = "1280x720"
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request())
        done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
    assert isinstance(done, Done)
    assert done.warnings == ("test-openai says it made 1280x720, not 720x1280",)


def test_a_filtered_clip_in_disguise_is_moderated(studio: Studio, tmp_path: Path) -> None:
    """LiteLLM calls a clip that Gemini filtered completed; its content tells the truth."""
    harness = BY_DIALECT["litellm"]
    with LiteLlmServer() as server:
        entry = harness.entry(server.url)

        async def make(model: VideoModel) -> None:
            ticket = await model.start(harness.request(prompt="filtered"), idempotency_key="one")
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done)
            await model.collect(ticket, done, tmp_path / "clip.mp4")

        with pytest.raises(ProviderError) as caught:
            with_model(studio, entry, make)
    assert caught.value.kind is FailureKind.MODERATED


def test_a_clip_that_is_late_is_busy_not_lost(studio: Studio, tmp_path: Path) -> None:
    """A content that is not there while the job says it runs is asked for again later."""
    harness = BY_DIALECT["vllm-omni"]
    with VllmOmniServer() as server:
        server.plan.polls = 9
        entry = harness.entry(server.url)
        ticket = start(studio, entry, harness.request())
        with pytest.raises(ProviderError, match="in-progress") as caught:
            with_model(studio, entry, lambda model: model.collect(ticket, Done(), tmp_path / "clip.mp4"))
    assert caught.value.kind is FailureKind.BUSY


def test_a_clip_whose_address_died_is_fetched_from_the_new_one(studio: Studio, tmp_path: Path) -> None:
    """A cloud address that answers 403 is replaced by asking for the job once more."""

    class Cloud(GatewayServer):
        address = ""

        def show(self, job: Any) -> dict[str, Any]:
            shown = super().show(job)
            return {**shown, "url": self.address} if shown["status"] == "completed" else shown

        def operation(self, call: Call) -> str:
            return "cloud" if call.path.startswith("/cloud") else super().operation(call)

        def serve(self, operation: str, call: Call) -> Reply:
            if operation != "cloud":
                return super().serve(operation, call)
            if call.query.get("signature") != "new":
                return Reply(403, None, {}, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
            return Reply(200, None, {}, small_clip(), "video/mp4")

    harness = BY_DIALECT["gateway"]
    with Cloud() as cloud, Cloud() as server:
        entry = harness.entry(server.url)

        async def make(model: VideoModel) -> None:
            ticket = await model.start(harness.request(), idempotency_key="one")
            server.address = f"{cloud.url}/cloud/clip.mp4?signature=old"
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done)
            server.fail("content", "reply", status=404, body={})
            server.address = f"{cloud.url}/cloud/clip.mp4?signature=new"
            await model.collect(ticket, done.model_copy(update={"extra": {}}), tmp_path / "clip.mp4")

        with_model(studio, entry, make)
        assert all("authorization" not in call.headers for call in cloud.calls)
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip()


def test_a_job_of_another_key_is_not_called_lost(studio: Studio) -> None:
    """A 404 to a key that did not start the job says nothing of the job."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request()).model_copy(update={"account": "another", "remote_id": "gone"})
        with pytest.raises(ProviderError, match="another one") as caught:
            with_model(studio, entry, lambda model: model.poll(ticket))
    assert caught.value.kind is FailureKind.AUTH


def test_a_ticket_of_another_host_gets_no_key(studio: Studio) -> None:
    """A ticket names its address; a model of another one refuses it before any call."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        ticket = start(studio, entry, OPENAI.request()).model_copy(update={"base_url": "https://other.example/v1"})
        calls = len(server.calls)
        with pytest.raises(InvalidInput, match=r"other\.example"):
            with_model(studio, entry, lambda model: model.poll(ticket))
        assert len(server.calls) == calls


def test_two_jobs_that_look_the_same_prove_nothing(studio: Studio) -> None:
    """A look-up that finds several candidates says that it cannot tell."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        since = datetime.now(UTC) - timedelta(minutes=1)
        for _ in range(2):
            start(studio, entry, OPENAI.request())
        with pytest.raises(NotImplementedError, match="2 jobs"):
            with_model(studio, entry, lambda model: model.find(OPENAI.request(), idempotency_key="", since=since))


def test_a_look_up_sees_all_pages_and_nothing_older(studio: Studio) -> None:
    """An equal job from before the claim is another's; one behind a page's end is found."""
    with OPENAI.make_server() as server:
        entry = OPENAI.entry(server.url)
        wanted = start(studio, entry, OPENAI.request())
        server.jobs[wanted.remote_id].created_at -= 30
        older = start(studio, entry, OPENAI.request())
        server.jobs[older.remote_id].created_at -= 3600
        for number in range(120):
            server.new_job({"model": "sora-2", "prompt": f"{number}", "size": "720x1280", "seconds": "4"}, f"v{number}")
        since = datetime.now(UTC) - timedelta(minutes=2)
        found = with_model(studio, entry, lambda model: model.find(OPENAI.request(), idempotency_key="", since=since))
        assert found is not None
        assert found.remote_id == wanted.remote_id
        assert server.counts["list"] == 2


@pytest.mark.parametrize(
    ("status", "body"), [(409, {"detail": "the job is being saved"}), (404, {"detail": "Video not found"})]
)
def test_a_stop_that_is_not_confirmed_is_none(studio: Studio, status: int, body: dict[str, str]) -> None:
    """A server that cannot stop the job, or does not know it, has not said that nothing goes on."""
    harness = BY_DIALECT["vllm-omni"]
    with VllmOmniServer() as server:
        entry = harness.entry(server.url)
        ticket = start(studio, entry, harness.request())
        server.fail("delete", "reply", status=status, body=body)
        assert with_model(studio, entry, lambda model: model.cancel(ticket)) is False


def test_a_failed_job_with_an_error_status_is_no_lost_job(studio: Studio) -> None:
    """vLLM-Omni tells a failed job with 4xx or 5xx and the job as the body; it is read, and asked for once."""
    harness = BY_DIALECT["vllm-omni"]
    with VllmOmniServer() as server:
        server.plan.outcome, server.plan.polls = "broken", 1
        entry = harness.entry(server.url)
        ticket = start(studio, entry, harness.request())
        ended = with_model(studio, entry, lambda model: model.poll(ticket))
        assert server.counts["retrieve"] == 1
    assert isinstance(ended, Failed)
    assert ended.kind is FailureKind.BUSY


def test_every_dialect_has_a_server_and_a_harness() -> None:
    """The matrix is whole: no dialect that is strict on loopback goes without the contract."""
    assert set(DIALECTS) == set(BY_DIALECT)
    assert all(isinstance(harness, OpenAIVideosHarness) for harness in BY_DIALECT.values())
    assert KEY not in json.dumps([harness.definition("http://x") for harness in BY_DIALECT.values()], default=str)
    assert issubclass(DIALECTS["openai"], OpenAIVideosServer)
