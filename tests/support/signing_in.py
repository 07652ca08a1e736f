"""People who sign in, and processes that use what they were given."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import httpx
from pydantic import SecretStr

from reelwright.ledger.database import Database
from reelwright.publishing.oauth import App, Consent, Provider
from reelwright.publishing.oauth_providers import PROVIDERS
from reelwright.publishing.signed_in import SignedIn
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens
from reelwright.testing.servers.oauth import CLIENT_ID, CLIENT_SECRET

APP = App(id=CLIENT_ID, secret=SecretStr(CLIENT_SECRET))
KEY = SecretStr("the key that seals")
ROOT = Path(__file__).parents[2]


OPENED: list[Database] = []
"""Databases to close when a test has ended."""


def tokens_at(url: str) -> LedgerTokens:
    """The tokens in a ledger."""
    OPENED.append(Database(url))
    return LedgerTokens(OPENED[-1], KEY)


def close_all() -> None:
    """Close what was opened."""
    while OPENED:
        OPENED.pop().close()


def given(answer: dict[str, object], *scopes: str) -> StoredToken:
    """What a sign-in stored some time ago: its access token has ended."""
    from reelwright.publishing.contract import now  # noqa: PLC0415 - of this function alone

    held = {name: str(answer[name]) for name in ("access_token", "refresh_token")}
    secrets = {**held, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "account_id": "UC1"}
    return StoredToken(secrets=secrets, access_until=now(), scopes=scopes)


def browser(consent: Consent) -> None:
    """A person's browser: opens the page, and goes where it is sent. In a thread, as a browser is another program."""
    threading.Thread(target=lambda: httpx.get(consent.url, follow_redirects=True, timeout=30), daemon=True).start()


def refresher(name: str, server: str, ledger: str) -> subprocess.Popen[str]:
    """A process that asks for a token and prints it."""
    words = [sys.executable, "-m", "support.signing_in", name, server, ledger]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def _main(name: str, server: str, ledger: str) -> None:
    provider: Provider = PROVIDERS[name].at(server)
    token = asyncio.run(SignedIn(provider, tokens_at(ledger)).token())
    sys.stdout.write(token.secrets["access_token"])


if __name__ == "__main__":
    _main(*sys.argv[1:])
