"""The strict server as a process: killed and started again, it still knows what it would bill."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.openai_videos_harness import OPENAI
from support.server_process import server_process

from reelwright.errors import StartAmbiguous
from reelwright.models.video.contract import Done
from reelwright.studio import Studio
from reelwright.testing.video import finished, with_model


def test_a_server_that_was_killed_still_has_its_jobs(studio: Studio, tmp_path: Path) -> None:
    """Jobs and counts outlive SIGKILL; a ticket from before is polled after, at the same address."""
    state = tmp_path / "jobs.json"
    with server_process("reelwright.testing.servers.openai_videos", state, dialect="openai") as server:
        entry = OPENAI.entry(server.url)
        ticket = with_model(studio, entry, lambda model: model.start(OPENAI.request(), idempotency_key="one"))
        server.tell(faults=[{"on": "create", "do": "drop_after"}])
        with pytest.raises(StartAmbiguous):
            with_model(studio, entry, lambda model: model.start(OPENAI.request(), idempotency_key="two"))
        assert (server.state["created"], server.state["counts"]["create"]) == (2, 2)
        port = server.port
        server.process.kill()
    with server_process("reelwright.testing.servers.openai_videos", state, port=port, dialect="openai") as server:
        done, _ = with_model(studio, entry, lambda model: finished(model, ticket))
        assert isinstance(done, Done)
        assert server.state["created"] == 2
        assert server.tell(lose_jobs=True)["jobs"] == []
