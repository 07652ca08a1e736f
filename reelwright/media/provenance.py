"""Content credentials: a C2PA manifest signed into the master, last of all, and read back. Nothing asks the network.

Only a time-stamp authority that the settings name is called. `ffmpeg -c copy` drops the manifest, so nothing touches
the file afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import c2pa

from reelwright.certificate import Signer
from reelwright.errors import MediaError
from reelwright.values import Value

_SETTINGS: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": True},
    "builder": {"thumbnail": {"enabled": False}},
    # In mebibytes: by default c2pa holds two copies of the file in memory while it signs, so it holds one.
    "core": {"backing_store_memory_threshold_in_mb": 8},
}
_MP4 = "video/mp4"
_UNTRUSTED = "signingCredential.untrusted"
"""What c2pa says of every certificate that no trust list names: no fault of the file."""


class Credentials(Value):
    """What a reader finds in a signed file."""

    state: str
    """`Valid`: as it was signed; `Trusted`: also by somebody on the reader's list; `Invalid`: changed since."""
    signed_by: str
    issuer: str
    algorithm: str
    source_type: str
    """IPTC's address of the digital source type."""
    faults: tuple[str, ...]
    """C2PA's codes of what does not hold; that nobody vouches for the certificate is not one of them."""


PARENT = "parent"
"""What a manifest's actions call the file that a rendition is made of."""


def sign(
    master: Path, into: Path, manifest: Mapping[str, Any], signer: Signer, *, parent: Path | None = None
) -> Credentials:
    """Write `master` (MP4) with a signed manifest to `into`, and read it back.

    Args:
        master: What is signed; it is left as it is.
        into: Where the signed file goes.
        manifest: What is claimed of it, as c2pa reads it.
        signer: Who signs.
        parent: The MP4 that it was made of, whose own credentials go along; the manifest's actions name it `PARENT`.

    Raises:
        MediaError: it could not be signed, or does not read as it should.
    """
    try:
        context = c2pa.Context(settings=c2pa.Settings.from_dict(_SETTINGS))
        told = c2pa.C2paSignerInfo(
            signer.algorithm, signer.chain.read_bytes(), signer.key.read_bytes(), signer.timestamps or None
        )
        with (
            c2pa.Builder(dict(manifest), context=context) as builder,
            c2pa.Signer.from_info(told) as pen,
            master.open("rb") as source,
            into.open("w+b") as target,
        ):
            if parent is not None:
                with parent.open("rb") as made_of:
                    builder.add_ingredient(
                        {"title": parent.name, "relationship": "parentOf", "label": PARENT}, _MP4, made_of
                    )
            builder.sign(pen, _MP4, source, target)
    except (c2pa.C2paError, OSError) as error:
        raise MediaError(f"The content credentials could not be signed by {signer.name!r}: {error}.") from None
    found = read(into)
    if found is None or found.faults or found.state == "Invalid":
        faults = ", ".join(found.faults) if found else "there is no manifest in the file"
        raise MediaError(f"The content credentials do not hold after signing: {faults}.")
    return found


def read(video: Path) -> Credentials | None:
    """Return the content credentials of a file as its reader finds them; `None`: it has none.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        context = c2pa.Context(settings=c2pa.Settings.from_dict(_SETTINGS))
        with video.open("rb") as file:
            reader = c2pa.Reader.try_create(_MP4, file, context=context)
            if reader is None:
                return None
            with reader:
                told, state = json.loads(reader.json()), reader.get_validation_state()
    except c2pa.C2paError as error:
        raise MediaError(f"The content credentials of {video.name} cannot be read: {error}.") from None
    active = told["manifests"][told["active_manifest"]]
    signature = active["signature_info"]
    failures = told.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    actions = (
        action
        for part in active["assertions"]
        if part["label"].startswith("c2pa.actions")
        for action in part["data"]["actions"]
    )
    return Credentials(
        state=state or "Invalid",
        signed_by=signature.get("common_name", ""),
        issuer=signature.get("issuer", ""),
        algorithm=signature["alg"].lower(),
        source_type=next((action["digitalSourceType"] for action in actions if "digitalSourceType" in action), ""),
        faults=tuple(fault["code"] for fault in failures if fault["code"] != _UNTRUSTED),
    )
