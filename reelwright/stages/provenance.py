"""Sign the master's content credentials: the last stage that touches its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reelwright import __version__
from reelwright.certificate import Signer, signer_of
from reelwright.disclosure import Disclosure, disclose
from reelwright.errors import InvalidInput
from reelwright.finished import Finished, once
from reelwright.media.jobs import SignJob
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from reelwright.studio import Studio
from reelwright.values import Asset

if TYPE_CHECKING:
    from reelwright.stages.episode import FinishedShot, Master
    from reelwright.stages.script import Script
    from reelwright.stages.sound import Sound

_LABEL = "org.reelwright.episode"
_SELF_MADE = "self-made: it shows that the file is unchanged, and nobody vouches for who signed it"


class Signed(Finished):
    """The master with its content credentials."""

    video: Asset
    """The signed master."""
    certificate: str
    """`own`, or `self-made` and what that means."""
    certificate_sha256: str
    """Of the certificate that signed it."""
    signed_by: str
    """The name in it."""
    algorithm: str
    """How it was signed, e.g. `es256`."""
    source_type: str
    """IPTC's address of the digital source type."""
    state: str
    """What a reader without a trust list says: `Valid`, or `Trusted`."""


def signer_problems(settings: Settings, recipe: Recipe) -> tuple[str, ...]:
    """Return why the episode could not be signed, found before anything is paid; nothing if it can."""
    if not recipe.content_credentials or (settings.c2pa_certificate, settings.c2pa_key) == (None, None):
        return ()
    try:
        signer_of(settings)
    except InvalidInput as error:
        return (str(error).rstrip("."),)
    return ()


async def sign_master(
    studio: Studio, master: Master, shots: Sequence[FinishedShot], sound: Sound, script: Script, recipe: Recipe
) -> Signed | None:
    """Sign the master; `None`: the recipe wants no content credentials.

    A signature is another one each time it is made: it is made once, so that the file stays the same.

    Raises:
        InvalidInput: the certificate cannot be used.
        MediaError: it could not be signed, or the file is no longer what a master promises.
    """
    if not recipe.content_credentials:
        return None
    signer = signer_of(studio.settings)
    told = disclose(shots, writer=script.storyboard.writer, music=sound.report.music)
    claims = _claims(script.storyboard.title, told, signer)
    asked = {"master": master.video, "claims": claims, "certificate": signer.certificate_sha256}

    async def make() -> Signed:
        with studio.vault.scratch(".mp4") as path:
            job = SignJob(
                master=studio.vault.path(master.video), manifest=claims, signer=signer, output=recipe.output, into=path
            )
            found = await studio.crew.ask(job.model_dump(mode="json"))
            return Signed(
                video=studio.vault.put_file(path, "video/mp4", master.video.facts),
                certificate=_certificate(signer),
                certificate_sha256=signer.certificate_sha256,
                signed_by=found["signed_by"],
                algorithm=found["algorithm"],
                source_type=found["source_type"],
                state=found["state"],
            )

    return await once(studio.vault, "signed/1", asked, Signed, make)


def is_signed_anew(kept: dict[str, Any] | None, settings: Settings, recipe: Recipe) -> bool:
    """Whether an episode whose manifest keeps `kept` would be signed otherwise now: by another certificate, or none.

    One self-made certificate is as good as another: that of another machine is no reason to touch a file.
    """
    if not recipe.content_credentials or kept is None:
        return recipe.content_credentials != (kept is not None)
    if settings.c2pa_certificate is None:
        return kept.get("certificate") == "own"
    return bool(kept.get("certificate_sha256") != signer_of(settings).certificate_sha256)


def _certificate(signer: Signer) -> str:
    return "own" if signer.kind == "own" else _SELF_MADE


def _claims(title: str, told: Disclosure, signer: Signer) -> dict[str, Any]:
    """Return the manifest as c2pa reads it (C2PA 2.1): one action, made by whom, and which parts are synthetic."""
    agent = {"name": "Reelwright", "version": __version__}
    created = {"action": "c2pa.created", "digitalSourceType": told.uri, "softwareAgent": agent}
    own = {**told.model_dump(mode="json"), "certificate": _certificate(signer)}
    return {
        "claim_generator_info": [agent],
        "title": title,
        "format": "video/mp4",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": _LABEL, "data": own},
        ],
    }
