"""The contract of channels as suites for pytest: an episode is there exactly once, whatever is killed, cut or repeated.

One file tests a channel of one's own:

```python
class TestOurs(ChannelContract):
    harnesses = (OursHarness(),)


class TestOursKilled(KilledChannelContract):
    harnesses = (OursHarness(),)
```
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from reelwright.errors import ReelwrightError
from reelwright.publishing.contract import Channel, Handle, Published
from reelwright.publishing.fitting import MANIFEST_SAYS_AI
from reelwright.publishing.outbox import Errand, prepare
from reelwright.publishing.reconcile import reconcile
from reelwright.publishing.registry import rules_of
from reelwright.publishing.release import read_release
from reelwright.testing.channel import ChannelHarness, Newsroom, newsroom
from reelwright.testing.extra import pytest
from reelwright.testing.releases import episode_in
from reelwright.testing.suite import HarnessSuite

ROWS = "reelwright.publishing.rows:Rows"
INSTANTS = (f"{ROWS}.calling:return", f"{ROWS}.moved:call:2", f"{ROWS}.moved:call:3")
"""Round the calls that count, their answers not kept: what differs from platform to platform."""


class ChannelSuite(HarnessSuite):
    """What the suites of channels share: the kinds, and a newsroom for each test."""

    harnesses: ClassVar[Sequence[ChannelHarness]] = ()
    """The kinds under test; a subclass names them."""
    instants: ClassVar[Sequence[str]] = INSTANTS
    """Where processes are killed, see `reelwright.testing.crash`."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test over every kind, over every request that can be lost, over every instant."""
        self.require_harnesses()
        if "loss" in metafunc.fixturenames:
            cases = [(kind, loss, after) for kind in self.harnesses for loss in kind.losses for after in (False, True)]
            names = [f"{kind}: {loss}, {'after' if after else 'before'}" for kind, loss, after in cases]
            metafunc.parametrize(("harness", "loss", "after"), cases, ids=names)
        elif "harness" in metafunc.fixturenames:
            metafunc.parametrize("harness", self.harnesses, ids=repr)
        if "where" in metafunc.fixturenames:
            metafunc.parametrize("where", self.instants, ids=lambda where: where.split(":", 1)[1])

    @pytest.fixture
    def room(self, harness: ChannelHarness, tmp_path: Path) -> Iterator[Newsroom]:
        """A home, an episode and the kind's platform."""
        with newsroom(harness, tmp_path) as lent:
            yield lent


class ChannelContract(ChannelSuite):
    """Every behaviour that a publication relies on, over each harness."""

    def test_an_episode_is_published_and_asked_for_again_it_is_there_already(self, room: Newsroom) -> None:
        """One post; the second run comes home with the same address and sends nothing."""
        first, second = room.publish(), room.publish()
        assert (first.state, second.state, room.posts) == ("published", "published", 1)
        assert (first.url, first.remote_id, first.id) == (second.url, second.remote_id, second.id)
        assert [line.state for line in room.rows()] == ["published"]

    def test_its_handle_is_plain_and_describes_itself(self, room: Newsroom) -> None:
        """Another process reads what became of it, with nothing but the ledger."""
        kept = room.publish()
        assert kept.handle is not None
        again = Handle.model_validate_json(kept.handle.model_dump_json())

        async def look(channel: Channel) -> object:
            try:
                return await channel.look(again, kept.post)
            finally:
                await channel.aclose()

        desk = room.desk()
        found = asyncio.run(look(desk.channel(room.entry)))
        assert isinstance(found, Published) or "submit" in rules_of(room.harness.kind).repeatable
        desk.database.close()

    def test_what_is_made_with_ai_says_so_unless_a_person_writes_why_not(self, room: Newsroom) -> None:
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

    def test_every_documented_error_has_a_next_step(self, harness: ChannelHarness) -> None:
        """No line of the table leaves a person alone."""
        rules = rules_of(harness.kind)
        assert rules.errors
        assert all(error.person_should.strip().endswith((".", "`")) for error in rules.errors)

    def test_a_connection_that_breaks_costs_no_second_post(self, room: Newsroom, loss: str, after: bool) -> None:
        """Before the platform has it, it is sent again; after, it is found. Where nobody can know, that is said."""
        room.harness.lose(room.platform, loss, after=after)
        state = room.settle()
        assert room.posts <= 1
        if f"{loss}, {'after' if after else 'before'}" in room.harness.unknown_after:
            assert (state, [line.state for line in room.rows()]) == ("outcome_unknown", ["unknown"])
        else:
            assert (state, room.posts) == ("published", 1)

    def test_another_cut_of_the_same_episode_is_not_posted_beside_it(self, room: Newsroom, tmp_path: Path) -> None:
        """A person who mends a word and publishes again by habit is told; `--again` is their wish to have both."""
        room.publish()
        room.episode = episode_in(tmp_path / "recut", room.episode.name, **room.harness.episode, cut="mended")
        with pytest.raises(ReelwrightError, match="--again"):
            room.publish()
        assert room.posts == 1


class KilledChannelContract(ChannelSuite):
    """Processes are killed round every call that counts: SIGKILL leaves no time to tidy up. Seconds for each test."""

    def test_killed_before_an_answer_is_kept_and_run_again_is_one_post(self, room: Newsroom, where: str) -> None:
        """What went out is read, not sent again."""
        killed_and_run_again(room, where)


class CrowdedChannelContract(ChannelSuite):
    """Many processes at once. Some ten seconds for each test."""

    def test_ten_processes_that_publish_the_same_episode_make_one_post(self, room: Newsroom) -> None:
        """All ten come home with the same post."""
        ten_processes(room)


def killed_and_run_again(room: Newsroom, where: str) -> None:
    """Kill a process at an instant, send another one, and count; then let reconcile read."""
    killed = room.post(crash=where)
    assert killed.exit_code == -9, f"{where} was never reached: {killed.stderr}"
    again = room.post()
    assert room.posts <= 1
    if {where.partition(".")[2], where.rpartition(".")[2]} & room.harness.unknown_after:
        assert (again.exit_code, [line.state for line in room.rows()]) == (9, ["unknown"])
    else:
        assert again.exit_code == 0, again.stderr
        assert (again.publication.state, room.posts) == ("published", 1)
    desk = room.desk()
    asyncio.run(reconcile(desk))
    desk.database.close()
    assert room.posts <= 1, "reading sends nothing"
    assert len(room.rows()) == 1


def ten_processes(room: Newsroom) -> None:
    """Send ten processes off to publish the same episode, and count what they come home with."""
    posted = room.finish([room.send() for _ in range(10)])
    assert {one.exit_code for one in posted} == {0}, [one.stderr for one in posted]
    assert {one.publication.state for one in posted} == {"published"}
    assert len({one.publication.remote_id for one in posted}) == 1
    assert (room.posts, len(room.rows())) == (1, 1)
