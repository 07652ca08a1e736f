"""Every kind of channel that the contract suite runs over: a new kind adds a line."""

from __future__ import annotations

from support.network_channels import FACEBOOK, INSTAGRAM, TIKTOK
from support.own_channels import FOLDER, S3, WEBHOOK
from support.youtube_harness import YOUTUBE

from reelwright.testing.channel import ChannelHarness

HARNESSES: tuple[ChannelHarness, ...] = (FOLDER, S3, WEBHOOK, YOUTUBE, TIKTOK, INSTAGRAM, FACEBOOK)
