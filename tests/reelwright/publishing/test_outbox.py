"""The outbox: what waits, what failed, what nobody knows, and what a person may say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.databases import database
from support.own_channels import FOLDER, WEBHOOK
from support.youtube_harness import YOUTUBE

from reelwright.errors import InvalidInput, PlanRefused, RecipeError, ReelwrightError
from reelwright.ledger.database import Database
from reelwright.publishing import quotas
from reelwright.publishing.choosing import entries_of, options_for
from reelwright.publishing.contract import ChannelEntry, ChannelRefused, OutcomeUnknown, PostOptions
from reelwright.publishing.fitting import fitted
from reelwright.publishing.listing import story_of
from reelwright.publishing.reconcile import reconcile, settle_by_hand
from reelwright.publishing.registry import rules_of
from reelwright.publishing.release import read_release
from reelwright.publishing.rules import ChannelRules, Quota
from reelwright.publishing.values import Publication
from reelwright.testing.channel import Newsroom
from reelwright.testing.post import post
from reelwright.testing.releases import episode_in
from reelwright.testing.servers.webhook import SECRET, WebhookServer


@pytest.fixture
def newsroom(tmp_path: Path, episodes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A receiver of webhooks, and an episode."""
    monkeypatch.setenv("REELWRIGHT_WEBHOOK_SECRET", SECRET)
    with WEBHOOK.platform(tmp_path) as server:
        yield Newsroom(WEBHOOK, server, tmp_path / "home", episode_in(episodes / "outbox"))


def publish(newsroom: Newsroom, patience_seconds: float = 0, **options: Any) -> Publication:
    """Publish in this process, with options."""
    entry = newsroom.entry.model_copy(update={"options": PostOptions.model_validate(options)})
    desk = newsroom.desk()
    try:
        return asyncio.run(post(desk, entry, newsroom.episode, patience_seconds))
    finally:
        desk.database.close()


def reply(newsroom: Newsroom, status: int, times: int = 1, **headers: str) -> None:
    """Let the receiver answer so."""
    server: WebhookServer = newsroom.platform
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    server.fail("create", "reply", status=status, body={"error": "not now"}, headers=told, times=times)


def test_a_slot_in_the_future_waits_without_sending_anything(newsroom: Newsroom) -> None:
    """The row is there and says until when; nobody holds it; nothing has gone out."""
    slot = datetime.now(UTC) + timedelta(hours=3)
    waiting = publish(newsroom, at=slot)
    assert (waiting.waits, waiting.not_before, waiting.reason) == (True, slot, "its slot has not come")
    assert newsroom.platform.counts["create"] == 0
    assert [line.state for line in newsroom.rows()] == ["waiting"]


def test_a_slot_that_has_passed_means_now(newsroom: Newsroom) -> None:
    """A late episode is not lost, and no platform is asked for a time in the past."""
    assert publish(newsroom, at=datetime.now(UTC) - timedelta(hours=1)).state == "published"


def test_a_slot_that_no_platform_keeps_may_be_changed(newsroom: Newsroom) -> None:
    """A person who publishes now what would have waited has it now, and one post."""
    publish(newsroom, at=datetime.now(UTC) + timedelta(hours=3))
    assert publish(newsroom).state == "published"
    assert (newsroom.posts, len(newsroom.rows())) == (1, 1)


def test_a_busy_platform_is_tried_again_as_late_as_it_wishes(newsroom: Newsroom) -> None:
    """Not failed: waiting, with its reason; the next run after that time goes on."""
    reply(newsroom, 503, Retry_After="7200")
    waiting = publish(newsroom)
    assert waiting.waits
    assert waiting.not_before is not None
    assert timedelta(minutes=110) < waiting.not_before - datetime.now(UTC) <= timedelta(hours=2)
    assert "not now" in waiting.reason
    assert newsroom.posts == 0


def test_a_short_wait_is_slept_through(newsroom: Newsroom) -> None:
    """Within the patience of the run, it comes home published."""
    reply(newsroom, 429, Retry_After="0.2")
    assert publish(newsroom, patience_seconds=30).state == "published"
    assert newsroom.posts == 1


def test_after_a_rest_the_next_call_is_made_once(tmp_path: Path, episodes: Path) -> None:
    """A publication that rested was let go of: it is held anew before anything is done to it."""
    folder = episode_in(episodes / "rested")
    with YOUTUBE.platform(tmp_path) as server:
        room = Newsroom(YOUTUBE, server, tmp_path / "home", folder)
        server.fail("videos.insert", "reply", status=503, body={}, headers={"Retry-After": "0.2"})
        assert room.publish(patience_seconds=30).state == "published"
        assert server.counts["videos.insert"] == 2, "the refused one, and one that was taken"


def test_a_refusal_says_what_a_person_should_do_and_passes_when_mended(newsroom: Newsroom) -> None:
    """The row is failed, surely without a post; the same command goes on when the cause is gone."""
    reply(newsroom, 401)
    with pytest.raises(ChannelRefused, match="same secret"):
        publish(newsroom)
    (line,) = newsroom.rows()
    assert (line.state, line.refusal, newsroom.posts) == ("failed", "sign_in", 0)
    assert publish(newsroom).state == "published"
    assert (newsroom.posts, len(newsroom.rows())) == (1, 1)


def test_a_failed_cut_may_be_followed_by_another(newsroom: Newsroom, tmp_path: Path) -> None:
    """Nothing of the first is there: the mended episode needs no `--again`."""
    reply(newsroom, 401)
    with pytest.raises(ChannelRefused):
        publish(newsroom)
    newsroom.episode = episode_in(tmp_path / "mended", newsroom.episode.name, cut="mended")
    assert publish(newsroom).state == "published"
    assert newsroom.posts == 1


def test_what_a_platform_would_refuse_is_found_before_anything_is_sent(newsroom: Newsroom) -> None:
    """All problems in one list; no row, no call."""
    with pytest.raises(PlanRefused, match=r"privacy 'private'.*no option 'colour'"):
        publish(newsroom, privacy="private", extra={"colour": 1})
    assert (newsroom.rows(), newsroom.platform.counts["create"]) == ((), 0)


def test_the_story_of_a_publication_is_kept(newsroom: Newsroom) -> None:
    """Each step with its time, the call that cannot be taken back among them."""
    publish(newsroom)
    desk = newsroom.desk()
    told = [event.what for event in story_of(desk.database, 1)]
    desk.database.close()
    assert told == ["intent", "session", "bytes", "calling submit", "submitted", "published"]


def unknown_at_a_folder_that_is_gone(tmp_path: Path, episodes: Path) -> Newsroom:
    """A publication whose final call went out, of which nobody can tell: its process died, its record is blank."""
    newsroom = Newsroom(FOLDER, tmp_path / "published", tmp_path / "home", episode_in(episodes / "outbox"))
    killed = newsroom.post(crash="reelwright.publishing.rows:Rows.calling:return")
    assert killed.exit_code == -9
    desk = newsroom.desk()
    held = desk.rows.hold(desk.rows.read(1), holder="a test")
    desk.rows.unknown(held, "its disk is away", "Look there.")
    desk.database.close()
    return newsroom


def test_reconcile_reads_what_is_unknown_and_proves_it(tmp_path: Path, episodes: Path) -> None:
    """The folder is read: it is surely not there, so that it may be published; reading has sent nothing."""
    newsroom = unknown_at_a_folder_that_is_gone(tmp_path, episodes)
    desk = newsroom.desk()
    (told,) = asyncio.run(reconcile(desk))
    desk.database.close()
    assert (told.before, told.after, newsroom.posts) == ("unknown", "bytes", 0)
    assert newsroom.post().publication.state == "published"
    assert newsroom.posts == 1


@pytest.mark.parametrize("url", ["https://show.example/1", None], ids=["it is there", "it is not there"])
def test_a_person_who_has_looked_may_say_so(tmp_path: Path, episodes: Path, url: str | None) -> None:
    """Their word is written down; only what is unknown can be told."""
    newsroom = unknown_at_a_folder_that_is_gone(tmp_path, episodes)
    desk = newsroom.desk()
    told = settle_by_hand(desk, 1, url=url)
    assert (told.after, told.url) == (("published", url) if url else ("intent", ""))
    with pytest.raises(InvalidInput, match="not unknown"):
        settle_by_hand(desk, 1, url=url)
    desk.database.close()


def test_what_is_unknown_is_told_and_never_sent_by_publishing_again() -> None:
    """The error leads to `reconcile`, with an exit code of its own."""
    error = OutcomeUnknown("youtube", "no answer came to the last bytes")
    assert (error.exit_code, "reconcile" in error.hint, error.retryable) == (9, True, False)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_quota_is_counted_over_all_runs(tmp_path: Path, kind: str) -> None:
    """Two a day: the third waits until midnight in the platform's zone, in whatever process it asks."""
    daily = Quota(name="videos.insert", most=2, per="day", zone="America/Los_Angeles", call="open")
    rules = ChannelRules(kind="x", title="X", final_call="open", quotas=(daily,))
    with database(kind, tmp_path) as url:
        first, second = Database(url), Database(url)
        assert [quotas.take(one, "x:a", rules, "open") for one in (first, second)] == [None, None]
        full = quotas.take(first, "x:a", rules, "open")
        assert full is not None
        assert (full.free_at - datetime.now(UTC)) <= timedelta(hours=25)
        assert full.free_at.astimezone(ZoneInfo("America/Los_Angeles")).hour == 0
        assert quotas.take(second, "x:another", rules, "open") is None
        first.close()
        second.close()


def test_a_later_word_goes_before_an_earlier_one_and_silence_changes_nothing() -> None:
    """Recipe, then the script's `channels`, then the command line; what is not said stays."""
    entry = ChannelEntry(
        kind="youtube", name="youtube-de", options=PostOptions(title="A", made_for_kids=True, extra={"a": 1, "b": 1})
    )
    told = {"youtube": PostOptions(title="B", extra={"b": 2}), "youtube-de": PostOptions(description="D")}
    made = options_for(entry, told, PostOptions(made_for_kids=False))
    assert (made.title, made.description, made.made_for_kids, made.extra) == ("B", "D", False, {"a": 1, "b": 2})
    kept = PostOptions.model_validate_json(made.model_dump_json())
    assert options_for(entry, {"youtube": kept}) == made


def test_channels_are_named_once_and_known() -> None:
    """A misspelt or doubled name is told with those that there are."""
    with pytest.raises(RecipeError, match="youtub"):
        entries_of(["youtub"])
    with pytest.raises(RecipeError, match="two channels"):
        entries_of(["tiktok", "tiktok"])
    with pytest.raises(InvalidInput, match="youtube-fr"):
        entries_of(["youtube"], ["youtube-fr"])


def test_ai_made_is_the_reading_of_a_manifest_that_does_not_say(tmp_path: Path) -> None:
    """Silence is no denial; only a plain no is one."""
    for said, label in ((None, True), (True, True), (False, False)):
        release = read_release(episode_in(tmp_path / str(said), changes={"made_with_ai": said}))
        made = fitted("folder", rules_of("folder"), release, PostOptions(no_ai_label_because="  "), marker="rw0")
        assert made.ai_label is label


def test_a_file_that_is_not_the_manifests_is_not_published(newsroom: Newsroom, tmp_path: Path) -> None:
    """What was changed since has not been checked by anybody."""
    newsroom.episode = episode_in(tmp_path, "changed")
    with (newsroom.episode / "episode.mp4").open("ab") as video:
        video.write(b"more")
    with pytest.raises(ReelwrightError, match="not the file that the manifest names"):
        publish(newsroom)
