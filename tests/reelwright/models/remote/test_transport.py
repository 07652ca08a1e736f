"""The transport that every remote model stands on: what is repeated, what never is, and where a key may go."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import stamina
from pydantic import SecretStr

from reelwright.errors import FailureKind, InvalidInput, ProviderError, StartAmbiguous
from reelwright.models.remote.auth import Auth, auth_of, basic, bearer, signed
from reelwright.models.remote.patience import Patience
from reelwright.models.remote.transport import Transport
from reelwright.testing.servers.strict import Call, Drop, Reply, StrictServer

KEY = "sk-live-abcdefghijklmnop"
CLIP = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 400
Result = TypeVar("Result")


class Vendor(StrictServer):
    """A vendor that holds one clip and answers everything else with JSON."""

    def answer(self, call: Call) -> Reply:
        """Give the clip, or the part of it that is asked for."""
        if not call.path.endswith("/clip"):
            return Reply(200, {"path": call.path, "query": dict(call.query)})
        start = int(call.headers.get("range", "bytes=0-")[6:].partition("-")[0])
        headers = {"ETag": '"one"'}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(CLIP) - 1}/{len(CLIP)}"
        return Reply(206 if start else 200, None, headers, CLIP[start:], "video/mp4")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """The vendor."""
    with Vendor() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=4):
        yield


def use(vendor: Vendor, work: Callable[[Transport], Awaitable[Result]], **how: Any) -> Result:
    """Open a transport, use it, close it."""

    async def run() -> Result:
        transport = Transport(vendor="Vendor", base_url=f"{vendor.url}/v1/", **{"auth": bearer(SecretStr(KEY)), **how})
        try:
            return await work(transport)
        finally:
            await transport.aclose()

    return asyncio.run(run())


def refused(vendor: Vendor, work: Callable[[Transport], Awaitable[Any]], **how: Any) -> ProviderError:
    """Return the error that a call ends with."""
    with pytest.raises(ProviderError) as caught:
        use(vendor, work, **how)
    return caught.value


def test_a_read_is_repeated_until_it_is_answered(vendor: Vendor) -> None:
    """503, 429 and a broken line are met with another attempt."""
    vendor.then(Reply(503), Reply(429, {}), Drop())
    answer = use(vendor, lambda transport: transport.get("things"))
    assert answer.fields["path"] == "/v1/things"
    assert len(vendor.calls) == 4


def test_a_read_gives_up_after_its_attempts(vendor: Vendor) -> None:
    """What stays down is told as busy, with the status."""
    vendor.then(*[Reply(500, {"error": {"message": "down"}})] * 9)
    error = refused(vendor, lambda transport: transport.get("things"))
    assert (error.kind, error.status, len(vendor.calls)) == (FailureKind.BUSY, 500, 4)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_not_repeated(vendor: Vendor, status: int) -> None:
    """The same question would get the same answer."""
    vendor.then(Reply(status, {"error": {"message": "no"}}))
    refused(vendor, lambda transport: transport.get("things"))
    assert len(vendor.calls) == 1


def test_a_429_that_means_no_money_is_not_repeated(vendor: Vendor) -> None:
    """An empty account does not fill up while one waits."""
    vendor.then(Reply(429, {"error": {"code": "insufficient_quota", "message": "no"}}))
    assert refused(vendor, lambda transport: transport.get("things")).kind is FailureKind.BILLING
    assert len(vendor.calls) == 1


@pytest.mark.parametrize("form", ["seconds", "date", "milliseconds"])
def test_a_long_wait_is_left_to_the_caller(vendor: Vendor, form: str) -> None:
    """A vendor that asks for more than a moment is not waited for inside; the wait stands in the error."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    name, value = {
        "seconds": ("Retry-After", "90"), "date": ("Retry-After", date), "milliseconds": ("retry-after-ms", "90500")
    }[form]  # fmt: skip
    vendor.then(Reply(429, {}, {name: value}))
    error = refused(vendor, lambda transport: transport.get("things"))
    assert error.retry_after_seconds == pytest.approx(90, abs=5)
    assert len(vendor.calls) == 1


@pytest.mark.parametrize(
    "reply", [Reply(500, {}), Reply(503, {}), Reply(429, {}), Reply(400, {}), Drop(), Drop(halfway=True)]
)
def test_a_paid_start_is_sent_once_whatever_comes_back(vendor: Vendor, reply: Reply | Drop) -> None:
    """No answer, good or bad, makes a second start."""
    vendor.then(reply)
    refused(vendor, lambda transport: transport.paid("jobs", json={"a": 1}))
    assert len(vendor.calls) == 1


def test_a_start_with_no_answer_in_time_is_ambiguous(vendor: Vendor) -> None:
    """A vendor that is silent may be at work."""
    vendor.then(Reply(200, {"id": "1"}, after_seconds=0.6))
    error = refused(
        vendor, lambda transport: transport.paid("jobs", json={"a": 1}), patience=Patience(start_seconds=0.2)
    )
    assert isinstance(error, StartAmbiguous)
    assert not error.retryable


def test_a_start_that_never_left_is_busy() -> None:
    """A refused connection is no ambiguous start."""
    vendor = Vendor()
    vendor._server.server_close()
    error = refused(vendor, lambda transport: transport.paid("jobs", json={"a": 1}))
    assert type(error) is ProviderError
    assert error.kind is FailureKind.BUSY
    assert error.retryable


def test_a_start_is_not_sent_after_a_redirect(vendor: Vendor) -> None:
    """Neither the body nor the key follows: the address is to be put right."""
    vendor.then(Reply(307, None, {"Location": "http://127.0.0.1:9/v1/jobs?token=abcdef"}))
    error = refused(vendor, lambda transport: transport.paid("jobs", json={"a": 1}))
    assert error.kind is FailureKind.INVALID_REQUEST
    assert "127.0.0.1:9/v1/jobs" in error.message
    assert "abcdef" not in error.message


def test_a_forms_text_fields_go_as_parts(vendor: Vendor) -> None:
    """A multipart start arrives as multipart, files and texts alike."""
    parts = {"prompt": (None, "Grüße"), "image": ("frame.png", b"\x89PNG\r\n\0", "image/png")}
    use(vendor, lambda transport: transport.paid("jobs", files=parts))
    assert {part.name: part.data for part in vendor.calls[0].parts} == {
        "prompt": "Grüße".encode(),
        "image": b"\x89PNG\r\n\0",
    }


@pytest.mark.parametrize(
    ("style", "header", "value"),
    [
        ("bearer", "authorization", f"Bearer {KEY}"),
        ("api-key", "api-key", KEY),
        ("x-api-key", "x-api-key", KEY),
        ("key", "authorization", f"Key {KEY}"),
        ("x-goog-api-key", "x-goog-api-key", KEY),
        ("none", "authorization", None),
    ],
)
def test_a_key_travels_as_the_vendor_wants_it(vendor: Vendor, style: str, header: str, value: str | None) -> None:
    """Each style puts the key into its header; a name that is no style is a header's."""
    use(vendor, lambda transport: transport.get("things"), auth=auth_of(style, SecretStr(f" {KEY}\n")))
    assert vendor.calls[0].headers.get(header) == value


def test_a_token_is_signed_anew_for_each_call(vendor: Vendor) -> None:
    """A short-lived token is made from the secret when it is needed."""
    numbers = iter(range(9))
    auth = signed(SecretStr(KEY), lambda _: f"token{next(numbers)}")

    async def twice(transport: Transport) -> None:
        await transport.get("a")
        await transport.get("b")

    use(vendor, twice, auth=auth)
    assert [call.headers["authorization"] for call in vendor.calls] == ["Bearer token0", "Bearer token1"]


def test_a_key_that_no_header_can_carry_is_refused_unseen(vendor: Vendor) -> None:
    """A line end inside a key is told without the key."""
    with pytest.raises(InvalidInput) as caught:
        use(vendor, lambda transport: transport.get("things"), auth=bearer(SecretStr("sk-one\nsk-two")))
    assert "sk-" not in str(caught.value)
    assert vendor.calls == []


def test_an_account_is_told_by_a_fingerprint() -> None:
    """Equal keys give equal fingerprints, others give others, and none shows the key."""
    one, same, other = (bearer(SecretStr(text)).account for text in (KEY, f"{KEY}\n", f"{KEY}2"))
    assert one == same != other
    assert len(one) == 16
    assert Auth().account == ""


@pytest.mark.parametrize(
    "text",
    [
        f"key {KEY} is wrong",
        "Incorrect API key provided: sk-abcd********WXYZ.",
        "token eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln",
        "at https://storage.example/clip.mp4?X-Amz-Signature=0123456789abcdef&x=1",
        "at https://user:hunter22@host.example/",
        "wrong key abcd****************wxyz",
    ],
)
def test_nothing_secret_is_left_in_a_text(text: str) -> None:
    """Our key, what looks like one, signatures and passwords in addresses: all go."""
    cleaned = bearer(SecretStr(KEY)).clean(text)
    for part in (KEY, "WXYZ", "wxyz", "eyJ", "Signature", "hunter22"):
        assert part not in cleaned


def test_a_plain_text_stays_as_it_is() -> None:
    """Words that begin like a key are words."""
    text = "A skateboarder, keyframes_of_interest and task-oriented risk-assessments; see https://host/a/b."
    assert bearer(SecretStr(KEY)).clean(text) == text


def test_a_password_is_cleaned_away_too() -> None:
    """The halves of `user:password`, and its encoded form, are secrets as well."""
    auth = basic(SecretStr("operator:correct-horse"))
    header = auth.headers()["Authorization"]
    assert auth.clean(f"{header} correct-horse") == "Basic [key] [key]"


@pytest.mark.parametrize(
    "url",
    ["ftp://host/v1", "host/v1", "https://user:pass@host/v1", "https://host/v1?key=abc", "https://", "http://[x/"],
)
def test_an_address_that_is_none_or_carries_more_is_refused(url: str) -> None:
    """A key in an address would be written into every ticket."""
    with pytest.raises(InvalidInput) as caught:
        Transport(vendor="Vendor", base_url=url)
    assert "pass" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_a_download_follows_redirects_without_the_key(vendor: Vendor, tmp_path: Path) -> None:
    """The key is for the vendor's own origin; another port is another origin, and a second hop stays one."""
    with Vendor() as other:
        vendor.then(Reply(302, None, {"Location": f"{other.url}/v1/again"}))
        other.then(Reply(302, None, {"Location": f"{other.url}/clip"}))
        use(vendor, lambda transport: transport.download("clip", tmp_path / "clip"))
        assert (tmp_path / "clip").read_bytes() == CLIP
        assert ["authorization" in call.headers for call in (*vendor.calls, *other.calls)] == [True, False, False]


def test_a_poll_does_not_follow_to_another_origin(vendor: Vendor) -> None:
    """An answer from elsewhere says nothing of our job."""
    with Vendor() as other:
        vendor.then(Reply(302, None, {"Location": f"{other.url}/v1/jobs/1"}))
        error = refused(vendor, lambda transport: transport.get("jobs/1"))
        assert error.kind is FailureKind.INVALID_REQUEST
        assert other.calls == []


def test_a_broken_download_asks_for_the_rest_only(vendor: Vendor, tmp_path: Path) -> None:
    """What lies there is kept, and the rest is asked for under the same ETag."""
    vendor.then(Reply(200, None, {"ETag": '"one"'}, CLIP, "video/mp4", 0, 50_000))
    done = use(vendor, lambda transport: transport.download("clip", tmp_path / "clip"))
    assert (tmp_path / "clip").read_bytes() == CLIP
    assert (done.size_bytes, done.resumed, done.media_type) == (len(CLIP), 1, "video/mp4")
    assert vendor.calls[1].headers["range"] == "bytes=50000-"
    assert vendor.calls[1].headers["if-range"] == '"one"'


def test_a_vendor_that_cannot_resume_sends_it_anew(vendor: Vendor, tmp_path: Path) -> None:
    """A 200 in answer to a range begins at the beginning."""
    vendor.then(Reply(200, None, {}, CLIP, "video/mp4", 0, 50_000), Reply(200, None, {}, CLIP, "video/mp4"))
    use(vendor, lambda transport: transport.download("clip", tmp_path / "clip"))
    assert (tmp_path / "clip").read_bytes() == CLIP


@pytest.mark.parametrize(
    "second",
    [
        Reply(206, None, {"Content-Range": "bytes 0-9/102412"}, CLIP[:10], "video/mp4"),
        Reply(206, None, {"Content-Range": "bytes 50000-59999/60000"}, CLIP[:10_000], "video/mp4"),
        Reply(416, None, {}, b"", "text/plain"),
    ],
    ids=["other bytes", "another length", "out of range"],
)
def test_a_rest_that_does_not_fit_is_thrown_away(vendor: Vendor, tmp_path: Path, second: Reply) -> None:
    """Halves of two files are never joined."""
    vendor.then(Reply(200, None, {}, CLIP, "video/mp4", 0, 50_000), second)
    use(vendor, lambda transport: transport.download("clip", tmp_path / "clip"))
    assert (tmp_path / "clip").read_bytes() == CLIP


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, None, {}, b"<html>Sign in</html>", "text/html"), "text/html"),
        (Reply(200, None, {}, b"<!doctype html><title>Sign in</title>", "application/octet-stream"), "Sign in"),
        (Reply(200, {"error": {"message": "gone"}}), "application/json"),
        (Reply(200, None, {"Content-Encoding": "gzip"}, CLIP, "video/mp4"), "compressed"),
        (Reply(200, None, {}, b"", "video/mp4"), "nothing"),
        (Reply(302, None, {"Location": "file:///etc/passwd"}), "unsafe"),
    ],
    ids=["page", "page in disguise", "JSON", "compressed", "empty", "file"],
)
def test_what_is_no_clip_is_told(vendor: Vendor, tmp_path: Path, reply: Reply, words: str) -> None:
    """A page with status 200 is not kept as a clip."""
    vendor.then(*[reply] * 9)
    assert words in refused(vendor, lambda transport: transport.download("clip", tmp_path / "clip")).message


def test_a_clip_without_end_is_refused(vendor: Vendor, tmp_path: Path) -> None:
    """A limit holds whether the length was announced or not."""
    error = refused(vendor, lambda transport: transport.download("clip", tmp_path / "clip", most_bytes=1000))
    assert "102412 bytes" in error.message


def test_a_signed_address_is_in_no_log(vendor: Vendor, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The library's own log line keeps the address and drops the signature."""
    caplog.set_level(logging.DEBUG)
    use(vendor, lambda transport: transport.download("clip?X-Signature=deadbeef", tmp_path / "clip"))
    assert "/v1/clip" in caplog.text
    assert "deadbeef" not in caplog.text


def test_an_error_holds_no_request(vendor: Vendor) -> None:
    """What is raised, and what it was raised from, leads to no header."""
    vendor.then(*[Drop()] * 9)
    error = refused(vendor, lambda transport: transport.get("things"))
    chained = [error, error.__cause__, error.__context__]
    assert all(not hasattr(link, "request") for link in chained)
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert json.dumps(copied.to_json()) == json.dumps(error.to_json())
