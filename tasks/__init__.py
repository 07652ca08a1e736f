"""The stages of an episode as Prefect tasks: each a thin skin over one call of the core.

What an author composes a flow of is here by name, and imported when it is first asked for. Beside them: the decorator
`tasks.stage.stage` makes a stage of an author's own, and `tasks.studio.studio()` is where the core works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.lazy import lazily

if TYPE_CHECKING:
    from tasks.audio import check_narration as check_narration
    from tasks.audio import check_own_sound as check_own_sound
    from tasks.audio import mix_sound as mix_sound
    from tasks.audio import narrate as narrate
    from tasks.checks import check_clip as check_clip
    from tasks.frames import continued_frame as continued_frame
    from tasks.frames import given_frame as given_frame
    from tasks.frames import start_frame as start_frame
    from tasks.moderation import moderate as moderate
    from tasks.publish import ask_for_post as ask_for_post
    from tasks.publish import prepare_post as prepare_post
    from tasks.publish import reconcile_posts as reconcile_posts
    from tasks.publish import see_post as see_post
    from tasks.publish import send_video as send_video
    from tasks.script import expand_script as expand_script
    from tasks.script import rewrite_prompt as rewrite_prompt
    from tasks.shots import await_take as await_take
    from tasks.shots import collect_take as collect_take
    from tasks.shots import find_clip as find_clip
    from tasks.shots import finish_segment as finish_segment
    from tasks.shots import finish_transition as finish_transition
    from tasks.shots import make_card as make_card
    from tasks.shots import make_clip as make_clip
    from tasks.shots import start_take as start_take
    from tasks.stitch import deliver as deliver
    from tasks.stitch import sign_master as sign_master
    from tasks.stitch import stitch_master as stitch_master

PLACES = {
    "audio": ("check_narration", "check_own_sound", "mix_sound", "narrate"),
    "checks": ("check_clip",),
    "frames": ("continued_frame", "given_frame", "start_frame"),
    "moderation": ("moderate",),
    "publish": ("ask_for_post", "prepare_post", "reconcile_posts", "see_post", "send_video"),
    "script": ("expand_script", "rewrite_prompt"),
    "shots": (
        "await_take",
        "collect_take",
        "find_clip",
        "finish_segment",
        "finish_transition",
        "make_card",
        "make_clip",
        "start_take",
    ),
    "stitch": ("deliver", "sign_master", "stitch_master"),
}
"""The public names, by module."""

if not TYPE_CHECKING:  # type checkers have the names above, and tell a misspelt one
    __getattr__, __dir__ = lazily(__name__, PLACES)
