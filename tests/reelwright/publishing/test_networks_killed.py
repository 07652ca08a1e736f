"""SIGKILL round each call of a network, before it is sent and with its answer in hand: there is one post."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.channel_harness import ChannelHarness, Newsroom
from support.network_channels import FACEBOOK, INSTAGRAM, TIKTOK
from support.releases import episode_in

from reelwright.publishing.reconcile import reconcile

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]

_COMMITTED = "reelwright.publishing.rows:Rows.calling:return"
"""The ledger says that the final call goes out, and it has not."""
_ANSWERED = "reelwright.publishing.calls:Calls.checked:call"
"""An answer has come, and nobody has read it."""
_RUBBISH = {"init", "container", "start"}
"""What was only opened dies by itself: it may be opened again."""
STEPS = (
    (TIKTOK, "init", f"{_ANSWERED}:2"),
    (TIKTOK, "upload", _COMMITTED),
    (TIKTOK, "upload", f"{_ANSWERED}:4"),
    (INSTAGRAM, "container", f"{_ANSWERED}:2"),
    (INSTAGRAM, "upload", f"{_ANSWERED}:4"),
    (INSTAGRAM, "publish", _COMMITTED),
    (INSTAGRAM, "publish", f"{_ANSWERED}:8"),
    (FACEBOOK, "start", f"{_ANSWERED}:2"),
    (FACEBOOK, "upload", f"{_ANSWERED}:4"),
    (FACEBOOK, "finish", _COMMITTED),
    (FACEBOOK, "finish", f"{_ANSWERED}:7"),
)


@pytest.mark.parametrize(
    ("network", "call", "where"),
    STEPS,
    ids=[f"{network}: {call}, {'before' if where == _COMMITTED else 'after'}" for network, call, where in STEPS],
)
def test_a_process_killed_round_a_call_leaves_one_post(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: ChannelHarness, call: str, where: str
) -> None:
    """Reading alone sends nothing; the next process goes on where the network says that the last one stopped."""
    arrived = 0 if where == _COMMITTED else 1
    with network.platform(tmp_path) as platform:
        for name, value in network.environment(platform).items():
            monkeypatch.setenv(name, value)
        room = Newsroom(network, platform, tmp_path / "home", episode_in(tmp_path, network.kind))
        killed = room.post(crash=where)
        assert (killed.exit_code, platform.counts[call]) == (-9, arrived), killed.stderr
        desk = room.desk()
        asyncio.run(reconcile(desk, [room.entry]))
        desk.database.close()
        assert platform.counts[call] == arrived, "reading sends nothing"
        again = room.post()
        assert again.publication.state == "published"
        assert (room.posts, len(room.rows())) == (1, 1)
        assert platform.counts[call] == (2 if call in _RUBBISH else 1)
