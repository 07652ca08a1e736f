"""What went out is read in whatever form a part sends it, and chance is told from what was wished for."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from reelwright.testing.servers.strict import Call
from reelwright.testing.wire import differing, fields_of, text_of

LINE = 'Größe "zählt" nicht'


def call(body: bytes = b"", kind: str = "application/json", *, method: str = "POST", path: str = "/v1/say") -> Call:
    """A call as a strict server writes it down."""
    return Call(method=method, path=path, query={}, headers={"content-type": kind}, body=body)


def multipart(text: str, boundary: str = "b1") -> Call:
    """The text as a part named `prompt`."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n'
    return call(f"{head}{text}\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")


@pytest.mark.parametrize(
    "sent",
    [
        call(json.dumps({"input": [{"text": LINE}]}).encode()),
        call(urlencode({"prompt": LINE}).encode(), "application/x-www-form-urlencoded"),
        multipart(LINE),
        multipart(json.dumps({"prompt": LINE})),
        call(f"<speak>{LINE}</speak>".encode(), "application/ssml+xml"),
        call(path=f"/say/{LINE.replace(' ', '%20')}", method="GET"),
    ],
    ids=["json", "form", "multipart", "json in multipart", "a page", "path"],
)
def test_words_are_read_in_any_form(sent: Call) -> None:
    """With their accents and quotation marks."""
    assert LINE in text_of([sent])


def test_what_parts_a_body_is_no_difference() -> None:
    """The boundary is drawn anew each time."""
    assert differing(fields_of([multipart(LINE, "b1")]), fields_of([multipart(LINE, "b2")])) == set()
    assert differing(fields_of([multipart(LINE)]), fields_of([multipart("Other")])) == {("0", "0", "prompt")}


def test_how_often_a_job_is_asked_for_is_no_difference() -> None:
    """Unless there is nothing but reads."""
    start, poll = call(b"{}"), call(method="GET", path="/v1/jobs/1")
    assert fields_of([start, poll, poll]) == fields_of([start, poll])
    assert differing(fields_of([poll]), fields_of([call(method="GET", path="/v1/jobs/2")]))
