"""Sign-in and tokens: PKCE at a random port, a pasted address, renewal before use, rotation that loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from support.databases import database
from support.signing_in import APP, browser, close_all, given, refresher, tokens_at

from reelwright.errors import FailureKind, InvalidInput, ProviderError, StorageError
from reelwright.publishing.contract import now
from reelwright.publishing.oauth import App, Consent, LongLived, Provider, SignInNeeded, ask, ends_soon, exchange
from reelwright.publishing.oauth_providers import TIKTOK, YOUTUBE
from reelwright.publishing.oauth_sign_in import read_pasted, sign_in
from reelwright.publishing.signed_in import SignedIn
from reelwright.publishing.token_store import StoredToken
from reelwright.publishing.tokens import LedgerTokens
from reelwright.testing.servers.oauth import AuthorizationServer, Issuer
from reelwright.testing.servers.strict import Drop, Reply
from reelwright.testing.servers.youtube import CHANNEL, FORCE, READ, UPLOAD, YouTubeServer


def tiktok_issuer() -> Issuer:
    """TikTok's habits."""
    return Issuer("client_key", ",", rotates=True, access_seconds=7200, refresh_seconds=15_552_000, hex_challenge=True)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close every database that a test has opened."""
    yield
    close_all()


@pytest.fixture
def google() -> Iterator[YouTubeServer]:
    """Google's sign-in, and YouTube behind it."""
    with YouTubeServer() as server:
        yield server


@pytest.fixture
def tiktok() -> Iterator[AuthorizationServer]:
    """TikTok's sign-in."""
    with AuthorizationServer(tiktok_issuer()) as server:
        yield server


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    """A ledger's address."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def stored(server: AuthorizationServer, ledger: str, *, key: str = "tiktok/default") -> LedgerTokens:
    """Tokens of a sign-in whose access has ended."""
    tokens = tokens_at(ledger)
    tokens.put(key, given(server.issuer.issue("video.upload"), "video.upload"), seen=0)
    return tokens


# Signing in


def test_signing_in_opens_a_page_and_takes_its_answer(google: YouTubeServer) -> None:
    """State and PKCE go along, the least scopes are asked for, and the token knows whose it is."""
    token = asyncio.run(sign_in(YOUTUBE.at(google.url), APP, show=browser))
    asked = next(call for call in google.calls if "auth" in call.path).query
    assert asked["scope"].split() == [UPLOAD, READ]
    assert urlsplit(asked["redirect_uri"]).hostname == "127.0.0.1"
    assert token.account_name == "Kitchen Chemistry"
    assert token.secrets["account_id"] == CHANNEL
    assert set(token.scopes) == {UPLOAD, READ}
    assert {"access_token", "refresh_token"} <= set(token.secrets)


def test_signing_in_again_gives_a_refresh_token_again(google: YouTubeServer) -> None:
    """Google gives one the second time only to those who ask for consent anew."""
    for _ in range(2):
        token = asyncio.run(sign_in(YOUTUBE.at(google.url), APP, purpose="captions", show=browser))
        assert token.secrets["refresh_token"]
        assert token.scopes == (FORCE,)


def test_a_challenge_is_written_as_the_platform_wants_it(tiktok: AuthorizationServer) -> None:
    """TikTok takes hexadecimal digits, and commas between scopes."""
    token = asyncio.run(sign_in(TIKTOK.at(tiktok.url), APP, purpose="direct", show=browser))
    assert token.scopes == ("video.publish", "video.upload")
    assert token.refresh_until
    assert timedelta(days=179) < token.refresh_until - now() < timedelta(days=181)


def test_without_a_browser_here_the_address_is_pasted(google: YouTubeServer) -> None:
    """The browser of another machine lands nowhere; its address, or the code alone, is typed in."""
    for whole in (True, False):
        shown: list[Consent] = []

        def pasted(shown: list[Consent] = shown, *, whole: bool = whole) -> asyncio.Future[str]:
            landed = httpx.get(shown[0].url).headers["location"]
            typed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            typed.set_result(landed if whole else parse_qs(urlsplit(landed).query)["code"][0])
            return typed

        assert asyncio.run(sign_in(YOUTUBE.at(google.url), APP, show=shown.append, pasted=pasted)).scopes


def test_an_answer_to_another_question_is_none() -> None:
    """A page that sends its own code to the door, or into the terminal, signs nobody in."""
    consent = ask(YOUTUBE, APP, "http://127.0.0.1:1/callback/")
    with pytest.raises(InvalidInput, match="no answer to this question"):
        read_pasted("http://127.0.0.1:1/callback/?code=evil&state=other", consent)

    async def attacked() -> int:
        statuses = []

        def attack(shown: Consent) -> None:
            statuses.append(httpx.get(f"{shown.redirect_uri}?code=evil&state=other").status_code)

        def show(shown: Consent) -> None:
            asyncio.get_running_loop().run_in_executor(None, attack, shown)

        with pytest.raises(SignInNeeded, match="in time"):
            await sign_in(YOUTUBE, APP, show=show, wait_seconds=1.5)
        return int(statuses[0])

    assert asyncio.run(attacked()) == 400


@pytest.mark.parametrize(
    ("harm", "told"),
    [("denied", "not given: access_denied"), ("app", "does not know this app"), ("code", "invalid_grant")],
)
def test_a_sign_in_that_fails_says_why_and_what_to_do(google: YouTubeServer, harm: str, told: str) -> None:
    """A person who says no, a wrong app, a code that was used."""
    provider = YOUTUBE.at(google.url)
    google.issuer.denies = "access_denied" if harm == "denied" else ""
    app = App(id=APP.id, secret=SecretStr("wrong-0123456789")) if harm == "app" else APP
    used = exchange(provider, APP, ask(provider, APP, "http://127.0.0.1:1/"), "code-9/x")
    attempt = used if harm == "code" else sign_in(provider, app, show=browser)
    with pytest.raises(SignInNeeded, match=told) as failed:
        asyncio.run(attempt)
    used.close()
    assert failed.value.hint
    assert "wrong-0123456789" not in str(failed.value)


def test_a_box_that_was_unticked_is_missed_at_once(google: YouTubeServer) -> None:
    """Not at night, when the first upload is refused."""
    google.issuer.withholds = frozenset({UPLOAD})
    with pytest.raises(SignInNeeded, match=r"youtube\.upload is missing") as refused:
        asyncio.run(sign_in(YOUTUBE.at(google.url), APP, show=browser))
    assert "tick every box" in refused.value.hint


# Staying signed in


def test_a_good_token_is_used_as_it_is(tiktok: AuthorizationServer, ledger: str) -> None:
    """One renewal, and none while it lives; the rotated refresh token is stored."""
    tokens = stored(tiktok, ledger)
    account = SignedIn(TIKTOK.at(tiktok.url), tokens)
    first, second = (asyncio.run(account.token()) for _ in range(2))
    kept = tokens.get("tiktok/default")
    assert first.secrets == second.secrets
    assert kept
    assert kept.secrets["refresh_token"] == tiktok.issuer.grants[0].refresh_token
    assert kept.secrets["account_id"] == "UC1"
    assert tiktok.issuer.refreshes == 1


def test_a_refused_token_is_renewed_once_for_all_who_held_it(tiktok: AuthorizationServer, ledger: str) -> None:
    """The platform ended it early: the first who notices renews it, the others take what is there."""
    account = SignedIn(TIKTOK.at(tiktok.url), stored(tiktok, ledger))

    async def noticed() -> set[str]:
        held = (await account.token()).secrets["access_token"]
        found = await asyncio.gather(*(account.token(refused=held) for _ in range(4)))
        return {token.secrets["access_token"] for token in found} - {held}

    assert len(asyncio.run(noticed())) == 1
    assert tiktok.issuer.refreshes == 2


def test_many_that_need_a_token_at_once_renew_it_once(tiktok: AuthorizationServer, ledger: str) -> None:
    """Each with a connection of its own to the ledger."""
    stored(tiktok, ledger)

    async def all_at_once() -> set[str]:
        accounts = [SignedIn(TIKTOK.at(tiktok.url), tokens_at(ledger)) for _ in range(8)]
        return {token.secrets["access_token"] for token in await asyncio.gather(*(one.token() for one in accounts))}

    assert len(asyncio.run(all_at_once())) == 1
    assert tiktok.issuer.refreshes == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_ten_processes_renew_a_rotating_token_once(tiktok: AuthorizationServer, tmp_path: Path, kind: str) -> None:
    """All ten come home with a token that works, and the stored refresh token is the living one."""
    with database(kind, tmp_path) as url:
        tokens = stored(tiktok, url)
        running = [refresher("tiktok", tiktok.url, url) for _ in range(10)]
        done = [process.communicate(timeout=400) for process in running]
        assert [process.returncode for process in running] == [0] * 10, done
        kept = tokens.get("tiktok/default")
        assert kept
        assert {out for out, _ in done} == {kept.secrets["access_token"]}
        assert kept.secrets["refresh_token"] == tiktok.issuer.grants[0].refresh_token
        assert tiktok.issuer.refreshes == 1
        close_all()


def test_a_lost_answer_is_asked_for_again(google: YouTubeServer, ledger: str) -> None:
    """Google's refresh token stays: the second answer is as good as the first."""
    tokens = tokens_at(ledger)
    google.issuer.needs_offline = False
    tokens.put("youtube/default", given(google.issuer.issue(UPLOAD), UPLOAD), seen=0)
    google.fail("token", "drop_after")
    token = asyncio.run(SignedIn(YOUTUBE.at(google.url), tokens).token())
    assert token.secrets["access_token"] in google.issuer.grants[-1].access
    assert google.issuer.refreshes == 2


def test_an_end_point_that_stumbles_is_no_reason_to_sign_in_again(tiktok: AuthorizationServer, ledger: str) -> None:
    """The stored token stays as it was, and the next attempt works."""
    tokens = stored(tiktok, ledger)
    account = SignedIn(TIKTOK.at(tiktok.url), tokens)
    for answers in ((Reply(503),), (Drop(), Drop())):
        tiktok.then(*answers)
        with pytest.raises(ProviderError) as failed:
            asyncio.run(account.token())
        assert failed.value.kind is FailureKind.BUSY
    assert asyncio.run(account.token()).secrets["access_token"]


def test_a_sign_in_that_was_taken_back_needs_a_person(tiktok: AuthorizationServer, ledger: str) -> None:
    """It says which command, why it may have happened, and no token."""
    tokens = stored(tiktok, ledger)
    tiktok.issuer.revoke()
    with pytest.raises(SignInNeeded, match="expired or revoked") as failed:
        asyncio.run(SignedIn(TIKTOK.at(tiktok.url), tokens).token())
    assert "reelwright auth tiktok" in failed.value.hint
    assert "SECRET" not in str(failed.value)


def test_nobody_signed_in_is_said(ledger: str) -> None:
    """With the command that does it."""
    with pytest.raises(SignInNeeded, match="nobody has signed in"):
        asyncio.run(SignedIn(YOUTUBE, tokens_at(ledger)).token())


def test_a_rotated_token_that_cannot_be_stored_is_not_used(tiktok: AuthorizationServer, ledger: str) -> None:
    """The new access token is handed out only after the new refresh token is in the ledger."""

    class Full(LedgerTokens):
        def put(self, account: str, token: StoredToken, *, seen: int) -> StoredToken:
            raise StorageError(f"The disk is full: {account!r} at {seen}, {token}.")

    stored(tiktok, ledger)
    full = Full(tokens_at(ledger)._database, SecretStr("the key that seals"))
    with pytest.raises(StorageError, match="disk is full"):
        asyncio.run(SignedIn(TIKTOK.at(tiktok.url), full).token())


def test_a_sign_in_from_a_block_is_kept_from_its_first_use_on(google: YouTubeServer, ledger: str) -> None:
    """And a new one in the block stands in when the kept one has ended."""
    google.issuer.needs_offline = False
    tokens = tokens_at(ledger)
    seed = given(google.issuer.issue(UPLOAD), UPLOAD).model_copy(update={"access_until": None})
    seed = seed.model_copy(update={"secrets": {n: v for n, v in seed.secrets.items() if n != "access_token"}})
    asyncio.run(SignedIn(YOUTUBE.at(google.url), tokens, seed=lambda: seed).token())
    assert tokens.get("youtube/default")
    google.issuer.revoke()
    google.issuer.end_access()
    held = tokens.get("youtube/default")
    assert held
    fresh = given(google.issuer.issue(UPLOAD), UPLOAD)
    account = SignedIn(YOUTUBE.at(google.url), tokens, seed=lambda: fresh)
    token = asyncio.run(account.token(refused=held.secrets["access_token"]))
    assert token.secrets["refresh_token"] == fresh.secrets["refresh_token"]


def test_an_end_is_told_a_week_ahead() -> None:
    """Not before, and for ever after; a platform that tells no end warns of none."""
    token = StoredToken(secrets={"access_token": "x"})
    assert ends_soon(TIKTOK, token) == ""
    for days, told in ((8, ""), (6, "ends on"), (-1, "has ended")):
        warning = ends_soon(TIKTOK, token.model_copy(update={"refresh_until": now() + timedelta(days=days)}))
        assert (told in warning) if told else warning == ""


def test_metas_tokens_renew_themselves(ledger: str) -> None:
    """A code's short token is exchanged for a long one; the long one is renewed with itself, long before its end."""
    provider = Provider(
        name="instagram", title="Instagram", authorize_url="https://instagram.example/oauth/authorize",
        token_url="https://instagram.example/oauth/access_token", scopes={"publish": ("basic", "publish")},
        scope_separator=",", client_variables=("A", "B"), challenge="none", refresh_before=timedelta(days=30),
        set_up="Make an app.", id_field="user_id",
        long_lived=LongLived(
            exchange_url="https://instagram.example/access_token", exchange_grant="ig_exchange_token",
            refresh_url="https://instagram.example/refresh_access_token", refresh_grant="ig_refresh_token",
        ),
    )  # fmt: skip
    with AuthorizationServer(Issuer()) as server:
        here = provider.at(server.url)
        server.then(
            Reply(200, {"access_token": "short-1", "user_id": 17}),
            Reply(200, {"access_token": "long-1", "expires_in": 5_184_000, "token_type": "bearer"}),
            Reply(200, {"access_token": "long-2", "expires_in": 5_184_000, "token_type": "bearer"}),
        )
        token = asyncio.run(exchange(here, APP, ask(here, APP, "https://me.example/back"), "code"))
        soon = token.model_copy(update={"access_until": now() + timedelta(days=20)})
        tokens = tokens_at(ledger)
        tokens.put("instagram/default", soon, seen=0)
        renewed = asyncio.run(SignedIn(here, tokens).token())
        grants = [call.query.get("grant_type") for call in server.calls]
    assert token.secrets["access_token"] == "long-1"
    assert token.account_name == "17"
    assert renewed.secrets["access_token"] == "long-2"
    assert renewed.refresh_until == renewed.access_until
    assert grants == [None, "ig_exchange_token", "ig_refresh_token"]
