"""A bucket, written on conditions: an object is created only where there is none, or replaced only as it was seen."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

from reelwright.errors import StorageError
from reelwright.s3.address import Keys, Place
from reelwright.s3.conditions import Condition, unchanged, under
from reelwright.s3.multipart import COMPOSITE, WHOLE, Parts, in_base64, put_in_parts
from reelwright.s3.refusals import NO_ANSWER, code_of, explaining, status_of

_SINGLE_BYTES = 32 << 20
_CHUNK = 1 << 20
_MOST_BREAKS = 4
_ABANDONED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Head:
    """What a service tells of an object without sending it."""

    etag: str
    size_bytes: int
    sha256: str | None
    """The SHA-256 that the service checked when the bytes came in; `None`: it keeps none."""


@dataclass(frozen=True, slots=True)
class Read:
    """What arrived of an object: one version of it, whole."""

    etag: str
    sha256: str


class Bucket:
    """The objects under a place, by their names there. Every method raises what `explaining` does."""

    def __init__(self, place: Place, keys: Keys | None = None) -> None:
        """Take where it is, and who uses it; without keys, boto3 finds them where every AWS tool does."""
        self.place, self._keys = place, keys
        self._clients: dict[int, Any] = {}
        self._making = threading.Lock()

    def head(self, name: str) -> Head | None:
        """Return what the service tells of an object; `None`: there is none."""
        with explaining("find an object", self.place):
            try:
                told = self._call("head_object", name, ChecksumMode="ENABLED")
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
        return Head(etag=told["ETag"], size_bytes=told["ContentLength"], sha256=_vouched(told))

    def put_bytes(self, name: str, data: bytes, media_type: str, condition: Condition) -> str | None:
        """Write a small object and return its ETag; `None`: the condition does not hold."""
        with explaining("keep an object", self.place):
            return self._put(name, io.BytesIO(data), hashlib.sha256(data).digest(), media_type, condition)

    def put_file(self, name: str, file: Path, sha256: str, media_type: str, condition: Condition) -> str | None:
        """Write a file whose SHA-256 is known and return its ETag; `None`: the condition does not hold.

        The service checks what arrives against the checksum. A file above 32 MiB goes in parts.
        """
        with explaining("keep an object", self.place), file.open("rb") as body:
            size = os.fstat(body.fileno()).st_size
            if size <= _SINGLE_BYTES:
                return self._put(name, body, bytes.fromhex(sha256), media_type, condition)
            return self._put_in_parts(name, Parts.of(file, size, sha256), media_type, condition)

    def put_as_part(self, name: str, data: bytes, media_type: str, condition: Condition) -> str | None:
        """Write `data` as the only part of a multipart upload; else as `put_bytes`."""
        parts = Parts(count=1, read=lambda _: data, sha256=hashlib.sha256(data).hexdigest())
        with explaining("keep an object in parts", self.place):
            return self._put_in_parts(name, parts, media_type, condition)

    def read(self, name: str) -> tuple[bytes, str] | None:
        """Return a small object and its ETag; `None`: there is none."""
        data = bytearray()
        found = self.download(name, data.extend)
        return None if found is None else (bytes(data), found.etag)

    def download(self, name: str, take: Callable[[bytes], object]) -> Read | None:
        """Hand over one version of an object, piece by piece, going on where a connection broke; `None`: there is none.

        What arrives is compared with nothing: the caller knows what it should be.
        """
        with explaining("read an object", self.place):
            try:
                answer = self._call("get_object", name)
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
            etag, digest, size = answer["ETag"], hashlib.sha256(), 0
            for breaks in range(_MOST_BREAKS + 1):
                try:
                    with contextlib.closing(answer["Body"]) as body:
                        for chunk in body.iter_chunks(_CHUNK):
                            take(chunk)
                            digest.update(chunk)
                            size += len(chunk)
                    break
                except NO_ANSWER:
                    if breaks == _MOST_BREAKS:
                        raise
                answer = self._rest(name, etag, size)
        return Read(etag=etag, sha256=digest.hexdigest())

    def link(self, name: str, seconds: int) -> str:
        """Return a signed address of an object: whoever has it may read it for so long. Calls nothing."""
        with explaining("sign a link", self.place):
            asked = {"Bucket": self.place.bucket, "Key": self.place.key(name)}
            signed: str = self._client().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
            return signed

    def copy(self, name: str, target: str) -> None:
        """Copy an object inside the place."""
        source = {"Bucket": self.place.bucket, "Key": self.place.key(name)}
        with explaining("copy an object", self.place):
            self._call("copy_object", target, CopySource=source)

    def list(self, beginning: str) -> Iterator[tuple[str, int, datetime]]:
        """Yield the name, size and time of writing of every object whose name begins so."""
        with explaining("list objects", self.place):
            pages = self._client().get_paginator("list_objects_v2")
            start = len(self.place.key(""))
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.key(beginning)):
                for told in page.get("Contents", ()):
                    yield told["Key"][start:], told["Size"], told["LastModified"]

    def delete(self, name: str) -> None:
        """Delete an object; one that has gone is gone."""
        with explaining("delete an object", self.place):
            self._call("delete_object", name)

    def end_abandoned_uploads(self, older_than: timedelta = _ABANDONED) -> None:
        """End the multipart uploads that killed processes left: their parts are billed and never seen."""
        with explaining("look for abandoned uploads", self.place):
            told = self._client().list_multipart_uploads(Bucket=self.place.bucket, Prefix=self.place.key(""))
            for upload in told.get("Uploads", ()):
                if datetime.now(UTC) - upload["Initiated"] > older_than:
                    which = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                    self._client().abort_multipart_upload(Bucket=self.place.bucket, **which)

    def _put(self, name: str, body: BinaryIO, digest: bytes, media_type: str, condition: Condition) -> str | None:
        # Some services keep the checksum only where its algorithm is named as well.
        checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": in_base64(digest)}
        with under(condition) as outcome:
            told = self._call("put_object", name, Body=body, ContentType=media_type, **checksum, **condition)
            outcome.etag = told["ETag"]
        return outcome.etag

    def _put_in_parts(self, name: str, parts: Parts, media_type: str, condition: Condition) -> str | None:
        def call(operation: str, **parameters: Any) -> dict[str, Any]:
            return self._call(operation, name, **parameters)

        return put_in_parts(call, parts, media_type, condition)

    def _rest(self, name: str, etag: str, start: int) -> dict[str, Any]:
        answer = self._call("get_object", name, Range=f"bytes={start}-", **unchanged(etag))
        if answer["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.PARTIAL_CONTENT:
            raise StorageError(
                f"The store {str(self.place)!r} cannot continue a download that broke.",
                hint="Run again: finished work is kept.",
            )
        return answer

    def _call(self, operation: str, name: str, **parameters: Any) -> dict[str, Any]:
        call = getattr(self._client(), operation)
        answer: dict[str, Any] = call(Bucket=self.place.bucket, Key=self.place.key(name), **parameters)
        return answer

    def _client(self) -> Any:
        # A forked child must not share its parent's connections.
        with self._making:
            if os.getpid() not in self._clients:
                self._clients[os.getpid()] = _new_client(self.place, self._keys)
            return self._clients[os.getpid()]


def _new_client(place: Place, keys: Keys | None) -> Any:
    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": 5},
        connect_timeout=10,
        read_timeout=60,
        tcp_keepalive=True,
        max_pool_connections=16,
        # Our own SHA-256 decides whether bytes are whole, and what follows if they are not.
        response_checksum_validation="when_required",
        # boto3 still signs links the old way, which newer regions and stores do not take.
        signature_version="s3v4",
        # A store of one's own seldom has a host name for each bucket.
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        user_agent_extra="reelwright",
    )
    given: dict[str, str] = {}
    if keys is not None:
        given = {"aws_access_key_id": keys.access_key_id, "aws_secret_access_key": keys.secret.get_secret_value()}
        given |= {"aws_session_token": keys.session_token.get_secret_value()} if keys.session_token else {}
    return boto3.session.Session(**given).client(
        "s3", endpoint_url=place.endpoint or None, region_name=place.region or None, config=config
    )


def _is_absent(error: ClientError) -> bool:
    # HEAD has no body: a bucket that is not there looks the same; the start-up test has told it before.
    return status_of(error) == HTTPStatus.NOT_FOUND and code_of(error) != "NoSuchBucket"


def _vouched(told: dict[str, Any]) -> str | None:
    """Return the SHA-256 that the service checked: of the whole, or of all parts that make up a known whole."""
    checksum, _, parts = str(told.get("ChecksumSHA256", "")).partition("-")
    metadata: dict[str, str] = told.get("Metadata", {})
    if COMPOSITE in metadata:
        return metadata.get(WHOLE) if checksum == metadata[COMPOSITE] else None
    return base64.b64decode(checksum).hex() if checksum and not parts else None
