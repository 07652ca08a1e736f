"""Content credentials: what a reader finds in the signed file, who signed it, and that nothing else has changed."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from support.clips import beeps, heard_by_av, numbered_pictures, picture_hashes, small_output, write_wav

from reelwright.certificate import SELF_MADE, Signer, signer_of
from reelwright.disclosure import TERMS
from reelwright.errors import InvalidInput, MediaError
from reelwright.media import ffmpeg
from reelwright.media.boxes import boxes
from reelwright.media.master import broken_promises
from reelwright.media.provenance import read, sign
from reelwright.media.segment import encode_drawn
from reelwright.media.stitch import stitch
from reelwright.recipe import Recipe
from reelwright.settings import Settings
from reelwright.stages.provenance import is_signed_anew, signer_problems

CLAIMS = {
    "claim_generator_info": [{"name": "Reelwright", "version": "1"}],
    "title": "Why kettles sing",
    "format": "video/mp4",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [{"action": "c2pa.created", "digitalSourceType": f"{TERMS}trainedAlgorithmicMedia"}],
            },
        }
    ],
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A master of two segments."""
    folder, output = tmp_path_factory.mktemp("master"), small_output()
    segments = [folder / "1.mp4", folder / "2.mp4"]
    for number, segment in enumerate(segments):
        encode_drawn(numbered_pictures(range(number * 20, number * 20 + 20), output.pixels), output, 20, segment)
    sound = write_wav(folder / "sound.wav", beeps([32_000], 64_000))
    stitch(segments, sound, folder / "master.mp4", frame_rate=30)
    return folder / "master.mp4"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has made its certificate."""
    folder = tmp_path_factory.mktemp("home")
    signer_of(Settings(home=folder))
    return folder


@pytest.fixture(scope="module")
def signed(master: Path, home: Path) -> Path:
    """The master, signed by the home's own certificate."""
    path = master.with_name("signed.mp4")
    sign(master, path, CLAIMS, signer_of(Settings(home=home)))
    return path


def own_certificate(folder: Path, *, days: int = 30, password: bytes | None = None) -> dict[str, Path]:
    """Write a certificate chain as a signing authority hands it out; return the settings that name it."""
    above, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    chain = []
    begins = datetime.now(UTC) - timedelta(days=60)
    for name, public, is_root in (("A channel", key.public_key(), False), ("An authority", above.public_key(), True)):
        built = x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            public_key=public,
            serial_number=x509.random_serial_number(),
            not_valid_before=begins,
            not_valid_after=datetime.now(UTC) + timedelta(days=days),
        )
        built = built.add_extension(x509.BasicConstraints(is_root, None), critical=True)
        flags = {"digital_signature": not is_root, "key_cert_sign": is_root, "crl_sign": is_root}
        others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        built = built.add_extension(
            x509.KeyUsage(**flags, **dict.fromkeys((*others, "encipher_only", "decipher_only"), False)), critical=True
        )
        built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), False)
        if not is_root:
            built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
        chain.append(built.sign(above, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    (folder / "chain.pem").write_bytes(b"".join(chain))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    )
    return {"c2pa_certificate": folder / "chain.pem", "c2pa_key": folder / "key.pem"}


def test_another_reader_finds_what_was_signed(signed: Path) -> None:
    """The consortium's own reader: a created action with IPTC's term, a signature that holds, a name that is honest."""
    with signed.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        told, state = json.loads(reader.json()), reader.get_validation_state()
    active = told["manifests"][told["active_manifest"]]
    (actions,) = [part["data"]["actions"] for part in active["assertions"] if part["label"] == "c2pa.actions.v2"]
    assert (state, active["title"], active["claim_version"]) == ("Valid", "Why kettles sing", 2)
    assert [(one["action"], one["digitalSourceType"]) for one in actions] == [
        ("c2pa.created", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")
    ]
    assert active["signature_info"]["common_name"] == SELF_MADE


def test_our_reader_says_the_same(signed: Path, master: Path) -> None:
    """And that an unsigned file has none."""
    found = read(signed)
    assert found is not None
    assert (found.state, found.signed_by, found.algorithm, found.faults) == ("Valid", SELF_MADE, "es256", ())
    assert found.source_type == f"{TERMS}trainedAlgorithmicMedia"
    assert read(master) is None


def test_a_signed_master_keeps_its_promises(signed: Path) -> None:
    """Index first, no edit lists, both streams from 0; it decodes in silence."""
    assert broken_promises(signed, small_output()) == ()
    assert ffmpeg.run(["-i", str(signed), "-f", "null", "-"], loglevel="warning") == ""
    names = [box.path for box in boxes(signed)]
    assert names.index("uuid") < names.index("moov") < names.index("mdat")


def test_signing_changes_no_picture_and_no_sample(signed: Path, master: Path) -> None:
    """Only a box is put in front."""
    assert picture_hashes(signed) == picture_hashes(master)
    assert (heard_by_av(signed) == heard_by_av(master)).all()


def test_a_changed_file_no_longer_holds(signed: Path, tmp_path: Path) -> None:
    """One bit of the picture is enough."""
    changed = bytearray(signed.read_bytes())
    (media,) = [box for box in boxes(signed) if box.path == "mdat"]
    changed[media.offset + media.size // 2] ^= 1
    path = tmp_path / "changed.mp4"
    path.write_bytes(changed)
    found = read(path)
    assert found is not None
    assert (found.state, found.faults) == ("Invalid", ("assertion.bmffHash.mismatch",))


def test_ones_own_certificate_signs(master: Path, tmp_path: Path) -> None:
    """Its name and its algorithm are in the file; the self-made one is not made."""
    settings = Settings(home=tmp_path / "home", **own_certificate(tmp_path))
    found = sign(master, tmp_path / "signed.mp4", CLAIMS, signer_of(settings))
    assert (found.signed_by, found.algorithm, found.faults) == ("A channel", "es384", ())
    assert not (tmp_path / "home").exists()


def test_the_homes_key_is_for_its_owner_only_and_in_no_file(home: Path, signed: Path) -> None:
    """Mode 0600 in a folder of mode 0700; not a line of it is in what is delivered."""
    key = home / "certificate" / "key.pem"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, key.parent)] == [0o600, 0o700]
    assert not any(line in signed.read_bytes() for line in key.read_bytes().splitlines()[1:-1])
    assert key.read_text("ascii").count("PRIVATE KEY") == 2  # the leaf's alone: the authority's is forgotten


def test_those_who_come_first_together_get_one_certificate(tmp_path: Path) -> None:
    """Eight at once: one is kept, and all use it."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: signer_of(Settings(home=tmp_path)).certificate_sha256, range(8)))
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["certificate"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda names, _: names.pop("c2pa_key"), "go together"),
        (lambda names, _: names["c2pa_key"].unlink(), "cannot be read"),
        (lambda names, _: names["c2pa_certificate"].write_text("hello"), "no PEM certificate"),
        (lambda names, other: names.update(c2pa_key=own_certificate(other)["c2pa_key"]), "is not that of"),
        (lambda names, other: names.update(own_certificate(other, days=-1)), "is not valid on"),
        (lambda names, other: names.update(own_certificate(other, password=b"secret")), "no PEM certificate and key"),
    ],
    ids=["half", "gone", "no certificate", "another's key", "run out", "encrypted"],
)
def test_a_certificate_that_cannot_sign_is_refused_before_anything_is_paid(
    tmp_path: Path, spoil: Any, says: str
) -> None:
    """The plan names the fault; a recipe without content credentials does not ask."""
    other = tmp_path / "other"
    other.mkdir()
    names = own_certificate(tmp_path)
    spoil(names, other)
    settings = Settings(home=tmp_path, **names)
    (problem,) = signer_problems(settings, Recipe())
    assert says in problem
    assert "secret" not in problem
    assert signer_problems(settings, Recipe(content_credentials=False)) == ()
    with pytest.raises(InvalidInput, match=says):
        signer_of(settings)


def test_a_certificate_that_c2pa_does_not_take_is_an_error(master: Path, home: Path, tmp_path: Path) -> None:
    """Such as a root that signs for itself."""
    good = signer_of(Settings(home=home))
    pem = (home / "certificate" / "certificates.pem").read_text("ascii")
    (tmp_path / "root.pem").write_text(pem[pem.rindex("-----BEGIN") :])
    with pytest.raises(MediaError, match="could not be signed"):
        sign(master, tmp_path / "x.mp4", CLAIMS, Signer(**{**good.model_dump(), "chain": tmp_path / "root.pem"}))


def test_another_certificate_signs_a_delivered_episode_anew(tmp_path: Path) -> None:
    """From self-made to one's own, and back; the self-made one of another machine is as good."""
    mine, own = Settings(home=tmp_path), Settings(home=tmp_path, **own_certificate(tmp_path))
    by_home = {"certificate": "self-made: …", "certificate_sha256": "another machine's"}
    by_own = {"certificate": "own", "certificate_sha256": signer_of(own).certificate_sha256}
    told = [is_signed_anew(kept, now, Recipe()) for kept in (by_home, by_own, None) for now in (mine, own)]
    assert told == [False, True, True, False, True, True]
    unsigned = Recipe(content_credentials=False)
    assert [is_signed_anew(kept, mine, unsigned) for kept in (by_home, None)] == [True, False]
