"""What is special to fal: models by path, fields by name, what a cancel is worth, and fal's own client as a witness."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fal_client import SyncClient
from fal_client.client import FalClientHTTPError
from support.hosted_harnesses import FalHarness
from support.wire import start, start_at

from reelwright.errors import FailureKind, RecipeError
from reelwright.models.video.contract import Failed, Pending, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.fal import KLING, SEEDANCE, WAN, FalServer
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.video import finished, picture, with_model

HARNESS = FalHarness()
KLING_ENTRY: dict[str, Any] = {
    "model": f"{KLING}/text-to-video",
    "seconds": [5, 10],
    "options": {
        "fields": {
            "first_frame": "start_image_url",
            "audio": "generate_audio",
            "negative_prompt": "negative_prompt",
            "resolution": "",
        },
        "seconds_as": "text",
        "first_frame_model": f"{KLING}/image-to-video",
        "without_frames": ["aspect_ratio"],
    },
}
WAN_ENTRY: dict[str, Any] = {
    "model": WAN,
    "seconds": [],
    "longest_seconds": 10,
    "options": {
        "fields": {"size": "size", "seconds": "num_frames"},
        "seconds_as": "frames",
        "frame_rate": 16,
        "size_as": "720*1280",
        "input": {"video_quality": "high"},
    },
}


@pytest.fixture
def server() -> Iterator[FalServer]:
    """The queue."""
    with FalServer() as running:
        yield running


@pytest.fixture
def sdk(server: FalServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The official client, told where the queue is."""
    module = importlib.import_module("fal_client.client")
    monkeypatch.setattr(module, "QUEUE_URL_FORMAT", f"{server.url}/")
    client = SyncClient(key=KEY)
    yield client
    client._client.close()  # it has no way of its own to close


def wish(**changes: Any) -> VideoRequest:
    """Return a wish."""
    return HARNESS.request(**changes)


def test_a_models_own_names_stand_in_the_entry(studio: Studio) -> None:
    """A text goes to the text's path with the shape in words; the length is a text."""
    sent, _ = start_at(HARNESS, studio, wish(negative_prompt="text"), **KLING_ENTRY)
    assert sent == {
        "prompt": "A paper boat drifts down a rain gutter.",
        "duration": "5",
        "aspect_ratio": "9:16",
        "generate_audio": False,
        "negative_prompt": "text",
    }


def test_a_frame_goes_to_the_path_that_takes_one(studio: Studio) -> None:
    """The picture has its own name, and its own shape: that is not told again."""
    sent, ticket = start_at(HARNESS, studio, wish(first_frame=picture(studio), audio=True), **KLING_ENTRY)
    assert sent == {
        "prompt": "A paper boat drifts down a rain gutter.",
        "duration": "5",
        "generate_audio": True,
        "start_image_url": "data:image/png",
    }
    assert ticket.warnings == ()


def test_frames_and_stars(studio: Studio) -> None:
    """A length in frames counts the first one too; a size in pixels is told once; fixed fields go along."""
    sent, _ = start_at(HARNESS, studio, wish(seconds=4), **WAN_ENTRY)
    assert sent == {
        "prompt": "A paper boat drifts down a rain gutter.",
        "num_frames": 65,
        "size": "720*1280",
        "video_quality": "high",
    }


def test_both_frames_references_and_seeds(studio: Studio) -> None:
    """Each has its field; references alone go to their own path; another take is another seed."""
    options = {
        "fields": {
            "first_frame": "image_url",
            "last_frame": "end_image_url",
            "seed": "seed",
            "reference_images": "image_urls",
        },
        "seconds_as": "text",
        "first_frame_model": f"{SEEDANCE}/image-to-video",
        "reference_model": f"{SEEDANCE}/reference-to-video",
    }
    frame = picture(studio)
    sent, _ = start_at(HARNESS, studio, wish(first_frame=frame, last_frame=frame, seed=7, take=2), options=options)
    assert (sent["image_url"], sent["end_image_url"], sent["seed"]) == ("data:image/png", "data:image/png", 9)
    references = [{"role": "image", "asset": frame}, {"role": "image", "asset": frame}]
    sent, _ = start_at(HARNESS, studio, wish(references=references), options=options)
    assert sent["image_urls"] == ["data:image/png", "data:image/png"]
    sent, ticket = start_at(HARNESS, studio, wish(first_frame=frame, references=references), options=options)
    assert "image_urls" not in sent
    assert "frames or references" in ticket.warnings[0]


def test_a_last_frame_alone_is_left_out(studio: Studio) -> None:
    """The path of a first frame wants one."""
    sent, ticket = start_at(HARNESS, studio, wish(last_frame=picture(studio)), last_frame=True)
    assert "end_image_url" not in sent
    assert "only together with a first one" in ticket.warnings[0]


def test_a_shots_own_options_go_into_the_input(studio: Studio) -> None:
    """Without a list of what the model takes, all are passed on by name."""
    sent, ticket = start_at(HARNESS, studio, wish(options={"video_quality": "low", "palette": ["#fff"]}), **WAN_ENTRY)
    assert sent["video_quality"] == "low"
    assert "Colours: #fff" in sent["prompt"]
    assert ticket.warnings == ()


def test_what_is_named_can_be_done() -> None:
    """The fields that an entry names are its abilities, unless it says so itself."""
    entry = HARNESS.entry("http://127.0.0.1:9", **KLING_ENTRY)
    assert (entry.first_frame, entry.audio, entry.negative_prompt, entry.seed) == ("yes", "optional", True, False)
    assert HARNESS.entry("http://127.0.0.1:9", **KLING_ENTRY, first_frame="required").first_frame == "required"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"seconds_as": "minutes"}, "seconds_as"),
        ({"fields": {"lenght": "duration"}}, "lenght"),
        ({"no_such": 1}, "no_such"),
    ],
)
def test_options_that_are_none_are_named(options: dict[str, Any], told: str) -> None:
    """A mistake in an entry's options is told with its place."""
    with pytest.raises(RecipeError, match=told):
        HARNESS.entry("http://127.0.0.1:9", options=options)


def test_a_running_job_is_only_asked_to_stop(server: FalServer, studio: Studio) -> None:
    """What waits is taken out of the queue, and ends as cancelled; what runs goes on: no promise is made."""
    entry = HARNESS.entry(server.url)
    server.plan.polls = 4
    waiting = start(studio, entry, wish())
    assert with_model(studio, entry, lambda model: model.cancel(waiting)) is True
    ended = with_model(studio, entry, lambda model: model.poll(waiting))
    assert isinstance(ended, Failed)
    assert (ended.kind, ended.billed) == (FailureKind.LOST, False)
    server.runs = True
    running = start(studio, entry, wish())
    assert with_model(studio, entry, lambda model: model.cancel(running)) is False
    done, _ = with_model(studio, entry, lambda model: finished(model, running))
    assert done.state == "done"


def test_a_place_in_the_queue_is_told(server: FalServer, studio: Studio) -> None:
    """Whoever waits sees how many wait before."""
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    state = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(state, Pending)
    assert state.note == "IN_QUEUE, 3 before it"


def test_a_stumble_before_the_result_is_no_failure_of_the_job(server: FalServer, studio: Studio) -> None:
    """A page of a proxy where the result would be says nothing of it: it is asked for again."""
    entry = HARNESS.entry(server.url)
    server.plan.polls = 0
    ticket = start(studio, entry, wish())
    server.fail("result", "reply", status=502, body="<html>nginx</html>", media_type="text/html")
    assert with_model(studio, entry, lambda model: model.poll(ticket)).state == "done"
    assert server.counts["result"] == 2


def test_addresses_of_another_host_get_no_key(server: FalServer, studio: Studio) -> None:
    """Where the answer names addresses elsewhere, the job is asked for at the host that has the key."""
    entry = HARNESS.entry(server.url, **KLING_ENTRY)
    elsewhere = {name: f"https://evil.example/{name}" for name in ("status_url", "response_url", "cancel_url")}
    server.fail("create", "reply", status=200, body={"request_id": "abc", "status": "IN_QUEUE", **elsewhere})
    ticket = start(studio, entry, wish())
    ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(ended, Failed)
    assert server.calls[-1].path == "/fal-ai/kling-video/requests/abc/status"


def test_fals_own_client_makes_a_clip(sdk: Any) -> None:
    """Our strict server is one that fal_client can be used with: submit, status, result, file."""
    handle = sdk.submit(f"{SEEDANCE}/text-to-video", {"prompt": "A boat", "duration": "4"})
    states = {type(state).__name__ for state in handle.iter_events(interval=0.01)}
    assert "Queued" in states
    clip = handle.get()["video"]
    assert clip["content_type"] == "video/mp4"
    assert httpx.get(clip["url"]).content == small_clip("720x1280", 4)


def test_fals_own_client_reads_our_refusals(sdk: Any, server: FalServer) -> None:
    """A moderated job is an HTTP error with a typed finding to fal_client as well."""
    server.plan.polls, server.plan.outcome = 0, "moderated"
    handle = sdk.submit(f"{SEEDANCE}/text-to-video", {"prompt": "A boat"})
    with pytest.raises(FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 422
    assert caught.value.message[0]["type"] == "content_policy_violation"  # type: ignore[index]


def test_the_key_can_be_checked_for_free(server: FalServer, studio: Studio) -> None:
    """A question about a job that is not there shows whether the key works, and starts nothing."""
    entry = HARNESS.entry(server.url)
    with_model(studio, entry, lambda model: model.check())  # type: ignore[attr-defined]
    assert server.created == 0
