"""Where things are kept and which keys there are: the one place that reads the environment."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ModelWrapValidatorHandler, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from reelwright.errors import InvalidInput
from reelwright.validation import complaints
from reelwright.vault import FolderVault, Vault


class Settings(BaseSettings):
    """Settings from `REELWRIGHT_…` variables; every one has a default that needs nothing.

    Raises:
        InvalidInput: a variable holds what it cannot mean.
    """

    model_config = SettingsConfigDict(env_prefix="REELWRIGHT_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("~/.reelwright"), description="Folder for finished work and fonts.")
    vault: str = Field(
        default="",
        description="Folder that keeps bytes by their SHA-256, or s3://bucket/prefix?endpoint=https://…&region=… "
        "without any credential; empty: `vault` in the home.",
    )
    vault_cache_gb: int = Field(default=20, ge=1, description="Most gigabytes of local copies of a remote vault.")
    ledger: str = Field(
        default="", description="Database URL of the ledger; empty: `ledger.db` in the home. Never with a password."
    )
    stored_keys: bool = Field(
        default=True,
        description="Whether keys that the environment has not are looked for in the blocks of the Prefect server.",
    )
    c2pa_certificate: Path | None = Field(
        default=None, description="PEM chain that signs content credentials; empty: the home makes one for itself."
    )
    c2pa_key: Path | None = Field(default=None, description="The certificate's key: PEM, PKCS #8, not encrypted.")
    c2pa_timestamps: str = Field(
        default="", description="Address of a time-stamp authority (RFC 3161); empty: none is asked."
    )
    episodes: Path | None = Field(
        default=None, description="Folder of finished episodes that is served at the address of `episodes_url`."
    )
    episodes_url: str = Field(
        default="", description="Address under which people see the folder `episodes`; `reelwright up` sets both."
    )
    token_key: SecretStr = Field(
        default=SecretStr(""),
        description="The key that seals the tokens of channels in the ledger; empty: `token.key` in the home. All "
        "machines that share a ledger need the same.",
    )
    workers: int = Field(default=0, ge=0, le=64, description="Worker processes for local work; 0: one for each core.")

    @model_validator(mode="wrap")
    @classmethod
    def _explained(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return read(given)
        except ValidationError as error:
            first = complaints(error, cls)[0]
            name = f"REELWRIGHT_{first.field.upper()}"
            hint = f"Expected {first.expected}." if first.expected else ""
            raise InvalidInput(f"{name}: {first.problem}", hint=hint) from None

    @field_validator("c2pa_certificate", "c2pa_key", mode="before")
    @classmethod
    def _named(cls, path: object) -> object:
        return path or None

    @field_validator("home", "vault", "c2pa_certificate", "c2pa_key")
    @classmethod
    def _absolute(cls, folder: Path | str | None) -> Path | str | None:
        # Workers and later runs may stand in another folder; a `.env` file or a unit file leaves `~` as it is.
        if not folder or "://" in str(folder):
            return folder
        try:
            return type(folder)(Path(folder).expanduser().absolute())
        except RuntimeError as error:
            raise ValueError(f"{str(folder)!r} needs a home folder, and there is none") from error

    def open_vault(self) -> Vault:
        """Return the vault that these settings name. A remote one is connected to, and tested, at its first use.

        Raises:
            InvalidInput: the address is none, or holds a credential.
        """
        if "://" not in self.vault:
            return FolderVault(Path(self.vault) if self.vault else self.home / "vault")
        from reelwright.s3.address import Place  # noqa: PLC0415 - a folder needs neither this nor boto3
        from reelwright.vault_s3 import S3Vault  # noqa: PLC0415

        place = Place.parse(self.vault)
        # Each vault has its own copies: what one has lost shall not be found in another's.
        cache = self.home / "vault-cache" / hashlib.sha256(str(place).encode()).hexdigest()[:16]
        return S3Vault(place, cache, cache_bytes=self.vault_cache_gb * 10**9)

    @property
    def ledger_url(self) -> str:
        """Where the ledger is, as a database URL."""
        return self.ledger or f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def worker_count(self) -> int:
        """How many local jobs run side by side."""
        if self.workers:
            return self.workers
        # The cores that this process may use, where the system tells: a container may have fewer than the machine.
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    @property
    def font_folder(self) -> Path:
        """Where the fonts lie that libass is given."""
        return self.home / "fonts"

    @property
    def painting_folder(self) -> Path:
        """Where a start frame's painting waits for its shot to be rendered; swept by itself."""
        return self.home / "paintings"


def credential(names: tuple[str, ...], environment: Mapping[str, str] | None = None) -> SecretStr | None:
    """Return the first of the named variables that is set, as a secret, without the line end that files add."""
    given = os.environ if environment is None else environment
    values = (given.get(name, "").strip() for name in names)
    return next((SecretStr(value) for value in values if value), None)


def worker_environment() -> dict[str, str]:
    """Return the environment in which a worker can import what this process can: parts that others write, too.

    Local models run in workers, and ONNX Runtime 1.31 reports their use to its maker unless it is told not to before it
    is loaded (Privacy.md in its wheel).
    """
    paths = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), *sys.path]
    told = {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(path for path in paths if path)),
        "ORT_DISABLE_TELEMETRY": "1",
    }
    return os.environ | told
