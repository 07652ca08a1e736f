"""Meta's networks: tokens of system users, which do not end, for Instagram and Facebook."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.vendor import Probe, VendorBlock
from reelwright.errors import FailureKind
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.kinds import Rule
from reelwright.publishing.contract import ChannelEntry
from reelwright.publishing.meta_facts import GRAPH_URL

_RULES = (Rule(FailureKind.AUTH, codes="190|102|10|200"),)


class InstagramAccount(VendorBlock):
    """Instagram accounts that reels are published on."""

    _block_type_name = "Reelwright Instagram account"
    _block_type_slug = "reelwright-instagram"
    _documentation_url = "https://developers.facebook.com/docs/instagram-platform/content-publishing"  # type: ignore[assignment]
    _description = (
        "A token for professional Instagram accounts. A system user of your business has one that does not end. Name "
        "it `instagram` and runs use it wherever INSTAGRAM_ACCESS_TOKEN is not set. The check tells the number of each "
        "account, which a channel names as `user`."
    )
    _code_example = """
        from blocks import InstagramAccount

        InstagramAccount(api_key="EAA…").save("instagram")
        print(InstagramAccount.load("instagram").check())
    """
    vendor: ClassVar[str] = "Instagram"
    usual_name: ClassVar[str] = "instagram"
    variables: ClassVar[tuple[str, ...]] = ("INSTAGRAM_ACCESS_TOKEN",)
    usual_url: ClassVar[str] = GRAPH_URL
    rules: ClassVar[tuple[Rule, ...]] = _RULES
    probe: ClassVar[Probe] = Probe("me/accounts", {"fields": "name,instagram_business_account{id,username}"})

    api_key: SecretStr = Field(
        title="Access token",
        description="From business.facebook.com, System users, with instagram_basic, instagram_content_publish, "
        "pages_show_list and pages_read_engagement.",
    )
    user: str = Field(
        default="",
        pattern=r"^\d*$",
        title="Account's number",
        description="The check tells it. With it, the block is a channel; empty: a recipe's channel names it.",
    )

    def entry(self, name: str) -> ChannelEntry | None:
        """Return the channel, if it is known on which account."""
        return self.entry_of("instagram", name, base_url=self.base_url, user=self.user) if self.user else None

    def told(self, answer: Answer) -> str:
        """Return the accounts and their numbers."""
        pages = [page for page in answer.fields.get("data", ()) if isinstance(page, dict)]
        linked = [page["instagram_business_account"] for page in pages if page.get("instagram_business_account")]
        names = [f"@{account.get('username', '?')} (user: {account.get('id', '?')})" for account in linked]
        return f": it publishes on {', '.join(names) if names else 'no account, none is linked to a Page of its'}"


class FacebookPage(VendorBlock):
    """Pages that reels are published on."""

    _block_type_name = "Reelwright Facebook Page"
    _block_type_slug = "reelwright-facebook"
    _documentation_url = "https://developers.facebook.com/docs/video-api/guides/reels-publishing"  # type: ignore[assignment]
    _description = (
        "A token for Facebook Pages: a system user's, which does not end and opens each Page's own, or a Page's. Name "
        "it `facebook` and runs use it wherever FACEBOOK_ACCESS_TOKEN is not set."
    )
    _code_example = """
        from blocks import FacebookPage

        FacebookPage(api_key="EAA…").save("facebook")
        print(FacebookPage.load("facebook").check())
    """
    vendor: ClassVar[str] = "Facebook"
    usual_name: ClassVar[str] = "facebook"
    variables: ClassVar[tuple[str, ...]] = ("FACEBOOK_ACCESS_TOKEN",)
    usual_url: ClassVar[str] = GRAPH_URL
    rules: ClassVar[tuple[Rule, ...]] = _RULES
    probe: ClassVar[Probe] = Probe("me", {"fields": "id,name"})

    api_key: SecretStr = Field(
        title="Access token",
        description="From business.facebook.com, System users, with pages_show_list, pages_read_engagement and "
        "pages_manage_posts.",
    )
    page: str = Field(
        default="",
        pattern=r"^\d*$",
        title="Page's number",
        description="With it, the block is a channel; empty: a recipe's channel names it.",
    )

    def entry(self, name: str) -> ChannelEntry | None:
        """Return the channel, if it is known on which Page."""
        return self.entry_of("facebook", name, base_url=self.base_url, page=self.page) if self.page else None

    def told(self, answer: Answer) -> str:
        """Return whose token it is."""
        return f": it is that of {answer.fields.get('name') or answer.fields.get('id') or 'nobody'}"
