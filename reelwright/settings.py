"""Where things are kept and which keys there are: the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from reelwright.errors import NotInstalled
from reelwright.vault import FolderVault, Vault


class Settings(BaseSettings):
    """Settings from `REELWRIGHT_…` variables; every one has a default that needs nothing."""

    model_config = SettingsConfigDict(env_prefix="REELWRIGHT_", frozen=True, extra="ignore")

    home: Path = Field(default=Path.home() / ".reelwright", description="Folder for finished work and fonts.")
    vault: str = Field(default="", description="Folder that keeps bytes by their SHA-256; empty: `vault` in the home.")
    workers: int = Field(default=0, ge=0, le=64, description="Worker processes for local work; 0: one for each core.")

    def open_vault(self) -> Vault:
        """Return the vault that these settings name.

        Raises:
            NotInstalled: the vault's kind is not part of this version.
        """
        if "://" in self.vault:
            raise NotInstalled(
                f"A vault at {self.vault.split('://', maxsplit=1)[0]}://", install="a later version of Reelwright"
            )
        return FolderVault(Path(self.vault) if self.vault else self.home / "vault")

    @property
    def worker_count(self) -> int:
        """How many local jobs run side by side."""
        return self.workers or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    @property
    def font_folder(self) -> Path:
        """Where the fonts lie that libass is given."""
        return self.home / "fonts"

    @property
    def painting_folder(self) -> Path:
        """Where a start frame's painting waits for its shot to be rendered; swept by itself."""
        return self.home / "paintings"


def credential(names: tuple[str, ...], environment: Mapping[str, str] | None = None) -> SecretStr | None:
    """Return the first of the named variables that is set, as a secret."""
    given = os.environ if environment is None else environment
    return next((SecretStr(given[name]) for name in names if given.get(name)), None)
