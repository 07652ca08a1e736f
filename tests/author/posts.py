"""Publish what exists, step by step, and ask later what became of it."""

from __future__ import annotations

from typing import assert_type

from prefect import flow

from flows.publication import publication
from flows.series import produce_series
from reelwright.publishing.choosing import entries_of, options_for
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.posting import Posting
from reelwright.publishing.reconcile import Reconciled
from reelwright.publishing.release import read_release_texts
from reelwright.series.production import SeriesReport
from tasks import ask_for_post, prepare_post, reconcile_posts, see_post, send_video
from tasks.stored import stored_keys


@flow
async def post(folder: str, channel: str | ChannelEntry) -> Posting:
    """Publish an episode on one channel, once: what has ended or rests comes back as it is."""
    told, _ = read_release_texts(folder)
    (entry,) = entries_of((channel,), stored=stored_keys)
    posting = assert_type(await prepare_post(folder, entry, options_for(entry, told, None)), Posting)
    posting = assert_type(await send_video(posting), Posting)
    posting = assert_type(await ask_for_post(posting), Posting)
    return assert_type(await see_post(posting), Posting)


@flow
async def evening(series: str, late: str) -> list[str]:
    """Make what is due of a series, then publish an episode that was forgotten."""
    report = assert_type(await produce_series(series), SeriesReport)
    postings = assert_type(await publication(late, ("youtube", "tiktok")), tuple[Posting, ...])
    return [f"{slot.slot}: {slot.state}" for slot in report.slots] + [one.url for one in postings]


@flow
async def morning() -> list[str]:
    """Read what nobody knew in the night."""
    read = assert_type(await reconcile_posts(), tuple[Reconciled, ...])
    return [f"{one.channel}: {one.after}" for one in read]


async def wrong(posting: Posting, entry: ChannelEntry) -> None:
    """What an editor underlines: one slip for each task."""
    await publication("out/tea", "youtube")  # type: ignore[call-overload]  # a tuple of channels
    await prepare_post("out/tea", "youtube", PostOptions())  # type: ignore[call-overload]
    await send_video(entry)  # type: ignore[call-overload]
    await ask_for_post(posting.publication)  # type: ignore[call-overload]
    await see_post(posting, patience_seconds=60)  # type: ignore[call-overload]
    await reconcile_posts(posting)  # type: ignore[call-overload]
