"""SIGKILL round each call of a network, before it is sent and with its answer in hand: there is one post."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.network_channels import FACEBOOK, INSTAGRAM, TIKTOK, TikTokHarness
from support.signing_in import given

from reelwright.publishing.desk import PublishingDesk
from reelwright.publishing.reconcile import reconcile
from reelwright.testing.channel import ChannelHarness, Newsroom
from reelwright.testing.releases import episode_in
from reelwright.testing.servers.tiktok import SCOPES, TikTokServer

pytestmark = pytest.mark.slow

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


class _Old(TikTokHarness):
    """An account that was signed in to some time ago: the first use must renew it, and its refresh token works once."""

    def prepare(self, desk: PublishingDesk, platform: TikTokServer) -> None:
        """Keep what a sign-in gave."""
        held = desk.tokens.get("tiktok/default")
        told = given(platform.issuer.issue(*SCOPES), *SCOPES)
        desk.tokens.put("tiktok/default", told, seen=held.version if held else 0)


def test_ten_processes_renew_a_rotating_sign_in_once_and_post_once(tmp_path: Path) -> None:
    """A refresh token that was sent twice would lock the account."""
    network = _Old()
    with network.platform(tmp_path) as platform:
        room = Newsroom(network, platform, tmp_path / "home", episode_in(tmp_path, "old"))
        ended = room.finish([room.send() for _ in range(10)])
        assert [done.publication.state for done in ended] == ["published"] * 10
        assert (platform.issuer.refreshes, room.posts) == (1, 1)


@pytest.mark.parametrize("where", ["LedgerTokens.put:call", "LedgerTokens.put:return"])
def test_a_process_killed_with_a_rotated_token_in_hand_loses_no_post(tmp_path: Path, where: str) -> None:
    """Unstored it is gone for good, and the next process says who must sign in; nothing was sent, and then one post."""
    network = _Old()
    with network.platform(tmp_path) as platform:
        room = Newsroom(network, platform, tmp_path / "home", episode_in(tmp_path, "old"))
        killed = room.post(crash=f"reelwright.publishing.tokens:{where}")
        assert (killed.exit_code, platform.issuer.refreshes, room.posts) == (-9, 1, 0), killed.stderr
        again = room.post()
        if where.endswith("call"):
            assert again.exit_code == 8
            assert "reelwright auth tiktok --for direct" in again.stderr
            assert ([row.state for row in room.rows()], room.posts) == (["failed"], 0)
            desk = room.desk()
            network.prepare(desk, platform)
            desk.database.close()
            again = room.post()
        assert again.publication.state == "published"
        assert (len(room.rows()), room.posts) == (1, 1)
