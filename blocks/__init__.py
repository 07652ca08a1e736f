"""Configuration that people store in Prefect: each block builds an object of the core.

They are here by name, and imported when one is first asked for: `import blocks` loads nothing. Prefect, which asks for
every name (`prefect block register -m blocks`), gets them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.lazy import lazily

if TYPE_CHECKING:
    from blocks.buckets import S3Bucket as S3Bucket
    from blocks.buckets import S3Vault as S3Vault
    from blocks.channels import YouTubeChannel as YouTubeChannel
    from blocks.hosts import Anthropic as Anthropic
    from blocks.hosts import Fal as Fal
    from blocks.hosts import Gemini as Gemini
    from blocks.hosts import OpenAIEndpoint as OpenAIEndpoint
    from blocks.hosts import Replicate as Replicate
    from blocks.hosts import VertexAI as VertexAI
    from blocks.kinds import ALL as ALL
    from blocks.makers import LTX as LTX
    from blocks.makers import XAI as XAI
    from blocks.makers import Ark as Ark
    from blocks.makers import ElevenLabs as ElevenLabs
    from blocks.makers import Kling as Kling
    from blocks.makers import MiniMax as MiniMax
    from blocks.makers import Runway as Runway
    from blocks.meta import FacebookPage as FacebookPage
    from blocks.meta import InstagramAccount as InstagramAccount
    from blocks.own_channels import Folder as Folder
    from blocks.own_channels import Webhook as Webhook
    from blocks.tiktok import TikTokAccount as TikTokAccount

PLACES = {
    "buckets": ("S3Bucket", "S3Vault"),
    "channels": ("YouTubeChannel",),
    "hosts": ("Anthropic", "Fal", "Gemini", "OpenAIEndpoint", "Replicate", "VertexAI"),
    "kinds": ("ALL",),
    "makers": ("LTX", "XAI", "Ark", "ElevenLabs", "Kling", "MiniMax", "Runway"),
    "meta": ("FacebookPage", "InstagramAccount"),
    "own_channels": ("Folder", "Webhook"),
    "tiktok": ("TikTokAccount",),
}
"""The public names, by module."""

if not TYPE_CHECKING:  # type checkers have the names above, and tell a misspelt one
    __getattr__, __dir__ = lazily(__name__, PLACES)
