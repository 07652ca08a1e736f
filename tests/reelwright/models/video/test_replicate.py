"""What is special to Replicate: names and versions, the list of predictions, an hour's life; its own client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import replicate
from support.hosted_harnesses import ReplicateHarness
from support.wire import start, start_at

from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.video.contract import Done, Failed, Ticket, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.replicate import DEPLOYMENT, LTX, WAN, WAN_VERSION, ReplicateServer
from reelwright.testing.video import finished, picture, with_model
from reelwright.values import Size

HARNESS = ReplicateHarness()
PROMPT = "A paper boat drifts down a rain gutter."


@pytest.fixture
def server() -> Iterator[ReplicateServer]:
    """The predictions."""
    with ReplicateServer() as running:
        yield running


def wish(**changes: Any) -> VideoRequest:
    """Return a wish."""
    return HARNESS.request(**changes)


def test_a_model_by_name(server: ReplicateServer, studio: Studio) -> None:
    """The input says what is wanted, the path whom; a job that nobody waits for ends itself."""
    frame = picture(studio)
    start(studio, HARNESS.entry(server.url), wish(first_frame=frame, last_frame=frame, audio=True))
    call = server.calls[0]
    told = call.json["input"]
    assert call.path == "/v1/models/bytedance/seedance-2.0/predictions"
    assert call.headers["cancel-after"] == "15m"
    assert {name: told[name] for name in told if "image" not in name} == {
        "prompt": PROMPT,
        "duration": 4,
        "resolution": "720p",
        "aspect_ratio": "9:16",
        "generate_audio": True,
    }
    assert told["image"].startswith("data:image/png")
    assert told["last_frame_image"].startswith("data:image/png")


def test_a_version_and_a_size_in_pixels(studio: Studio) -> None:
    """A version is started at another path; a size that is told in pixels is told once."""
    options = {"fields": {"width": "width", "height": "height"}}
    sent, _ = start_at(HARNESS, studio, wish(), model=f"{WAN}:{WAN_VERSION}", options=options)
    assert sent == {
        "version": WAN_VERSION,
        "input": {"prompt": PROMPT, "duration": 4, "width": 720, "height": 1280},
    }


def test_resolutions_have_names(studio: Studio) -> None:
    """A model that says `4k` is told so."""
    sent, _ = start_at(
        HARNESS, studio, wish(size=Size.parse("2160x3840"), seconds=6), model=LTX, sizes=["2160x3840"], seconds=[6, 8],
        options={"resolutions": {"2160": "4k"}, "input": {"fps": 25}},
    )  # fmt: skip
    assert (sent["input"]["resolution"], sent["input"]["fps"]) == ("4k", 25)


def test_a_deployment_of_ones_own(server: ReplicateServer, studio: Studio) -> None:
    """It has a path of its own."""
    start(studio, HARNESS.entry(server.url, model=f"deployments/{DEPLOYMENT}"), wish())
    assert server.calls[0].path == f"/v1/deployments/{DEPLOYMENT}/predictions"


def test_a_name_that_is_none_is_refused(studio: Studio) -> None:
    """A model has an owner."""
    with pytest.raises(InvalidInput, match="owner/name"):
        start_at(HARNESS, studio, wish(), model="seedance")


def test_a_prediction_that_works_is_billed_though_it_is_stopped(server: ReplicateServer, studio: Studio) -> None:
    """No promise is made, and whoever asks again hears that it was billed."""
    server.plan.polls = 100
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    with_model(studio, entry, lambda model: model.poll(ticket))
    assert with_model(studio, entry, lambda model: model.cancel(ticket)) is False
    ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(ended, Failed)
    assert (ended.kind, ended.billed) == (FailureKind.LOST, True)


def test_the_logs_tell_the_share_done(server: ReplicateServer, studio: Studio) -> None:
    """A progress bar in the logs is read as one."""
    server.plan.polls = 4
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    _, shares = with_model(studio, entry, lambda model: finished(model, ticket))
    assert shares == [0.5, 0.75]


def test_an_output_that_was_deleted_is_lost(server: ReplicateServer, studio: Studio) -> None:
    """An hour later there is nothing to fetch: it is told as lost, and as paid."""
    server.plan.polls = 0
    entry = HARNESS.entry(server.url)
    ticket = start(studio, entry, wish())
    assert isinstance(with_model(studio, entry, lambda model: model.poll(ticket)), Done)
    server.expire()
    ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(ended, Failed)
    assert (ended.kind, ended.billed) == (FailureKind.LOST, True)


def look_up(studio: Studio, server: ReplicateServer, request: VideoRequest) -> Ticket | None:
    """Look a start up that has just been made."""
    since = datetime.now(UTC) - timedelta(seconds=1)
    entry = HARNESS.entry(server.url)
    return with_model(studio, entry, lambda model: model.find(request, idempotency_key="one", since=since))


def test_a_lost_start_is_found_on_a_later_page(server: ReplicateServer, studio: Studio) -> None:
    """The list is read page by page; a frame does not hide a prediction, though its bytes have become an address."""
    server.page = 1
    entry = HARNESS.entry(server.url)
    wanted = wish(first_frame=picture(studio))
    ticket = start(studio, entry, wanted)
    start(studio, entry, wish(prompt="Another boat"))
    start(studio, entry, wish(prompt="And another"))
    found = look_up(studio, server, wanted)
    assert found is not None
    assert found.remote_id == ticket.remote_id
    assert server.counts["list"] == 3


def test_what_is_older_does_not_count(server: ReplicateServer, studio: Studio) -> None:
    """The same shot of yesterday is another one, and the list is read no further."""
    server.page = 1
    entry = HARNESS.entry(server.url)
    for _ in range(3):
        start(studio, entry, wish())
    for job in server.jobs.values():
        job.created_at -= 86_400
    assert look_up(studio, server, wish()) is None
    assert server.counts["list"] == 1


@pytest.mark.parametrize("trouble", ["twins", "hidden inputs"])
def test_a_list_that_proves_nothing_is_not_believed(server: ReplicateServer, studio: Studio, trouble: str) -> None:
    """Two that look the same, or a list that does not show what was told, are no answer."""
    entry = HARNESS.entry(server.url)
    for _ in range(2 if trouble == "twins" else 1):
        start(studio, entry, wish())
    server.hides_inputs = trouble == "hidden inputs"
    with pytest.raises(NotImplementedError):
        look_up(studio, server, wish())


def test_replicates_own_client_makes_a_clip(server: ReplicateServer) -> None:
    """Our strict server is one that replicate can be used with: start, wait, list, stop."""
    server.plan.polls = 3
    client = replicate.Client(api_token=KEY, base_url=server.url)
    try:
        client.poll_interval = 0.01
        told = {"prompt": "A boat", "duration": 6, "resolution": "1080p"}
        prediction = client.models.predictions.create(LTX, input=told)
        prediction.wait()
        assert (prediction.status, prediction.input) == ("succeeded", told)
        assert str(prediction.output).startswith("http://localhost")
        server.plan.polls = 100
        other = client.predictions.create(WAN_VERSION, input={"prompt": "A boat"})
        other.cancel()
        assert [(one.id, one.status) for one in client.predictions.list()] == [
            (other.id, "canceled"),
            (prediction.id, "succeeded"),
        ]
    finally:
        client._client.close()  # it has no way of its own to close
