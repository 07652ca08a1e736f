"""`deployments/CHANNELS.md`: every kind of channel for readers, always as its rules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.channels_table import document
from reelwright.errors import InvalidInput
from reelwright.publishing.registry import KINDS, rules_of

DOCUMENT = Path(__file__).parents[2] / "deployments" / "CHANNELS.md"
EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_document_is_what_the_command_prints() -> None:
    """After a change of a kind's rules: `reelwright channels > deployments/CHANNELS.md`."""
    assert DOCUMENT.read_text("utf-8") == document()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_documented_error_stands_there_with_what_a_person_should_do(kind: str) -> None:
    """None is left out, and none is told twice."""
    part, rules = document(kind), rules_of(kind)
    assert part in document()
    for error in rules.errors:
        told = [line for line in part.splitlines() if line.startswith(f"| `{error.name}` | {error.status or '–'} |")]
        assert [line for line in told if error.person_should in line.replace("\\|", "|")]


def test_a_kind_of_one_s_own_is_told_the_same_way() -> None:
    """By its file: its title, its final call, and what a person should do about each error."""
    kind = str(EXAMPLES / "own_channel.py")
    part, rules = document(kind), rules_of(kind)
    assert part.startswith(f"## {rules.title} (")
    assert f"`{rules.final_call}`" in part
    assert rules.errors
    assert all(error.person_should in part.replace("\\|", "|") for error in rules.errors)


def test_a_kind_that_is_not_there_is_refused_with_those_that_are() -> None:
    """Not by an empty page."""
    with pytest.raises(InvalidInput) as caught:
        document("facbook")
    assert "facebook" in caught.value.hint


# facts/publishing.md, sections 2, 3 and 5; YouTube's are in tests/reelwright/publishing/test_youtube.py
FACTS = {
    "tiktok": (
        "invalid_params invalid_param spam_risk_too_many_posts spam_risk_too_many_pending_share access_token_invalid "
        "spam_risk_user_banned_from_posting reached_active_user_cap unaudited_client_can_only_post_to_private_accounts "
        "url_ownership_unverified privacy_level_option_mismatch scope_not_authorized rate_limit_exceeded "
        "internal_error invalid_publish_id token_not_authorized_for_specified_publish_id file_format_check_failed "
        "duration_check_failed frame_rate_check_failed picture_size_check_failed video_pull_failed publish_cancelled "
        "auth_removed spam_risk_text spam_risk internal invalid_grant invalid_client"
    ),
    "instagram": (
        "9/2207042 9007/2207027 4/2207051 9004/2207052 25/2207050 190 4 17 32 613 80001 80002 24/2207006 36003/2207009"
    ),
    "facebook": "190 4 17 32 613 80001 80002 6000/1363130 100/33 OffsetInvalidError",
    "s3": "PreconditionFailed ConditionalRequestConflict NotImplemented conditions occupied SignatureDoesNotMatch",
}


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_error_of_the_facts_stands_there(kind: str) -> None:
    """None of what the platforms document, or people met, is left without a next step."""
    told = {name for error in rules_of(kind).errors for name in error.name.split(", ")}
    assert set(FACTS[kind].split()) <= told


def test_the_facts_that_old_knowledge_gets_wrong_are_there() -> None:
    """Five hashtags at Instagram, 300 MB, videos.insert in a bucket of its own, an unaudited client told plainly."""
    instagram, youtube, tiktok = document("instagram"), document("youtube"), document("tiktok")
    assert "| hashtags | 5 |" in instagram
    assert "| file | 300 MB |" in instagram
    assert "videos.insert per day" in youtube
    assert "audit" in tiktok.lower()
