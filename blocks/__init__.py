"""Configuration that people store in Prefect: each block builds an object of the core."""

from blocks.channels import YouTubeChannel
from blocks.hosts import Anthropic, Fal, Gemini, OpenAIEndpoint, Replicate, VertexAI
from blocks.makers import LTX, XAI, Ark, ElevenLabs, Kling, MiniMax, Runway
from blocks.meta import FacebookPage, InstagramAccount
from blocks.s3_vault import S3Vault

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
    InstagramAccount,
    FacebookPage,
    S3Vault,
)
"""Every kind of block, hosts of many models first."""

__all__ = [
    "ALL",
    "LTX",
    "XAI",
    "Anthropic",
    "Ark",
    "ElevenLabs",
    "FacebookPage",
    "Fal",
    "Gemini",
    "InstagramAccount",
    "Kling",
    "MiniMax",
    "OpenAIEndpoint",
    "Replicate",
    "Runway",
    "S3Vault",
    "VertexAI",
    "YouTubeChannel",
]
