"""Who signs the episode's content credentials: a certificate of one's own, or one that this home made for itself.

A self-made certificate proves that the file is as it was signed, not who signed it: whoever reads it says `untrusted`,
and platforms that ask a trust list do not honour it. It says so in its own names. Only its leaf's key is kept; the key
of the authority above it is forgotten as soon as the leaf is signed, so that nobody can sign another with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reelwright.errors import InvalidInput
from reelwright.settings import Settings
from reelwright.values import Value

SELF_MADE = "Reelwright self-made certificate, vouched for by nobody"
_ORGANISATION = "Reelwright (self-made)"
_CHAIN, _KEY = "certificates.pem", "key.pem"
_YEARS = timedelta(days=20 * 365)
_CLOCK_SKEW = timedelta(days=1)
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
Algorithm = Literal["es256", "es384", "es512", "ps256", "ed25519"]


class Signer(Value):
    """A certificate chain and where its key is. The key itself is read only by who signs."""

    kind: Literal["own", "self-made"]
    chain: Path
    """PEM: the leaf first, then what vouches for it."""
    key: Path
    """PEM, PKCS #8, not encrypted."""
    algorithm: Algorithm
    name: str
    """The leaf's common name."""
    certificate_sha256: str
    """Of the leaf in DER."""
    timestamps: str = ""
    """Address of an RFC 3161 time-stamp authority; empty: none is asked."""


def signer_of(settings: Settings) -> Signer:
    """Return who signs: the certificate that the settings name, else the home's own, made at its first use.

    Raises:
        InvalidInput: a file is not there, holds no certificate or key, has run out, or the two do not belong together.
    """
    named = settings.c2pa_certificate, settings.c2pa_key
    if named == (None, None):
        folder = settings.home / "certificate"
        _make(folder)
        return _read("self-made", folder / _CHAIN, folder / _KEY, settings.c2pa_timestamps)
    if named[0] is None or named[1] is None:
        raise InvalidInput(
            "REELWRIGHT_C2PA_CERTIFICATE and REELWRIGHT_C2PA_KEY go together, and only one is set.",
            hint="Name the PEM files of both, or of neither.",
        )
    return _read("own", named[0], named[1], settings.c2pa_timestamps)


def _read(kind: Literal["own", "self-made"], chain: Path, key: Path, timestamps: str) -> Signer:
    try:
        leaf = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise InvalidInput(f"{error.filename} cannot be read: {error.strerror}.", hint=_HINT) from None
    except (ValueError, TypeError) as error:  # an encrypted key is a TypeError
        raise InvalidInput(f"{chain.name} and {key.name} are no PEM certificate and key: {error}", hint=_HINT) from None
    if private.public_key() != leaf.public_key():
        raise InvalidInput(f"The key in {key.name} is not that of the certificate in {chain.name}.", hint=_HINT)
    now = datetime.now(UTC)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise InvalidInput(f"The certificate in {chain.name} is not valid on {now:%d %B %Y}.", hint=_HINT)
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Signer(
        kind=kind,
        chain=chain,
        key=key,
        algorithm=_algorithm(private),
        name=str(names[0].value) if names else leaf.subject.rfc4514_string(),
        certificate_sha256=leaf.fingerprint(hashes.SHA256()).hex(),
        timestamps=timestamps,
    )


_HINT = "REELWRIGHT_C2PA_CERTIFICATE and REELWRIGHT_C2PA_KEY name a PEM chain and its unencrypted PKCS #8 key."


def _algorithm(key: object) -> Algorithm:
    """Return how C2PA calls what a key signs with.

    Raises:
        InvalidInput: C2PA has no name for it.
    """
    found: dict[type, str] = {rsa.RSAPrivateKey: "ps256", ed25519.Ed25519PrivateKey: "ed25519"}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        found[ec.EllipticCurvePrivateKey] = _CURVES.get(key.curve.name, "")
    name = next((name for kind, name in found.items() if isinstance(key, kind)), "")
    match name:
        case "es256" | "es384" | "es512" | "ps256" | "ed25519":
            return name
    raise InvalidInput(
        "C2PA does not sign with this kind of key.", hint="Take P-256, P-384, P-521, RSA or Ed25519 (C2PA 2.1, 13.2)."
    )


def _make(folder: Path) -> None:
    """Make the home's own certificate unless it is there; two processes that do it at once end with one of them."""
    if (folder / _KEY).is_file():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix="certificate-"))  # of mode 0700
    try:
        chain, key = _issued()
        for name, data in ((_CHAIN, chain), (_KEY, key)):
            handle = os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
        with contextlib.suppress(OSError):  # another process was first
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _issued() -> tuple[bytes, bytes]:
    """Return a chain of leaf and authority, and the leaf's key, in PEM."""
    above, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(above, above, "Reelwright self-made authority")
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    leaf = _certificate(key, above, SELF_MADE)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_usage("digital_signature"), critical=True)
    # C2PA asks for one purpose of its list; that of e-mail is the one which needs no list of ours.
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
    chain = [one.sign(above, hashes.SHA256()) for one in (leaf, root)]
    pem = serialization.Encoding.PEM
    return b"".join(one.public_bytes(pem) for one in chain), key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate(
    key: ec.EllipticCurvePrivateKey, above: ec.EllipticCurvePrivateKey, name: str
) -> x509.CertificateBuilder:
    subject = name if key is not above else "Reelwright self-made authority"
    begins = datetime.now(UTC) - _CLOCK_SKEW
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named("Reelwright self-made authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _named(common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, _ORGANISATION), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _usage(*allowed: str) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: name in allowed for name in names})
