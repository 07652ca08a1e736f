"""Places that vaults share, of every kind, and what may happen to them behind the vaults' backs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from servers.s3_stores import Store

from reelwright.s3.address import Place
from reelwright.settings import Settings
from reelwright.vault import Vault
from reelwright.vault_s3 import S3Vault


class Keeper(ABC):
    """Where the bytes of a vault really are."""

    @abstractmethod
    def open(self) -> Vault:
        """Open the vault as another machine would."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return what names the vault to a process on another machine."""

    @abstractmethod
    def overwrite(self, name: str, data: bytes) -> None:
        """Let the bytes under a name of the vault become others."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Let the bytes under a name of the vault vanish."""

    def damage(self, sha256: str) -> None:
        """Let an asset's bytes become others."""
        self.overwrite(f"objects/{sha256[:2]}/{sha256[2:]}", b"damaged")

    def lose(self, sha256: str) -> None:
        """Let an asset's bytes vanish."""
        self.remove(f"objects/{sha256[:2]}/{sha256[2:]}")

    def spoil(self, kind: str, key: str) -> None:
        """Let a record become unreadable."""
        self.overwrite(f"finished/{kind}/{key[:2]}/{key[2:]}.json", b'{"half')


@dataclass
class FolderKeeper(Keeper):
    """A folder that all machines reach."""

    root: Path

    def open(self) -> Vault:
        """Open the folder; see `Keeper.open`."""
        return Settings(home=self.root).open_vault()

    def environment(self) -> dict[str, str]:
        """Name the folder; see `Keeper.environment`."""
        return {"REELWRIGHT_HOME": str(self.root)}

    def overwrite(self, name: str, data: bytes) -> None:
        """Write into the file."""
        path = self.root / "vault" / name
        path.chmod(0o644)
        path.write_bytes(data)

    def remove(self, name: str) -> None:
        """Unlink the file."""
        (self.root / "vault" / name).unlink()


@dataclass
class BucketKeeper(Keeper):
    """A prefix of a bucket; each machine has a cache of its own, and has tested the store today."""

    store: Store
    prefix: str
    homes: Path
    machines: int = 0

    def open(self) -> S3Vault:
        """Open the prefix with an empty cache; see `Keeper.open`."""
        place, cache = Place.parse(self.store.address(self.prefix)), self._home() / "cache"
        cache.mkdir(parents=True)
        (cache / "checked").write_text(str(place), "utf-8")
        return S3Vault(place, cache)

    def environment(self) -> dict[str, str]:
        """Name the prefix; see `Keeper.environment`."""
        return {"REELWRIGHT_HOME": str(self._home()), "REELWRIGHT_VAULT": self.store.address(self.prefix)}

    def overwrite(self, name: str, data: bytes) -> None:
        """Put an object as another tool would."""
        self.store.client.put_object(Bucket=self.store.bucket, Key=f"{self.prefix}/{name}", Body=data)

    def remove(self, name: str) -> None:
        """Delete the object."""
        self.store.client.delete_object(Bucket=self.store.bucket, Key=f"{self.prefix}/{name}")

    def _home(self) -> Path:
        self.machines += 1
        return self.homes / f"machine-{self.machines}"
