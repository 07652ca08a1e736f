"""Keys: how a recipe names one without holding it, and those stored elsewhere than in the environment. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from reelwright.errors import InvalidInput
from reelwright.models.remote.addresses import checked_base_url, origin_of
from reelwright.values import Value

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variable(name: str) -> str:
    """Return the name of an environment variable.

    Raises:
        ValueError: it is none.
    """
    if not _VARIABLE.fullmatch(name):
        # Its value is not repeated: a key is pasted here sooner or later.
        message = "it must be the name of an environment variable, never the key itself"
        raise ValueError(message)
    return name


def address(url: str) -> str:
    """Return the address of an API, without a slash at its end; empty stays empty.

    Raises:
        ValueError: it is none, or carries more than an address.
    """
    try:
        return checked_base_url(url) if url else url
    except InvalidInput as error:
        raise ValueError(str(error)) from None


def _no_plain_key(value: object) -> object:
    if isinstance(value, str):
        message = "a key is never written down: name the environment variable that holds it, {env: NAME}"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueErrors only
    return value


class KeyFrom(Value):
    """Where a key is: never the key."""

    env: Annotated[str, AfterValidator(variable)]
    """The environment variable that holds it, or that a stored key stands for."""


WrittenKey = Annotated[KeyFrom, BeforeValidator(_no_plain_key)]
"""A key as a recipe names it: `{env: NAME}`."""


class StoredKey(Value):
    """One key and what it is for. Its text form shows no secret."""

    names: tuple[str, ...]
    """The environment variables that it stands for."""
    base_url: str
    """Where it may be sent: only to this origin."""
    is_usual: bool = True
    """Whether that is the vendor's usual address, which an entry without one means."""
    secret: SecretStr
    """The key itself."""
    where: str
    """What holds it, as people call it: `block kling/kling`."""

    def fits(self, names: tuple[str, ...], base_url: str) -> bool:
        """Whether it stands for one of the variables, and may go to the address; empty: the vendor's usual one."""
        may_go = origin_of(base_url) == origin_of(self.base_url) if base_url else self.is_usual
        return may_go and not set(names).isdisjoint(self.names)


class StoredKeys(Value):
    """All keys and channels that are stored."""

    keys: tuple[StoredKey, ...] = ()
    """All that are stored."""
    channels: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    """Channels by the name that they are stored under: fields of a `publishing.contract.ChannelEntry`, no secret."""

    def find(self, names: tuple[str, ...], base_url: str = "") -> StoredKey | None:
        """Return the key that stands for the first of the variables and may go to the address; `None`: there is none.

        A key of one host never goes to another, though both are meant by the same variable.
        """
        fitting = (key for name in names for key in self.keys if key.fits((name,), base_url))
        return next(fitting, None)


KeySource = Callable[[], StoredKeys]
"""Reads what is stored; called when the environment has no key."""


@functools.cache
def nothing_stored() -> StoredKeys:
    """Return no keys: the environment is all there is."""
    return StoredKeys()
