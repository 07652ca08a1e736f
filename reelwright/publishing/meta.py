"""What Instagram and Facebook share of Meta's Graph API: calls, errors, the upload host, a Page's own token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from reelwright.models.remote.addresses import checked_base_url
from reelwright.models.remote.answers import Answer
from reelwright.models.remote.auth import key_header
from reelwright.publishing.calls import UNREADABLE, Calls
from reelwright.publishing.contract import (
    Bench,
    ChannelEntry,
    ChannelRefused,
    Handle,
    Outcome,
    OutcomeUnknown,
    Post,
    Published,
    Refused,
    Unclear,
    now,
)
from reelwright.publishing.meta_facts import GRAPH_URL
from reelwright.publishing.oauth_providers import FACEBOOK
from reelwright.publishing.rules import ChannelRules, RefusalKind
from reelwright.publishing.signing import Signer

_UNSURE = frozenset({"1", "2", "-1/2207001", "6000"})
"""Codes of a stumble: the call may have worked, or one before it that was not answered."""
_HOST = ".facebook.com"
_CLOCKS = timedelta(minutes=5)
"""How far Meta's clock and ours may be apart."""


class Graph:
    """One product's calls to the Graph API."""

    def __init__(self, entry: ChannelEntry, rules: ChannelRules, signer: Signer) -> None:
        self._usual = not entry.base_url
        self.calls = Calls(
            entry.called,
            rules.title,
            checked_base_url(entry.base_url or GRAPH_URL),
            signer,
            errors=rules.errors,
            named=_named,
            named_bytes=_named_bytes,
            unsure=_UNSURE,
        )

    async def get(self, path: str, *fields: str, **query: str) -> dict[str, Any]:
        """Read some fields of a node, or of what is listed on its edge."""
        answer = await self.calls.read("GET", path, query={"fields": ",".join(fields), **query})
        return answer.fields

    async def post(self, path: str, form: dict[str, str], *, final: bool = False) -> dict[str, Any]:
        """Send a form once and return the fields of the answer."""
        answer = await self.calls.send("POST", path, form=form, final=final)
        return answer.fields

    async def send_film(self, handle: Handle, post: Post, received: int) -> Handle:
        """Send what the upload host has not yet, in one call."""
        size = post.video.size_bytes
        self._check_host(handle.session)
        auth = key_header(await self.calls.token(), "Authorization", "OAuth ")
        headers = {
            "Content-Type": "application/octet-stream",
            "offset": str(received),
            "file_size": str(size),
        }
        await self.calls.send_bytes("POST", handle.session, post.video, received, size, headers=headers, auth=auth)
        return handle.model_copy(update={"sent_bytes": size})

    def _check_host(self, address: str) -> None:
        """Refuse to send the token to anybody but Meta."""
        host = urlsplit(address).hostname or ""
        if self._usual and not (address.startswith("https://") and host.endswith(_HOST)):
            raise self.calls.refuse(
                Refused(
                    kind=RefusalKind.UNKNOWN,
                    reason=f"the upload address is at {host!r}, not at Meta",
                    person_should="Publish again; if it stays so, tell us.",
                )
            )


@dataclass(frozen=True, slots=True)
class Edge:
    """How a product lists an account's posts: the edge of its node, and what the fields of a post are called."""

    name: str
    text: str
    time: str
    address: str
    page_size: int
    pages: int = 1
    """How many pages are read at most."""

    def shown(self, post: dict[str, Any]) -> Published:
        """Return a post that was read."""
        url = str(post.get(self.address) or "")
        return Published(remote_id=str(post["id"]), url=url, at=moment_of(post.get(self.time)))

    async def find(self, graph: Graph, node: str, is_ours: Callable[[str], bool], since: datetime) -> Outcome:
        """Return the one post since a moment whose text is ours: presence is proved, absence is not."""
        after, alike, seen = "", list[dict[str, Any]](), 0
        for _ in range(self.pages):
            query = {"limit": str(self.page_size), **({"after": after} if after else {})}
            told = await graph.get(f"{node}/{self.name}", "id", self.text, self.time, self.address, **query)
            page = [each for each in told.get("data", ()) if moment_of(each.get(self.time)) >= since - _CLOCKS]
            seen += len(page)
            alike += [each for each in page if is_ours(str(each.get(self.text) or ""))]
            after = str(((told.get("paging") or {}).get("cursors") or {}).get("after") or "")
            if alike or not page or not after:
                break
        if len(alike) == 1:
            return self.shown(alike[0])
        if alike:
            candidates = tuple(str(each.get(self.address) or each["id"]) for each in alike)
            return Unclear(reason="several posts look like it", candidates=candidates)
        return Unclear(reason=f"none of the {seen} posts that are listed since then is ours")


class PageSigner(Signer):
    """Signs with the Page's own token, which the person's token opens."""

    def __init__(self, signer: Signer, entry: ChannelEntry, rules: ChannelRules, page: str) -> None:
        self._person, self._page = signer, page
        self._graph = Graph(entry, rules, signer)
        self._of: dict[str, SecretStr] = {}

    @property
    def can_renew(self) -> bool:
        """Whether another token may be had when one is refused."""
        return self._person.can_renew

    @property
    def account(self) -> str:
        """The number of the account that was signed in to."""
        return self._person.account

    async def token(self, *, refused: str = "") -> SecretStr:
        """Return the Page's token; a token that is the Page's already comes back as it is."""
        person = await self._person.token()
        if refused:
            stale = next((key for key, page in self._of.items() if page.get_secret_value() == refused), refused)
            self._of.pop(stale, None)
            person = await self._person.token(refused=stale)
        plain = person.get_secret_value()
        if plain not in self._of:
            told = await self._graph.get(self._page, "access_token")
            self._of[plain] = SecretStr(str(told.get("access_token") or plain))
        return self._of[plain]

    async def aclose(self) -> None:
        """Close the client."""
        await self._graph.calls.aclose()


def signer_of(entry: ChannelEntry, bench: Bench, variables: tuple[str, ...], purpose: str) -> Signer:
    """Return who signs: a set token, or the sign-in with Facebook that both products share."""
    return Signer.of(entry, bench, FACEBOOK, variables, purpose)


def moment_of(text: Any) -> datetime:
    """Return a moment as Meta writes it, `2026-11-21T10:00:00+0000`; now if it is none."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return now()


def required(channel: str, told: dict[str, Any], *names: str) -> str:
    """Return the first of these fields.

    Raises:
        OutcomeUnknown: none is there.
    """
    found = next((str(told[name]) for name in names if told.get(name)), "")
    if not found:
        raise OutcomeUnknown(channel, f"the answer tells no {names[0]}.")
    return found


def is_gone(error: ChannelRefused) -> bool:
    """Whether a read was refused because there is no such object for us."""
    return "(100/33)" in error.refused.reason or "(24/2207006)" in error.refused.reason


def _named(answer: Answer) -> tuple[tuple[str, ...], str]:
    """Read an answer of the Graph API."""
    fields = answer.fields
    error = fields.get("error")
    if not isinstance(error, dict):
        return ((), "") if answer.ok and fields else ((UNREADABLE,), "an answer that is none of Meta's")
    code, subcode = str(error.get("code", "")), str(error.get("error_subcode") or "")
    words = str(error.get("error_user_msg") or error.get("message") or "")
    return ((f"{code}/{subcode}", code) if subcode else (code,)), words


def _named_bytes(answer: Answer) -> tuple[tuple[str, ...], str]:
    """Read an answer of the host that takes bytes."""
    told = answer.fields.get("debug_info")
    if isinstance(told, dict):
        name = str(told.get("type") or "")
        names = ("retriable",) if told.get("retriable") is True else (name,)
        return names, f"{name}: {told.get('message') or 'no reason given'}"
    if answer.ok and answer.fields.get("success") is True:
        return (), ""
    return (UNREADABLE,), "an answer that is none of Meta's"
