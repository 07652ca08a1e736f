"""The contract of video models as a suite for pytest: what a stage may rely on whoever the vendor is.

One file tests a model of one's own:

```python
class TestOurs(VideoContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import stamina
from PIL import Image

from reelwright.errors import FailureKind, InvalidInput, ProviderError, StartAmbiguous
from reelwright.media.probe import probe
from reelwright.models.video.contract import Done, Failed, Ticket, VideoModel
from reelwright.testing.extra import pytest
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.suite import KEY_NAME, HarnessSuite, needs
from reelwright.testing.trial import Trial, studio
from reelwright.testing.video import VideoHarness, collect_elsewhere, finished
from reelwright.testing.video_lines import BrokenLines
from reelwright.values import Size

_WRONG = "sk-wrong-0123456789abcdef"


class VideoContract(BrokenLines, HarnessSuite):
    """Every behaviour is a test, run over each harness, and over each of its documented failures.

    A test whose flag a harness denies (`takes_frame`, `is_async` …) is left out for it.
    """

    harnesses: ClassVar[Sequence[VideoHarness]] = ()
    """The protocols under test; a subclass names them."""

    @pytest.fixture
    def trial(self, harness: VideoHarness, tmp_path: Path) -> Iterator[Trial]:
        """A studio, and the harness's strict server; what is tried again is tried at once."""
        with stamina.set_testing(testing=True, attempts=4), studio(harness, home=tmp_path / "home") as lent:
            yield lent

    def test_a_wish_becomes_a_clip(self, trial: Trial, tmp_path: Path) -> None:
        """Start, poll to the end, collect: one paid start, shares that grow, a clip of the asked size and length."""
        trial.server.plan.polls = 3

        async def make(model: VideoModel) -> tuple[Ticket, list[float]]:
            ticket = await model.start(trial.harness.request(first_frame=trial.picture()), idempotency_key="one")
            done, shares = await finished(model, ticket)
            assert isinstance(done, Done)
            await model.collect(ticket, done, tmp_path / "clip.mp4")
            return ticket, shares

        ticket, shares = trial.use(make)
        facts = probe(tmp_path / "clip.mp4")
        assert facts.video is not None
        assert facts.video.size == Size.parse(trial.harness.size) == ticket.size
        assert float(facts.seconds) == pytest.approx(trial.harness.seconds, abs=0.1)
        assert (trial.server.created, trial.server.counts["create"]) == (1, 1)
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
        assert Ticket.model_validate_json(ticket.model_dump_json()) == ticket

    def test_it_is_found_again_by_what_is_asked_and_of_whom(
        self, trial: Trial, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its identity is part of every key of what it made: the name does not count, nor the key that pays."""

        async def who(model: VideoModel) -> str:
            return model.identity

        one = trial.use(who)
        assert KEY not in one
        monkeypatch.setenv(KEY_NAME, _WRONG)
        other = trial.use(who, trial.entry.model_copy(update={"name": "another"}))
        assert one == other != ""

    def test_what_was_paid_is_found_again(self, trial: Trial) -> None:
        """Whoever asks for the same wish once more is given the clip that is there."""
        trial.server.plan.polls = 0
        first, again = trial.buy(), trial.buy()
        assert (first.hit, again.hit, again.clip) == (False, True, first.clip)
        assert trial.server.created == 1

    @needs("takes_frame")
    def test_a_start_frame_arrives_in_the_exact_size(self, trial: Trial) -> None:
        """A frame of another size and shape is fitted: the strict server takes no other."""
        frame = trial.picture(900, 500, "WEBP")
        ticket = trial.start(trial.harness.request(first_frame=frame))
        assert ticket.size == Size.parse(trial.harness.size)
        assert trial.server.created == 1

    @needs("takes_frame")
    def test_a_clip_opens_with_the_start_frame(self, trial: Trial, tmp_path: Path) -> None:
        """The picture goes where the vendor looks for the first one, and no other: the clip shows it."""
        frame = trial.picture()
        trial.collect(trial.start(trial.harness.request(first_frame=frame)), tmp_path / "clip.mp4")
        assert _apart(tmp_path / "clip.mp4", trial.studio.vault.path(frame)) < 24

    @needs("takes_frame")
    def test_a_clip_is_continued_from_its_last_picture(self, trial: Trial, tmp_path: Path) -> None:
        """A model that does not extend clips starts from the last picture of the clip before."""
        trial.collect(trial.start(), tmp_path / "clip.mp4")
        clip = trial.studio.vault.put_file(tmp_path / "clip.mp4", "video/mp4")
        trial.start(trial.harness.request(prompt="It goes on", continues=clip))
        assert trial.server.created == 2

    def test_a_documented_failure_is_told_by_its_kind(self, trial: Trial, failure: str) -> None:
        """Each shape of a failure gives its kind, tells whether it was billed, and starts nothing twice."""
        told = trial.harness.failures[failure]
        if told.outcome:
            trial.server.plan.outcome = told.outcome
            ticket = trial.start()
            ended = trial.finish(ticket)
            assert isinstance(ended, Failed)
            assert (ended.kind, ended.billed) == (told.kind, told.billed)
            assert ended.reason
            return
        kind = "text/html" if isinstance(told.body, str) else "application/json"
        headers = dict(told.headers)
        trial.server.fail("create", "reply", status=told.status, body=told.body, headers=headers, media_type=kind)
        with pytest.raises(ProviderError) as caught:
            trial.start()
        error = caught.value
        assert not isinstance(error, StartAmbiguous)
        assert (error.kind, error.billed, error.status) == (told.kind, told.billed, told.status)
        assert error.retry_after_seconds == (float(headers["Retry-After"]) if headers.get("Retry-After") else None)
        assert trial.server.counts["create"] == 1

    @needs("stands_for_protocol")
    def test_another_process_resumes_from_the_ticket(self, trial: Trial, tmp_path: Path) -> None:
        """A process that has the ticket and the key, and nothing else, collects the clip; nothing is started again."""
        ticket = trial.start()
        collect_elsewhere(trial.entry, ticket, tmp_path / "elsewhere", tmp_path / "clip.mp4")
        assert probe(tmp_path / "clip.mp4").video is not None
        assert trial.server.created == 1

    def test_what_cannot_be_honoured_leaves_a_warning(self, trial: Trial) -> None:
        """An option that the model does not have is named in the ticket's warnings, and the start goes through."""
        wishes = {
            name: trial.picture() if value is True and "frame" in name else value
            for name, value in trial.harness.unsupported.items()
        }
        ticket = trial.start(trial.harness.request(**wishes))
        assert len(ticket.warnings) == len(wishes)
        assert all(trial.entry.name in warning for warning in ticket.warnings)
        assert trial.server.created == 1

    def test_adapting_is_settled_after_once(self, trial: Trial) -> None:
        """An adapted wish is adapted to itself, silently: what a key is made of does not change when it is used."""
        wish = trial.harness.request(
            style="noir", camera="push", negative_prompt="text", seconds="3.5", options={"palette": ["#fff"]}
        )

        async def twice(model: VideoModel) -> None:
            once, _ = model.adapt(wish)
            again, warnings = model.adapt(once)
            assert (again, warnings) == (once, ())
            assert once.seconds >= wish.seconds

        trial.use(twice)

    def test_a_shot_that_is_too_long_is_refused_before_any_call(self, trial: Trial) -> None:
        """Nothing is sent for a shot that no clip of the model covers."""
        with pytest.raises(InvalidInput, match="at most"):
            trial.start(trial.harness.request(seconds=trial.harness.longest + 1))
        assert trial.server.calls == []

    @needs("is_async")
    def test_a_job_can_be_stopped(self, trial: Trial) -> None:
        """Cancel says true only if the vendor confirms; a finished job is left alone."""
        trial.server.plan.polls = 100
        running = trial.start()
        assert trial.use(lambda model: model.cancel(running)) is trial.harness.can_cancel
        trial.server.plan.polls = 0
        done = trial.start()
        assert trial.use(lambda model: model.cancel(done)) is False
        assert isinstance(trial.use(lambda model: model.poll(done)), Done)

    @needs("is_async")
    def test_a_job_that_the_server_forgot_is_lost(self, trial: Trial) -> None:
        """A server that lost its jobs ends the take as `lost`, and nothing is started again by itself."""
        ticket = trial.start()
        trial.server.lose_jobs()
        ended = trial.use(lambda model: model.poll(ticket))
        assert isinstance(ended, Failed)
        assert ended.kind is FailureKind.LOST
        assert trial.server.created == 1

    @needs("is_async")
    def test_a_clip_that_expired_is_lost(self, trial: Trial, tmp_path: Path) -> None:
        """A clip that the vendor no longer keeps is told as `lost`, not tried for ever."""

        async def late(model: VideoModel) -> None:
            ticket = await model.start(trial.harness.request(), idempotency_key="one")
            done, _ = await finished(model, ticket)
            assert isinstance(done, Done)
            trial.server.expire()
            await model.collect(ticket, done, tmp_path / "clip.mp4")

        with pytest.raises(ProviderError) as caught:
            trial.use(late)
        assert caught.value.kind is FailureKind.LOST


def _apart(clip: Path, picture: Path) -> float:
    """How far a clip's first picture is from another, seen from afar: the mean difference of brightness, 0 to 255."""
    with av.open(str(clip)) as container, Image.open(picture) as other:
        first = Image.fromarray(next(container.decode(video=0)).to_ndarray(format="gray"))
        one, two = (np.asarray(each.convert("L").resize((16, 16)), np.float32) for each in (first, other))
    return float(np.abs(one - two).mean())
