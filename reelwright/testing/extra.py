"""What the extra `testing` installs beside the core; where it is missing, the way out is told."""

from __future__ import annotations

try:
    import pytest
    from jsonschema import Draft202012Validator
except ModuleNotFoundError as error:
    message = (
        f"reelwright.testing needs {error.name}: install the extra with `pip install 'reelwright[testing]'`, "
        "or everything for development with `./run setup dev` in a clone."
    )
    raise ModuleNotFoundError(message, name=error.name) from error

__all__ = ["Draft202012Validator", "pytest"]

# A suite's assertions explain themselves as those of a test file do; this must be said before a suite is imported.
pytest.register_assert_rewrite(
    "reelwright.testing.video_contract", "reelwright.testing.video_lines", "reelwright.testing.channel_contract"
)
