"""The vault in a bucket: bad stores, bad networks, other writers, and what a machine keeps of it."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from servers.s3_proxy import Faults, S3Proxy, Seen
from servers.s3_stores import SECRET_KEY, Store
from support.vaults import BucketKeeper

from reelwright.errors import AssetDamaged, AssetMissing, StorageError
from reelwright.s3.address import Place
from reelwright.vault_s3 import S3Vault

KEY = "ab" * 32
DATA = b"a clip that was paid for " * 4000


@pytest.fixture(params=["moto", pytest.param("seaweed", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    """A real server of each kind."""
    request.getfixturevalue("aws_credentials")
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def proxy(store: Store) -> Iterator[S3Proxy]:
    """A network in front of the store."""
    with S3Proxy(store.endpoint) as between:
        yield between


@pytest.fixture
def keeper(store: Store, tmp_path: Path) -> BucketKeeper:
    """An empty prefix of the bucket."""
    return BucketKeeper(store, prefix=uuid.uuid4().hex, homes=tmp_path)


@pytest.fixture
def through(keeper: BucketKeeper, proxy: S3Proxy) -> S3Vault:
    """A machine that reaches the prefix through the proxy."""
    return BucketKeeper(
        Store(keeper.store.kind, proxy.url, keeper.store.bucket), keeper.prefix, keeper.homes / "through"
    ).open()


def _versions(keeper: BucketKeeper) -> list[str]:
    """Keys of all versions that were ever written under the prefix since versions are kept."""
    told = keeper.store.client.list_object_versions(Bucket=keeper.store.bucket, Prefix=f"{keeper.prefix}/")
    return [version["Key"] for version in told.get("Versions", ())]


# ---- the start-up test -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ignores", "why"),
    [
        (lambda seen: True, "overwrites an object in spite of If-None-Match"),  # noqa: ARG005
        (lambda seen: "if-match" in seen.headers, "replaces an object in spite of an If-Match"),
        (lambda seen: seen.method == "POST", "when a multipart upload completes"),
    ],
    ids=["every condition", "If-Match", "If-None-Match of multipart uploads"],
)
@pytest.mark.usefixtures("aws_credentials")
def test_a_store_that_ignores_conditions_is_refused(
    moto_store: Store, tmp_path: Path, ignores: Callable[[Seen], bool], why: str
) -> None:
    """Before anything is kept there, with a hint to what can be used instead."""
    prefix = uuid.uuid4().hex
    with S3Proxy(moto_store.endpoint, Faults(ignores=ignores)) as store:
        vault = S3Vault(Place.parse(moto_store.address(prefix, store.url)), tmp_path)
        with pytest.raises(StorageError, match=why) as refused:
            vault.put_bytes(DATA, "video/mp4")
        with pytest.raises(StorageError, match=why):
            vault.finish("clip-1", KEY, {})

    assert "SeaweedFS" in refused.value.hint
    assert moto_store.keys(prefix) == [f"{prefix}/check/conditional-writes"]


def test_the_store_is_tested_once_a_day_on_each_machine(keeper: BucketKeeper, proxy: S3Proxy, tmp_path: Path) -> None:
    """The first process tests at its first use, later ones rely on it; asked for by name it is always done."""
    place = Place.parse(keeper.store.address(keeper.prefix, proxy.url))

    def probes() -> int:
        return sum("check/conditional-writes" in seen.path for seen in proxy.seen)

    S3Vault(place, tmp_path / "cache")
    assert probes() == 0
    assert S3Vault(place, tmp_path / "cache").finished("clip-1", KEY) is None
    first = probes()
    assert first > 4
    S3Vault(place, tmp_path / "cache").put_bytes(DATA, "video/mp4")
    assert probes() == first
    S3Vault(place, tmp_path / "cache").check()
    assert probes() > first


def _uploads(keeper: BucketKeeper) -> list[str]:
    told = keeper.store.client.list_multipart_uploads(Bucket=keeper.store.bucket, Prefix=f"{keeper.prefix}/")
    return [upload["UploadId"] for upload in told.get("Uploads", ())]


def test_uploads_that_were_killed_are_ended(store: Store, keeper: BucketKeeper) -> None:
    """Their parts are billed and never seen: the start-up test ends them, but no upload of the last day."""
    begun = store.client.create_multipart_upload(Bucket=store.bucket, Key=f"{keeper.prefix}/objects/ab/killed")
    vault = keeper.open()

    vault.check()
    # moto dates every upload back to 2010.
    assert _uploads(keeper) == ([] if store.kind == "moto" else [begun["UploadId"]])
    vault._bucket.end_abandoned_uploads(timedelta(seconds=-1))
    assert _uploads(keeper) == []


# ---- bad networks ----------------------------------------------------------------------------------------------------


def test_a_connection_that_drops_in_an_upload_is_taken_up_again(
    keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault
) -> None:
    """The upload is sent once more, and what is there is whole."""
    proxy.faults.cut_uploads = 1
    asset = through.put_bytes(DATA, "video/mp4")

    assert proxy.faults.cut_uploads == 0
    assert keeper.open().path(asset).read_bytes() == DATA


def test_an_upload_that_never_gets_through_leaves_nothing(
    keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault
) -> None:
    """It fails after a bounded number of attempts, may be tried later, and no half object can be seen."""
    proxy.faults.cut_uploads = 1000
    with pytest.raises(StorageError, match="could not keep an object") as failed:
        through.put_bytes(DATA, "video/mp4")

    assert failed.value.retryable
    assert 1000 - proxy.faults.cut_uploads == 5
    assert keeper.store.keys(keeper.prefix) == []

    proxy.faults.cut_uploads = 0
    asset = through.put_bytes(DATA, "video/mp4")
    assert keeper.open().path(asset).read_bytes() == DATA


def test_a_lost_answer_is_no_second_object(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """The repeated request is told that the object is there; its bytes are ours, and it was written once."""
    keeper.store.client.put_bucket_versioning(Bucket=keeper.store.bucket, VersioningConfiguration={"Status": "Enabled"})
    proxy.faults.lost_answers = 1
    asset = through.put_bytes(DATA, "video/mp4")
    proxy.faults.lost_answers = 1
    through.finish("clip-1", KEY, {"asset": asset.sha256})

    assert len(_versions(keeper)) == len(keeper.store.keys(keeper.prefix)) == 2
    assert keeper.open().finished("clip-1", KEY) == {"asset": asset.sha256}


def test_a_download_goes_on_where_it_broke(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """Only the rest is asked for, of the same version."""
    asset = keeper.open().put_bytes(DATA, "video/mp4")
    proxy.faults.cut_downloads = 2

    assert through.path(asset).read_bytes() == DATA
    ranges = [seen.headers.get("range") for seen in proxy.seen if seen.method == "GET"]
    assert ranges == [None, f"bytes={len(DATA) // 2}-", f"bytes={len(DATA) * 3 // 4}-"]


@pytest.mark.usefixtures("aws_credentials")
def test_a_service_that_is_down_may_be_asked_later(tmp_path: Path) -> None:
    """Nothing listens: the error names the network and the endpoint, and may pass."""
    vault = S3Vault(Place.parse("s3://reelwright/x?endpoint=http://127.0.0.1:9"), tmp_path)

    with pytest.raises(StorageError, match=r"Look after the network and the endpoint in REELWRIGHT_VAULT") as failed:
        vault.finished("clip-1", KEY)
    assert failed.value.retryable


# ---- large files -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three parts."""
    path = tmp_path_factory.mktemp("large") / "master.mp4"
    path.write_bytes(os.urandom(33 << 20))
    return path


def test_a_large_file_goes_in_parts(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault, large: Path) -> None:
    """A break costs one part, a lost answer nothing; another machine knows it whole without reading it."""
    proxy.faults.cut_uploads = proxy.faults.lost_answers = 1
    asset = through.put_file(large, "video/mp4")

    assert sum("partNumber" in seen.path for seen in proxy.seen) == 4
    elsewhere = keeper.open()
    assert elsewhere.holds(asset)
    assert not (elsewhere._cache.root / "objects").exists()
    assert hashlib.sha256(elsewhere.path(asset).read_bytes()).hexdigest() == asset.sha256


@pytest.mark.slow
def test_a_damaged_large_file_is_replaced(keeper: BucketKeeper, large: Path) -> None:
    """Healing writes in parts as well, over the version that was seen."""
    asset = keeper.open().put_file(large, "video/mp4")
    keeper.damage(asset.sha256)

    assert not keeper.open().holds(asset)
    keeper.open().put_file(large, "video/mp4")
    assert keeper.open().holds(asset)


# ---- what the bucket holds -------------------------------------------------------------------------------------------


def test_bytes_that_are_there_are_not_sent_again(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """The store's own SHA-256 tells that they are whole: no upload, no download."""
    asset = keeper.open().put_bytes(DATA, "video/mp4")
    through.put_bytes(DATA, "video/mp4")

    assert through.holds(asset)
    assert {seen.method for seen in proxy.seen} == {"HEAD"}


def test_a_store_without_checksums_is_read_instead(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """Where nobody vouches for the bytes they are read, once for each version and process, and not sent again."""
    proxy.faults.forgets_checksums = True
    asset = keeper.open().put_bytes(DATA, "video/mp4")

    assert through.put_bytes(DATA, "video/mp4") == asset
    assert through.holds(asset)
    assert [seen.method for seen in proxy.seen] == ["HEAD", "GET", "HEAD"]


def test_the_bucket_learns_no_secret(
    keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither facts nor keys go out: not as metadata, not in a header, not into the log or the vault's name."""
    caplog.set_level(logging.DEBUG)
    asset = through.put_bytes(DATA, "video/mp4", {"prompt": "a secret recipe"})
    through.finish("clip-1", KEY, {"asset": asset.sha256})

    sent = "\n".join(f"{seen.path} {seen.headers}" for seen in proxy.seen)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("reelwright"))
    for told in (sent, ours, repr(through), str(pickle.dumps(through))):
        assert SECRET_KEY not in told
        assert "recipe" not in told
    for key in keeper.store.keys(keeper.prefix):
        assert keeper.store.client.head_object(Bucket=keeper.store.bucket, Key=key)["Metadata"] == {}


def test_records_replace_only_what_was_seen(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """A record that another machine wrote is met by a refused condition, read, and replaced by its own version."""
    keeper.open().finish("clip-1", KEY, {"by": "another"})
    [name] = keeper.store.keys(keeper.prefix)
    seen_version = keeper.store.client.head_object(Bucket=keeper.store.bucket, Key=name)["ETag"]
    through.finish("clip-1", KEY, {"by": "this"})

    writes = [seen.headers for seen in proxy.seen if seen.writes]
    assert writes[0]["if-none-match"] == "*"
    assert writes[1]["if-match"] == seen_version
    assert keeper.open().finished("clip-1", KEY) == {"by": "this"}


@pytest.mark.usefixtures("aws_credentials")
def test_damage_that_the_store_vouches_for_is_seen_by_all(moto_store: Store, tmp_path: Path) -> None:
    """A reader finds other bytes than the store believes to keep: it puts them aside, so that a re-run heals."""
    # moto keeps a checksum without checking it: it can be made to lie.
    keeper = BucketKeeper(moto_store, prefix=uuid.uuid4().hex, homes=tmp_path)
    asset = keeper.open().put_bytes(DATA, "video/mp4")
    name = f"{keeper.prefix}/objects/{asset.sha256[:2]}/{asset.sha256[2:]}"
    told = keeper.store.client.head_object(Bucket=keeper.store.bucket, Key=name, ChecksumMode="ENABLED")
    lie = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": told["ChecksumSHA256"]}
    keeper.store.client.put_object(Bucket=keeper.store.bucket, Key=name, Body=b"rotten", **lie)

    assert keeper.open().holds(asset)
    with pytest.raises(AssetDamaged):
        keeper.open().path(asset)

    assert not keeper.open().holds(asset)
    with pytest.raises(AssetMissing):
        keeper.open().path(asset)
    aside = f"{keeper.prefix}/damaged/{asset.sha256}"
    assert keeper.store.client.head_object(Bucket=keeper.store.bucket, Key=aside)["ContentLength"] == len(b"rotten")
    keeper.open().put_bytes(DATA, "video/mp4")
    assert keeper.open().path(asset).read_bytes() == DATA


# ---- what a machine keeps --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accident", ["lose", "damage"])
def test_a_machine_gives_back_what_the_bucket_lost(keeper: BucketKeeper, accident: str) -> None:
    """The look-up before a paid start finds the local copy and puts it back: nothing is paid again."""
    machine = keeper.open()
    asset = machine.put_bytes(DATA, "video/mp4")
    getattr(keeper, accident)(asset.sha256)

    assert machine.holds(asset)
    assert keeper.open().path(asset).read_bytes() == DATA


def test_a_local_copy_is_read_without_the_network(keeper: BucketKeeper, proxy: S3Proxy, through: S3Vault) -> None:
    """Bytes under their SHA-256 never change: one download serves every later process of the machine."""
    asset = keeper.open().put_bytes(DATA, "video/mp4")
    through.path(asset)
    proxy.seen.clear()

    again = pickle.loads(pickle.dumps(through))  # noqa: S301 - our own
    assert again.path(asset).read_bytes() == DATA
    assert proxy.seen == []


def test_a_damaged_local_copy_is_fetched_again(keeper: BucketKeeper) -> None:
    """A copy whose bytes changed on this disk is not handed out, and not taken for the bucket's damage."""
    machine = keeper.open()
    path = machine.path(machine.put_bytes(DATA, "video/mp4"))
    path.chmod(0o644)
    path.write_bytes(b"rotten")

    assert machine.path(hashlib.sha256(DATA).hexdigest()).read_bytes() == DATA
