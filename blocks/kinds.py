"""Every kind of block: what is registered in Prefect, and what runs look for."""

from __future__ import annotations

from blocks.base import StoredBlock
from blocks.buckets import S3Bucket, S3Vault
from blocks.channels import YouTubeChannel
from blocks.hosts import Anthropic, Fal, Gemini, OpenAIEndpoint, Replicate, VertexAI
from blocks.makers import LTX, XAI, Ark, ElevenLabs, Kling, MiniMax, Runway
from blocks.meta import FacebookPage, InstagramAccount
from blocks.own_channels import Folder, Webhook
from blocks.tiktok import TikTokAccount

ALL: tuple[type[StoredBlock], ...] = (
    OpenAIEndpoint,
    Gemini,
    VertexAI,
    Anthropic,
    Fal,
    Replicate,
    Kling,
    Ark,
    MiniMax,
    Runway,
    XAI,
    LTX,
    ElevenLabs,
    YouTubeChannel,
    TikTokAccount,
    InstagramAccount,
    FacebookPage,
    S3Bucket,
    Folder,
    Webhook,
    S3Vault,
)
"""Every kind of block: hosts of many models, vendors of their own, channels, the vault."""
