"""Tests of parts of one's own, with the suites that Reelwright's own parts pass: a video model, a channel, three files.

What one call answers (pictures, texts, voices, ears) is in `calls.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, assert_type

from reelwright import FailureKind, Size
from reelwright.models.video.contract import Done, Failed, Ticket, VideoModel
from reelwright.publishing.contract import ChannelEntry
from reelwright.takes.values import Clip
from reelwright.testing import (
    KEY_NAME,
    CaptionContract,
    ChannelContract,
    ChannelHarness,
    CheckContract,
    Failure,
    JobServer,
    KilledChannelContract,
    Newsroom,
    TransitionContract,
    Trial,
    VideoContract,
    VideoHarness,
    newsroom,
    numbered_clip,
    numbers_in,
    studio,
)
from reelwright.testing.servers.video_dialects import VllmOmniServer


class HouseHarness(VideoHarness):
    """The house's video model at the strict server that stands in for its GPU."""

    name = "house"
    unsupported: Mapping[str, Any] = {"last_frame": True}
    failures: Mapping[str, Failure] = {
        "the job is moderated": Failure(FailureKind.MODERATED, outcome="moderated"),
        "queue full": Failure(FailureKind.RATE_LIMITED, status=429, body={"detail": "videoedit_queue_full"}),
    }

    def make_server(self, port: int = 0, state_file: Path | None = None) -> JobServer:
        """Return the server that stands in for the GPU."""
        return VllmOmniServer(port, state_file)

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry: what a recipe says."""
        return {"name": "house", "protocol": "house", "base_url": f"{server_url}/v1", "api_key": {"env": KEY_NAME}}


class TestHouse(VideoContract):
    """Everything that a stage relies on, and what the house wants besides."""

    harnesses = (HouseHarness(),)

    def test_a_job_is_paid_once(self, trial: Trial) -> None:
        """However often it is asked for."""
        ticket = assert_type(trial.start(), Ticket)
        assert_type(trial.finish(ticket), Done | Failed)
        assert trial.server.created == 1

    def test_its_identity_names_its_weights(self, trial: Trial) -> None:
        """What was found again with other weights would be another clip."""

        async def identity(model: VideoModel) -> str:
            return model.identity

        assert "lora-7" in assert_type(trial.use(identity), str)


def test_a_clip_is_bought_once(tmp_path: Path) -> None:
    """Through the ledger, as a flow does."""
    with studio(HouseHarness(), home=tmp_path) as trial:
        assert_type(trial, Trial)
        clip = assert_type(trial.buy(usd=Decimal("0.50")), Clip)
        assert clip.model == "house"


class IntranetHarness(ChannelHarness):
    """The intranet's media folder, whose platform is a folder."""

    kind = "intranet.py"
    losses = ("PUT",)

    def platform(self, folder: Path) -> AbstractContextManager[Path]:
        """Lend an empty one."""
        return nullcontext(folder / "intranet")

    def entry(self, platform: Path) -> ChannelEntry:
        """Name the folder, as a recipe does."""
        return ChannelEntry(kind=self.kind, name="intranet", settings={"path": str(platform)})

    def posts(self, platform: Path) -> int:
        """What has a description is shown."""
        return len(list(platform.glob("*.json")))

    def lose(self, platform: Path, loss: str, *, after: bool) -> None:
        """Break the next such request."""
        (platform / f"{loss}-{'after' if after else 'before'}").touch()


class TestIntranet(ChannelContract):
    """Everything that a publication relies on."""

    harnesses = (IntranetHarness(),)

    def test_its_address_can_be_opened(self, room: Newsroom) -> None:
        """By whoever is told of it."""
        assert room.publish().url.startswith("https://intranet.example/")


class TestIntranetKilled(KilledChannelContract):
    """Also when its process is killed."""

    harnesses = (IntranetHarness(),)


def test_two_processes_publish_once(tmp_path: Path) -> None:
    """Side by side: one of them sends, the other waits."""
    with newsroom(IntranetHarness(), tmp_path) as room:
        ended = room.finish([room.send(), room.send()])
        assert [posted.exit_code for posted in ended] == [0, 0]
        assert assert_type(room.posts, int) == 1


def dark(into: Path) -> None:
    """A night without a moon."""
    numbered_clip(into, filters="eq=brightness=-1")


class TestOurCheck(CheckContract):
    """It finds what is dark."""

    check = "parts.py"
    settings: ClassVar[Mapping[str, Any]] = {"darkest": 0.1}
    good: ClassVar = {"numbers on grey": numbered_clip}
    bad: ClassVar = {"dark": dark}


class TestOurCaptions(CaptionContract):
    """Words fade in."""

    preset = "parts.py"


class TestOurTransition(TransitionContract):
    """It cuts."""

    transition = "parts.py"


def test_no_picture_is_lost(tmp_path: Path) -> None:
    """What the house's own encoder does with time is seen in the numbers."""
    clip = numbered_clip(tmp_path / "clip.mp4", size="180x320", pictures=12)
    assert assert_type(numbers_in(clip, shown=Size(width=180, height=320)), list[int]) == list(range(12))


def wrong(trial: Trial, folder: Path) -> None:
    """What an editor underlines."""
    Failure("busy")  # type: ignore[arg-type]  # of the enumeration
    studio(IntranetHarness())  # type: ignore[call-overload]  # channels have a newsroom
    newsroom(HouseHarness(), folder)  # type: ignore[arg-type]
    trial.finish("job-1")  # type: ignore[arg-type]  # the ticket
    numbered_clip(folder / "clip.mp4", size=(180, 320))  # type: ignore[arg-type]
