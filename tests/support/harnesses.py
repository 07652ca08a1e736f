"""The harness of every protocol of video models."""

from __future__ import annotations

from support.ark_harness import ARK
from support.google_harnesses import GOOGLE_HARNESSES
from support.hosted_harnesses import HOSTED_HARNESSES
from support.kling_harness import KLING
from support.minimax_harness import MINIMAX
from support.openai_videos_harness import DIALECT_HARNESSES, OPENAI

from reelwright.testing.video import VideoHarness

HARNESSES: tuple[VideoHarness, ...] = (
    OPENAI,
    *DIALECT_HARNESSES,
    *GOOGLE_HARNESSES,
    KLING,
    MINIMAX,
    ARK,
    *HOSTED_HARNESSES,
)
"""A new protocol is one line here."""
