"""The contract of video models, over every protocol: the suite that authors use, with our harnesses."""

from __future__ import annotations

from support.harnesses import HARNESSES

from reelwright.testing import VideoContract


class TestEveryProtocol(VideoContract):
    """What a stage may rely on whoever the vendor is."""

    harnesses = HARNESSES
