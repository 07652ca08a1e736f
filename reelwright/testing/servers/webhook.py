"""A strict receiver of webhooks: checks id, time and signature as Standard Webhooks says, and takes each id once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from reelwright.testing.servers.jobs import JobServer, Operation
from reelwright.testing.servers.strict import Call, Refused, Reply

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes").decode()
_TOLERANCE_SECONDS = 300


class WebhookServer(JobServer):
    """A receiver at `/hooks/episodes`. `taken` holds what it took, by id."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.taken: dict[str, Any] = {}

    def operation(self, call: Call) -> Operation:
        """There is one."""
        if (call.method, call.path) != ("POST", "/hooks/episodes"):
            raise Refused(404, "there is nothing here")
        return "create"

    def serve(self, operation: Operation, call: Call) -> Reply:
        """Take a message, or say that it is taken."""
        del operation
        told = call.headers
        message_id, moment = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
        if not message_id or told.get("idempotency-key") != message_id:
            raise Refused(400, "a message needs an id")
        if not moment.isdigit() or abs(int(moment) - time.time()) > _TOLERANCE_SECONDS:
            raise Refused(400, "the message is too old")
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        signed = hmac.new(key, f"{message_id}.{moment}.".encode() + call.body, hashlib.sha256).digest()
        if told.get("webhook-signature") != f"v1,{base64.b64encode(signed).decode()}":
            raise Refused(401, "the signature is wrong")
        if message_id in self.taken and self.taken[message_id] != call.json:
            raise Refused(422, "another message had this id")
        self.taken[message_id] = json.loads(call.body)
        return Reply(200, {"id": f"post-{message_id}", "url": f"https://show.example/{message_id}"})
