"""What is true of every vendor that names a job and is asked for it: tickets, addresses, identities."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.ark_harness import ARK
from support.google_harnesses import GEMINI_OMNI, VEO, VERTEX_VEO
from support.kling_harness import KLING
from support.minimax_harness import MINIMAX
from support.wire import start, start_at

from reelwright.errors import FailureKind, InvalidInput, ProviderError, ReelwrightError
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoModel
from reelwright.models.video.vendor import VendorModel
from reelwright.studio import Studio
from reelwright.testing.servers.clips import small_clip
from reelwright.testing.servers.jobs import JobServer
from reelwright.testing.suite import KEY_NAME
from reelwright.testing.video import VideoHarness, finished, picture, with_model


def test_a_clip_whose_address_died_is_fetched_from_the_new_one(studio: Studio, tmp_path: Path) -> None:
    """A signed address that no longer opens is replaced by asking once more; nothing is started again."""
    with KLING.make_server() as server:

        async def late(model: VideoModel) -> None:
            ticket = await model.start(KLING.request(), idempotency_key="one")
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done)
            server.signature = "anew"
            await model.collect(ticket, done, tmp_path / "clip.mp4")

        with_model(studio, KLING.entry(server.url), late)
        assert server.created == 1
    assert (tmp_path / "clip.mp4").read_bytes() == small_clip("720x1280", 4)


def test_a_clip_of_a_job_that_runs_again_is_not_there_yet(studio: Studio, tmp_path: Path) -> None:
    """A vendor that takes its word back is busy: the clip is not given up."""
    with KLING.make_server() as server:
        entry = KLING.entry(server.url)
        server.plan.polls = 9
        ticket = start(studio, entry, KLING.request())
        early = Done(url=f"{server.url}/output/none.mp4")
        with pytest.raises(ProviderError, match="not ready to give") as caught:
            with_model(studio, entry, lambda model: model.collect(ticket, early, tmp_path / "clip.mp4"))
    assert caught.value.kind is FailureKind.BUSY


def test_a_job_of_another_key_is_not_called_lost(studio: Studio) -> None:
    """A vendor shows a job to its own account only: with a changed key, a 404 says nothing of the job."""
    with KLING.make_server() as server:
        entry = KLING.entry(server.url)
        ticket = start(studio, entry, KLING.request())
        server.lose_jobs()
        other = ticket.model_copy(update={"account": "0123456789abcdef"})
        with pytest.raises(ProviderError, match="another one") as caught:
            with_model(studio, entry, lambda model: model.poll(other))
    assert caught.value.kind is FailureKind.AUTH


@pytest.mark.parametrize("change", [{"base_url": "https://elsewhere.example"}, {"protocol": "ark"}])
@pytest.mark.parametrize("call", ["poll", "cancel", "collect"])
def test_a_ticket_of_another_place_gets_no_key(
    call: str, change: dict[str, str], studio: Studio, tmp_path: Path
) -> None:
    """A ticket is asked for where its job was started, and nowhere else."""
    with KLING.make_server() as server:
        entry = KLING.entry(server.url)
        ticket = start(studio, entry, KLING.request()).model_copy(update=change)
        calls = len(server.calls)

        async def use(model: VideoModel) -> Any:
            return await (
                model.collect(ticket, Done(), tmp_path / "clip") if call == "collect" else getattr(model, call)(ticket)
            )

        with pytest.raises(InvalidInput, match="This ticket is of"):
            with_model(studio, entry, use)
        assert len(server.calls) == calls


@pytest.mark.parametrize("at", [VEO, KLING], ids=repr)
def test_a_last_frame_alone_is_left_out_where_it_needs_a_first(at: VideoHarness, studio: Studio) -> None:
    """Said, not sent: the vendor would refuse the whole start."""
    body, ticket = start_at(at, studio, at.request(last_frame=picture(studio)))
    assert not {"lastFrame", "image_tail", "image"} & set(body.get("instances", [body])[0])
    assert any("only together with a first one" in warning for warning in ticket.warnings)


def test_what_makes_another_clip_makes_another_identity(studio: Studio) -> None:
    """Host, model and fixed options count; the port, the key's name and the entry's name do not."""

    def identity(harness: VideoHarness, url: str = "http://127.0.0.1:1", **changes: Any) -> str:
        async def ask(model: VideoModel) -> str:
            assert isinstance(model, VendorModel)
            return model.identity

        return with_model(studio, harness.entry(url, **changes), ask)

    same = {identity(KLING), identity(KLING, "http://127.0.0.1:2"), identity(KLING, name="other")}
    assert same == {"kling/1 127.0.0.1 kling-v3"}
    others = {
        identity(KLING, "http://localhost:1"),
        identity(KLING, model="kling-v2-6"),
        identity(KLING, options={"cfg_scale": 0.5}),
        identity(VEO),
        identity(VERTEX_VEO),
        identity(GEMINI_OMNI),
    }
    assert len(others - same) == 6


def test_an_account_is_known_by_its_key_and_not_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another key is another account; the fingerprint does not hold it."""

    async def account(model: VideoModel) -> str:
        return model.account

    entry = KLING.entry("http://127.0.0.1:1")
    first = with_model(studio, entry, account)
    monkeypatch.setenv(KEY_NAME, "another-key-than-before")
    second = with_model(studio, entry, account)
    assert first != second
    assert "another" not in second


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, float("nan"), float("inf"), "", "x", "http://[bad", "é", [], [None], [[]], {},
    {"a": []},
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a JSON value."""
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in named:
        yield (*way, name)
        yield from places(part, (*way, name))


def damaged(value: Any, way: tuple[Any, ...], odd: Any) -> Any:
    """Return a copy of a JSON value with another part at the end of a way."""
    copy = json.loads(json.dumps(value))
    part = copy
    for name in way[:-1]:
        part = part[name]
    part[way[-1]] = odd
    return copy


def true_answers(server: JobServer, ticket: Ticket) -> list[Any]:
    """Return what the server really says of a job while it waits, when it is done, and when it has failed."""
    poll = next(call for call in server.calls if server.operation(call) == "retrieve")
    job = next(iter(server.jobs.values()))
    told = []
    for polls, outcome in [(99, "done"), (0, "done"), (0, "moderated")]:
        job.plan.polls, job.plan.outcome = polls, outcome
        reply = server.answer(poll)
        told.append(reply.json)  # type: ignore[union-attr]
    assert ticket.remote_id.endswith(job.id)
    return told


@pytest.mark.parametrize("at", [GEMINI_OMNI, VEO, VERTEX_VEO, KLING, ARK, MINIMAX], ids=repr)
def test_no_damaged_answer_is_a_crash(at: VideoHarness, studio: Studio, tmp_path: Path) -> None:
    """Each part of each true answer, replaced by what no documentation shows, gives a state or an error of our own."""
    dice = random.Random(at.name)

    async def ask(model: VideoModel) -> None:
        ticket = await model.start(at.request(), idempotency_key="one")
        await model.poll(ticket)
        for told in true_answers(server, ticket):
            for way in places(told):
                for odd in dice.sample(ODD, 3):
                    server.faults.clear()
                    server.fail("retrieve", "reply", times=9, status=200, body=damaged(told, way, odd))
                    await use(model, ticket)

    async def use(model: VideoModel, ticket: Ticket) -> None:
        try:
            state = await model.poll(ticket)
            assert isinstance(state, (Pending, Done, Failed))
            if isinstance(state, Done):
                await model.collect(ticket, state, tmp_path / "clip.mp4")
        except ReelwrightError:
            pass

    with at.make_server() as server:
        with_model(studio, at.entry(server.url, usd_per_million_output=5), ask)
        assert server.counts["retrieve"] > 20
