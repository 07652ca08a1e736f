"""The steps of publishing, each a task of its own: none is repeated by the engine, the outbox knows what may be.

A posting goes through them in the order in which they stand here. One that has ended or rests (for its slot, for a
quota) comes back as it is, so that all four may be called whatever became of the step before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.publishing.contract import ChannelEntry, PostOptions
from reelwright.publishing.desk import PublishingDesk, open_publishing_desk
from reelwright.publishing.posting import Posting, begin, go_on
from reelwright.publishing.reconcile import Reconciled, reconcile
from tasks.progress import Progress, report
from tasks.stage import stage
from tasks.stored import stored_keys
from tasks.studio import studio

if TYPE_CHECKING:
    from reelwright.publishing.outbox import Told


@stage("prepare post", run_name="{entry.called} · prepare", tags=("publish",))
async def prepare_post(
    folder: str, entry: ChannelEntry, options: PostOptions, episode: str = "", edition: int = 1, series: str = ""
) -> Posting:
    """Fit text, flags and video to the channel, and commit the intent before a byte goes out."""
    return await begin(_desk(), folder, entry, options, episode=episode, edition=edition, series=series)


@stage("send video", run_name="{posting.entry.called} · send", tags=("publish",))
async def send_video(posting: Posting) -> Posting:
    """Open the platform's session and send the bytes: what a stopped run has sent is not sent again."""
    return await go_on(_desk(), posting, upto="bytes", tell=_teller(posting, "send"))


@stage("ask for post", run_name="{posting.entry.called} · post", tags=("publish",))
async def ask_for_post(posting: Posting) -> Posting:
    """Ask for the post: the one step that cannot be taken back. A lost answer is read, never repeated blindly."""
    return await go_on(_desk(), posting, upto="submitted", tell=_teller(posting, "post"))


@stage("see post", run_name="{posting.entry.called} · see", tags=("publish",))
async def see_post(posting: Posting) -> Posting:
    """Wait until people can see it, or the platform keeps it for its slot."""
    return await go_on(_desk(), posting, upto="published", tell=_teller(posting, "see"))


@stage("read unknown", run_name="read what nobody knows", tags=("publish",))
async def reconcile_posts() -> tuple[Reconciled, ...]:
    """Ask each platform what became of what is unknown, and write it down. Sends nothing."""
    return await reconcile(_desk())


def _desk() -> PublishingDesk:
    return open_publishing_desk(studio().settings, stored_keys)


def _teller(posting: Posting, step: str) -> Told:
    def tell(words: str, share: float | None) -> None:
        stage_name = f"{posting.channel} · {step}"
        report(Progress(shot=0, shots=0, stage=stage_name, state="moved", share=share, note=words))

    return tell
