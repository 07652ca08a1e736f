"""Configuration that people store in Prefect: each block builds an object of the core."""

from blocks.buckets import S3Bucket, S3Vault
from blocks.channels import YouTubeChannel
from blocks.hosts import Anthropic, Fal, Gemini, OpenAIEndpoint, Replicate, VertexAI
from blocks.makers import LTX, XAI, Ark, ElevenLabs, Kling, MiniMax, Runway
from blocks.meta import FacebookPage, InstagramAccount
from blocks.own_channels import Folder, Webhook
from blocks.tiktok import TikTokAccount

ALL = (
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

__all__ = [
    "ALL",
    "LTX",
    "XAI",
    "Anthropic",
    "Ark",
    "ElevenLabs",
    "FacebookPage",
    "Fal",
    "Folder",
    "Gemini",
    "InstagramAccount",
    "Kling",
    "MiniMax",
    "OpenAIEndpoint",
    "Replicate",
    "Runway",
    "S3Bucket",
    "S3Vault",
    "TikTokAccount",
    "VertexAI",
    "Webhook",
    "YouTubeChannel",
]
