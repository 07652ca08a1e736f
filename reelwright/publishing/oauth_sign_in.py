"""How a person signs in: a page in their browser, and its answer at a door of this machine, or pasted by hand."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

from reelwright.errors import InvalidInput
from reelwright.publishing.oauth import App, Consent, Provider, SignInNeeded, ask, exchange
from reelwright.publishing.token_store import StoredToken

WAIT_SECONDS = 600.0
"""How long a person may take."""
_MOST_BYTES = 16_384
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Reelwright</title>"
    "<style>body{{font:1.1rem/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}}</style>"
    "<h1>{title}</h1><p>{text}</p></html>"
)

Answer = Mapping[str, str]
"""The fields that a platform sends the browser back with."""


async def sign_in(
    provider: Provider,
    app: App,
    *,
    purpose: str = "",
    show: Callable[[Consent], None],
    pasted: Callable[[], asyncio.Future[str]] | None = None,
    redirect_uri: str = "",
    wait_seconds: float = WAIT_SECONDS,
) -> StoredToken:
    """Let a person consent and return the tokens. Stores nothing.

    Args:
        provider: The platform.
        app: The app that it knows us as.
        purpose: Which scopes are asked for; empty: the platform's least.
        show: Is told the page to open.
        pasted: Gives what a person types: a code, or the address that the browser landed at. `None`: nobody types.
        redirect_uri: An address registered with the platform, where it takes no address of this machine.
        wait_seconds: How long the person may take.

    Raises:
        SignInNeeded: they did not consent, or not in time.
        InvalidInput: what was pasted is no answer to this question.
        ProviderError: the platform cannot be reached.
    """
    async with _door(provider.redirect_path) as door:
        here = provider.loopback and not redirect_uri
        consent = ask(provider, app, door.address if here else redirect_uri, purpose)
        door.state = consent.state
        show(consent)
        answer = await _first(provider, consent, door if here else None, pasted, wait_seconds)
    token = await exchange(provider, app, consent, _code(provider, answer))
    _require_all(provider, token, purpose)
    return token


class Door:
    """A server on a random port of the loopback address that takes one answer."""

    def __init__(self, path: str) -> None:
        self.path, self.port, self.state = path, 0, ""
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    @property
    def address(self) -> str:
        """Where the browser shall land."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; only the one that carries our state is an answer."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=20)
            status, title, text = self._judged(head.split(b"\r\n", 1)[0].decode("latin-1"))
            page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
            head_lines = (
                f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n"
                "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
            )
            writer.write(head_lines.encode() + page)
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # no request of a browser that waits for us
        finally:
            writer.close()

    def _judged(self, line: str) -> tuple[str, str, str]:
        method, _, rest = line.partition(" ")
        address = urlsplit(rest.partition(" ")[0])
        given = dict(parse_qsl(address.query))
        if method != "GET" or address.path.rstrip("/") != self.path.rstrip("/"):
            return "404 Not Found", "Nothing is here", "The answer of the platform is waited for at another address."
        if not self.state or given.get("state") != self.state:
            return "400 Bad Request", "This is no answer to our question", "Open the link in the terminal again."
        if not self.answer.done():
            self.answer.set_result(given)
        if "code" not in given:
            return "200 OK", "You did not agree", "Nothing was stored. You can close this window."
        return "200 OK", "Thank you", "Go back to the terminal: it says whether the sign-in worked."


@asynccontextmanager
async def _door(path: str) -> AsyncIterator[Door]:
    door = Door(path)
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0, limit=_MOST_BYTES)
    door.port = server.sockets[0].getsockname()[1]
    try:
        yield door
    finally:
        server.close()


async def _first(
    provider: Provider,
    consent: Consent,
    door: Door | None,
    pasted: Callable[[], asyncio.Future[str]] | None,
    wait_seconds: float,
) -> Answer:
    """Wait for the browser or for the person's hand, whichever is first."""
    waiting: set[asyncio.Future[Answer] | asyncio.Future[str]] = set()
    if door:
        waiting.add(door.answer)
    typed = pasted() if pasted else None
    if typed:
        waiting.add(typed)
    if not waiting:
        raise InvalidInput("Nobody can answer: this needs a terminal.", hint="Run it where the answer can be pasted.")
    done, _ = await asyncio.wait(waiting, timeout=wait_seconds, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        raise SignInNeeded(provider.title, "nobody answered in time", hint=provider.sign_in_hint)
    if typed in done and typed is not None:
        return read_pasted(typed.result(), consent)
    return door.answer.result() if door else {}


def read_pasted(text: str, consent: Consent) -> Answer:
    """Read what a person pasted: the address that the browser landed at, or the code alone.

    Raises:
        InvalidInput: it is neither, or an answer to another question.
    """
    text = text.strip()
    query = urlsplit(text).query if "://" in text or text.startswith("/") else ""
    given = dict(parse_qsl(query))
    if query and given.get("state") != consent.state:
        raise InvalidInput("This address is no answer to this question.", hint="Open the page again, then paste anew.")
    if query:
        return given
    if not text or any(letter.isspace() for letter in text):
        raise InvalidInput("Nothing that looks like a code was pasted.", hint="Paste the whole address, or its code.")
    return {"code": text}


def _require_all(provider: Provider, token: StoredToken, purpose: str) -> None:
    """Refuse a sign-in that may not do what it was asked for: a consent page lets people untick what they like."""
    asked = provider.scopes[purpose] if purpose else next(iter(provider.scopes.values()))
    missing = [scope.rpartition("/")[2] for scope in asked if token.scopes and scope not in token.scopes]
    if missing:
        hint = f"Sign in again and tick every box: reelwright auth {provider.name}."
        raise SignInNeeded(provider.title, f"not all was allowed: {', '.join(missing)} is missing", hint=hint)


def _code(provider: Provider, answer: Answer) -> str:
    if "code" in answer:
        return answer["code"]
    reason = answer.get("error_description") or answer.get("error") or "no code came back"
    raise SignInNeeded(provider.title, f"the sign-in was not given: {reason}", hint=provider.sign_in_hint)
