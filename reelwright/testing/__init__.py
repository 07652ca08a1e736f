"""What authors of parts test with: contract suites, strict servers, clips whose pixels tell the time, a studio to use.

The strict servers are in `reelwright.testing.servers`, a module for each vendor. All needs the extra `testing`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from reelwright.lazy import lazily

if TYPE_CHECKING:
    from reelwright.testing.call import CallHarness as CallHarness
    from reelwright.testing.call import CallTrial as CallTrial
    from reelwright.testing.captions import CaptionContract as CaptionContract
    from reelwright.testing.channel import ChannelHarness as ChannelHarness
    from reelwright.testing.channel import Newsroom as Newsroom
    from reelwright.testing.channel import newsroom as newsroom
    from reelwright.testing.channel_contract import ChannelContract as ChannelContract
    from reelwright.testing.channel_contract import KilledChannelContract as KilledChannelContract
    from reelwright.testing.checks import CheckContract as CheckContract
    from reelwright.testing.images import ImageContract as ImageContract
    from reelwright.testing.images import ImageHarness as ImageHarness
    from reelwright.testing.narrators import NarratorContract as NarratorContract
    from reelwright.testing.narrators import NarratorHarness as NarratorHarness
    from reelwright.testing.numbered import numbered_clip as numbered_clip
    from reelwright.testing.numbered import numbers_in as numbers_in
    from reelwright.testing.servers.jobs import KEY as KEY
    from reelwright.testing.servers.jobs import JobServer as JobServer
    from reelwright.testing.suite import KEY_NAME as KEY_NAME
    from reelwright.testing.suite import Failure as Failure
    from reelwright.testing.transcribers import TranscriberContract as TranscriberContract
    from reelwright.testing.transcribers import TranscriberHarness as TranscriberHarness
    from reelwright.testing.transitions import TransitionContract as TransitionContract
    from reelwright.testing.trial import Trial as Trial
    from reelwright.testing.trial import studio as studio
    from reelwright.testing.video import VideoHarness as VideoHarness
    from reelwright.testing.video_contract import VideoContract as VideoContract
    from reelwright.testing.writers import WriterContract as WriterContract
    from reelwright.testing.writers import WriterHarness as WriterHarness

PLACES = {
    "call": ("CallHarness", "CallTrial"),
    "captions": ("CaptionContract",),
    "channel": ("ChannelHarness", "Newsroom", "newsroom"),
    "channel_contract": ("ChannelContract", "KilledChannelContract"),
    "checks": ("CheckContract",),
    "images": ("ImageContract", "ImageHarness"),
    "narrators": ("NarratorContract", "NarratorHarness"),
    "numbered": ("numbered_clip", "numbers_in"),
    "servers.jobs": ("KEY", "JobServer"),
    "suite": ("KEY_NAME", "Failure"),
    "transcribers": ("TranscriberContract", "TranscriberHarness"),
    "transitions": ("TransitionContract",),
    "trial": ("Trial", "studio"),
    "video": ("VideoHarness",),
    "video_contract": ("VideoContract",),
    "writers": ("WriterContract", "WriterHarness"),
}
"""The public names, by module."""

if not TYPE_CHECKING:  # type checkers have the names above, and tell a misspelt one
    _get, __dir__ = lazily(__name__, PLACES)

    def __getattr__(name: str) -> Any:
        """Import a public name from its module (PEP 562).

        Raises:
            ModuleNotFoundError: the extra `testing` is not installed; it says how to.
        """
        if not name.startswith("_"):
            importlib.import_module(f"{__name__}.extra")
        return _get(name)
