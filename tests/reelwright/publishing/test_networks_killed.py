"""SIGKILL between a network's answer and the ledger: the network has it, we know nothing, and there is one post."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.channel_harness import ChannelHarness, Newsroom
from support.network_channels import FACEBOOK, INSTAGRAM, TIKTOK
from support.releases import episode_in

from reelwright.publishing.reconcile import reconcile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]

_ANSWERED = "reelwright.publishing.calls:Calls.checked:call"
STEPS = (
    (TIKTOK, 2, "init"),
    (TIKTOK, 4, "upload"),
    (INSTAGRAM, 2, "container"),
    (INSTAGRAM, 4, "upload"),
    (INSTAGRAM, 8, "publish"),
    (FACEBOOK, 2, "start"),
    (FACEBOOK, 4, "upload"),
    (FACEBOOK, 7, "finish"),
)
"""Which answer of a run is never read by anybody, and what it answers."""


@pytest.mark.parametrize(("network", "nth", "answered"), STEPS, ids=str)
def test_an_answer_that_nobody_kept_costs_no_second_post(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: ChannelHarness, nth: int, answered: str
) -> None:
    """The call was taken; the process dies with its answer in hand; reading tells the next one where it stands."""
    with network.platform(tmp_path) as platform:
        for name, value in network.environment(platform).items():
            monkeypatch.setenv(name, value)
        room = Newsroom(network, platform, tmp_path / "home", episode_in(tmp_path, network.kind))
        killed = room.post(crash=f"{_ANSWERED}:{nth}")
        assert (killed.exit_code, platform.counts[answered]) == (-9, 1), killed.stderr
        desk = room.desk()
        asyncio.run(reconcile(desk, [room.entry]))
        desk.database.close()
        assert platform.counts[answered] == 1, "reading sends nothing"
        again = room.post()
        assert again.publication.state == "published"
        assert (room.posts, len(room.rows())) == (1, 1)
        # What was only opened leaves rubbish that dies by itself; bytes and posts are not sent twice.
        assert platform.counts[answered] == (2 if answered in {"init", "container", "start"} else 1)
