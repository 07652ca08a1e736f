"""Every kind of channel: an episode is there exactly once, whatever is killed, cut or asked for twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from reelwright.testing.channel import ChannelHarness, Newsroom, over
from reelwright.testing.post import post
from reelwright.testing.releases import episode_in

from reelwright.errors import ReelwrightError
from reelwright.publishing.contract import Channel, Handle, Published
from reelwright.publishing.fitting import MANIFEST_SAYS_AI
from reelwright.publishing.outbox import Errand, prepare
from reelwright.publishing.reconcile import reconcile
from reelwright.publishing.registry import rules_of
from reelwright.publishing.release import read_release
from reelwright.publishing.values import Publication

pytestmark = pytest.mark.timeout(170)

_ROWS = "reelwright.publishing.rows:Rows"
CRASHES = (
    f"{_ROWS}.moved:call:1",
    f"{_ROWS}.intend:return",
    f"{_ROWS}.moved:return:1",
    f"{_ROWS}.calling:call",
    f"{_ROWS}.moved:return:2",
    f"{_ROWS}.moved:return:3",
    f"{_ROWS}.published:call",
    f"{_ROWS}.published:return",
)
"""With those below, all that lies between two calls of a channel, before and after the ledger knows."""
EACH = (f"{_ROWS}.calling:return", f"{_ROWS}.moved:call:2", f"{_ROWS}.moved:call:3")
"""Round the calls that count, their answers not kept: what differs from platform to platform."""
QUICK = (f"{_ROWS}.calling:return", f"{_ROWS}.moved:call:3")
"""The two instants at which a naive publisher posts twice: the call is out, its answer is not kept."""


def published_here(room: Newsroom) -> Publication:
    """Publish in this process."""
    desk = room.desk()
    try:
        return asyncio.run(post(desk, room.entry, room.episode, 30))
    finally:
        desk.database.close()


def settled(room: Newsroom) -> str:
    """Publish again as often as somebody would, and tell how it stands."""
    for _ in range(3):
        try:
            return published_here(room).state
        except ReelwrightError as error:
            last = error.code
    return last


def in_vain(room: Newsroom, name: str) -> bool:
    """Whether nobody can prove anything after such a loss or crash."""
    return name in room.harness.unknown_after


def test_an_episode_is_published_and_asked_for_again_it_is_there_already(room: Newsroom) -> None:
    """One post; the second run comes home with the same address and sends nothing."""
    first, second = published_here(room), published_here(room)
    assert (first.state, second.state, room.posts) == ("published", "published", 1)
    assert (first.url, first.remote_id, first.id) == (second.url, second.remote_id, second.id)
    assert [line.state for line in room.rows()] == ["published"]


def test_its_handle_is_plain_and_describes_itself(room: Newsroom) -> None:
    """Another process reads what became of it, with nothing but the ledger."""
    kept = published_here(room)
    assert kept.handle is not None
    again = Handle.model_validate_json(kept.handle.model_dump_json())

    async def look(channel: Channel) -> object:
        try:
            return await channel.look(again, kept.post)
        finally:
            await channel.aclose()

    desk = room.desk()
    assert (
        isinstance(asyncio.run(look(desk.channel(room.entry))), Published)
        or "submit" in rules_of(room.harness.kind).repeatable
    )
    desk.database.close()


def test_what_is_made_with_ai_says_so_unless_a_person_writes_why_not(room: Newsroom) -> None:
    """The flag follows from the manifest; an empty option cannot switch it off."""
    desk = room.desk()
    errand = Errand(desk, desk.channel(room.entry), read_release(room.episode))
    labelled = prepare(errand, room.entry.options)
    bare = prepare(errand, room.entry.options.model_copy(update={"no_ai_label_because": "all drawn by hand"}))
    assert (labelled.ai_label, labelled.ai_label_reason) == (True, MANIFEST_SAYS_AI)
    assert (bare.ai_label, "drawn by hand" in bare.ai_label_reason) == (False, True)
    assert labelled.problems == ()
    asyncio.run(errand.channel.aclose())
    desk.database.close()


def test_every_documented_error_has_a_next_step(harness: ChannelHarness) -> None:
    """No line of the table leaves a person alone."""
    rules = rules_of(harness.kind)
    assert rules.errors
    assert all(error.person_should.strip().endswith((".", "`")) for error in rules.errors)


def test_a_connection_that_breaks_costs_no_second_post(room: Newsroom, loss: str, after: bool) -> None:
    """Before the platform has it, it is sent again; after, it is found. Where nothing can be proved, that is said."""
    room.harness.lose(room.platform, loss, after=after)
    state = settled(room)
    name = f"{loss}, {'after' if after else 'before'}"
    assert room.posts <= 1
    if in_vain(room, name):
        assert (state, [line.state for line in room.rows()]) == ("outcome_unknown", ["unknown"])
    else:
        assert (state, room.posts) == ("published", 1)


def killed_and_run_again(room: Newsroom, where: str) -> None:
    """Kill a process at an instant, send another one, and count; then let reconcile read."""
    killed = room.post(crash=where)
    assert killed.exit_code == -9, f"{where} was never reached: {killed.stderr}"
    again = room.post()
    assert room.posts <= 1
    if in_vain(room, where.partition(".")[2]) or in_vain(room, where.rpartition(".")[2]):
        assert (again.exit_code, [line.state for line in room.rows()]) == (9, ["unknown"])
    else:
        assert again.exit_code == 0, again.stderr
        assert (again.publication.state, room.posts) == ("published", 1)
    desk = room.desk()
    asyncio.run(reconcile(desk))
    desk.database.close()
    assert room.posts <= 1, "reading sends nothing"
    assert len(room.rows()) == 1


@over("folder")
@pytest.mark.parametrize("where", QUICK, ids=lambda where: where.split(":", 1)[1])
def test_killed_round_the_final_call_is_one_post(room: Newsroom, where: str) -> None:
    """What went out is read, not sent again."""
    killed_and_run_again(room, where)


@pytest.mark.slow
@pytest.mark.parametrize("where", EACH, ids=lambda where: where.split(":", 1)[1])
def test_killed_before_an_answer_is_kept_and_run_again_is_one_post(room: Newsroom, where: str) -> None:
    """On every platform: the final call, what went before it, what came after."""
    killed_and_run_again(room, where)


@over("folder")
@pytest.mark.slow
@pytest.mark.parametrize("where", CRASHES, ids=lambda where: where.split(":", 1)[1])
def test_killed_at_any_step_and_run_again_is_one_post(room: Newsroom, where: str) -> None:
    """Before and after the row, each call of the channel, and each of its answers."""
    killed_and_run_again(room, where)


@over("folder")
@pytest.mark.slow
@pytest.mark.parametrize("where", QUICK, ids=lambda where: where.split(":", 1)[1])
def test_the_same_with_a_ledger_on_postgresql(shared_room: Newsroom, where: str) -> None:
    """The ledger that machines share holds the same."""
    killed_and_run_again(shared_room, where)


@over("folder", "youtube")
@pytest.mark.slow
def test_ten_processes_that_publish_the_same_episode_make_one_post(room: Newsroom) -> None:
    """All ten come home with the same post."""
    ten_processes(room)


@over("folder")
@pytest.mark.slow
def test_ten_processes_share_one_post_on_postgresql_too(shared_room: Newsroom) -> None:
    """With the ledger that machines share."""
    ten_processes(shared_room)


def ten_processes(room: Newsroom) -> None:
    """Send ten off and count."""
    posted = room.finish([room.send() for _ in range(10)])
    assert {one.exit_code for one in posted} == {0}, [one.stderr for one in posted]
    assert {one.publication.state for one in posted} == {"published"}
    assert len({one.publication.remote_id for one in posted}) == 1
    assert (room.posts, len(room.rows())) == (1, 1)


def test_another_cut_of_the_same_episode_is_not_posted_beside_it(room: Newsroom, tmp_path: Path) -> None:
    """A person who mends a word and publishes again by habit is told; `--again` is their wish to have both."""
    published_here(room)
    room.episode = episode_in(tmp_path / "recut", room.episode.name, **room.harness.episode, cut="mended")
    with pytest.raises(ReelwrightError, match="--again"):
        published_here(room)
    assert room.posts == 1
