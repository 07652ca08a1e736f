"""What a stage relies on when lines break and answers are lost, over every protocol; and where keys must not be."""

from __future__ import annotations

import filecmp
import io
import logging
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reelwright.errors import FailureKind, MissingCredential, ProviderError, StartAmbiguous
from reelwright.models.video.contract import Done, Pending, Ticket, VideoModel
from reelwright.testing.extra import pytest
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.strict import Call, Reply, StrictServer
from reelwright.testing.suite import needs
from reelwright.testing.trial import Trial


class BrokenLines:
    """The part of `VideoContract` that breaks things between a model and its vendor."""

    def test_a_vendor_that_is_not_there_is_busy(self, trial: Trial) -> None:
        """A connection that never came about is no ambiguous start: not a byte went out."""
        with pytest.raises(ProviderError) as caught:
            trial.start(entry=trial.harness.entry("http://127.0.0.1:9"))
        assert type(caught.value) is ProviderError
        assert caught.value.kind is FailureKind.BUSY

    @pytest.mark.parametrize("do", ["drop", "drop_after"])
    def test_a_start_without_an_answer_is_ambiguous_and_is_looked_up(self, trial: Trial, do: str) -> None:
        """The start is sent once. Where the vendor's list can prove it, the job is found, or surely is not there."""
        trial.server.fail("create", do)
        since = datetime.now(UTC) - timedelta(seconds=1)
        with pytest.raises(StartAmbiguous):
            trial.start()
        assert trial.server.counts["create"] == 1
        assert trial.server.created == (do == "drop_after")

        def look_up() -> Ticket | None:
            wish = trial.harness.request()
            return trial.use(lambda model: model.find(wish, idempotency_key="one-start", since=since))

        if trial.harness.find == "cannot" or (trial.harness.find == "proves absence" and do == "drop_after"):
            with pytest.raises(NotImplementedError):
                look_up()
            return
        found = look_up()
        assert (found is not None) == (do == "drop_after")
        if found is not None:
            assert found.remote_id in trial.server.jobs

    @pytest.mark.parametrize("do", ["drop", "drop_after"])
    def test_a_lost_start_is_told_from_another_take_of_the_same_words(self, trial: Trial, do: str) -> None:
        """Takes look the same in a list: what is known to be another one's is not taken for it."""
        since = datetime.now(UTC) - timedelta(seconds=1)
        wish = trial.harness.request()
        first = trial.use(lambda model: model.start(wish, idempotency_key="another-start"))
        trial.server.fail("create", do)
        with pytest.raises(StartAmbiguous):
            trial.start()
        others = frozenset({first.remote_id})

        def look_up() -> Ticket | None:
            return trial.use(lambda model: model.find(wish, idempotency_key="one-start", since=since, others=others))

        if trial.harness.find == "cannot" or (trial.harness.find == "proves absence" and do == "drop_after"):
            with pytest.raises(NotImplementedError):
                look_up()
            return
        found = look_up()
        assert ([found.remote_id] if found else []) == [*trial.server.jobs][1:]

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, "<html>Welcome to nginx!</html>"),
            (200, ""),
            (504, "<html><title>504 Gateway Time-out</title></html>"),
            (502, {}),
        ],
    )
    def test_an_answer_that_does_not_tell_is_ambiguous(self, trial: Trial, status: int, body: Any) -> None:
        """A page in place of an answer, or a gateway's own error, says nothing of the job behind it."""
        trial.server.fail("create", "reply", status=status, body=body, media_type="text/html")
        with pytest.raises(StartAmbiguous):
            trial.start()
        assert trial.server.counts["create"] == 1

    def test_a_start_that_is_accepted_without_a_handle_is_ambiguous(self, trial: Trial) -> None:
        """A job that was accepted and not named may be billed."""
        status, body = trial.harness.no_handle
        trial.server.fail("create", "reply", status=status, body=body)
        with pytest.raises(StartAmbiguous):
            trial.start()

    @needs("is_async")
    def test_reads_are_repeated_when_the_vendor_stumbles(self, trial: Trial) -> None:
        """A poll that meets 503, 429 and a broken line is asked again; a start never is."""
        ticket = trial.start()
        trial.server.fail("retrieve", "reply", status=503, body="", media_type="text/html")
        trial.server.fail("retrieve", "reply", status=429, body={}, headers={"Retry-After": "0"})
        trial.server.fail("retrieve", "drop")
        assert isinstance(trial.use(lambda model: model.poll(ticket)), (Pending, Done))
        assert trial.server.counts["retrieve"] == 4

    @needs("is_async")
    def test_a_vendor_that_stays_down_is_busy_not_lost(self, trial: Trial) -> None:
        """A poll that cannot be answered says nothing of the job."""
        ticket = trial.start()
        trial.server.fail("retrieve", "reply", times=9, status=500, body={})
        with pytest.raises(ProviderError) as caught:
            trial.use(lambda model: model.poll(ticket))
        assert caught.value.kind is FailureKind.BUSY

    @needs("serves_files")
    def test_the_key_stays_with_the_vendor_when_the_clip_lies_elsewhere(self, trial: Trial, tmp_path: Path) -> None:
        """A redirect of the download to another origin is followed without the key."""
        clip = _clip(trial, tmp_path / "first.mp4")
        with _Foreign(clip.read_bytes()) as foreign:
            trial.server.fail("content", "redirect", url=f"{foreign.url}/clip.mp4?signature=abc")
            assert filecmp.cmp(_clip(trial, tmp_path / "second.mp4"), clip, shallow=False)
            assert len(foreign.calls) == 1
            assert KEY not in repr(foreign.calls[0].headers)

    @needs("serves_files")
    def test_a_broken_download_is_taken_up_where_it_broke(self, trial: Trial, tmp_path: Path) -> None:
        """A line that breaks in the middle costs the rest only, and gives the same bytes."""
        whole = _clip(trial, tmp_path / "whole.mp4")
        trial.server.fail("content", "cut")
        assert filecmp.cmp(_clip(trial, tmp_path / "cut.mp4"), whole, shallow=False)
        assert any("range" in call.headers for call in trial.server.calls)

    def test_secrets_are_nowhere(self, trial: Trial, caplog: pytest.LogCaptureFixture) -> None:
        """The key is in no ticket, error, repr or log line, not even when the vendor quotes it in its refusal."""
        caplog.set_level(logging.DEBUG)
        message = f"Incorrect API key provided: {KEY[:10]}********{KEY[-4:]} ({KEY})"
        quoted = {"error": {"message": message, "code": "x"}}
        seen = io.StringIO()

        async def use(model: VideoModel) -> None:
            ticket = await model.start(trial.harness.request(), idempotency_key="one")
            seen.write(f"{ticket!r} {ticket.model_dump_json()} {model!r} {vars(model)!r} {await model.poll(ticket)!r}")
            trial.server.fail("create", "reply", status=401, body=quoted)
            try:
                await model.start(trial.harness.request(), idempotency_key="two")
            except ProviderError as error:
                seen.write(f"{error!r} {error} {error.to_json()} {pickle.dumps(error)!r} {error.__context__!r}")

        trial.use(use)
        assert "Incorrect" in seen.getvalue()
        everything = seen.getvalue() + caplog.text + trial.entry.model_dump_json()
        for part in (KEY, KEY[:10], KEY[-8:]):
            assert part not in everything

    def test_a_missing_key_is_named(self, trial: Trial) -> None:
        """A key that is not set is told by the variable's name, before any call."""
        entry = trial.harness.entry(trial.server.url, api_key={"env": "REELWRIGHT_NO_SUCH_KEY"})
        with pytest.raises(MissingCredential, match="REELWRIGHT_NO_SUCH_KEY"):
            trial.start(entry=entry)
        assert trial.server.calls == []


class _Foreign(StrictServer):
    """Another host that holds a clip, and that nobody shall send a key."""

    def __init__(self, clip: bytes) -> None:
        super().__init__()
        self._clip = clip

    def answer(self, call: Call) -> Reply:
        """Give the clip."""
        del call
        return Reply(200, None, {}, self._clip, "video/mp4")


def _clip(trial: Trial, into: Path) -> Path:
    trial.collect(trial.start(), into)
    return into
