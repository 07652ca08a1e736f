"""A folder as a channel: each episode gets one of its own in it, whole or not at all, and what is said beside it."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from reelwright.publishing.contract import (
    Absent,
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    MediaFile,
    Outcome,
    Post,
    PostOptions,
    Progress,
    Published,
    Refused,
    Release,
    Unfinished,
    now,
)
from reelwright.publishing.fitting import fitted
from reelwright.publishing.registry import read_settings
from reelwright.publishing.rules import ChannelRules, KnownError, RefusalKind
from reelwright.publishing.sidecar import FILES, POST, files_of, said_of
from reelwright.values import Value
from reelwright.vault import sha256_of, write_text_atomically

Answer = TypeVar("Answer")

_CHUNK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}

RULES = ChannelRules(
    kind="folder",
    title="Folder",
    final_call="submit",
    repeatable=frozenset({"open", "upload", "submit"}),
    processes_first=False,
    find="proves",
    errors=(
        KnownError(
            call="open, upload, submit",
            name="ENOSPC, EDQUOT",
            kind=RefusalKind.BUSY,
            person_should="Free some space: it is tried again.",
            retry_after_seconds=600,
        ),
        KnownError(
            call="open, upload, submit",
            name="EACCES, EPERM, EROFS, ENOTDIR",
            kind=RefusalKind.PERMISSION,
            person_should="Give this user the right to write there, or name another folder; then publish again.",
        ),
        KnownError(
            call="upload",
            name="changed",
            kind=RefusalKind.MEDIA,
            person_should="The file is not the one that was checked: make the episode again, then publish it.",
        ),
    ),
)


class Settings(Value):
    """Where the episodes go."""

    path: Path
    """The folder, made if it is not there."""


def build(entry: ChannelEntry, bench: Bench) -> FolderChannel:
    """Return the channel of a folder."""
    del bench  # it needs no key
    return FolderChannel(entry.called, read_settings(entry, Settings).path)


class FolderChannel:
    """A folder on a disk."""

    rules = RULES

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self._root = root.expanduser().absolute()

    @property
    def account(self) -> str:
        """The folder's path."""
        return str(self._root)

    def prepare(self, release: Release, options: PostOptions, *, marker: str) -> Post:
        """Return the post: nothing is too long for a file."""
        post = fitted(self.name, RULES, release, options, marker=marker)
        return post.model_copy(update={"extra": {"folder": release.slug}})

    async def open(self, post: Post) -> Handle:
        """Choose the name: the episode's, unless another post has it."""
        return await asyncio.to_thread(self._explained, self._open, post)

    async def upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        """Copy what is not there yet into a folder that nobody looks into."""
        return await asyncio.to_thread(self._explained, self._upload, handle, post, progress)

    async def submit(self, handle: Handle, post: Post) -> Handle:
        """Give the folder its name: from now on it is there, whole."""
        return await asyncio.to_thread(self._explained, self._submit, handle, post)

    async def look(self, handle: Handle, post: Post) -> Outcome:
        """See whether it is there."""
        return await asyncio.to_thread(self._explained, self._look, handle, post)

    async def find(self, post: Post, *, since: datetime) -> Outcome:
        """Look for our mark in all folders there."""
        del since  # they are few
        return await asyncio.to_thread(self._explained, self._find, post)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def check(self) -> None:
        """Write a few bytes and take them away again.

        Raises:
            ChannelRefused: nobody may write there, or the disk is full.
        """
        await asyncio.to_thread(self._explained, self._try)

    def _try(self) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._root, prefix=".reelwright-") as probe:
            probe.write(b"Reelwright")
            probe.flush()
            os.fsync(probe.fileno())

    def _open(self, post: Post) -> Handle:
        self._root.mkdir(parents=True, exist_ok=True)
        name = str(post.extra["folder"])
        if (self._root / name).exists() and _marker(self._root / name) != post.marker:
            name = f"{name}-{post.marker[-6:]}"
        return Handle(kind="folder", account=self.account, remote_id=name, opened_at=now())

    def _upload(self, handle: Handle, post: Post, progress: Progress) -> Handle:
        hidden = self._hidden(post)
        hidden.mkdir(exist_ok=True)
        for name, file in files_of(post).items():
            self._copy(file, hidden / name, progress if name == FILES["video"] else lambda _sent, _of: None)
        # Last: what has it is whole.
        write_text_atomically(json.dumps(said_of(post), ensure_ascii=False, indent=2) + "\n", hidden / POST)
        return handle.model_copy(update={"sent_bytes": post.video.size_bytes})

    def _submit(self, handle: Handle, post: Post) -> Handle:
        target = self._root / handle.remote_id
        if _marker(target) != post.marker:
            # A folder that is not empty cannot be renamed over: of two, one wins.
            self._hidden(post).rename(target)
            _sync_folder(self._root)
        shutil.rmtree(self._hidden(post), ignore_errors=True)
        return handle.model_copy(update={"url": target.as_uri()})

    def _look(self, handle: Handle, post: Post) -> Outcome:
        target, hidden = self._root / handle.remote_id, self._hidden(post)
        if _marker(target) == post.marker:
            return _published(target)
        if _marker(hidden) == post.marker:
            return Unfinished(waits_for="submit", received_bytes=post.video.size_bytes)
        return Unfinished(waits_for="bytes")

    def _find(self, post: Post) -> Outcome:
        folders = [folder for folder in self._root.glob("*") if not folder.name.startswith(".")]
        found = next((folder for folder in folders if _marker(folder) == post.marker), None)
        return _published(found) if found else Absent(proof=f"{len(folders)} folders read, none with {post.marker}")

    def _hidden(self, post: Post) -> Path:
        return self._root / f".{post.marker}.part"

    def _copy(self, file: MediaFile, target: Path, progress: Progress) -> None:
        if target.is_file() and target.stat().st_size == file.size_bytes and sha256_of(target) == file.sha256:
            return
        digest, sent = hashlib.sha256(), 0
        with file.path.open("rb") as source, target.open("wb") as copy:
            while block := source.read(_CHUNK):
                copy.write(block)
                digest.update(block)
                sent += len(block)
                progress(sent, file.size_bytes)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != file.sha256:
            target.unlink()
            raise self._refused(RefusalKind.MEDIA, f"{file.path.name!r} is not the file that was checked (changed)")

    def _explained(self, do: Callable[..., Answer], *asked: Any) -> Answer:
        try:
            return do(*asked)
        except OSError as error:
            kind = RefusalKind.BUSY if error.errno in _FULL else RefusalKind.PERMISSION
            name = errno.errorcode.get(error.errno or 0, "OSError")
            raise self._refused(kind, f"{error.strerror or error} ({name}) in {self.account!r}") from error

    def _refused(self, kind: RefusalKind, reason: str) -> ChannelRefused:
        known = next(error for error in RULES.errors if error.kind is kind)
        refused = Refused(
            kind=kind,
            reason=reason,
            person_should=known.person_should,
            retry_after_seconds=known.retry_after_seconds,
        )
        return ChannelRefused(self.name, refused)


def _marker(folder: Path) -> str:
    with suppress(OSError, ValueError, AttributeError):
        return str(json.loads((folder / POST).read_text("utf-8")).get("marker", ""))
    return ""


def _published(folder: Path) -> Published:
    told = json.loads((folder / POST).read_text("utf-8"))
    at = datetime.fromisoformat(told["published_at"]).astimezone(UTC)
    return Published(remote_id=folder.name, url=folder.as_uri(), at=at)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
