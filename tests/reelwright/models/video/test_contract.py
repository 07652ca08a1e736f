"""The contract of video models, over every protocol: what a stage may rely on whoever the vendor is."""

from __future__ import annotations

import io
import logging
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.video_harness import Harness, collect_elsewhere, finished, needs, picture, with_model

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind, InvalidInput, MissingCredential, ProviderError, StartAmbiguous
from reelwright.media.probe import probe
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoModel, VideoRequest
from reelwright.studio import Studio
from reelwright.testing.servers.jobs import KEY, JobServer
from reelwright.testing.servers.strict import Call, Reply, StrictServer
from reelwright.values import Size


@pytest.fixture
def entry(harness: Harness, server: JobServer) -> Entry:
    """The protocol's entry, defined in place as a recipe does."""
    return harness.entry(server.url)


def started(studio: Studio, entry: Entry, request: VideoRequest) -> Ticket:
    """Start a job."""
    return with_model(studio, entry, lambda model: model.start(request, idempotency_key="one-start"))


def test_a_wish_becomes_a_clip(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """Start, poll to the end, collect: one paid start, shares that grow, a clip of the asked size and length."""
    server.plan.polls = 3

    async def make(model: VideoModel) -> tuple[Ticket, list[float]]:
        ticket = await model.start(harness.request(first_frame=picture(studio)), idempotency_key="one")
        done, shares = await finished(model, ticket)
        assert isinstance(done, Done)
        await model.collect(ticket, done, tmp_path / "clip.mp4")
        return ticket, shares

    ticket, shares = with_model(studio, entry, make)
    facts = probe(tmp_path / "clip.mp4")
    assert facts.video is not None
    assert facts.video.size == Size.parse(harness.size) == ticket.size
    assert float(facts.seconds) == pytest.approx(harness.seconds, abs=0.1)
    assert (server.created, server.counts["create"]) == (1, 1)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert Ticket.model_validate_json(ticket.model_dump_json()) == ticket


@needs("takes_frame")
def test_a_start_frame_arrives_in_the_exact_size(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A frame of another size and shape is fitted: the strict server takes no other."""
    frame = picture(studio, 900, 500, "WEBP")
    ticket = started(studio, entry, harness.request(first_frame=frame))
    assert ticket.size == Size.parse(harness.size)
    assert server.created == 1


@needs("takes_frame")
def test_a_clip_is_continued_from_its_last_picture(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """A model that does not extend clips starts from the last picture of the clip before."""

    async def make(model: VideoModel) -> None:
        first = await model.start(harness.request(), idempotency_key="one")
        done, _ = await finished(model, first)
        assert isinstance(done, Done)
        await model.collect(first, done, tmp_path / "clip.mp4")
        clip = studio.vault.put_file(tmp_path / "clip.mp4", "video/mp4")
        await model.start(harness.request(prompt="It goes on", continues=clip), idempotency_key="two")

    with_model(studio, entry, make)
    assert server.created == 2


def test_a_documented_failure_is_told_by_its_kind(
    harness: Harness, failure: str, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """Each shape of a failure gives its kind, tells whether it was billed, and starts nothing twice."""
    told = harness.failures[failure]
    if told.outcome:
        server.plan.outcome = told.outcome
        ticket = started(studio, entry, harness.request())
        ended, _ = with_model(studio, entry, lambda model: finished(model, ticket))
        assert isinstance(ended, Failed)
        assert (ended.kind, ended.billed) == (told.kind, told.billed)
        assert ended.reason
        return
    kind = "text/html" if isinstance(told.body, str) else "application/json"
    server.fail("create", "reply", status=told.status, body=told.body, headers=dict(told.headers), media_type=kind)
    with pytest.raises(ProviderError) as caught:
        started(studio, entry, harness.request())
    error = caught.value
    assert not isinstance(error, StartAmbiguous)
    assert (error.kind, error.billed, error.status) == (told.kind, told.billed, told.status)
    assert error.retry_after_seconds == (float(told.headers["Retry-After"]) if "Retry-After" in told.headers else None)
    assert server.counts["create"] == 1


@needs("stands_for_protocol")
def test_another_process_resumes_from_the_ticket(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """A process that has the ticket and the key, and nothing else, collects the clip; nothing is started again."""
    ticket = started(studio, entry, harness.request())
    collect_elsewhere(entry, ticket, tmp_path / "elsewhere", tmp_path / "clip.mp4")
    assert probe(tmp_path / "clip.mp4").video is not None
    assert server.created == 1


def test_what_cannot_be_honoured_leaves_a_warning(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """An option that the model does not have is named in the ticket's warnings, and the start goes through."""
    wishes = {name: picture(studio) if value is True and "frame" in name else value
              for name, value in harness.unsupported.items()}  # fmt: skip
    ticket = started(studio, entry, harness.request(**wishes))
    assert len(ticket.warnings) == len(wishes)
    assert all(entry.name in warning for warning in ticket.warnings)
    assert server.created == 1


def test_adapting_is_settled_after_once(harness: Harness, studio: Studio, entry: Entry) -> None:
    """An adapted wish is adapted to itself, silently: what a key is made of does not change when it is used."""
    wish = harness.request(
        style="noir", camera="push", negative_prompt="text", seconds="3.5", options={"palette": ["#fff"]}
    )

    async def twice(model: VideoModel) -> None:
        once, _ = model.adapt(wish)
        again, warnings = model.adapt(once)
        assert (again, warnings) == (once, ())
        assert once.seconds >= wish.seconds

    with_model(studio, entry, twice)


def test_a_shot_that_is_too_long_is_refused_before_any_call(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """Nothing is sent for a shot that no clip of the model covers."""
    with pytest.raises(InvalidInput, match="at most"):
        started(studio, entry, harness.request(seconds=harness.longest + 1))
    assert server.calls == []


@needs("is_async")
def test_a_job_can_be_stopped(harness: Harness, server: JobServer, studio: Studio, entry: Entry) -> None:
    """Cancel says true only if the vendor confirms; a finished job is left alone."""
    server.plan.polls = 100
    running = started(studio, entry, harness.request())
    assert with_model(studio, entry, lambda model: model.cancel(running)) is harness.can_cancel
    server.plan.polls = 0
    done = started(studio, entry, harness.request())
    assert with_model(studio, entry, lambda model: model.cancel(done)) is False
    assert isinstance(with_model(studio, entry, lambda model: model.poll(done)), Done)


@needs("is_async")
def test_a_job_that_the_server_forgot_is_lost(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A server that lost its jobs ends the take as `lost`, and nothing is started again by itself."""
    ticket = started(studio, entry, harness.request())
    server.lose_jobs()
    ended = with_model(studio, entry, lambda model: model.poll(ticket))
    assert isinstance(ended, Failed)
    assert ended.kind is FailureKind.LOST
    assert server.created == 1


@needs("is_async")
def test_a_clip_that_expired_is_lost(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """A clip that the vendor no longer keeps is told as `lost`, not tried for ever."""

    async def late(model: VideoModel) -> None:
        ticket = await model.start(harness.request(), idempotency_key="one")
        done, _ = await finished(model, ticket)
        assert isinstance(done, Done)
        server.expire()
        await model.collect(ticket, done, tmp_path / "clip.mp4")

    with pytest.raises(ProviderError) as caught:
        with_model(studio, entry, late)
    assert caught.value.kind is FailureKind.LOST


def test_a_vendor_that_is_not_there_is_busy(harness: Harness, server: JobServer, studio: Studio) -> None:
    """A connection that never came about is no ambiguous start: not a byte went out."""
    del server
    entry = harness.entry("http://127.0.0.1:9")
    with pytest.raises(ProviderError) as caught:
        started(studio, entry, harness.request())
    assert type(caught.value) is ProviderError
    assert caught.value.kind is FailureKind.BUSY


@pytest.mark.parametrize("do", ["drop", "drop_after"])
def test_a_start_without_an_answer_is_ambiguous_and_is_looked_up(
    harness: Harness, do: str, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """The start is sent once. Where the vendor's list can prove it, the job is found, or surely is not there."""
    server.fail("create", do)
    since = datetime.now(UTC) - timedelta(seconds=1)
    with pytest.raises(StartAmbiguous):
        started(studio, entry, harness.request())
    assert server.counts["create"] == 1
    assert server.created == (do == "drop_after")

    def look_up() -> Ticket | None:
        return with_model(
            studio, entry, lambda model: model.find(harness.request(), idempotency_key="one-start", since=since)
        )

    if harness.find == "cannot" or (harness.find == "proves absence" and do == "drop_after"):
        with pytest.raises(NotImplementedError):
            look_up()
        return
    found = look_up()
    assert (found is not None) == (do == "drop_after")
    if found is not None:
        assert found.remote_id in server.jobs


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Welcome to nginx!</html>"),
        (200, ""),
        (504, "<html><title>504 Gateway Time-out</title></html>"),
        (502, {}),
    ],
)
def test_an_answer_that_does_not_tell_is_ambiguous(
    harness: Harness, status: int, body: Any, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A page in place of an answer, or a gateway's own error, says nothing of the job behind it."""
    server.fail("create", "reply", status=status, body=body, media_type="text/html")
    with pytest.raises(StartAmbiguous):
        started(studio, entry, harness.request())
    assert server.counts["create"] == 1


def test_a_start_that_is_accepted_without_a_handle_is_ambiguous(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A job that was accepted and not named may be billed."""
    status, body = harness.no_handle
    server.fail("create", "reply", status=status, body=body)
    with pytest.raises(StartAmbiguous):
        started(studio, entry, harness.request())


@needs("is_async")
def test_reads_are_repeated_when_the_vendor_stumbles(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A poll that meets 503, 429 and a broken line is asked again; a start never is."""
    ticket = started(studio, entry, harness.request())
    server.fail("retrieve", "reply", status=503, body="", media_type="text/html")
    server.fail("retrieve", "reply", status=429, body={}, headers={"Retry-After": "0"})
    server.fail("retrieve", "drop")
    assert isinstance(with_model(studio, entry, lambda model: model.poll(ticket)), (Pending, Done))
    assert server.counts["retrieve"] == 4


@needs("is_async")
def test_a_vendor_that_stays_down_is_busy_not_lost(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry
) -> None:
    """A poll that cannot be answered says nothing of the job."""
    ticket = started(studio, entry, harness.request())
    server.fail("retrieve", "reply", times=9, status=500, body={})
    with pytest.raises(ProviderError) as caught:
        with_model(studio, entry, lambda model: model.poll(ticket))
    assert caught.value.kind is FailureKind.BUSY


class Foreign(StrictServer):
    """Another host that holds clips, and keys nobody shall send it."""

    clip = b""

    def answer(self, call: Call) -> Reply:
        """Give the clip."""
        del call
        return Reply(200, None, {}, self.clip, "video/mp4")


@needs("serves_files")
def test_the_key_stays_with_the_vendor_when_the_clip_lies_elsewhere(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """A redirect of the download to another origin is followed without the key."""
    Foreign.clip = _clip(server, studio, entry, harness, tmp_path / "first.mp4")
    with Foreign() as foreign:
        server.fail("content", "redirect", url=f"{foreign.url}/clip.mp4?signature=abc")
        assert _clip(server, studio, entry, harness, tmp_path / "second.mp4") == Foreign.clip
        assert len(foreign.calls) == 1
        assert KEY not in repr(foreign.calls[0].headers)


@needs("serves_files")
def test_a_broken_download_is_taken_up_where_it_broke(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, tmp_path: Path
) -> None:
    """A line that breaks in the middle costs the rest only, and gives the same bytes."""
    whole = _clip(server, studio, entry, harness, tmp_path / "whole.mp4")
    server.fail("content", "cut")
    assert _clip(server, studio, entry, harness, tmp_path / "cut.mp4") == whole
    assert any("range" in call.headers for call in server.calls)


def test_secrets_are_nowhere(
    harness: Harness, server: JobServer, studio: Studio, entry: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    """The key is in no ticket, error, repr or log line, not even when the vendor quotes it in its refusal."""
    caplog.set_level(logging.DEBUG)
    quoted = {"error": {"message": f"Incorrect API key provided: {KEY[:10]}********{KEY[-4:]} ({KEY})", "code": "x"}}
    seen = io.StringIO()

    async def use(model: VideoModel) -> None:
        ticket = await model.start(harness.request(), idempotency_key="one")
        seen.write(f"{ticket!r} {ticket.model_dump_json()} {model!r} {vars(model)!r} {await model.poll(ticket)!r}")
        server.fail("create", "reply", status=401, body=quoted)
        try:
            await model.start(harness.request(), idempotency_key="two")
        except ProviderError as error:
            seen.write(f"{error!r} {error} {error.to_json()} {pickle.dumps(error)!r} {error.__context__!r}")

    with_model(studio, entry, use)
    assert "Incorrect" in seen.getvalue()
    everything = seen.getvalue() + caplog.text + entry.model_dump_json()
    for part in (KEY, KEY[:10], KEY[-8:]):
        assert part not in everything


def test_a_missing_key_is_named(harness: Harness, server: JobServer, studio: Studio) -> None:
    """A key that is not set is told by the variable's name, before any call."""
    entry = harness.entry(server.url, api_key={"env": "REELWRIGHT_NO_SUCH_KEY"})
    with pytest.raises(MissingCredential, match="REELWRIGHT_NO_SUCH_KEY"):
        started(studio, entry, harness.request())
    assert server.calls == []


def _clip(server: JobServer, studio: Studio, entry: Entry, harness: Harness, into: Path) -> bytes:
    async def make(model: VideoModel) -> None:
        ticket = await model.start(harness.request(), idempotency_key="one")
        done, _ = await finished(model, ticket)
        assert isinstance(done, Done)
        await model.collect(ticket, done, into)

    del server
    with_model(studio, entry, make)
    return into.read_bytes()
