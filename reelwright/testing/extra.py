"""What the extra `testing` installs beside the core; where it is missing, the way out is told."""

from __future__ import annotations

import sys

from reelwright.testing.missing import missing

try:
    import pytest
    from jsonschema import Draft202012Validator
except ModuleNotFoundError as error:
    raise missing(error) from error

__all__ = ["Draft202012Validator", "pytest"]

_MODULES = (
    "video_contract",
    "video_lines",
    "channel_contract",
    "call_contract",
    "images",
    "writers",
    "narrators",
    "transcribers",
    "checks",
    "captions",
    "transitions",
)
_SUITES = tuple(f"reelwright.testing.{module}" for module in _MODULES)
# A suite's assertions explain themselves as those of a test file do; this must be said before a suite is imported.
pytest.register_assert_rewrite(*(suite for suite in _SUITES if suite not in sys.modules))
