"""Reading a bucket's address."""

from __future__ import annotations

import pytest

from reelwright.errors import InvalidInput
from reelwright.s3.address import Place


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("s3://shows", Place("shows")),
        ("s3://shows/", Place("shows")),
        ("s3://my.shows/a/b/", Place("my.shows", prefix="a/b")),
        ("s3://shows/a%20b", Place("shows", prefix="a b")),
        ("s3://shows?region=eu-central-1", Place("shows", region="eu-central-1")),
        (
            "s3://shows/x?endpoint=https://abc.r2.cloudflarestorage.com/&region=auto",
            Place("shows", prefix="x", endpoint="https://abc.r2.cloudflarestorage.com", region="auto"),
        ),
        ("s3://shows?endpoint=http://127.0.0.1:8333", Place("shows", endpoint="http://127.0.0.1:8333")),
    ],
)
def test_an_address_is_read_and_written(address: str, place: Place) -> None:
    """Each part stands where it is expected, and what is written is read as the same."""
    assert Place.parse(address) == place
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3:///prefix",
        "s3://b",
        "s3://sp ace",
        "gs://shows",
        "s3://shows#here",
        "s3://shows:9000/x",
        "s3://shows?endpoint=ftp://host",
        "s3://shows?endpoint=host:8333",
        "s3://shows?endpoint=https://host:port",
        "s3://shows?endpoint=https://[host",
        "s3://shows?endpoint=https://host?x=1",
        "s3://shows?region=a&region=b",
        "s3://shows?profile=me",
        "s3://shows?nonsense",
        "s3://[shows",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """The hint shows how one looks."""
    with pytest.raises(InvalidInput) as refused:
        Place.parse(address)
    assert "s3://bucket/prefix?endpoint=https://host&region=name" in refused.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIDEXAMPLE:wJalrXUtnFEMI@shows/x",
        "s3://AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG@shows/x",
        "s3://shows/x?access_key=AKIDEXAMPLE&secret_key=wJalrXUtnFEMI",
        "s3://shows/x?wJalrXUtnFEMI",
        "s3://shows/x?endpoint=https://AKIDEXAMPLE:wJalrXUtnFEMI@host",
        "s3://shows/x#wJalrXUtnFEMI",
    ],
)
def test_a_credential_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    """Addresses stand in logs: keys come from boto3's own chain."""
    with pytest.raises(InvalidInput) as refused:
        Place.parse(address)
    for secret in ("AKIDEXAMPLE", "wJalrXUtnFEMI", "K7MDENG"):
        assert secret not in str(refused.value)
        assert secret not in str(refused.value.to_json())
