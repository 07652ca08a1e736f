"""What all our blocks are: found by runs under a name, told apart by a stable slug, with a check that costs nothing."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, Self

from prefect.blocks.core import Block
from pydantic import ConfigDict, SecretStr

from reelwright.credentials import KeyFrom, StoredKey
from reelwright.publishing.contract import ChannelEntry

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient


class StoredBlock(Block, ABC):
    """Something that a person fills in once, on the Blocks page of the UI."""

    # An error would quote what was given, key and all; a misspelt field would hold a key that nothing hides.
    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    usual_name: ClassVar[str]
    """The name under which a stored block is found by runs."""
    variables: ClassVar[tuple[str, ...]] = ()
    """The environment variables that its key stands for; empty: it holds none."""

    if TYPE_CHECKING:
        # What Prefect does, and its decorators say of no block. In an event loop `load` and `save` are awaited, which
        # no type can say: `aload` and `asave` are for there.

        @classmethod
        async def aload(cls, name: str, validate: bool = True, client: PrefectClient | None = None) -> Self:
            """Return the stored block of that name."""
            ...

        @classmethod
        def load(cls, name: str, validate: bool = True, client: PrefectClient | None = None) -> Self:
            """Return the stored block of that name, where no event loop runs."""
            ...

        async def asave(
            self, name: str | None = None, overwrite: bool = False, client: PrefectClient | None = None
        ) -> UUID:
            """Store it under a name, and return the id of what is stored."""
            ...

        def save(self, name: str | None = None, overwrite: bool = False, client: PrefectClient | None = None) -> UUID:
            """Store it under a name, where no event loop runs, and return the id of what is stored."""
            ...

    @abstractmethod
    async def acheck(self) -> str:
        """Check in an event loop; see `check`."""

    def check(self) -> str:
        """Try it, for nothing, and return what was told, in a sentence.

        Raises:
            ReelwrightError: it does not work; the hint says what to do.
        """
        with ThreadPoolExecutor(1) as thread:  # works inside an event loop too
            return thread.submit(asyncio.run, self.acheck()).result()

    def get_credential(self) -> SecretStr | None:
        """Return its key, as `Bench.credential` takes it; `None`: it holds none."""
        return None

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
        where = f"block {self.get_block_type_slug()}/{name}"
        return StoredKey(names=self.names(name), base_url="", secret=credential, where=where)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the variables that the key of a stored block stands for; the last one is no other block's."""
        own = self.variables if name == self.usual_name else (_variable(name),)
        return (*own, _variable(f"{self.get_block_type_slug()}-{name}"))

    def entry(self, name: str) -> ChannelEntry | None:
        """Return the channel that a stored block of this name is, as a recipe would write it; `None`: it is none."""
        del name
        return None

    def entry_of(self, kind: str, name: str, *, base_url: str = "", **settings: Any) -> ChannelEntry:
        """Return a channel of a kind that is signed for with this block's key; settings that say nothing are left out.

        A block of another name than the usual one is another account, whose sign-in is kept apart.
        """
        return ChannelEntry(
            kind=kind,
            name=name,
            base_url=base_url,
            account="default" if name == self.usual_name else name,
            api_key=KeyFrom(env=self.names(name)[-1]) if self.get_credential() else None,
            settings={field: value for field, value in settings.items() if value not in {"", None}},
        )

    @classmethod
    def get_block_type_slug(cls) -> str:
        """Return the stable name of this kind of block."""
        return str(cls._block_type_slug)


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")
