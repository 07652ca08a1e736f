"""`ark` on the wire: roles, ratios, resolutions; tokens; what cancelling may not delete; the SDK as witness."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from support.ark_harness import ARK
from support.wire import start, start_at
from volcenginesdkarkruntime import Ark  # type: ignore[import-untyped]

from reelwright.catalogue import Catalogue
from reelwright.models.video.contract import Done, Failed, Pending, Reference, VideoModel
from reelwright.studio import Studio
from reelwright.testing.servers.ark import ArkServer
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.video import picture, with_model
from reelwright.values import Asset, Size

PROMPT = "A paper boat drifts down a rain gutter."


def clip_of(studio: Studio) -> Asset:
    """Keep a short clip in the vault."""
    return studio.vault.put_bytes(small_clip("720x1280", 4), "video/mp4")


def sound_of(studio: Studio) -> Asset:
    """Keep what passes for a sound in the vault."""
    return studio.vault.put_bytes(b"RIFF....WAVE" + bytes(800), "audio/wav")


def item(kind: str, role: str, shown: str) -> dict[str, Any]:
    """Return an item of `content`, as `shown` shortens it."""
    return {"type": f"{kind}_url", f"{kind}_url": {"url": shown}, "role": role}


def test_frames_have_roles(studio: Studio) -> None:
    """Text, first frame, last frame, each with its role; sound is a switch, and another take is another seed."""
    frames = {"first_frame": picture(studio), "last_frame": picture(studio, 400, 400)}
    body, ticket = start_at(ARK, studio, ARK.request(seed=7, take=1, **frames))
    assert body == {
        "model": "dreamina-seedance-2-0-260128",
        "content": [
            {"type": "text", "text": PROMPT},
            item("image", "first_frame", "data:image/png"),
            item("image", "last_frame", "data:image/png"),
        ],
        "ratio": "9:16",
        "resolution": "720p",
        "duration": 4,
        "generate_audio": False,
        "seed": 8,
    }
    assert ticket.remote_id.startswith("cgt-")


def test_references_are_named_by_kind_and_number(studio: Studio) -> None:
    """Pictures, videos and sounds, each counted by its kind; whoever has a name is named."""
    references = (
        Reference(role="image", asset=picture(studio, 400, 400), name="Mara"),
        Reference(role="audio", asset=sound_of(studio), name="Mara's voice"),
        Reference(role="image", asset=picture(studio, 500, 400)),
        Reference(role="video", asset=clip_of(studio), name="the walk"),
    )
    body, ticket = start_at(ARK, studio, ARK.request(references=references, audio=True))
    assert body["content"] == [
        {
            "type": "text",
            "text": "[Image 1] is Mara.\n[Video 1] is the walk.\n[Audio 1] is Mara's voice.\n" + PROMPT,
        },
        *[item("image", "reference_image", "data:image/png")] * 2,
        item("video", "reference_video", "data:video/mp4"),
        item("audio", "reference_audio", "data:audio/wav"),
    ]
    assert body["generate_audio"] is True
    assert ticket.warnings == ()


def test_twelve_references_and_no_more(studio: Studio) -> None:
    """Nine pictures and three videos at most, beside three sounds; what is over is said."""
    many = tuple(Reference(role="image", asset=picture(studio, 400 + n, 400)) for n in range(10))
    body, ticket = start_at(ARK, studio, ARK.request(references=many))
    assert len(body["content"]) == 1 + 9
    assert ticket.warnings == ("test-seedance takes at most 9 reference pictures: 1 left out",)


def test_a_sound_alone_is_left_out(studio: Studio) -> None:
    """The vendor would refuse it without a picture or a video."""
    voice = Reference(role="audio", asset=sound_of(studio))
    body, ticket = start_at(ARK, studio, ARK.request(references=(voice,)))
    assert body["content"] == [{"type": "text", "text": PROMPT}]
    assert len(ticket.warnings) == 1


@pytest.mark.parametrize(
    ("size", "resolution", "ratio"),
    [
        ("720x1280", "720p", "9:16"),
        ("1080x1920", "1080p", "9:16"),
        ("1920x1080", "1080p", "16:9"),
        ("960x960", "720p", "1:1"),
        ("834x1112", "720p", "3:4"),
    ],
)
def test_a_size_is_told_as_resolution_and_ratio(size: str, resolution: str, ratio: str, studio: Studio) -> None:
    """The vendor's own table says how many pixels they are: the frame is fitted to them."""
    frame = picture(studio)
    body, ticket = start_at(ARK, studio, ARK.request(size=Size.parse(size), first_frame=frame))
    assert (body["resolution"], body["ratio"], str(ticket.size)) == (resolution, ratio, size)


@pytest.mark.parametrize(
    ("model", "longest", "references", "audio"),
    [
        ("doubao-seedance-2-5-260628", 30, 9, "optional"),
        ("dreamina-seedance-2-0-fast-260128", 15, 9, "optional"),
        ("seedance-1-5-pro-251215", 12, 0, "optional"),
        ("seedance-1-0-pro-250528", 12, 0, "none"),
    ],
)
def test_a_family_can_do_what_it_can(model: str, longest: int, references: int, audio: str) -> None:
    """A model that a recipe names in place has its family's limits."""
    entry = ARK.entry("http://127.0.0.1:1", model=model)
    assert (max(entry.seconds), entry.reference_images, entry.audio) == (longest, references, audio)


def test_tokens_are_charged_where_their_price_is_known(studio: Studio) -> None:
    """The vendor counts tokens: with a price of a million, the charge is exact, and no longer an estimate."""
    with ARK.make_server() as server:
        server.plan.polls = 0
        entry = ARK.entry(server.url, usd_per_million_output="6.6")
        wish = ARK.request(options={"return_last_frame": True})
        ticket = start(studio, entry, wish)
        done = with_model(studio, entry, lambda model: model.poll(ticket))
        unpriced = with_model(studio, ARK.entry(server.url), lambda model: model.poll(ticket))
    assert isinstance(done, Done)
    assert done.charge is not None
    assert (done.charge.usd, done.charge.estimated) == (Decimal("0.71874"), False)
    assert done.extra["tokens"] == 108900
    assert done.extra["last_frame_url"].endswith("&last")
    assert isinstance(unpriced, Done)
    assert unpriced.charge is None


def test_only_a_queued_job_is_cancelled(studio: Studio) -> None:
    """A running one is let run, and a finished one kept: the same call would delete its clip."""
    with ARK.make_server() as server:
        server.plan.polls = 9
        entry = ARK.entry(server.url)

        async def use(model: VideoModel) -> None:
            ticket = await model.start(ARK.request(), idempotency_key="one")
            for _ in range(2):
                state = await model.poll(ticket)
            assert isinstance(state, Pending)
            assert state.note == "running"
            assert await model.cancel(ticket) is False
            assert server.counts["cancel"] == 0
            queued = await model.start(ARK.request(), idempotency_key="two")
            assert await model.cancel(queued) is True
            assert isinstance(await model.poll(queued), Failed)

        with_model(studio, entry, use)


def test_a_job_that_began_as_it_was_cancelled_goes_on(studio: Studio) -> None:
    """A refusal of the cancel is no proof that the job has stopped."""
    with ARK.make_server() as server:
        server.plan.polls = 9
        entry = ARK.entry(server.url)
        ticket = start(studio, entry, ARK.request())
        running = {"error": {"code": "InvalidAction.RunningTaskDeletion", "message": "The task is running."}}
        server.fail("cancel", "reply", status=409, body=running)
        assert with_model(studio, entry, lambda model: model.cancel(ticket)) is False


def test_a_task_that_may_be_ours_proves_nothing(studio: Studio) -> None:
    """The list shows no prompts: one of the same length means "nobody knows", one of another length nothing."""
    with ARK.make_server() as server:
        server.plan.polls = 0
        entry = ARK.entry(server.url)
        since = datetime.now(UTC)

        async def use(model: VideoModel) -> None:
            other = await model.start(ARK.request(seconds=9), idempotency_key="one")
            await model.poll(other)
            assert await model.find(ARK.request(), idempotency_key="x", since=since) is None
            await model.start(ARK.request(), idempotency_key="two")
            with pytest.raises(NotImplementedError):
                await model.find(ARK.request(), idempotency_key="x", since=since)

        with_model(studio, entry, use)


def test_the_entries_of_the_catalogue_are_priced_by_size() -> None:
    """2.0 and 2.5, each with a price for 720p and for 1080p."""
    for name, longest in {"seedance-2.0": 15, "seedance-2.5": 30}.items():
        entry = Catalogue.load().resolve(name, "video")
        assert max(entry.seconds) == longest
        small, large = (entry.price(entry.seconds[0], size=Size.parse(size)) for size in ("720x1280", "1080x1920"))
        assert small is not None
        assert large is not None
        assert small < large


def test_the_vendors_sdk_makes_polls_lists_and_cancels() -> None:
    """An independent witness: what volcengine-ark-runtime sends passes the strict server, and it reads the answers."""
    with ARK.make_server() as server:
        client = Ark(api_key=KEY, base_url=f"{server.url}{ArkServer.base_path}")
        tasks = client.content_generation.tasks
        made = tasks.create(
            model="dreamina-seedance-2-0-260128",
            content=[{"type": "text", "text": "A boat"}],
            ratio="9:16",
            resolution="720p",
            duration=4,
            generate_audio=False,
        )
        for _ in range(2):
            task = tasks.get(task_id=made.id)
        assert task.status == "succeeded"
        assert task.content.video_url.startswith(f"{server.url}/clips/{made.id}")
        assert task.usage.completion_tokens == 108900
        assert [found.id for found in tasks.list(model="dreamina-seedance-2-0-260128").items] == [made.id]
        server.plan.polls = 9
        queued = tasks.create(model="dreamina-seedance-2-0-260128", content=[{"type": "text", "text": "A boat"}])
        tasks.delete(task_id=queued.id)
        assert tasks.get(task_id=queued.id).status == "cancelled"
        client.close()
