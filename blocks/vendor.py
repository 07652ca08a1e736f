"""What every vendor's block is: a key, an address, and a check that costs nothing."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from blocks.base import StoredBlock
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
    """Where, from the block's address on."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What stands behind the path."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the vendor wants in every call besides the key, e.g. a version."""
    reads_no_job: bool = False
    """Whether it asks for a job that is not there: a vendor that says so has taken the key."""


class VendorBlock(StoredBlock, ABC):
    """One account at one vendor."""

    vendor: ClassVar[str]
    """Its name, for people."""
    usual_url: ClassVar[str]
    """Where its API is, where the block's own address is empty."""
    auth: ClassVar[str] = "bearer"
    """How the key travels; see `reelwright.models.remote.auth.STYLES`."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    """What its refusals mean, where that is not what they mean at most vendors."""
    probe: ClassVar[Probe]
    """What its check asks for."""

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

    def stored_key(self, name: str) -> StoredKey | None:
        """Return the key as runs look it up: it goes to this address only."""
        found = super().stored_key(name)
        is_usual = origin_of(self.address) == origin_of(self.usual_url)
        return found and found.model_copy(update={"base_url": self.address, "is_usual": is_usual})

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

    async def acheck(self) -> str:
        """Ask the vendor something that costs nothing; return what it told, in a sentence.

        Raises:
            ProviderError: the vendor refuses the key (`kind` is `auth` or `billing`), or cannot be reached.
        """
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
