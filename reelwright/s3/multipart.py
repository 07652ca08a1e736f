"""One object in several parts: a break costs a part, not the file, and what was sent is seen only when it is complete.

boto3's own `upload_file` sends parts too, but takes no condition (1.44: `ValueError` for `IfNoneMatch`).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from reelwright.s3.conditions import Condition, Outcome, under
from reelwright.s3.refusals import NO_ANSWER

PART_BYTES = 16 << 20
"""Below 5 MiB no service takes a part that is not the last (S3 User Guide, "Multipart upload limits")."""
_MOST_PARTS = 9000
"""The limit is 10,000."""
_SIDE_BY_SIDE = 3
WHOLE, COMPOSITE = "sha256", "parts-sha256"
"""Metadata: the SHA-256 of the whole, which no service computes over parts, and the checksum over the parts'
checksums that belongs to it, which every service does."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Bytes cut into parts, each read when it is asked for: memory does not grow with the size."""

    count: int
    read: Callable[[int], bytes]
    """Return a part by its index from 0."""
    sha256: str
    """Of the whole."""

    @staticmethod
    def of(file: Path, size: int, sha256: str) -> Parts:
        """Cut a file of `size` bytes."""
        part_bytes = max(PART_BYTES, -(-size // _MOST_PARTS))

        def read(index: int) -> bytes:
            with file.open("rb") as stream:
                stream.seek(index * part_bytes)
                return stream.read(part_bytes)

        return Parts(count=-(-size // part_bytes), read=read, sha256=sha256)


def put_in_parts(call: Callable[..., Any], parts: Parts, media_type: str, condition: Condition) -> str | None:
    """Write one object and return its ETag; `None`: the condition does not hold, and nothing was kept.

    `call` takes an operation's name and its parameters. What it raises is raised when the upload was ended.
    """
    digests = [hashlib.sha256(parts.read(index)).digest() for index in range(parts.count)]
    composite = in_base64(hashlib.sha256(b"".join(digests)).digest())
    begun = call(
        "create_multipart_upload",
        ContentType=media_type,
        ChecksumAlgorithm="SHA256",
        Metadata={WHOLE: parts.sha256, COMPOSITE: composite},
    )
    upload = {"UploadId": begun["UploadId"]}

    def send(index: int) -> dict[str, Any]:
        part = {"PartNumber": index + 1, "ChecksumSHA256": in_base64(digests[index])}
        return {"ETag": call("upload_part", Body=parts.read(index), **upload, **part)["ETag"], **part}

    outcome = Outcome()
    sending = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="s3-part")
    try:
        sent = list(sending.map(send, range(parts.count)))
        with under(condition) as outcome:
            told = call("complete_multipart_upload", **upload, MultipartUpload={"Parts": sent}, **condition)
            outcome.etag = told["ETag"]
    finally:
        sending.shutdown(cancel_futures=True)
        if outcome.etag is None:
            # Its parts would be billed and never seen.
            with contextlib.suppress(ClientError, *NO_ANSWER):
                call("abort_multipart_upload", **upload)
    return outcome.etag


def in_base64(digest: bytes) -> str:
    """Return a digest as S3's checksum headers write it."""
    return base64.b64encode(digest).decode()
