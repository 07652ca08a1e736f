"""What the HTTP library logs, without what could be used as a key."""

from __future__ import annotations

import functools
import logging

import httpx


class _Unsigned(logging.Filter):
    """A signed URL is a key for as long as it lives: a log line keeps its address only."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                str(part.copy_with(query=None)) if isinstance(part, httpx.URL) else part for part in record.args
            )
        return True


@functools.cache
def keep_signatures_out_of_logs() -> None:
    """Let no log line of a request show more of its address than the path."""
    logging.getLogger("httpx").addFilter(_Unsigned())
