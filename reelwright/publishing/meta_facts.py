"""What Instagram and Facebook take through Meta's Graph API, and every documented error (facts of 2026-11-21).

Sources: developers.facebook.com, instagram-platform/content-publishing, …/reference/error-codes (2 June 2026),
video-api/guides/reels-publishing (30 July 2026), graph-api/guides/error-handling.
"""

from __future__ import annotations

from fractions import Fraction

from reelwright.publishing.rules import ChannelRules, KnownError, Quota, RefusalKind, TextLimit

VERSION = "v26.0"
"""Of 29 July 2026. v21 ends on 21 January 2027; each lives for two years at least."""
GRAPH_URL = f"https://graph.facebook.com/{VERSION}"
_MINUTE, _HOUR = 60.0, 3600.0

_NOTHING = "Nothing: it is tried again later."
_NEW = "Nothing: a new upload is opened."
_FILE = "Make the episode again in the usual output format (H.264, AAC, 1080 x 1920, 30 frames/s, under 300 MB)."


def _error(
    name: str,
    kind: RefusalKind,
    person_should: str,
    call: str = "open, submit, look",
    *,
    status: int | None = 400,
    after: float | None = None,
) -> KnownError:
    return KnownError(
        call=call, name=name, status=status, kind=kind, person_should=person_should, retry_after_seconds=after
    )


def _signing(command: str) -> tuple[KnownError, ...]:
    """Return the errors of tokens and rights; `command` is how a person signs in."""
    sign_in = f"Sign in again: `{command}`; or set a new token, if a token is set."
    rights = (
        "Give the app and the person what it takes: a role in the app (or App Review), the Page's task `Create "
        f"content`, and the permissions that `{command}` asks for."
    )
    return (
        _error("190", RefusalKind.SIGN_IN, sign_in, status=401),
        _error("190/460", RefusalKind.SIGN_IN, f"The account's password was changed. {sign_in}", status=401),
        _error("190/463", RefusalKind.SIGN_IN, f"The sign-in's sixty days are over. {sign_in}", status=401),
        _error("102", RefusalKind.SIGN_IN, sign_in, status=401),
        _error("3", RefusalKind.PERMISSION, rights, status=403),
        _error("10", RefusalKind.PERMISSION, rights, status=403),
        _error("200", RefusalKind.PERMISSION, rights, status=403),
        _error("210", RefusalKind.PERMISSION, f"A Page's own token is needed. {rights}", status=403),
        _error("NotAuthorizedError", RefusalKind.SIGN_IN, sign_in, "upload"),
    )


_COMMON: tuple[KnownError, ...] = (
    _error("1", RefusalKind.BUSY, _NOTHING, status=500, after=_MINUTE),
    _error("2", RefusalKind.BUSY, _NOTHING, status=500, after=_MINUTE),
    *(
        _error(code, RefusalKind.BUSY, "Nothing: Meta's calls of this hour are used up; later it passes.", after=_HOUR)
        for code in ("4", "17", "32", "613", "80001", "80002")
    ),
    _error("100", RefusalKind.OPTIONS, "Read the field that Meta names, and change it."),
    _error("100/33", RefusalKind.OPTIONS, "See that `user` or `page` is the right number, and that you may use it."),
    _error("368", RefusalKind.POLICY, "Meta has blocked this account for a while: open the app and read why."),
    _error("506", RefusalKind.DUPLICATE, "The same text was posted just before: look whether it is there already."),
    _error("2635", RefusalKind.PERMISSION, f"Update Reelwright: Meta no longer serves {VERSION}."),
    _error("OffsetInvalidError", RefusalKind.BUSY, "Nothing: Meta is asked how much it has.", "upload", after=5.0),
    _error("ParameterValidationError", RefusalKind.UNKNOWN, "Tell us: a header of the upload is wrong.", "upload"),
    _error("ProcessingFailedError", RefusalKind.EXPIRED, _NEW, "upload"),
    _error("retriable", RefusalKind.BUSY, _NOTHING, "upload", status=None, after=30.0),
)
"""Errors of both. A number is Meta's code, the one behind the slash its subcode; a name is the upload host's."""

INSTAGRAM_ERRORS: tuple[KnownError, ...] = (
    _error(
        "9/2207042",
        RefusalKind.QUOTA,
        "Nothing: its posts of these 24 hours are used up (50 or 100, as Instagram counts); later it passes.",
        "open, submit",
        after=_HOUR,
    ),
    _error("9007/2207027", RefusalKind.BUSY, "Nothing: Instagram still works on the video.", "submit", after=30.0),
    _error(
        "4/2207051",
        RefusalKind.POLICY,
        "Instagram takes it for spam. Look whether the post is there all the same; post less often; appeal in the app.",
        "submit",
    ),
    _error("9004/2207052", RefusalKind.BUSY, "Nothing: a new container is made.", "open, look", after=_MINUTE),
    _error(
        "25/2207050",
        RefusalKind.POLICY,
        "The Instagram account is restricted: sign in in the app and do what it asks.",
        "open, submit, look",
        status=403,
    ),
    _error("24/2207006", RefusalKind.EXPIRED, _NEW, "submit"),
    _error("24/2207008", RefusalKind.EXPIRED, _NEW, "submit"),
    _error("-1/2207001", RefusalKind.BUSY, _NOTHING, "open, submit, look", after=_MINUTE),
    _error("-1/2207032", RefusalKind.BUSY, _NOTHING, "open, look", after=_MINUTE),
    _error("-1/2207053", RefusalKind.BUSY, "Nothing: a new container is made.", "look", after=_MINUTE),
    _error("-2/2207003", RefusalKind.BUSY, _NOTHING, "look", after=_MINUTE),
    _error("-2/2207020", RefusalKind.EXPIRED, _NEW, "submit, look"),
    _error("1/2207057", RefusalKind.OPTIONS, "Choose a `cover_seconds` within the video.", "open, look"),
    _error("100/2207023", RefusalKind.OPTIONS, "Update Reelwright: Instagram knows no such kind of media.", "open"),
    _error("100/2207040", RefusalKind.TEXT, "Take 5 hashtags and 20 mentions at most.", "open"),
    _error("36004/2207010", RefusalKind.TEXT, "Shorten the caption to 2,200 characters.", "open"),
    _error("36003/2207009", RefusalKind.MEDIA, "Make the episode in 9:16.", "open, look"),
    _error("352/2207026", RefusalKind.MEDIA, _FILE, "look"),
    *_signing("reelwright auth facebook --for instagram"),
    *_COMMON,
)

INSTAGRAM = ChannelRules(
    kind="instagram",
    title="Instagram",
    final_call="submit",
    # Its list of media may lag behind: what is not in it may be there.
    find="suggests",
    privacy=("public",),
    text_limit=TextLimit(most=2200),
    # The reference still says 30; the product has taken 5 since 18 December 2025.
    most_hashtags=5,
    links=False,
    seconds=(Fraction(3), Fraction(900)),
    most_bytes=300_000_000,
    video_codecs=frozenset({"h264", "hevc"}),
    audio_codecs=frozenset({"aac"}),
    frame_rate=(Fraction(23), Fraction(60)),
    quotas=(
        Quota(name="containers", most=400, per="24 hours", call="open", source="instagram-platform/content-publishing"),
        Quota(name="posts", most=100, per="24 hours", call="submit", source="read live: content_publishing_limit"),
    ),
    errors=INSTAGRAM_ERRORS,
    good_to_know=(
        (
            "The account must be a professional one (business or creator) that is linked to a Facebook Page: Meta "
            "takes bytes only from apps with Facebook Login; those with Instagram Login may only name a public address."
        ),
        "Sign in with `reelwright auth facebook --for instagram`; with `--for both` if its Page gets reels too.",
        "For your own accounts an app in development mode is enough: give yourself a role in it. No App Review.",
        "How many posts a day an account may have (50 or 100) Instagram tells live; it is asked before each post.",
        "Instagram has no schedule of its own: the run waits for the slot.",
        "The cover is a moment of the video (`cover_seconds`) or a public address (`cover_url`): files are not taken.",
        (
            "A short mark (rw and 12 letters) ends the caption, so that a lost answer can be proved; `marker: false` "
            "leaves it out."
        ),
    ),
)

FACEBOOK_ERRORS: tuple[KnownError, ...] = (
    _error("6000/1363130", RefusalKind.BUSY, "Nothing: Facebook still takes the video in.", "submit", after=30.0),
    _error("6000", RefusalKind.MEDIA, _FILE, "submit, look"),
    _error("1363008", RefusalKind.MEDIA, _FILE, "look", status=None),
    *_signing("reelwright auth facebook"),
    *_COMMON,
)

FACEBOOK = ChannelRules(
    kind="facebook",
    title="Facebook",
    final_call="submit",
    # A reel is its video: the same finish of the same video can make no second one.
    repeatable=frozenset({"submit"}),
    find="suggests",
    schedules=True,
    privacy=("public",),
    seconds=(Fraction(3), Fraction(90)),
    video_codecs=frozenset({"h264", "hevc", "vp9", "av1"}),
    audio_codecs=frozenset({"aac"}),
    frame_rate=(Fraction(24), Fraction(60)),
    aspect=(Fraction(55, 100), Fraction(57, 100)),
    quotas=(Quota(name="reels", most=30, per="24 hours", call="submit", source="video-api/guides/reels-publishing"),),
    errors=FACEBOOK_ERRORS,
    good_to_know=(
        "Reels go to Pages only, never to a person's own profile, and are always public.",
        "A Page takes 30 reels by API in 24 hours, and no cover file.",
        "Facebook keeps slots of ten minutes to 29 days ahead by itself.",
    ),
)

SOONEST_SECONDS, LATEST_SECONDS = 600, 29 * 86_400
"""How far ahead Facebook keeps a slot."""
LEAST_SIDES = (540, 960)
"""Of a Facebook reel, width and height in pixels."""
MOST_WIDTH = 1920
"""Of an Instagram reel, in pixels."""
MOST_MENTIONS = 20
MOST_BITS_PER_SECOND = 25_000_000
