"""What every vendor's block is: a key, an address, and a check that costs nothing."""

from __future__ import annotations

import asyncio
from abc import ABC
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar

from prefect.blocks.core import Block
from pydantic import ConfigDict, Field, SecretStr, field_validator

from reelwright.credentials import StoredKey
from reelwright.errors import FailureKind, InvalidInput, ProviderError
from reelwright.models.remote.addresses import checked_base_url, origin_of
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import Auth, auth_of
from reelwright.models.remote.kinds import Rule
from reelwright.models.remote.patience import Patience
from reelwright.models.remote.transport import Transport

_PATIENCE = Patience(read_seconds=20, attempts=2, total_seconds=20)


@dataclass(frozen=True)
class Probe:
    """A call that costs nothing and needs the key."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    reads_no_job: bool = False
    """Whether it asks for a job that is not there: a vendor that says so has taken the key."""


class VendorBlock(Block, ABC):
    """One account at one vendor."""

    # An error would quote what was given, key and all; a misspelt field would hold a key that nothing hides.
    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    vendor: ClassVar[str]
    """Its name, for people."""
    usual_name: ClassVar[str]
    """The name under which a stored block is found by runs."""
    variables: ClassVar[tuple[str, ...]]
    """The environment variables that its key stands for."""
    usual_url: ClassVar[str]
    auth: ClassVar[str] = "bearer"
    """How the key travels; see `reelwright.models.remote.auth.STYLES`."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    probe: ClassVar[Probe]

    api_key: SecretStr = Field(
        title="API key",
        description="The account's key. It is kept encrypted, shown nowhere, and sent to the address below only.",
    )
    base_url: str = Field(
        default="",
        title="Address",
        description="Where the API is. Leave it empty for the vendor's usual address.",
    )

    @field_validator("api_key", mode="after")
    @classmethod
    def _whole(cls, key: SecretStr | None) -> SecretStr | None:
        plain = key.get_secret_value().strip() if key else ""
        if key is not None and not plain:
            message = "the key is empty"
            raise ValueError(message)
        return SecretStr(plain) if plain else None

    @field_validator("base_url", mode="after")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            return checked_base_url(url) if url else ""
        except InvalidInput as error:
            raise ValueError(str(error)) from None

    @property
    def address(self) -> str:
        """Where its API is."""
        return self.base_url or self.usual_url

    def get_credential(self) -> SecretStr | None:
        """Return the key, as `Bench.credential` takes it; `None` where the host needs none."""
        return self.api_key

    def environment(self) -> dict[str, str]:
        """Return the key under the variable that the catalogue names, in plain text: for a child's environment only."""
        credential = self.get_credential()
        return {self.variables[0]: credential.get_secret_value()} if credential else {}

    def stored_key(self, name: str) -> StoredKey | None:
        """Return the key as runs look it up; `name` is that of the stored block.

        A block of the vendor's usual name stands for the vendor's variables. One of another name stands for the
        variable of that name: `my-gateway` for what a recipe writes as `api_key: {env: MY_GATEWAY}`.
        """
        credential = self.get_credential()
        if credential is None:
            return None
        own = self.variables if name == self.usual_name else (name.upper().replace("-", "_"),)
        return StoredKey(
            names=own,
            base_url=self.address,
            is_usual=origin_of(self.address) == origin_of(self.usual_url),
            secret=credential,
            where=f"block {self.get_block_type_slug()}/{name}",
        )

    def authorise(self) -> Auth:
        """Return the key as it travels."""
        return auth_of(self.auth, self.get_credential())

    def transport(self) -> Transport:
        """Return an HTTP client of the core for this account: the caller's to close."""
        return Transport(
            vendor=self.vendor,
            base_url=self.address,
            auth=self.authorise(),
            rules=self.rules,
            headers=self.probe.headers,
            patience=_PATIENCE,
        )

    def check(self) -> str:
        """Ask the vendor something that costs nothing; return what it told, in a sentence.

        Raises:
            ProviderError: the vendor refuses the key (`kind` is `auth` or `billing`), or cannot be reached.
        """
        with ThreadPoolExecutor(1) as thread:  # works inside an event loop too
            return thread.submit(asyncio.run, self.acheck()).result()

    async def acheck(self) -> str:
        """Check in an event loop; see `check`."""
        transport = self.transport()
        try:
            answer = await transport.get(self.probe.path, query=self.probe.query, purpose="read")
        except ProviderError as error:
            if not (self.probe.reads_no_job and error.kind in {FailureKind.LOST, FailureKind.INVALID_REQUEST}):
                raise
            return f"{self.vendor} takes this key: it was asked for a job that is not there, and said so."
        finally:
            await transport.aclose()
        done = "takes this key" if self.get_credential() else "answers without a key"
        return f"{self.vendor} {done}{self.told(answer)}."

    def told(self, answer: Answer) -> str:
        """Return what the answer to the check tells besides, e.g. `: it lists 12 models`."""
        if not self.probe.path.endswith("models"):
            return ""
        listed = next((answer.fields[name] for name in ("data", "models") if name in answer.fields), answer.payload)
        return f": it lists {len(listed)} model{'' if len(listed) == 1 else 's'}" if isinstance(listed, list) else ""

    @classmethod
    def get_block_type_slug(cls) -> str:
        """Return the stable name of this kind of block."""
        return str(cls._block_type_slug)
