"""A take is paid at most once: whatever is killed, cut or asked for twice, the vendor counts one job."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from support.databases import database
from support.shop import USD_PER_CLIP, Shop

from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.vault import FolderVault

_LEDGER = "reelwright.ledger.ledger:Ledger"
_MODEL = "reelwright.models.video.openai_videos.model:OpenAIVideos"
_VAULT = "reelwright.vault:FolderVault"

WORST = f"{_LEDGER}.started:call"
"""The instant at which a naive client pays twice: the start is out and answered, the ticket is not kept."""
STEPS = (
    f"{_LEDGER}.claim:call",
    f"{_LEDGER}.claim:return",
    f"{_LEDGER}.starting:call",
    f"{_LEDGER}.starting:return",
    f"{_MODEL}.start:call",
    f"{_LEDGER}.started:return",
    f"{_MODEL}.poll:call",
    f"{_MODEL}.poll:call:2",
    f"{_MODEL}.collect:call",
    f"{_VAULT}.put_file:call",
    f"{_VAULT}.put_file:return",
    f"{_LEDGER}.done:call",
    f"{_LEDGER}.done:return",
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose customers share a home."""
    with OpenAIVideosServer() as server:
        yield Shop(server, tmp_path / "home")


def killed_and_run_again(shop: Shop, where: str) -> None:
    """Kill a customer at an instruction, send another one, and count."""
    killed = shop.buy(crash=where)
    assert killed.exit_code == -9, f"{where} was never reached: {killed.stderr}"
    clip = shop.buy().clip
    assert shop.server.created == 1
    assert FolderVault(shop.home / "vault").holds(clip.clip)
    assert shop.charged() == USD_PER_CLIP
    assert [job.state for job in shop.jobs()] == ["done"]


def test_killed_after_the_start_and_run_again_is_one_job(shop: Shop) -> None:
    """The start whose answer nobody kept is looked up, not sent again."""
    killed_and_run_again(shop, WORST)


@pytest.mark.slow
@pytest.mark.parametrize("where", STEPS, ids=lambda where: where.split(":", 1)[1])
def test_killed_at_any_step_and_run_again_is_one_job(shop: Shop, where: str) -> None:
    """Before and after the claim, the POST, the ticket, each poll, the download, the vault, the settling."""
    killed_and_run_again(shop, where)


@pytest.mark.slow
@pytest.mark.parametrize("where", STEPS[3:7], ids=lambda where: where.split(":", 1)[1])
def test_the_same_with_a_ledger_on_postgresql(tmp_path: Path, where: str) -> None:
    """The ledger that machines share holds the same."""
    with database("postgresql", tmp_path) as url, OpenAIVideosServer() as server:
        killed_and_run_again(Shop(server, tmp_path / "home", url), where)


@pytest.mark.slow
def test_a_line_that_breaks_before_the_vendor_has_it_is_one_job(shop: Shop) -> None:
    """It is looked up, surely not there, and sent again."""
    shop.server.fail("create", "drop")
    assert shop.buy().clip
    assert (shop.server.created, shop.charged()) == (1, USD_PER_CLIP)


def test_a_line_that_breaks_after_the_vendor_has_it_is_one_job(shop: Shop) -> None:
    """It is looked up, found, and waited for."""
    shop.server.fail("create", "drop_after")
    assert shop.buy().clip
    assert (shop.server.created, shop.charged()) == (1, USD_PER_CLIP)


def test_a_start_that_nobody_can_look_up_is_not_sent_again(shop: Shop) -> None:
    """The job is suspect, its possible charge stays counted, and the customer is told what to do."""
    shop.server.fail("create", "drop_after").fail("list", "reply", times=99, status=404)
    bought = shop.buy()
    assert (bought.exit_code, shop.server.created) == (3, 1)
    assert "nobody can tell" in bought.stderr
    assert [(job.state, job.reserved_usd) for job in shop.jobs()] == [("suspect", USD_PER_CLIP)]
    assert [line.what for line in shop.charges()] == ["reserved", "suspected"]


@pytest.mark.slow
def test_a_suspect_start_is_found_by_a_later_run(shop: Shop) -> None:
    """When the vendor's list answers again, its clip is collected and nothing more is paid."""
    shop.server.fail("create", "drop_after").fail("list", "reply", times=99, status=404)
    shop.buy()
    shop.server.faults.clear()
    assert shop.buy().clip
    assert (shop.server.created, shop.charged()) == (1, USD_PER_CLIP)


@pytest.mark.slow
def test_a_recipe_may_say_to_start_again(shop: Shop) -> None:
    """Then a second job is paid on purpose, and the first one's possible charge is still counted."""
    shop.server.fail("create", "drop_after").fail("list", "reply", times=99, status=404)
    shop.buy()
    assert shop.buy(on_suspect="start_again").clip
    assert shop.server.created == 2
    assert sorted(job.state for job in shop.jobs()) == ["done", "suspect"]


def test_the_same_shot_in_two_runs_is_one_job(shop: Shop) -> None:
    """The second is a hit: the same bytes, at no cost, and it says so."""
    first, second = shop.buy().clip, shop.buy().clip
    assert (first.hit, second.hit, second.clip.sha256) == (False, True, first.clip.sha256)
    assert (shop.server.created, shop.charged()) == (1, USD_PER_CLIP)


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["vanished", "damaged"])
def test_a_clip_that_is_gone_heals_itself(shop: Shop, harm: str) -> None:
    """It is bought anew, once, and whole again."""
    clip = shop.buy().clip
    vault = FolderVault(shop.home / "vault")
    file = vault.path(clip.clip)
    file.chmod(0o644)
    if harm == "vanished":
        file.unlink()
    else:
        file.write_bytes(b"x" + file.read_bytes()[1:])
    again = shop.buy().clip
    assert not again.hit
    assert FolderVault(shop.home / "vault").holds(again.clip)
    assert shop.buy().clip.hit


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_ten_processes_that_want_the_same_shot_share_one_job(tmp_path: Path, kind: str) -> None:
    """All ten come home with the same clip; one paid."""
    with database(kind, tmp_path) as url, OpenAIVideosServer() as server:
        server.plan.seconds = 5
        shop = Shop(server, tmp_path / "home", url)
        bought = shop.finish([shop.send() for _ in range(10)])
        clips = [one.clip for one in bought]
        assert (server.created, len({clip.clip.sha256 for clip in clips})) == (1, 1)
        assert sum(not clip.hit for clip in clips) == 1
        assert shop.charged() == USD_PER_CLIP


@pytest.mark.slow
def test_a_moderated_shot_that_cost_nothing_may_be_asked_for_again(shop: Shop) -> None:
    """Filters are not always of one mind; what they blocked is told with its reason, and nothing is charged."""
    shop.server.plan.outcome = "moderated"
    first = shop.buy()
    assert (first.exit_code, shop.charged()) == (3, 0)
    assert "moderation" in first.stderr
    shop.server.plan.outcome = "done"
    assert shop.buy().clip
    assert (shop.server.created, shop.charged()) == (2, USD_PER_CLIP)


@pytest.mark.slow
def test_a_clip_that_our_checks_reject_is_paid_and_not_asked_for_again(shop: Shop) -> None:
    """Too short: its price is in the account, its reason in the ledger."""
    shop.server.plan.clip_seconds = 1
    assert shop.buy().exit_code == 3
    assert shop.buy().exit_code == 3
    assert shop.server.created == 1, "what was paid for in vain is not paid for again"
    assert shop.charged() == Decimal("0.40")
    assert "lasts 1.0 s instead of 4 s" in shop.jobs()[0].reason


def test_a_dead_key_is_asked_once_and_then_left_alone(shop: Shop) -> None:
    """The breaker is open for every process that shares the ledger."""
    shop.server.fail("create", "reply", times=99, status=401, body={"error": {"message": "Incorrect API key"}})
    shop.buy("one")
    second = shop.buy("two")
    assert shop.server.counts["create"] == 1
    assert "left alone" in second.stderr
