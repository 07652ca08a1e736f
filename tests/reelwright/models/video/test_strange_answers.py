"""Whatever a vendor answers, what comes of it is a result or an error of our own: no crash hides a paid job."""

from __future__ import annotations

import random
from typing import Any

from reelwright.errors import ReelwrightError, StartAmbiguous
from reelwright.models.video.contract import Done, Failed, Pending, Ticket, VideoModel
from reelwright.studio import Studio
from reelwright.testing.suite import needs
from reelwright.testing.video import VideoHarness, with_model

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 5, 10**400, float("nan"), "", "x", "https://x.example/a.mp4", [], [None], ["u"], [{}], {},
    {"url": None}, {"url": 5}, {"code": 5, "message": [1]}, {"credits": "x"}, {"credits": -4}, {"predict_time": "x"},
    {"cost_in_usd_ticks": float("nan")}, [{"loc": 5, "msg": None, "type": None}], "2026-01-01T00:00:00Z",
    {"video_url": 7}, {"respect_moderation": "no", "url": []},
)  # fmt: skip
_NAMES = (
    "status", "video", "videos", "output", "result", "cost", "usage", "error", "error_type", "failure", "failureCode",
    "progress", "metrics", "logs", "data_removed", "queue_position", "has_nsfw_concepts", "detail", "id", "request_id",
    "status_url", "response_url",
)  # fmt: skip
_STATES = (
    "COMPLETED", "IN_QUEUE", "SUCCEEDED", "FAILED", "CANCELLED", "succeeded", "failed", "canceled", "aborted", "done",
    "expired", "pending", "completed", "processing", "hatching",
)  # fmt: skip


def strange(dice: random.Random) -> Any:
    """Return an answer that no documentation shows."""
    if dice.random() < 0.05:
        return dice.choice(_ODD)
    told = {name: dice.choice(_ODD) for name in _NAMES if dice.random() < 0.5}
    return {**told, "status": dice.choice(_STATES)} if dice.random() < 0.85 else told


@needs("stands_for_protocol")
def test_no_answer_to_a_poll_is_a_crash(harness: VideoHarness, studio: Studio) -> None:
    """Fifty answers of odd fields, types and statuses, at either end-point that a poll may ask."""
    dice = random.Random(harness.name)

    async def ask(model: VideoModel) -> None:
        ticket = await model.start(harness.request(), idempotency_key="one")
        for _ in range(50):
            server.faults.clear()
            status = dice.choice([200, 200, 200, 404, 422, 500])
            server.fail(
                "retrieve", "reply", times=9, status=200 if harness.name == "fal" else status, body=strange(dice)
            )
            server.fail("result", "reply", times=9, status=status, body=strange(dice))
            try:
                assert isinstance(await model.poll(ticket), (Pending, Done, Failed))
            except ReelwrightError:
                continue

    with harness.make_server() as server:
        with_model(studio, harness.entry(server.url), ask)


@needs("stands_for_protocol")
def test_no_answer_to_a_start_is_a_crash(harness: VideoHarness, studio: Studio) -> None:
    """A start that is answered oddly gives a ticket, a refusal, or an ambiguity: a 2xx without a job is no refusal."""
    dice = random.Random(harness.name)

    async def send(model: VideoModel) -> None:
        for _ in range(30):
            server.faults.clear()
            status, body = dice.choice([200, 201, 400, 422, 500]), strange(dice)
            server.fail("create", "reply", status=status, body=body)
            try:
                assert isinstance(await model.start(harness.request(), idempotency_key="one"), Ticket)
            except StartAmbiguous:
                assert status < 300
            except ReelwrightError:
                assert status >= 400 or body.get("error") or body.get("detail")

    with harness.make_server() as server:
        with_model(studio, harness.entry(server.url), send)
