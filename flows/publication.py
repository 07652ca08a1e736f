"""Publish an episode that exists, once on each channel; what rests for a slot or a quota goes on by itself later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Annotated

from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_run_logger
from prefect.states import Scheduled
from pydantic import Field

from flows.form import form
from reelwright.errors import InvalidInput
from reelwright.publishing.choosing import entries_of, options_for
from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.posting import Posting, all_or_raise
from reelwright.publishing.reconcile import Reconciled
from reelwright.publishing.release import read_release_texts
from reelwright.recipe import Recipe
from reelwright.storyboard import Storyboard
from tasks.publish import ask_for_post, prepare_post, reconcile_posts, see_post, send_video
from tasks.stored import stored_keys

DEPLOYMENT = "publication/publication"
"""What goes on later by itself: see prefect.yaml."""


@form("publication", flow_run_name="{episode}")
async def publication(
    episode: str,
    channels: tuple[str | ChannelEntry, ...] = (),
    options: PostOptions | None = None,
    edition: Annotated[int, Field(ge=1)] = 1,
    name: str = "",
    series: str = "",
) -> tuple[Posting, ...]:
    """Publish a finished episode, once on each channel.

    Args:
        episode: The episode's folder, as a run of produce-episode has filled it.
        channels: Where: a kind such as youtube, or a channel with its own settings. Empty: as its recipe says.
        options: What is asked of all of these channels: title, text, hashtags, privacy, slot.
        edition: 1 publishes an episode once for ever; a higher number posts it once more on purpose.
        name: The episode's own name in the ledger. Empty: its folder's name.
        series: The series it belongs to.
    """
    told, written = await asyncio.to_thread(read_release_texts, episode)
    entries = entries_of(channels or written, stored=stored_keys)
    if not entries:
        raise InvalidInput("No channel is named.", hint="Name one here, or under `channels` in the recipe.")
    postings = await publish_everywhere(episode, entries, told, options, edition=edition, name=name, series=series)
    return tuple(postings)


@form("reconcile", flow_run_name="reconcile")
async def reconcile() -> tuple[Reconciled, ...]:
    """Read what became of publications that nobody knows, or that a stopped run has left. Sends nothing."""
    told: tuple[Reconciled, ...] = await reconcile_posts()
    rows = [one.model_dump(mode="json") for one in told]
    await acreate_table_artifact(
        rows, key="reconciled", description="What was read of publications that nobody knew" if rows else "All is known"
    )
    return told


async def publish_episode(folder: str, storyboard: Storyboard, recipe: Recipe) -> tuple[Posting, ...]:
    """Publish a new episode where its recipe says; nowhere is a place too.

    Raises:
        NotPublished: some channels did not get it.
    """
    entries = entries_of(recipe.channels, stored=stored_keys)
    if not entries:
        return ()
    return await publish_everywhere(folder, entries, storyboard.channels, series=recipe.budget.series)


async def publish_everywhere(
    folder: str,
    entries: Sequence[ChannelEntry],
    told: Mapping[str, PostOptions],
    options: PostOptions | None = None,
    *,
    edition: int = 1,
    name: str = "",
    series: str = "",
) -> tuple[Posting, ...]:
    """Publish an episode on several channels, side by side; one that fails holds up no other.

    Raises:
        NotPublished: some channels did not get it.
    """
    if series and not name:
        # A series may tell two episodes under one title: the folder of the slot tells them apart.
        name = "/".join([series, *PurePath(folder).parts[-2:]])
    asked = [options_for(entry, told, options) for entry in entries]
    made = await asyncio.gather(
        *(_publish(folder, entry, wish, name, edition, series) for entry, wish in zip(entries, asked, strict=True)),
        return_exceptions=True,
    )
    await _show([entry.called for entry in entries], made)
    for posting in made:
        if isinstance(posting, Posting) and posting.waits:
            await _go_on_later(posting, asked[made.index(posting)], name, edition, series)
    return all_or_raise([entry.called for entry in entries], made)


async def _publish(
    folder: str, entry: ChannelEntry, options: PostOptions, name: str, edition: int, series: str
) -> Posting:
    posting: Posting = await prepare_post(folder, entry, options, name, edition, series)
    for step in (send_video, ask_for_post, see_post):
        if posting.waits or posting.state == "published":
            break
        posting = await step(posting)
    return posting


async def _show(channels: Sequence[str], made: Sequence[Posting | BaseException]) -> None:
    """Show on the run's page what came of each channel."""
    rows = []
    for channel, outcome in zip(channels, made, strict=True):
        if isinstance(outcome, Posting):
            at = outcome.published_at or outcome.not_before
            row = {
                "state": outcome.state,
                "post": f"[{outcome.remote_id}]({outcome.url})" if outcome.url.startswith("http") else outcome.url,
                "at": f"{at:%Y-%m-%d %H:%M} UTC" if at else "",
                "next": outcome.person_should or outcome.reason,
            }
        else:
            row = {"state": "failed", "post": "", "at": "", "next": str(outcome)}
        rows.append({"channel": channel, **row})
    await acreate_table_artifact(rows, key="publications", description="Where the episode is, and what is to be done")


async def _go_on_later(posting: Posting, options: PostOptions, name: str, edition: int, series: str) -> None:
    """Let the server start the rest when its time has come; once, however often it is asked."""
    async with get_client() as client:
        try:
            there = await client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            there = None
        if there is None or posting.not_before is None:
            get_run_logger().warning(
                "%s waits until %s (%s). Deploy `publication`, and it goes on by itself; or run this again then.",
                posting.channel,
                posting.not_before,
                posting.reason,
            )
            return
        parameters = {
            "episode": posting.folder,
            "channels": [posting.entry.model_dump(mode="json")],
            "options": options.model_dump(mode="json"),
            "edition": edition,
            "name": name,
            "series": series,
        }
        run = await client.create_flow_run_from_deployment(
            there.id,
            parameters=parameters,
            state=Scheduled(scheduled_time=posting.not_before),
            idempotency_key=f"publication-{posting.publication}-{int(posting.not_before.timestamp())}",
        )
    get_run_logger().info("%s goes on at %s in run %s", posting.channel, posting.not_before, run.name)
