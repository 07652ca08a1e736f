"""What YouTube takes, allows and refuses (Data API v3; facts of 2026-11-21, discovery document 20261104)."""

from __future__ import annotations

from reelwright.publishing.rules import ChannelRules, KnownError, Quota, RefusalKind, TextLimit

_DAY_SECONDS = 86_400.0
_HOUR_SECONDS = 3600.0
_QUOTA_PAGE = "developers.google.com/youtube/v3/determine_quota_cost"
GOOGLES_ZONE = "America/Los_Angeles"
"""Where Google's day of quotas begins at midnight."""
CATEGORIES = frozenset({"1", "2", "10", "15", "17", "19", "20", "22", "23", "24", "25", "26", "27", "28", "29"})
"""Categories that a video may have; 22 is People & Blogs, 27 Education, 28 Science & Technology."""
MOST_TAG_CHARACTERS = 500
"""All tags together, the commas between them included; a tag with a space counts two more for its quotes."""
LONGEST_SHORT_SECONDS = 180

_AGAIN = "Nothing: it is tried again later."
_STUDIO = "in YouTube Studio"


def _known(
    call: str, kind: RefusalKind, status: int, should: str, *names: str, wait: float | None = None
) -> list[KnownError]:
    return [
        KnownError(call=call, name=name, status=status, kind=kind, person_should=should, retry_after_seconds=wait)
        for name in names
    ]


_ALL = "open, upload, submit, look, find"
ERRORS: tuple[KnownError, ...] = (
    # The text and options of the upload.
    *_known("open", RefusalKind.TEXT, 400, "Give it a title of 1 to 100 characters without < and >.", "invalidTitle"),
    *_known(
        "open", RefusalKind.TEXT, 400, "Shorten the description to 5,000 bytes, without < and >.", "invalidDescription"
    ),
    *_known(
        "open",
        RefusalKind.TEXT,
        400,
        "Use fewer or shorter hashtags: 500 characters in all, without < and >.",
        "invalidTags",
    ),
    *_known(
        "open",
        RefusalKind.TEXT,
        400,
        "Set the language of the title (`language` of the storyboard).",
        "defaultLanguageNotSet",
    ),
    *_known(
        "open",
        RefusalKind.OPTIONS,
        400,
        f"Set `category` to one of {', '.join(sorted(CATEGORIES, key=int))}.",
        "invalidCategoryId",
    ),
    *_known(
        "open",
        RefusalKind.OPTIONS,
        400,
        "Choose a slot in the future for a video that was never public.",
        "invalidPublishAt",
    ),
    *_known(
        "open",
        RefusalKind.OPTIONS,
        400,
        "Check the options of this channel in the recipe.",
        "invalidVideoMetadata",
        "invalidRecordingDetails",
    ),
    *_known("open", RefusalKind.OPTIONS, 403, "Choose another `license`, or leave it out.", "forbiddenLicenseSetting"),
    *_known("open", RefusalKind.OPTIONS, 403, "Choose another `privacy` for this channel.", "forbiddenPrivacySetting"),
    *_known("open", RefusalKind.MEDIA, 400, "Publish the episode's own file under its own name.", "invalidFilename"),
    *_known(
        "open, upload, submit",
        RefusalKind.MEDIA,
        400,
        "Make the episode again: its file is empty or was cut off.",
        "mediaBodyRequired",
    ),
    # Limits.
    *_known(
        "open, upload",
        RefusalKind.QUOTA,
        400,
        "Nothing: YouTube's limit of uploads for this channel in 24 hours, over app, web and API, is reached. It is "
        "tried again after that.",
        "uploadLimitExceeded",
        wait=_DAY_SECONDS,
    ),
    *_known(
        _ALL,
        RefusalKind.QUOTA,
        403,
        "Nothing: the project's quota of the day is used up and comes back at midnight, Pacific time. Ask Google for"
        " more if this happens often.",
        "quotaExceeded",
        "dailyLimitExceeded",
    ),
    *_known(_ALL, RefusalKind.BUSY, 403, _AGAIN, "rateLimitExceeded", "userRateLimitExceeded"),
    *_known(_ALL, RefusalKind.BUSY, 503, _AGAIN, "backendError", "internalError", "SERVICE_UNAVAILABLE"),
    *_known(
        "submit",
        RefusalKind.QUOTA,
        429,
        "Nothing: too many thumbnails for now. It is tried again later.",
        "uploadRateLimitExceeded",
        wait=_HOUR_SECONDS,
    ),
    *_known(
        "upload",
        RefusalKind.EXPIRED,
        404,
        "Nothing: the channel's uploads are read, and where the video is not among them a new upload is opened.",
        "session ended",
    ),
    # Who may.
    *_known(
        _ALL,
        RefusalKind.SIGN_IN,
        401,
        "Sign in again: reelwright auth youtube.",
        "authError",
        "unauthorized",
        "UNAUTHENTICATED",
    ),
    *_known(
        "sign in",
        RefusalKind.SIGN_IN,
        400,
        "Sign in again: reelwright auth youtube. If it ends every week, publish the app: its consent screen is in "
        "`Testing`.",
        "invalid_grant",
    ),
    *_known(
        "sign in",
        RefusalKind.SIGN_IN,
        401,
        "Check YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET.",
        "invalid_client",
        "unauthorized_client",
    ),
    *_known(
        _ALL,
        RefusalKind.PERMISSION,
        403,
        "Sign in with the scopes that this needs: reelwright auth youtube --for captions.",
        "insufficientPermissions",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    ),
    *_known(
        "open, look, find",
        RefusalKind.PERMISSION,
        401,
        "Make a channel for this Google account at youtube.com, then sign in again.",
        "youtubeSignupRequired",
    ),
    *_known(
        _ALL,
        RefusalKind.PERMISSION,
        403,
        "See that this account owns the channel and may do this; for thumbnails, verify the channel's phone number "
        "at youtube.com/verify.",
        "forbidden",
    ),
    *_known(
        _ALL,
        RefusalKind.PERMISSION,
        403,
        "Enable the YouTube Data API v3 in the Google Cloud project of the app.",
        "accessNotConfigured",
        "SERVICE_DISABLED",
    ),
    *_known(
        "open",
        RefusalKind.POLICY,
        403,
        f"Look {_STUDIO} what happened to the account: YouTube has closed or suspended it.",
        "authenticatedUserAccountClosed",
        "authenticatedUserAccountSuspended",
        "channelSuspended",
        "channelClosed",
    ),
    # Thumbnail, captions, playlist.
    *_known("submit", RefusalKind.MEDIA, 400, "Make the cover a JPEG or PNG of at most 50 MB.", "invalidImage"),
    *_known(
        "submit",
        RefusalKind.MEDIA,
        400,
        f"Upload the captions by hand {_STUDIO}: YouTube cannot read the file.",
        "contentRequired",
    ),
    *_known(
        "submit",
        RefusalKind.TEXT,
        400,
        "Check the language of the storyboard: captions need a BCP 47 tag.",
        "invalidMetadata",
        "nameTooLong",
    ),
    *_known("submit", RefusalKind.DUPLICATE, 409, "Nothing: these captions are there.", "captionExists"),
    *_known(
        "submit",
        RefusalKind.OPTIONS,
        404,
        "Check `playlist`: there is no such playlist on this channel.",
        "playlistNotFound",
    ),
    *_known(
        "submit",
        RefusalKind.OPTIONS,
        403,
        "Take videos out of the playlist, or name another one: it is full.",
        "playlistContainsMaximumNumberOfVideos",
    ),
    *_known(
        "submit",
        RefusalKind.PERMISSION,
        403,
        "Name a playlist of the channel that you have signed in to.",
        "playlistItemsNotAccessible",
    ),
    *_known(
        "submit, look",
        RefusalKind.UNKNOWN,
        404,
        f"Look {_STUDIO}: somebody or YouTube has deleted the video. Publish again if it shall be there.",
        "videoNotFound",
        "deleted",
    ),
    # What became of it: `failureReason` and `rejectionReason`.
    *_known(
        "look",
        RefusalKind.MEDIA,
        200,
        "Make the episode again; YouTube cannot read this file.",
        "conversion",
        "invalidFile",
        "emptyFile",
        "tooSmall",
        "codec",
    ),
    *_known("look", RefusalKind.MEDIA, 200, "Publish it again: the upload was broken off.", "uploadAborted"),
    *_known(
        "look",
        RefusalKind.MEDIA,
        200,
        "Shorten it, or verify the channel: unverified channels may upload up to 15 minutes.",
        "length",
    ),
    *_known("look", RefusalKind.DUPLICATE, 200, f"Look {_STUDIO}: the channel has this video already.", "duplicate"),
    *_known(
        "look",
        RefusalKind.POLICY,
        200,
        f"Read {_STUDIO} what YouTube objects to, and appeal there if it is wrong. It is not tried again.",
        "copyright",
        "inappropriate",
        "termsOfUse",
        "claim",
        "trademark",
        "legal",
    ),
    *_known(
        "look",
        RefusalKind.POLICY,
        200,
        f"Look {_STUDIO} what happened to the account.",
        "uploaderAccountSuspended",
        "uploaderAccountClosed",
    ),
)
"""Sources: the `Errors` part of each method's reference page; the enumerations of the discovery document."""

RULES = ChannelRules(
    kind="youtube",
    title="YouTube",
    final_call="upload",
    # The session answers a repeat with what it holds, and after its end with the same video for ever.
    repeatable=frozenset({"upload", "submit"}),
    processes_first=False,
    find="proves",
    schedules=True,
    privacy=("public", "unlisted", "private"),
    title_limit=TextLimit(most=100, forbidden="<>"),
    text_limit=TextLimit(most=5000, unit="utf-8 bytes", forbidden="<>"),
    most_hashtags=60,
    most_bytes=256 << 30,
    quotas=(Quota(name="videos.insert", most=100, per="day", zone=GOOGLES_ZONE, call="open", source=_QUOTA_PAGE),),
    errors=ERRORS,
    good_to_know=(
        "A square or upright video of at most 3 minutes is a Short; most viewers see no custom thumbnail of a Short.",
        "While the app's consent screen is in `Testing`, Google ends each sign-in after 7 days.",
        "Google contradicts itself on whether videos of an unverified project stay private: a locked one is told.",
        "YouTube counts 100 uploads a day for a project, and fewer for a channel, over app, web and API together.",
        (
            "All calls but uploads share 10,000 units a day of the project: captions take 400, thumbnail and playlist "
            "50 each. When they are used up the video is out, and what follows waits until midnight, Pacific time."
        ),
        "Captions and playlists need the wider sign-in: reelwright auth youtube --for captions.",
    ),
)
