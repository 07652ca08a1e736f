"""Keys that are stored: what they stand for, where they may go, and that no text shows them."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from reelwright.catalogue import Catalogue, Entry
from reelwright.credentials import StoredKey, StoredKeys
from reelwright.errors import MissingCredential

SECRET = "sk-stored-0123456789abcdef"
HERE, THERE = "https://api.here.example/v1", "https://api.there.example/v1"


def key(*names: str, base_url: str = HERE, secret: str = SECRET, is_usual: bool = True) -> StoredKey:
    """A stored key."""
    return StoredKey(names=names, base_url=base_url, secret=SecretStr(secret), where="a place", is_usual=is_usual)


def entry(base_url: str = HERE) -> Entry:
    """A model that needs a key."""
    made = {"name": "x", "protocol": "openai-videos", "model": "x", "base_url": base_url}
    return Catalogue.load().resolve({**made, "api_key": {"env": "A_KEY"}}, "video")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (HERE, True),
        ("https://API.here.example:443/v2", True),
        (THERE, False),
        ("http://api.here.example/v1", False),
        ("https://api.here.example:8443/v1", False),
        ("https://api.here.example.evil.example/v1", False),
    ],
)
def test_a_key_goes_to_its_own_origin_only(address: str, found: bool) -> None:
    """Scheme, host and port; the path does not matter."""
    assert bool(StoredKeys(keys=(key("A_KEY"),)).find(("A_KEY",), address)) is found


def test_an_entry_without_an_address_means_the_vendors_usual_one() -> None:
    """A gateway's key is not sent there."""
    assert StoredKeys(keys=(key("A_KEY"),)).find(("A_KEY",))
    assert StoredKeys(keys=(key("A_KEY", is_usual=False),)).find(("A_KEY",)) is None


def test_the_first_of_the_variables_counts() -> None:
    """As in the environment."""
    keys = StoredKeys(keys=(key("SECOND", secret="two-two-two"), key("FIRST", secret="one-one-one")))
    found = keys.find(("FIRST", "SECOND"), HERE)
    assert found
    assert found.secret == SecretStr("one-one-one")


def test_what_is_stored_is_asked_only_if_the_environment_has_no_key() -> None:
    """A server that is down is no obstacle to who needs nothing of it."""

    def down() -> StoredKeys:
        raise AssertionError

    assert entry().credential({"A_KEY": "k"}, down) == SecretStr("k")
    assert entry().key_place({"A_KEY": "k"}, down) == "A_KEY"
    local = Catalogue.load().resolve("animatic", "video")
    assert local.credential({}, down) is None
    assert local.key_place({}, down) == ""


def test_a_model_is_usable_with_a_stored_key() -> None:
    """And says where it is."""
    keys = StoredKeys(keys=(key("A_KEY"),))
    assert entry().credential({}, lambda: keys) == SecretStr(SECRET)
    assert entry().key_place({}, lambda: keys) == "a place"
    with pytest.raises(MissingCredential, match="A_KEY"):
        entry(THERE).credential({}, lambda: keys)


def test_no_text_shows_a_stored_key() -> None:
    """Neither repr nor JSON."""
    keys = StoredKeys(keys=(key("A_KEY"),))
    assert SECRET not in repr(keys) + str(keys) + keys.model_dump_json() + str(keys.model_dump())
