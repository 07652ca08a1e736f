"""The platforms that a person can sign in to: addresses and habits, each with its source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from pydantic import SecretStr

from reelwright.errors import InvalidInput
from reelwright.publishing.oauth import Identity, LongLived, Provider
from reelwright.publishing.token_store import StoredToken

_GOOGLE = "https://www.googleapis.com/auth/"
YOUTUBE_UPLOAD, YOUTUBE_READ = f"{_GOOGLE}youtube.upload", f"{_GOOGLE}youtube.readonly"
YOUTUBE_ALL, YOUTUBE_FORCE_SSL = f"{_GOOGLE}youtube", f"{_GOOGLE}youtube.force-ssl"

YOUTUBE = Provider(
    name="youtube",
    title="YouTube",
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    scopes={
        # Reading proves what became of an upload whose answer was lost; uploading alone could not.
        "upload": (YOUTUBE_UPLOAD, YOUTUBE_READ),
        "captions": (YOUTUBE_FORCE_SSL,),
    },
    client_variables=("YOUTUBE_CLIENT_ID", "YOUTUBE_CLIENT_SECRET"),
    # Without both, Google gives a refresh token the first time only.
    asked={"access_type": "offline", "prompt": "consent"},
    identity=Identity(
        url="https://www.googleapis.com/youtube/v3/channels",
        query={"part": "snippet", "mine": "true"},
        id_at=("items", 0, "id"),
        name_at=("items", 0, "snippet", "title"),
        scopes=(YOUTUBE_READ, YOUTUBE_ALL, YOUTUBE_FORCE_SSL),
    ),
    set_up="In console.cloud.google.com: enable the YouTube Data API v3, make OAuth credentials of the type "
    "`Desktop app`, and download their JSON file (or copy id and secret).",
    dies_when="Google ends a sign-in after 7 days while the app's consent screen is in `Testing` (publish the app), "
    "after six months without use, after the hundredth sign-in of one account, and when the person takes it back.",
)
"""developers.google.com/identity/protocols/oauth2/native-app; scopes: the discovery document of 2026-11-04."""

TIKTOK = Provider(
    name="tiktok",
    title="TikTok",
    authorize_url="https://www.tiktok.com/v2/auth/authorize/",
    token_url="https://open.tiktokapis.com/v2/oauth/token/",  # noqa: S106 - an address
    scopes={"draft": ("video.upload",), "direct": ("video.publish", "video.upload")},
    scope_separator=",",
    client_field="client_key",
    client_variables=("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"),
    challenge="hex",
    id_field="open_id",
    set_up="In developers.tiktok.com, Manage apps: add Login Kit for Desktop with the redirect address "
    "http://127.0.0.1:*/callback/ and the Content Posting API, and copy client key and secret.",
    dies_when="TikTok ends a sign-in when its refresh token has ended, when the person takes it back, and when another "
    "program has used the refresh token: each works once.",
)
"""developers.tiktok.com/doc/login-kit-desktop; lives of tokens come with each answer."""

_GRAPH = "https://graph.facebook.com/v26.0"
FACEBOOK = Provider(
    name="facebook",
    title="Facebook",
    authorize_url="https://www.facebook.com/v26.0/dialog/oauth",
    token_url=f"{_GRAPH}/oauth/access_token",
    scopes={
        "facebook": ("pages_show_list", "pages_read_engagement", "pages_manage_posts"),
        "instagram": ("pages_show_list", "pages_read_engagement", "instagram_basic", "instagram_content_publish"),
        "both": (
            "pages_show_list",
            "pages_read_engagement",
            "pages_manage_posts",
            "instagram_basic",
            "instagram_content_publish",
        ),
    },
    scope_separator=",",
    client_variables=("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    challenge="none",
    # Facebook sends browsers to registered https addresses only: the one that they land at is pasted.
    loopback=False,
    refresh_before=timedelta(days=7),
    long_lived=LongLived(
        exchange_url=f"{_GRAPH}/oauth/access_token",
        exchange_grant="fb_exchange_token",
        refresh_url=f"{_GRAPH}/oauth/access_token",
        refresh_grant="fb_exchange_token",
        token_field="fb_exchange_token",  # noqa: S106 - the name of a field
        with_app=True,
    ),
    identity=Identity(
        url=f"{_GRAPH}/me/accounts",
        query={"fields": "id,name"},
        id_at=("data", 0, "id"),
        name_at=("data", 0, "name"),
    ),
    set_up="In developers.facebook.com: make an app of the type Business with Facebook Login for Business (Instagram "
    "takes bytes from such apps only), name a redirect address of yours there, and copy app id and app secret.",
    dies_when="Facebook ends a sign-in after sixty days, when the password is changed, and when the person takes it "
    "back. The token of a system user of your business (business.facebook.com) does not end: set it as "
    "FACEBOOK_ACCESS_TOKEN instead.",
)
"""developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived; also signs for Instagram."""

PROVIDERS: Mapping[str, Provider] = {provider.name: provider for provider in (YOUTUBE, TIKTOK, FACEBOOK)}
"""By the name that `reelwright auth` takes."""


def provider_named(name: str) -> Provider:
    """Return a platform.

    Raises:
        InvalidInput: nobody can sign in there.
    """
    if name not in PROVIDERS:
        raise InvalidInput(f"There is no sign-in at {name!r}.", hint=f"Expected one of: {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]


def stored_credentials(provider: Provider, given: SecretStr) -> StoredToken:
    """Read a whole sign-in from JSON as Google's tools write it: `client_id`, `client_secret`, `refresh_token`.

    `account_id` beside them is the channel's own number: it tells one place to publish from another.

    Raises:
        InvalidInput: it is none.
    """
    names = ("client_id", "client_secret", "refresh_token", "account_id")
    try:
        told = json.loads(given.get_secret_value())
        secrets = {name: str(told[name]) for name in names if told[name]}
    except (ValueError, TypeError, KeyError):
        secrets = {}
    if len(secrets) < len(names):
        raise InvalidInput(
            f"The credentials of {provider.title} are no sign-in.",
            hint=f"Expected JSON with {', '.join(names)}; or none, and: reelwright auth {provider.name}.",
        )
    return StoredToken(secrets=secrets, account_name=secrets["account_id"])
