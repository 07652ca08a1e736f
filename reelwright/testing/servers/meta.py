"""Meta's Graph API as far as Instagram and Facebook share it: versions, tokens, errors, and the host that takes bytes.

Documented in facts/publishing.md, section 3; the shape of the upload host's errors is that of its live answers.
A token travels as `Authorization: Bearer`, or as the field `access_token`, as Meta's own SDK sends it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from reelwright.testing.servers.jobs import KEY, Job, Operation
from reelwright.testing.servers.posts import Broken, PostServer
from reelwright.testing.servers.strict import Call, Refused, Reply

VERSION = "v26.0"
SUPPORTED = {f"v{number}.0" for number in range(21, 27)}
APP_ID, APP_SECRET = "1234567890", "app-secret-0123456789SECRET"
CODE = "code-of-a-consent"
LONG_LIVED_SECONDS = 60 * 86_400
DAY = 86_400.0
_SHAPES: dict[str, str] = {
    "bool": r"true|false",
    "number": r"\d+",
    "url": r"https://\S+",
    "text": r"(?s).*",
    "list": r"\[.*\]",
    "map": r"\{.*\}",
}


class GraphRefused(Refused):
    """An error of the Graph API: a code, a subcode, words."""

    def __init__(
        self, code: int, message: str, *, subcode: int = 0, status: int = 400, transient: bool = False
    ) -> None:
        super().__init__(status, message, code=str(code))
        self.subcode, self.transient = subcode, transient


class RuploadRefused(Refused):
    """An error of the host that takes bytes."""

    def __init__(self, kind: str, message: str, *, status: int = 400, retriable: bool = False) -> None:
        super().__init__(status, message, type=kind)
        self.retriable = retriable


class MetaServer(PostServer):
    """The Graph API and its upload host; a product is a subclass that answers `graph`."""

    upload_path = "/"
    """Where the upload host takes this product's bytes."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.person_token = KEY
        """The token that a sign-in gave."""
        self.short_token = ""
        """The token of an hour that a code gave, until it is exchanged."""
        self.is_revoked = False

    @property
    def access_token(self) -> str:
        """The token that this product takes."""
        return self.person_token

    @property
    def base_url(self) -> str:
        """Where the API is, with its version."""
        return f"{self.url}/{VERSION}"

    def named(self, method: str, path: list[str], fields: Mapping[str, str]) -> Operation:
        """Name an end-point of the Graph API; a subclass does.

        Raises:
            Refused: there is none.
        """
        raise NotImplementedError

    def graph(self, operation: Operation, path: list[str], fields: dict[str, str]) -> Reply:
        """Do what an end-point does; a subclass does.

        Raises:
            Refused: Meta would not.
        """
        raise NotImplementedError

    def arrived(self, job: Job) -> None:
        """Note that a job's bytes are whole."""
        job.asked["whole"] = True

    def operation(self, call: Call) -> Operation:
        """Name the end-point."""
        if call.path.startswith(self.upload_path):
            if call.method != "POST":
                # Seen live: a PUT is answered with an empty 404.
                raise RuploadRefused("NotFound", "", status=404)
            return "upload"
        if call.path.endswith("/oauth/access_token"):
            return "token"
        return self.named(call.method, self._path(call), self.fields(call))

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Do what the end-point does."""
        if operation == "upload":
            return self._upload(call)
        if operation == "token":
            return self._token(self.fields(call))
        fields = self.fields(call)
        self.check_token(self.token_of(call, fields), call)
        fields.pop("access_token", None)
        fields.pop("appsecret_proof", None)
        return self.graph(operation, self._path(call), fields)

    def refusal(self, refused: Refused) -> Reply:
        """Return a refusal as Meta does."""
        if isinstance(refused, RuploadRefused):
            told = {"retriable": refused.retriable, "type": refused.type, "message": refused.message}
            return Reply(refused.status, {"debug_info": told}) if refused.message else Reply(refused.status)
        error: dict[str, Any] = {
            "message": refused.message,
            "type": "OAuthException",
            "code": int(refused.code or 100),
            "fbtrace_id": secrets.token_urlsafe(8),
        }
        if isinstance(refused, GraphRefused):
            if refused.subcode:
                error["error_subcode"] = refused.subcode
            error["is_transient"] = refused.transient
        return Reply(refused.status, {"error": error})

    def fields(self, call: Call) -> dict[str, str]:
        """Return what is asked, from the query and the form or JSON of the body, as text."""
        kind = call.headers.get("content-type", "").partition(";")[0]
        given = dict(call.query)
        if kind == "application/x-www-form-urlencoded":
            given |= dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        elif call.body:
            given |= {name: _text(value) for name, value in call.json.items()}
        return given

    def check_fields(self, given: Mapping[str, str], known: Mapping[str, str]) -> None:
        """Refuse fields that the end-point does not know, and values of another type."""
        for name, value in given.items():
            if name not in known:
                raise GraphRefused(100, f"(#100) Param {name} is not a parameter of this end-point")
            if not re.fullmatch(_SHAPES.get(known[name], known[name]), value):
                raise GraphRefused(100, f"(#100) Param {name} must be {known[name]}")

    def asked_fields(self, given: Mapping[str, str], known: set[str]) -> list[str]:
        """Return which fields of a node are asked for."""
        names = [name for name in given.get("fields", "id").split(",") if name]
        unknown = [name for name in names if name not in known]
        if unknown or set(given) - {"fields", "limit", "after", "since", "until", "summary"}:
            raise GraphRefused(100, f"(#100) Tried accessing nonexisting field ({unknown or sorted(given)})")
        return names

    def job_of(self, name: str) -> Job:
        """Return a job.

        Raises:
            GraphRefused: there is none.
        """
        if name not in self.jobs:
            raise GraphRefused(
                100,
                f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing "
                "permissions, or does not support this operation.",
                subcode=33,
            )
        return self.jobs[name]

    def new_upload(self, asked: Mapping[str, Any]) -> tuple[Job, str]:
        """Accept an upload; return its job and its address, on a host of its own."""
        job = self.new_job(asked, str(self.next_number()))
        job.created_at = self.now()
        self.bytes_of[job.id] = b""
        host = self.url.replace("127.0.0.1", "localhost")
        return job, f"{host}{self.upload_path}{VERSION}/{job.id}"

    def _path(self, call: Call) -> list[str]:
        version, *path = call.path.strip("/").split("/")
        if version not in SUPPORTED:
            raise GraphRefused(2635, f"You are calling a deprecated version of the API: {version}")
        return path

    def token_of(self, call: Call, fields: Mapping[str, str]) -> str:
        """Return the token that a call carries."""
        header = call.headers.get("authorization", "")
        return header.removeprefix("Bearer ") if header.startswith("Bearer ") else fields.get("access_token", "")

    def check_token(self, token: str, call: Call) -> None:
        """Refuse a token that this call does not take."""
        del call
        if token != self.access_token:
            raise GraphRefused(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        if self.is_revoked:
            message = "Error validating access token: Session has expired on Friday, 20-Nov-26 08:00:00 PST."
            raise GraphRefused(190, message, subcode=463, status=401)

    def _upload(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"OAuth {self.access_token}" or self.is_revoked:
            raise RuploadRefused("NotAuthorizedError", "User not authorized to perform this request")
        version, _, name = call.path.removeprefix(self.upload_path).partition("/")
        job = self.jobs.get(name)
        if version not in SUPPORTED or job is None or job.expired:
            raise RuploadRefused("ProcessingFailedError", "Request processing failed")
        for header in ("offset", "file_size"):
            if not call.headers.get(header, "").isdigit():
                shown = header.title()
                message = f"HeaderValuePredicate: Header {shown} not convertable to unsigned long"
                raise RuploadRefused("ParameterValidationError", message)
        offset, size = int(call.headers["offset"]), int(call.headers["file_size"])
        have = self.bytes_of[name]
        self.sent[name] += len(call.body)
        if offset != len(have) or offset + len(call.body) != size or size != job.asked.get("size", size):
            message = f"offset {offset} of {size} with {len(call.body)} bytes, {len(have)} are here"
            raise RuploadRefused("OffsetInvalidError", message)
        job.asked["size"] = size
        arriving = self.broken_at(len(call.body))
        self.bytes_of[name] = have + call.body[:arriving]
        if arriving is not None and arriving < len(call.body):
            raise Broken
        self.arrived(job)
        return Reply(200, {"success": True, "message": "Upload successful."})

    def _token(self, fields: Mapping[str, str]) -> Reply:
        """Exchange a token for one of 60 days, as `fb_exchange_token` does."""
        if (fields.get("client_id"), fields.get("client_secret")) != (APP_ID, APP_SECRET):
            raise GraphRefused(101, "Error validating client secret.")
        if "code" in fields:
            return self._coded(fields)
        wanted = {"grant_type", "client_id", "client_secret", "fb_exchange_token"}
        if set(fields) != wanted or fields["grant_type"] != "fb_exchange_token":
            raise GraphRefused(1, "Missing or unknown grant_type parameter")
        if fields["fb_exchange_token"] not in {self.person_token, self.short_token} or self.is_revoked:
            raise GraphRefused(190, "Error validating access token: The session is invalid", subcode=460)
        self.person_token = f"EAA{secrets.token_hex(16)}"
        told = {"access_token": self.person_token, "token_type": "bearer", "expires_in": LONG_LIVED_SECONDS}
        return Reply(200, told)

    def _coded(self, fields: Mapping[str, str]) -> Reply:
        """Turn the code of a consent into a token of an hour."""
        if fields["code"] != CODE or not fields.get("redirect_uri", "").startswith("https://"):
            raise GraphRefused(100, "This authorization code has been used or is invalid.", subcode=36009)
        self.short_token = f"EAAshort{secrets.token_hex(8)}"
        return Reply(200, {"access_token": self.short_token, "token_type": "bearer", "expires_in": 3600})


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
