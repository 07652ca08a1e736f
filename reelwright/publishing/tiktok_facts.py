"""What TikTok's Content Posting API takes, and every documented error of it (facts of 2026-11-21).

Sources: developers.tiktok.com, content-posting-api-reference-direct-post, -upload-video, -get-video-status,
-media-transfer-guide, tiktok-api-v2-error-handling.
"""

from __future__ import annotations

from fractions import Fraction

from reelwright.publishing.rules import ChannelRules, KnownError, Quota, RefusalKind, TextLimit

DIRECT, INBOX = "direct", "inbox"
UPLOAD_SECONDS = 3600
"""Life of an upload address."""
WHOLE_BYTES = 20 << 20
"""Up to here a file goes as one chunk (at most 64 MB would do)."""
CHUNK_BYTES = 10 << 20
"""5 to 64 MB; the last chunk takes the rest on top."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_INIT = "open"


def _error(
    name: str,
    kind: RefusalKind,
    person_should: str,
    *,
    call: str = _INIT,
    status: int | None = None,
    after: float | None = None,
) -> KnownError:
    return KnownError(
        call=call, name=name, status=status, kind=kind, person_should=person_should, retry_after_seconds=after
    )


_NOTHING = "Nothing: it is tried again later."
_SIGN_IN = "Sign in again: `reelwright auth tiktok`."
_AUDIT = (
    "Set `mode: inbox`, and finish each post in the TikTok app; or let the account be private and post `private` while "
    "TikTok has not audited the app."
)
_SPAM = "Open TikTok and see what it says of this account; post by hand if it lets you. It is not tried again."
_FILE = "Make the episode again in the usual output format (H.264, 1080 x 1920, 30 frames/s)."
_START = "open, look"

ERRORS: tuple[KnownError, ...] = (
    _error("invalid_params", RefusalKind.OPTIONS, "Read the field that TikTok names, and change it.", status=400),
    _error("invalid_param", RefusalKind.OPTIONS, "Read the field that TikTok names, and change it.", status=400),
    _error("invalid_file_upload", RefusalKind.MEDIA, _FILE, status=400),
    _error(
        "spam_risk_too_many_posts",
        RefusalKind.QUOTA,
        "Nothing: TikTok takes about 15 posts of one account in 24 hours, from all programs together; later it passes.",
        call=_START,
        status=403,
        after=_DAY / 4,
    ),
    _error(
        "spam_risk_too_many_pending_share",
        RefusalKind.QUOTA,
        "Finish or drop the drafts that wait in the TikTok app: five of 24 hours are all that it keeps.",
        status=403,
        after=_DAY / 4,
    ),
    _error(
        "spam_risk_user_banned_from_posting",
        RefusalKind.POLICY,
        "TikTok lets this account post nothing: open the app and read why.",
        call=_START,
        status=403,
    ),
    _error(
        "reached_active_user_cap",
        RefusalKind.QUOTA,
        "Nothing: an unaudited app may post for five accounts in 24 hours; later it passes.",
        status=403,
        after=_DAY / 4,
    ),
    _error("unaudited_client_can_only_post_to_private_accounts", RefusalKind.PERMISSION, _AUDIT, status=403),
    _error(
        "url_ownership_unverified",
        RefusalKind.PERMISSION,
        "Nothing here asks TikTok to fetch a video; verify the address's domain at TikTok if you do elsewhere.",
        status=403,
    ),
    _error(
        "privacy_level_option_mismatch",
        RefusalKind.OPTIONS,
        "Choose a `privacy_level` that this account has: a private account cannot post to everyone.",
        status=403,
    ),
    _error("access_token_invalid", RefusalKind.SIGN_IN, _SIGN_IN, call="open, look", status=401),
    _error(
        "scope_not_authorized",
        RefusalKind.PERMISSION,
        "Sign in again and allow it: `reelwright auth tiktok --for direct` (drafts alone need no more than the usual).",
        call="open, look",
        status=401,
    ),
    _error(
        "scope_permission_missed",
        RefusalKind.PERMISSION,
        "Give the app the scope in developers.tiktok.com, then sign in again.",
        call="open, look",
        status=400,
    ),
    _error("rate_limit_exceeded", RefusalKind.BUSY, _NOTHING, call="open, look", status=429, after=_MINUTE),
    _error("internal_error", RefusalKind.BUSY, _NOTHING, call="open, look", status=500, after=_MINUTE),
    _error(
        "invalid_publish_id",
        RefusalKind.UNKNOWN,
        "Look in the TikTok app whether it is there; TikTok no longer knows the number of this post.",
        call="look",
        status=400,
    ),
    _error(
        "token_not_authorized_for_specified_publish_id",
        RefusalKind.SIGN_IN,
        "Sign in with the account that the post was begun with: `reelwright auth tiktok`.",
        call="look",
        status=403,
    ),
    _error("upload 400", RefusalKind.MEDIA, "Publish again; tell us if it says so again.", call="upload", status=400),
    _error("upload 403", RefusalKind.EXPIRED, "Nothing: a new upload is opened.", call="upload", status=403),
    _error("upload 404", RefusalKind.EXPIRED, "Nothing: a new upload is opened.", call="upload", status=404),
    _error("upload 416", RefusalKind.BUSY, "Nothing: TikTok is asked how much it has.", call="upload", status=416),
    _error("file_format_check_failed", RefusalKind.MEDIA, _FILE, call="look"),
    _error(
        "duration_check_failed",
        RefusalKind.MEDIA,
        "Make a shorter episode: the account's longest is in the TikTok app, ten minutes at most.",
        call="look",
    ),
    _error("frame_rate_check_failed", RefusalKind.MEDIA, "Make the episode with 23 to 60 frames/s.", call="look"),
    _error("picture_size_check_failed", RefusalKind.MEDIA, "Make the episode with 360 to 4096 pixels.", call="look"),
    _error("internal", RefusalKind.BUSY, _NOTHING, call="look", after=10 * _MINUTE),
    _error("video_pull_failed", RefusalKind.BUSY, _NOTHING, call="look", after=10 * _MINUTE),
    _error(
        "publish_cancelled",
        RefusalKind.POLICY,
        "Somebody cancelled it in the TikTok app: publish again if that was no wish.",
        call="look",
    ),
    _error("auth_removed", RefusalKind.SIGN_IN, f"Somebody took the app's rights away. {_SIGN_IN}", call="look"),
    _error(
        "spam_risk_text", RefusalKind.POLICY, "TikTok takes the text for spam: change it, post by hand.", call="look"
    ),
    _error("spam_risk", RefusalKind.POLICY, _SPAM, call="look"),
    _error(
        "invalid_grant",
        RefusalKind.SIGN_IN,
        f"The sign-in has ended, or another program has used it: it works once. {_SIGN_IN}",
        call="sign in",
        status=400,
    ),
    _error(
        "invalid_client",
        RefusalKind.SIGN_IN,
        "Check TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET.",
        call="sign in",
        status=401,
    ),
    _error(
        "invalid_request",
        RefusalKind.SIGN_IN,
        f"See that the app has the redirect address http://127.0.0.1:*/callback/. {_SIGN_IN}",
        call="sign in",
        status=400,
    ),
)

RULES = ChannelRules(
    kind="tiktok",
    title="TikTok",
    # Nothing is posted until the last byte is there; then it is, without another word from us.
    final_call="upload",
    find="cannot",
    privacy=("public", "private"),
    text_limit=TextLimit(most=2200, unit="utf-16 units"),
    most_hashtags=5,
    links=False,
    seconds=(Fraction(0), Fraction(600)),
    most_bytes=4 << 30,
    video_codecs=frozenset({"h264", "hevc", "vp8", "vp9"}),
    frame_rate=(Fraction(23), Fraction(60)),
    pixels=(360, 4096),
    quotas=(
        Quota(name="creator_info", most=20, per="minute", source="content-posting-api-reference-query-creator-info"),
        Quota(name="init", most=6, per="minute", source="content-posting-api-reference-direct-post"),
        Quota(name="posts", most=15, per="24 hours", source="content-sharing-guidelines: typically around 15"),
    ),
    errors=ERRORS,
    good_to_know=(
        (
            "TikTok audits every app that posts for its users. One that it has not audited posts `private` (SELF_ONLY) "
            "to private accounts only, for five accounts in 24 hours."
        ),
        (
            "TikTok refuses that audit to tools that upload to the accounts of their own makers, and to unattended "
            "ones: a public post wants a person who chooses who sees it and agrees."
        ),
        (
            "So `mode: inbox` is the usual one: the video waits as a draft in the TikTok app, and a person finishes it "
            "there. Text and AI label cannot be sent along with a draft: the publication's note tells of them."
        ),
        "The cover is a moment of the video (`cover_seconds`): files are not taken.",
        "TikTok has no way to change, take back or schedule a post through this API.",
    ),
)


def chunks_of(size_bytes: int) -> tuple[int, int]:
    """Return the size of a chunk and how many there are, as TikTok counts: what is left over goes with the last one."""
    if size_bytes <= WHOLE_BYTES:
        return size_bytes, 1
    return CHUNK_BYTES, size_bytes // CHUNK_BYTES
