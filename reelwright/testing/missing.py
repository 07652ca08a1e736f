"""What is said where the extra `testing` is not installed."""

from __future__ import annotations


def missing(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return the error with the way out."""
    message = (
        f"reelwright.testing needs {error.name}: install the extra with `pip install 'reelwright[testing]'`, "
        "or everything for development with `./run setup dev` in a clone."
    )
    return ModuleNotFoundError(message, name=error.name)
