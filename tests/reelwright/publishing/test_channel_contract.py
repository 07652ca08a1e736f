"""Every kind of channel: the suites that authors use, with our harnesses, and on both kinds of ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.channel_harnesses import HARNESSES
from support.databases import database
from support.own_channels import FOLDER
from support.youtube_harness import YOUTUBE

from reelwright.testing import ChannelContract, KilledChannelContract
from reelwright.testing.channel import Newsroom, newsroom
from reelwright.testing.channel_contract import ROWS, CrowdedChannelContract, killed_and_run_again, ten_processes

STEPS = (
    f"{ROWS}.moved:call:1",
    f"{ROWS}.intend:return",
    f"{ROWS}.moved:return:1",
    f"{ROWS}.calling:call",
    f"{ROWS}.moved:return:2",
    f"{ROWS}.moved:return:3",
    f"{ROWS}.published:call",
    f"{ROWS}.published:return",
)
"""With those of every kind, all that lies between two calls of a channel, before and after the ledger knows."""
FINAL = (f"{ROWS}.calling:return", f"{ROWS}.moved:call:3")
"""The two instants at which a naive publisher posts twice: the call is out, its answer is not kept."""


class TestEveryChannel(ChannelContract):
    """On every platform."""

    harnesses = HARNESSES


class TestKilledRoundTheFinalCall(KilledChannelContract):
    """What is the same for all of them is proved on one."""

    harnesses, instants = (FOLDER,), FINAL


@pytest.mark.slow
class TestEveryChannelKilled(KilledChannelContract):
    """On every platform: the final call, what went before it, what came after."""

    harnesses = HARNESSES


@pytest.mark.slow
class TestKilledAtAnyStep(KilledChannelContract):
    """Before and after the row, each call of the channel, and each of its answers."""

    harnesses, instants = (FOLDER,), STEPS


@pytest.mark.slow
class TestCrowds(CrowdedChannelContract):
    """Where the platform knows the post by its name, and where it must be searched for."""

    harnesses = (FOLDER, YOUTUBE)


@pytest.fixture
def shared_room(tmp_path: Path) -> Iterator[Newsroom]:
    """A folder, with a ledger on PostgreSQL."""
    with database("postgresql", tmp_path) as url, newsroom(FOLDER, tmp_path, ledger=url) as lent:
        yield lent


@pytest.mark.slow
@pytest.mark.parametrize("where", FINAL, ids=lambda where: where.split(":", 1)[1])
def test_the_same_with_a_ledger_on_postgresql(shared_room: Newsroom, where: str) -> None:
    """The ledger that machines share holds the same."""
    killed_and_run_again(shared_room, where)


@pytest.mark.slow
def test_ten_processes_share_one_post_on_postgresql_too(shared_room: Newsroom) -> None:
    """With the ledger that machines share."""
    ten_processes(shared_room)
