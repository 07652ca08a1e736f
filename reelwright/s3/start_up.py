"""The start-up test of a store: whether it honours the conditions that keep two writers from losing each other's work.

Stores that ignore them answer 200 and overwrite (measured 2026-11: `rclone serve s3`, s3rver).
"""

from __future__ import annotations

from reelwright.errors import StorageError
from reelwright.s3.bucket import Bucket
from reelwright.s3.conditions import ABSENT, unchanged

_PROBE, _NEVER = "check/conditional-writes", "check/never-written"
_DATA, _MEDIA_TYPE = b"Reelwright's start-up test of this store.\n", "text/plain"
_NO_VERSION = '"00000000000000000000000000000000"'
_ROUNDS = 4


def refuse_unconditional(bucket: Bucket) -> None:
    """Write one small object several times, each time with a condition. It stays, so that no right to delete is needed.

    Raises:
        StorageError: the store ignores a condition, or does not take these requests at all.
        MissingCredential: boto3 finds no credentials.
    """
    # A write first: what it is refused for has a name, which an answer to HEAD has not.
    bucket.put_bytes(_PROBE, _DATA, _MEDIA_TYPE, ABSENT)  # there from now on, whoever wrote it
    bucket.head(_NEVER)  # without s3:ListBucket a missing object is answered with 403
    if bucket.put_bytes(_PROBE, _DATA, _MEDIA_TYPE, ABSENT) is not None:
        raise _refusal(bucket, "It overwrites an object in spite of If-None-Match: *")
    if bucket.put_as_part(_PROBE, _DATA, _MEDIA_TYPE, ABSENT) is not None:
        raise _refusal(bucket, "It overwrites an object in spite of If-None-Match: * when a multipart upload completes")
    if bucket.put_bytes(_PROBE, _DATA, _MEDIA_TYPE, unchanged(_NO_VERSION)) is not None:
        raise _refusal(bucket, "It replaces an object in spite of an If-Match with another ETag")
    if not any(_replaces(bucket) for _ in range(_ROUNDS)):
        raise _refusal(bucket, "It never replaces an object, although If-Match names its ETag")


def _replaces(bucket: Bucket) -> bool:
    # Another process may be testing at the same time and change the version meanwhile.
    there = bucket.head(_PROBE)
    return there is not None and bucket.put_bytes(_PROBE, _DATA, _MEDIA_TYPE, unchanged(there.etag)) is not None


def _refusal(bucket: Bucket, why: str) -> StorageError:
    return StorageError(
        f"The store {str(bucket.place)!r} cannot be a vault. {why}, so that two machines could lose each other's work.",
        hint="Use one with conditional writes (Amazon S3, Cloudflare R2, Ceph, SeaweedFS), or a folder as the vault.",
    )
