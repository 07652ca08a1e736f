"""What is special to Runway: shapes with a colon, frames with a place, what a task cost; its own SDK as a witness."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import runwayml
from support.hosted_harnesses import RunwayHarness
from support.wire import start_at

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind, InvalidInput
from reelwright.models.video.contract import Charge, Done, Failed, Reference, VideoModel, VideoRequest
from reelwright.models.video.runway import MODELS
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.runway import RunwayServer
from reelwright.testing.video import finished, picture, with_model

HARNESS = RunwayHarness()
PROMPT = "A paper boat drifts down a rain gutter."


@pytest.fixture
def server() -> Iterator[RunwayServer]:
    """The API."""
    with RunwayServer() as running:
        yield running


@pytest.fixture
def sdk(server: RunwayServer) -> Iterator[runwayml.RunwayML]:
    """Runway's own client."""
    with runwayml.RunwayML(api_key=KEY, base_url=server.url, max_retries=0) as client:
        yield client


def wish(**changes: Any) -> VideoRequest:
    """Return a wish."""
    return HARNESS.request(**changes)


def test_a_text(studio: Studio) -> None:
    """The shape has a colon, the length is a number, a model without sound is told nothing of it."""
    sent, _ = start_at(HARNESS, studio, wish(seed=7, take=1, seconds="3.5"))
    assert sent == {"model": "gen4.5", "promptText": PROMPT, "duration": 4, "ratio": "720:1280", "seed": 8}


def test_a_first_and_a_last_frame(studio: Studio) -> None:
    """Each picture says its place; sound and what to avoid have fields of their own."""
    frame = picture(studio)
    request = wish(first_frame=frame, last_frame=frame, audio=True, negative_prompt="text")
    sent, ticket = start_at(HARNESS, studio, request, model="veo3.1")
    assert sent == {
        "model": "veo3.1",
        "promptText": PROMPT,
        "duration": 4,
        "ratio": "720:1280",
        "promptImage": [
            {"uri": "data:image/png", "position": "first"},
            {"uri": "data:image/png", "position": "last"},
        ],
        "audio": True,
        "negativePrompt": "text",
    }
    assert ticket.warnings == ()


def test_a_last_frame_alone_is_left_out(studio: Studio) -> None:
    """No model of Runway's makes a clip towards a picture without one to start from."""
    sent, ticket = start_at(HARNESS, studio, wish(last_frame=picture(studio)), model="veo3.1")
    assert "promptImage" not in sent
    assert "only together with a first one" in ticket.warnings[0]


def test_references_go_along_with_text_only(studio: Studio) -> None:
    """Pictures, clips and sounds each have a list; beside a frame they are left out, and that is told."""
    clip = studio.vault.put_bytes(small_clip("720x1280", 4), "video/mp4")
    sound = studio.vault.put_bytes(b"ID3", "audio/mpeg")
    references = (
        Reference(role="image", asset=picture(studio)),
        Reference(role="video", asset=clip),
        Reference(role="audio", asset=sound),
    )
    sent, _ = start_at(HARNESS, studio, wish(references=references), model="seedance2")
    assert sent["references"] == [{"uri": "data:image/png"}]
    assert sent["referenceVideos"] == [{"type": "video", "uri": "data:video/mp4"}]
    assert sent["referenceAudio"] == [{"type": "audio", "uri": "data:audio/mpeg"}]
    request = wish(references=references, first_frame=picture(studio))
    sent, ticket = start_at(HARNESS, studio, request, model="seedance2")
    assert "references" not in sent
    assert "the references are left out" in ticket.warnings[0]


@pytest.mark.parametrize(
    ("with_frame", "told"),
    [(False, {"ratio": "9:16", "resolution": "768p"}), (True, {"resolution": "768p"})],
)
def test_models_that_take_a_shape_and_a_resolution(studio: Studio, with_frame: bool, told: dict[str, str]) -> None:
    """The entry says so; a frame has a shape of its own."""
    request = wish(first_frame=picture(studio) if with_frame else None)
    sent, _ = start_at(
        HARNESS, studio, request, model="hailuo3", first_frame="yes", longest_seconds=15,
        options={"ratio_as": "aspect", "resolution": "768p"},
    )  # fmt: skip
    assert {name: sent[name] for name in sent if name in {"ratio", "resolution"}} == told


def test_a_model_that_needs_a_frame_is_not_started_without(studio: Studio) -> None:
    """Nothing is sent for a shot without a start frame."""
    with pytest.raises(InvalidInput, match="start frame"):
        start_at(HARNESS, studio, wish(), model="gen4_turbo")


def test_emoji_count_twice(studio: Studio) -> None:
    """Runway counts UTF-16 units: 600 boats are too many, though they are 600 characters."""
    with pytest.raises(InvalidInput, match="UTF-16"):
        start_at(HARNESS, studio, wish(prompt="⛵" * 100 + "🚣" * 500))


def test_the_task_says_what_it_cost(server: RunwayServer, studio: Studio, tmp_path: Path) -> None:
    """Credits are cents; an address that has died is told anew."""
    server.renews_addresses = True

    async def make(model: VideoModel) -> Done:
        ticket = await model.start(wish(), idempotency_key="one")
        done, _ = await finished(model, ticket)
        assert isinstance(done, Done)
        await model.poll(ticket)
        await model.collect(ticket, done, tmp_path / "clip.mp4")
        return done

    done = with_model(studio, HARNESS.entry(server.url), make)
    assert done.charge == Charge(usd=Decimal("0.48"), source="vendor")
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip("720x1280", 4, sound=False)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_running_task_is_charged_though_it_is_stopped(server: RunwayServer, studio: Studio, forgets: bool) -> None:
    """No promise is made, and whoever asks again hears that it was charged."""
    server.plan.polls, server.forgets_cancelled = 100, forgets
    entry = HARNESS.entry(server.url)

    async def run(model: VideoModel) -> tuple[bool, Any]:
        ticket = await model.start(wish(), idempotency_key="one")
        for _ in range(3):
            await model.poll(ticket)
        return await model.cancel(ticket), await model.poll(ticket)

    is_free, ended = with_model(studio, entry, run)
    assert is_free is False
    assert isinstance(ended, Failed)
    assert (ended.kind, ended.billed) == (FailureKind.LOST, True)


def test_the_key_can_be_checked_for_free(server: RunwayServer, studio: Studio) -> None:
    """The organisation is asked for, and nothing is started."""
    with_model(studio, HARNESS.entry(server.url), lambda model: model.check())  # type: ignore[attr-defined]
    assert (server.counts["organization"], server.created) == (1, 0)


def test_a_known_model_needs_no_description() -> None:
    """The name is enough; what the entry says itself counts."""
    entry = Catalogue.load().resolve({"name": "veo", "protocol": "runway", "model": "veo3.1", "seed": False}, "video")
    assert (entry.last_frame, entry.negative_prompt, entry.seed, entry.seconds) == (True, True, False, (4, 6, 8))


@pytest.mark.parametrize("model", MODELS)
def test_the_sdk_knows_our_models(model: str) -> None:
    """Each model that is described is one that Runway's own SDK names, with the shapes that are said to be made."""
    source = Path(runwayml.__file__).parent / "types"
    text = (source / "text_to_video_create_params.py").read_text() + (
        source / "image_to_video_create_params.py"
    ).read_text()
    described = [part for part in text.split("\nclass ") if f'model: Required[Literal["{model}"]]' in part]
    assert described
    for size in MODELS[model]["sizes"]:
        assert any(f'"{size.replace("x", ":")}"' in part for part in described)


def test_the_sdk_makes_and_stops_a_clip(sdk: runwayml.RunwayML, server: RunwayServer) -> None:
    """Our strict server is one that runwayml can be used with: start, ask, stop, ask for the credits."""
    server.plan.polls = 3
    task = sdk.text_to_video.create(model="gen4.5", prompt_text="A boat", ratio="720:1280", duration=4)
    states = [sdk.tasks.retrieve(task.id) for _ in range(3)]
    assert [state.status for state in states] == ["PENDING", "THROTTLED", "SUCCEEDED"]
    assert states[-1].status == "SUCCEEDED"
    assert states[-1].output[0].startswith("http")
    assert task.estimated_cost.credits == states[-1].cost.credits == 48
    server.plan.polls = 9
    other = sdk.text_to_video.create(model="veo3.1", prompt_text="A boat", ratio="720:1280", duration=4)
    sdk.tasks.delete(other.id)
    assert sdk.tasks.retrieve(other.id).status == "CANCELLED"
    assert sdk.organization.retrieve().credit_balance == 4200


def test_the_sdk_reads_our_refusals(sdk: runwayml.RunwayML, server: RunwayServer) -> None:
    """A shape that is none is a bad request to runwayml; a moderated task has its code."""
    with pytest.raises(runwayml.BadRequestError):
        sdk.text_to_video.create(model="gen4.5", prompt_text="A boat", ratio="9:16", duration=4)  # type: ignore[call-overload]
    server.plan.polls, server.plan.outcome = 0, "moderated"
    task = sdk.text_to_video.create(model="gen4.5", prompt_text="A boat", ratio="720:1280", duration=4)
    failed = sdk.tasks.retrieve(task.id)
    assert failed.status == "FAILED"
    assert failed.failure_code == "SAFETY.INPUT.TEXT"
