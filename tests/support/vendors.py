"""What the harnesses of vendors' models share, whatever they make: the entry, and what several of them refuse with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reelwright.errors import FailureKind
from reelwright.testing import KEY_NAME, CallHarness, Failure
from reelwright.testing.servers.strict import StrictServer


class Hosted:
    """A vendor's model: its protocol (the harness's name), model and server."""

    name: str
    called: str
    """The entry's name."""
    model: str
    server: type[StrictServer]
    path: str = "/v1"
    """Of the base address."""
    options: Mapping[str, Any] = {}

    def make_server(self) -> StrictServer:
        """Return the vendor's."""
        return self.server()

    def definition(self, server_url: str) -> dict[str, Any]:
        """Return the entry."""
        named = {"name": self.called, "protocol": self.name, "model": self.model, "api_key": {"env": KEY_NAME}}
        return {**named, "base_url": server_url + self.path, "options": self.options}


def of(*harnesses: CallHarness[Any, Any]) -> pytest.MarkDecorator:
    """The mark that names vendors: the test's `bench` is a trial of each."""
    return pytest.mark.parametrize("bench", harnesses, indirect=True, ids=repr)


def openai_error(
    kind: FailureKind,
    status: int,
    code: str,
    message: str = "No.",
    of_type: str = "invalid_request_error",
    **headers: str,
) -> Failure:
    """A refusal of OpenAI's."""
    told = {"message": message, "type": of_type, "param": None, "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Failure(kind, status=status, body={"error": told}, headers=named)


def google_error(kind: FailureKind, status: int, name: str, message: str) -> Failure:
    """A refusal of Google's."""
    return Failure(kind, status=status, body={"error": {"code": status, "message": message, "status": name}})
