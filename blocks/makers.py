"""Vendors of their own models: Kling, Ark, MiniMax, Runway, xAI, LTX make clips, ElevenLabs speaks."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.vendor import Probe, VendorBlock
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import Auth


class Kling(VendorBlock):
    """Kuaishou's Kling."""

    _block_type_name = "Reelwright Kling"
    _block_type_slug = "reelwright-kling"
    _documentation_url = "https://app.klingai.com/global/dev/document-api"  # type: ignore[assignment]
    _description = (
        "The key of Kling, whose models make clips of 3 to 15 s with sound. Name it `kling` and runs use it wherever "
        "KLING_API_KEY is not set."
    )
    _code_example = """
        from blocks import Kling

        Kling(api_key="…").save("kling")
        print(Kling.load("kling").check())
    """
    vendor: ClassVar[str] = "Kling"
    usual_name: ClassVar[str] = "kling"
    variables: ClassVar[tuple[str, ...]] = ("KLING_API_KEY", "KLINGAI_API_KEY")
    usual_url: ClassVar[str] = "https://api-singapore.klingai.com"
    probe: ClassVar[Probe] = Probe("v1/videos/text2video", {"pageNum": "1", "pageSize": "1"})

    api_key: SecretStr = Field(
        title="API key",
        description="From Kling's developer console. An older account has two keys: write them as `access:secret`.",
    )
    base_url: str = Field(
        default="",
        title="Address",
        description="Empty: https://api-singapore.klingai.com. In China: https://api-beijing.klingai.com.",
    )

    def authorise(self) -> Auth:
        """Return the key as it travels: as it is, or a token signed with the two of an older account."""
        from reelwright.models.video.kling import auth_for  # noqa: PLC0415 - loads what decodes clips

        return auth_for("", self.api_key)


class Ark(VendorBlock):
    """ByteDance's ModelArk: Seedance."""

    _block_type_name = "Reelwright Ark"
    _block_type_slug = "reelwright-ark"
    _documentation_url = "https://docs.byteplus.com/en/docs/ModelArk/1399008"  # type: ignore[assignment]
    _description = (
        "The key of ModelArk (Volcengine Ark in China), which serves Seedance. Name it `ark` and runs use it wherever "
        "ARK_API_KEY is not set."
    )
    _code_example = """
        from blocks import Ark

        Ark(api_key="…").save("ark")
        print(Ark.load("ark").check())
    """
    vendor: ClassVar[str] = "ByteDance"
    usual_name: ClassVar[str] = "ark"
    variables: ClassVar[tuple[str, ...]] = ("ARK_API_KEY",)
    usual_url: ClassVar[str] = "https://ark.ap-southeast.bytepluses.com/api/v3"
    probe: ClassVar[Probe] = Probe("contents/generations/tasks", {"page_num": "1", "page_size": "1"})

    api_key: SecretStr = Field(title="API key", description="From the console of ModelArk or Volcengine, API keys.")
    base_url: str = Field(
        default="",
        title="Address",
        description="Empty: https://ark.ap-southeast.bytepluses.com/api/v3. "
        "In China: https://ark.cn-beijing.volces.com/api/v3.",
    )


class MiniMax(VendorBlock):
    """MiniMax: H3."""

    _block_type_name = "Reelwright MiniMax"
    _block_type_slug = "reelwright-minimax"
    _documentation_url = "https://platform.minimax.io/docs"  # type: ignore[assignment]
    _description = (
        "The key of MiniMax, whose H3 makes clips with sound. Its weights are open: your own server of it is an OpenAI "
        "endpoint. Name it `minimax` and runs use it wherever MINIMAX_API_KEY is not set."
    )
    _code_example = """
        from blocks import MiniMax

        MiniMax(api_key="…").save("minimax")
        print(MiniMax.load("minimax").check())
    """
    vendor: ClassVar[str] = "MiniMax"
    usual_name: ClassVar[str] = "minimax"
    variables: ClassVar[tuple[str, ...]] = ("MINIMAX_API_KEY",)
    usual_url: ClassVar[str] = "https://api.minimax.io"
    probe: ClassVar[Probe] = Probe("v2/query/video_generation/0", reads_no_job=True)

    api_key: SecretStr = Field(title="API key", description="From platform.minimax.io, API keys.")


class Runway(VendorBlock):
    """Runway: its own models, and those it hosts."""

    _block_type_name = "Reelwright Runway"
    _block_type_slug = "reelwright-runway"
    _documentation_url = "https://docs.dev.runwayml.com"  # type: ignore[assignment]
    _description = (
        "The key of Runway's API: its own models, and others that it hosts, billed in credits. Name it `runway` and "
        "runs use it wherever RUNWAYML_API_SECRET is not set. Its check tells how many credits are left."
    )
    _code_example = """
        from blocks import Runway

        Runway(api_key="key_…").save("runway")
        print(Runway.load("runway").check())
    """
    vendor: ClassVar[str] = "Runway"
    usual_name: ClassVar[str] = "runway"
    variables: ClassVar[tuple[str, ...]] = ("RUNWAYML_API_SECRET",)
    usual_url: ClassVar[str] = "https://api.dev.runwayml.com/v1"
    probe: ClassVar[Probe] = Probe("organization", headers={"X-Runway-Version": "2024-11-06"})

    api_key: SecretStr = Field(title="API secret", description="From dev.runwayml.com, API keys; begins with key_.")

    def told(self, answer: Answer) -> str:
        """Return how many credits are left."""
        credits_left = answer.fields.get("creditBalance")
        return "" if credits_left is None else f": {credits_left} credits are left"


class XAI(VendorBlock):
    """xAI: Grok Imagine."""

    _block_type_name = "Reelwright xAI"
    _block_type_slug = "reelwright-xai"
    _documentation_url = "https://docs.x.ai/docs/overview"  # type: ignore[assignment]
    _description = (
        "The key of xAI, whose Grok Imagine makes clips of up to 15 s. Name it `xai` and runs use it wherever "
        "XAI_API_KEY is not set."
    )
    _code_example = """
        from blocks import XAI

        XAI(api_key="xai-…").save("xai")
        print(XAI.load("xai").check())
    """
    vendor: ClassVar[str] = "xAI"
    usual_name: ClassVar[str] = "xai"
    variables: ClassVar[tuple[str, ...]] = ("XAI_API_KEY",)
    usual_url: ClassVar[str] = "https://api.x.ai/v1"
    probe: ClassVar[Probe] = Probe("models")

    api_key: SecretStr = Field(title="API key", description="From console.x.ai, API keys; begins with xai-.")


class LTX(VendorBlock):
    """Lightricks' LTX."""

    _block_type_name = "Reelwright LTX"
    _block_type_slug = "reelwright-ltx"
    _documentation_url = "https://docs.ltx.video"  # type: ignore[assignment]
    _description = (
        "The key of the LTX API, whose models make clips of up to 20 s. Name it `ltx` and runs use it wherever "
        "LTX_API_KEY is not set."
    )
    _code_example = """
        from blocks import LTX

        LTX(api_key="…").save("ltx")
        print(LTX.load("ltx").check())
    """
    vendor: ClassVar[str] = "LTX"
    usual_name: ClassVar[str] = "ltx"
    variables: ClassVar[tuple[str, ...]] = ("LTX_API_KEY",)
    usual_url: ClassVar[str] = "https://api.ltx.video/v2"
    probe: ClassVar[Probe] = Probe("text-to-video/00000000-0000-0000-0000-000000000000", reads_no_job=True)

    api_key: SecretStr = Field(title="API key", description="From console.ltx.video, API keys.")


class ElevenLabs(VendorBlock):
    """ElevenLabs: voices and word times."""

    _block_type_name = "Reelwright ElevenLabs"
    _block_type_slug = "reelwright-elevenlabs"
    _documentation_url = "https://elevenlabs.io/docs/api-reference/authentication"  # type: ignore[assignment]
    _description = (
        "The key of ElevenLabs, which narrates in many languages and tells when each word is said. Name it "
        "`elevenlabs` and runs use it wherever ELEVENLABS_API_KEY is not set."
    )
    _code_example = """
        from blocks import ElevenLabs

        ElevenLabs(api_key="sk_…").save("elevenlabs")
        print(ElevenLabs.load("elevenlabs").check())
    """
    vendor: ClassVar[str] = "ElevenLabs"
    usual_name: ClassVar[str] = "elevenlabs"
    variables: ClassVar[tuple[str, ...]] = ("ELEVENLABS_API_KEY", "ELEVEN_API_KEY")
    usual_url: ClassVar[str] = "https://api.elevenlabs.io/v1"
    auth: ClassVar[str] = "xi-api-key"
    # Not `user`: a key may be made for speech alone, and then may not read the account.
    probe: ClassVar[Probe] = Probe("models")

    api_key: SecretStr = Field(
        title="API key",
        description="From elevenlabs.io, Developers, API keys; begins with sk_. It needs text to speech, and forced "
        "alignment where it shall find the times of words.",
    )
