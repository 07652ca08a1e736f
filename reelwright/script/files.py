"""Read the text of what a person hands in: a file, a named pipe, standard input."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import SourceError

LARGEST_BYTES = 1 << 20
"""A source is words that people wrote; more than a mebibyte is a mistake."""

# A topic in words is asked for as a file first, and may be no possible file name.
_NO_FILE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})


def open_file(name: str, *, expected: str) -> BinaryIO | None:
    """Open a file or a named pipe (such as `/dev/fd/63`); None if nothing has that name.

    Raises:
        SourceError: it is a folder, or may not be read; `expected` says what was asked for.
    """
    try:
        return Path(name).open("rb")
    except IsADirectoryError:
        raise SourceError("this is a folder", file=name, expected=expected) from None
    except ValueError:  # a NUL inside
        return None
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise SourceError(
            f"it cannot be read: {error.strerror or error}", file=name, expected="a readable file"
        ) from error


def read_text(stream: BinaryIO, *, name: str) -> str:
    """Read a stream to its end, without a byte order mark; lines end as on Unix.

    Raises:
        SourceError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        raw = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise SourceError(
            f"it cannot be read: {error.strerror or error}", file=name, expected="a readable file"
        ) from error
    if len(raw) > LARGEST_BYTES:
        raise SourceError("it is too large", file=name, expected=f"at most {LARGEST_BYTES:,} bytes")
    try:
        return with_plain_lines(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = with_plain_lines(raw[: error.start].decode("utf-8")).count("\n") + 1
        raise SourceError(
            f"byte {raw[error.start]:#04x} is not UTF-8", file=name, line=line, expected="text in UTF-8"
        ) from error


def with_plain_lines(text: str) -> str:
    """Return `text` without a byte order mark; lines end as on Unix, wherever it was written."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
