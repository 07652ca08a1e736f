"""`reelwright auth`: sign in to a platform in the terminal, list who is signed in, forget somebody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr
from rich.markup import escape
from rich.table import Table

from flows.commands.terminal import console, note
from reelwright.errors import InvalidInput, StorageError
from reelwright.ledger.database import Database
from reelwright.publishing.oauth import App, Consent, Provider, ends_soon
from reelwright.publishing.oauth_providers import PROVIDERS, TIKTOK, YOUTUBE, provider_named
from reelwright.publishing.oauth_sign_in import sign_in as consented
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens, token_key
from reelwright.settings import Settings, credential
from reelwright.values import Value

_IN_BLOCKS = {YOUTUBE.name, TIKTOK.name}
"""Platforms whose sign-in a block can hold or name."""


class Wish(Value):
    """What a person asked for."""

    platform: str
    purpose: str = ""
    account: str = "default"
    client: Path | None = None
    redirect_uri: str = ""
    base_url: str = ""
    block: str = ""


class Account(Value):
    """One sign-in, as people are shown it: no token."""

    account: str
    """`youtube/default`."""
    name: str
    scopes: tuple[str, ...] = ()
    ends: datetime | None = None
    """When a person must sign in again at the latest; `None`: the platform does not say."""
    warning: str = ""
    """What to do within a week."""


def sign_in(wish: Wish) -> Account:
    """Sign in and store what was given; nothing of it is shown.

    Raises:
        InvalidInput: the platform, its app or what was pasted is not what is needed.
        SignInNeeded: the person or the platform said no.
        ProviderError: the platform cannot be reached.
        StorageError: the token cannot be stored.
    """
    provider = provider_named(wish.platform).at(wish.base_url)
    if wish.purpose and wish.purpose not in provider.scopes:
        raise InvalidInput(
            f"{provider.title} cannot be signed in to for {wish.purpose!r}.",
            hint=f"Expected: {', '.join(provider.scopes)}.",
        )
    if wish.block and provider.name not in _IN_BLOCKS:
        raise InvalidInput(
            f"A sign-in at {provider.title} fits in no block: it is renewed in the ledger.",
            hint="Put the token of a system user of your business into a block: that does not end.",
        )
    app = _app(provider, wish.client)
    with _tokens() as tokens:
        token = asyncio.run(
            consented(
                provider,
                app,
                purpose=wish.purpose,
                show=lambda consent: _show_page(provider, consent),
                pasted=_typed,
                redirect_uri=wish.redirect_uri,
            )
        )
        key = f"{provider.name}/{wish.account}"
        _store(tokens, key, token)
    if wish.block:
        _keep_in_block(provider, token, wish.account, wish.block)
    made = _account(provider, key, token)
    note(f"Signed in to {provider.title}{f' as {made.name}' if made.name else ''}. Kept, sealed, as {key}.")
    if not token.secrets.get("refresh_token") and provider.long_lived is None:
        note(f"{provider.title} gave no way to renew it: sign in again when it ends.")
    return made


def listed() -> tuple[Account, ...]:
    """Return who is signed in."""
    with _tokens() as tokens:
        found = []
        for key, _ in tokens.accounts():
            token, provider = tokens.get(key), PROVIDERS.get(key.partition("/")[0])
            if token and provider:
                found.append(_account(provider, key, token))
        return tuple(found)


def forget(platform: str, account: str) -> None:
    """Drop a sign-in.

    Raises:
        InvalidInput: there is none.
    """
    key = f"{provider_named(platform).name}/{account}"
    with _tokens() as tokens:
        if tokens.get(key) is None:
            known = ", ".join(name for name, _ in tokens.accounts()) or "nobody"
            raise InvalidInput(f"Nobody is signed in as {key!r}.", hint=f"Signed in: {known}.")
        tokens.forget(key)
    note(f"Forgotten: {key}. The platform still knows the app; take its access back there too.")


def show(accounts: tuple[Account, ...]) -> None:
    """Show who is signed in, as a table."""
    if not accounts:
        note(f"Nobody is signed in. Sign in with: reelwright auth {'|'.join(PROVIDERS)}")
        return
    table = Table.grid(padding=(0, 2))
    for one in accounts:
        ends = f"until {one.ends:%Y-%m-%d}" if one.ends else "no end is told"
        table.add_row(f"[bold]{escape(one.account)}[/]", escape(one.name), ends, f"[yellow]{escape(one.warning)}[/]")
    console.print(table)


def _store(tokens: LedgerTokens, key: str, token: StoredToken) -> None:
    """Store a new sign-in over whatever is there; a process that renews the old one at this moment is overtaken."""
    for last in (False, False, True):
        held = tokens.get(key)
        try:
            tokens.put(key, token, seen=held.version if held else 0)
        except StorageError:
            if last:
                raise
        else:
            return


@contextlib.contextmanager
def _tokens() -> Iterator[LedgerTokens]:
    settings = Settings()
    database = Database(settings.ledger_url)
    try:
        yield LedgerTokens(database, token_key(settings.home, settings.token_key))
    finally:
        database.close()


def _account(provider: Provider, key: str, token: StoredToken) -> Account:
    return Account(
        account=key,
        name=token.account_name,
        scopes=token.scopes,
        ends=token.refresh_until,
        warning=ends_soon(provider, token),
    )


def _app(provider: Provider, file: Path | None) -> App:
    """Return the app: from the file that Google gives, else from the environment."""
    if file is not None:
        return _app_in(provider, file)
    found = [credential((name,)) for name in provider.client_variables]
    if not all(found):
        raise InvalidInput(
            f"{provider.title} must know the app that asks: set {' and '.join(provider.client_variables)}, "
            "or give --client FILE.",
            hint=provider.set_up,
        )
    identity, secret = (value.get_secret_value() for value in found if value)
    return App(id=identity, secret=SecretStr(secret))


def _app_in(provider: Provider, file: Path) -> App:
    try:
        told = json.loads(file.read_text("utf-8"))
        told = told.get("installed") or told.get("web") or told
        return App(id=told.get(provider.client_field) or told["client_id"], secret=SecretStr(told["client_secret"]))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InvalidInput(f"{str(file)!r} holds no app ({type(error).__name__}).", hint=provider.set_up) from None


def _show_page(provider: Provider, consent: Consent) -> None:
    console.print(f"Open this page and agree, signed in to {provider.title} as who shall publish:")
    # On one line whatever the terminal's width: it is copied.
    console.print(f"\n{escape(consent.url)}\n", soft_wrap=True, highlight=False)
    console.print("Is the browser on another machine? Then paste the address that it lands at, and press Enter:")


def _typed() -> asyncio.Future[str]:
    """Return what a person types on one line; never done if nobody does."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def settle(text: str) -> None:
        if not line.done():
            line.set_result(text)

    def read() -> None:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # no terminal, or the loop has ended meanwhile
            if text := sys.stdin.readline().strip():
                loop.call_soon_threadsafe(settle, text)

    # A daemon: the person may never press Enter.
    threading.Thread(target=read, name="reelwright-paste", daemon=True).start()
    return line


def _keep_in_block(provider: Provider, token: StoredToken, account: str, name: str) -> None:
    """Save a sign-in on the Prefect server."""
    from blocks import TikTokAccount, YouTubeChannel  # noqa: PLC0415 - loads Prefect

    kind = YouTubeChannel if provider.name == YOUTUBE.name else TikTokAccount
    kind.of_sign_in(token, account).save(name, overwrite=True)
    note(f"The block {kind.get_block_type_slug()}/{name} is a channel now: name it {name!r} where episodes go out.")
