"""The platforms that a person can sign in to: addresses and habits, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.errors import InvalidInput
from reelwright.publishing.oauth import Identity, Provider

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

PROVIDERS: Mapping[str, Provider] = {provider.name: provider for provider in (YOUTUBE, TIKTOK)}
"""By the name that `reelwright auth` takes."""


def provider_named(name: str) -> Provider:
    """Return a platform.

    Raises:
        InvalidInput: nobody can sign in there.
    """
    if name not in PROVIDERS:
        raise InvalidInput(f"There is no sign-in at {name!r}.", hint=f"Expected one of: {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]
