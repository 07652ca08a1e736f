"""Hosts of many models: OpenAI and all that speak its protocols, Google, Anthropic, fal, Replicate."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.vendor import Probe, VendorBlock
from reelwright.models.remote.auth import Auth
from reelwright.models.remote.kinds import Rule
from reelwright.models.video.google_api import KEY_HEADER, RULES, cloud_auth


class OpenAIEndpoint(VendorBlock):
    """OpenAI, or any host that speaks its protocols: videos, images, text, speech."""

    _block_type_name = "Reelwright OpenAI endpoint"
    _block_type_slug = "reelwright-openai-endpoint"
    _documentation_url = "https://platform.openai.com/docs/api-reference"  # type: ignore[assignment]
    _description = (
        "The key of OpenAI, or of any host that speaks its protocols (vLLM-Omni, SGLang, LiteLLM, OpenRouter, your own "
        "gateway). Name it `openai` and runs use it wherever OPENAI_API_KEY is not set. For another host, give it the "
        "name of the variable in your recipe in small letters: `my-gateway` for `api_key: {env: MY_GATEWAY}`."
    )
    _code_example = """
        from blocks import OpenAIEndpoint

        OpenAIEndpoint(api_key="sk-…").save("openai")
        print(OpenAIEndpoint.load("openai").check())
    """
    vendor: ClassVar[str] = "OpenAI endpoint"
    usual_name: ClassVar[str] = "openai"
    variables: ClassVar[tuple[str, ...]] = ("OPENAI_API_KEY",)
    usual_url: ClassVar[str] = "https://api.openai.com/v1"
    probe: ClassVar[Probe] = Probe("models")

    api_key: SecretStr | None = Field(  # type: ignore[assignment]
        default=None,
        title="API key",
        description="From platform.openai.com, API keys; or the host's own. Empty for a host that asks for none. "
        "It is kept encrypted, shown nowhere, and sent to the address below only.",
    )
    base_url: str = Field(
        default="",
        title="Address",
        description="With its version, e.g. http://gpu-1:8000/v1. Empty: https://api.openai.com/v1.",
    )


class Gemini(VendorBlock):
    """Google's Gemini API: Omni Flash, image models, speech, text."""

    _block_type_name = "Reelwright Gemini"
    _block_type_slug = "reelwright-gemini"
    _documentation_url = "https://ai.google.dev/gemini-api/docs/api-key"  # type: ignore[assignment]
    _description = (
        "The key of Google's Gemini API: Gemini Omni Flash makes clips, Nano Banana start frames, others text and "
        "speech. Name it `gemini` and runs use it wherever GEMINI_API_KEY is not set."
    )
    _code_example = """
        from blocks import Gemini

        Gemini(api_key="AIza…").save("gemini")
        print(Gemini.load("gemini").check())
    """
    vendor: ClassVar[str] = "Google"
    usual_name: ClassVar[str] = "gemini"
    variables: ClassVar[tuple[str, ...]] = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    usual_url: ClassVar[str] = "https://generativelanguage.googleapis.com/v1beta"
    auth: ClassVar[str] = KEY_HEADER
    rules: ClassVar[tuple[Rule, ...]] = RULES
    probe: ClassVar[Probe] = Probe("models")

    api_key: SecretStr = Field(
        title="API key",
        description="From aistudio.google.com, Get API key. It travels in a header, never in an address.",
    )


class VertexAI(VendorBlock):
    """Google Cloud's Vertex AI: Veo."""

    _block_type_name = "Reelwright Vertex AI"
    _block_type_slug = "reelwright-vertex-ai"
    _documentation_url = "https://cloud.google.com/iam/docs/keys-create-delete"  # type: ignore[assignment]
    _description = (
        "A service account of Google Cloud, whose Vertex AI serves Veo. Name it `vertex-ai` and runs use it wherever "
        "VERTEX_CREDENTIALS is not set. Tokens of an hour are signed from it on the machine that runs."
    )
    _code_example = """
        from pathlib import Path

        from blocks import VertexAI

        VertexAI(api_key=Path("service-account.json").read_text()).save("vertex-ai")
        print(VertexAI.load("vertex-ai").check())
    """
    vendor: ClassVar[str] = "Google Cloud"
    usual_name: ClassVar[str] = "vertex-ai"
    variables: ClassVar[tuple[str, ...]] = ("VERTEX_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS")
    usual_url: ClassVar[str] = "https://us-central1-aiplatform.googleapis.com/v1"
    rules: ClassVar[tuple[Rule, ...]] = RULES
    probe: ClassVar[Probe] = Probe("publishers/google/models/veo-3.1-generate-001")

    api_key: SecretStr = Field(
        title="Service account's key",
        description="The whole JSON file that Google Cloud made for the account. It needs the role Vertex AI User.",
    )
    base_url: str = Field(
        default="",
        title="Address",
        description="With the region, as in the recipe. Empty: https://us-central1-aiplatform.googleapis.com/v1.",
    )

    def authorise(self) -> Auth:
        """Return a token signed from the service account's key, or the access token that was given instead."""
        return cloud_auth("", self.api_key)


class Anthropic(VendorBlock):
    """Anthropic's Messages: storyboards."""

    _block_type_name = "Reelwright Anthropic"
    _block_type_slug = "reelwright-anthropic"
    _documentation_url = "https://docs.claude.com/en/api/overview"  # type: ignore[assignment]
    _description = (
        "The key of Anthropic's API, whose models write storyboards. Name it `anthropic` and runs use it wherever "
        "ANTHROPIC_API_KEY is not set."
    )
    _code_example = """
        from blocks import Anthropic

        Anthropic(api_key="sk-ant-…").save("anthropic")
        print(Anthropic.load("anthropic").check())
    """
    vendor: ClassVar[str] = "Anthropic"
    usual_name: ClassVar[str] = "anthropic"
    variables: ClassVar[tuple[str, ...]] = ("ANTHROPIC_API_KEY",)
    usual_url: ClassVar[str] = "https://api.anthropic.com/v1"
    auth: ClassVar[str] = "x-api-key"
    probe: ClassVar[Probe] = Probe("models", headers={"anthropic-version": "2023-06-01"})

    api_key: SecretStr = Field(
        title="API key", description="From console.anthropic.com, API keys; begins with sk-ant-."
    )


class Fal(VendorBlock):
    """fal's queue: many vendors' video and image models."""

    _block_type_name = "Reelwright fal"
    _block_type_slug = "reelwright-fal"
    _documentation_url = "https://docs.fal.ai/model-apis/authentication"  # type: ignore[assignment]
    _description = (
        "The key of fal, which hosts video and image models of many vendors behind one queue. Name it `fal` and runs "
        "use it wherever FAL_KEY is not set."
    )
    _code_example = """
        from blocks import Fal

        Fal(api_key="key-id:key-secret").save("fal")
        print(Fal.load("fal").check())
    """
    vendor: ClassVar[str] = "fal"
    usual_name: ClassVar[str] = "fal"
    variables: ClassVar[tuple[str, ...]] = ("FAL_KEY",)
    usual_url: ClassVar[str] = "https://queue.fal.run"
    auth: ClassVar[str] = "key"
    probe: ClassVar[Probe] = Probe(
        "fal-ai/flux-2-pro/requests/00000000-0000-0000-0000-000000000000/status", reads_no_job=True
    )

    api_key: SecretStr = Field(
        title="Key", description="From fal.ai/dashboard/keys, with the scope API: both halves, `id:secret`."
    )


class Replicate(VendorBlock):
    """Replicate: many vendors' video and image models."""

    _block_type_name = "Reelwright Replicate"
    _block_type_slug = "reelwright-replicate"
    _documentation_url = "https://replicate.com/docs/reference/http"  # type: ignore[assignment]
    _description = (
        "The token of Replicate, which hosts video and image models of many vendors. Name it `replicate` and runs use "
        "it wherever REPLICATE_API_TOKEN is not set."
    )
    _code_example = """
        from blocks import Replicate

        Replicate(api_key="r8_…").save("replicate")
        print(Replicate.load("replicate").check())
    """
    vendor: ClassVar[str] = "Replicate"
    usual_name: ClassVar[str] = "replicate"
    variables: ClassVar[tuple[str, ...]] = ("REPLICATE_API_TOKEN",)
    usual_url: ClassVar[str] = "https://api.replicate.com/v1"
    probe: ClassVar[Probe] = Probe("account")

    api_key: SecretStr = Field(title="API token", description="From replicate.com/account/api-tokens; begins with r8_.")
