"""An episode with a check, captions and a transition of one's own: through the plan, the workers and the manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from support.shop import entry_for
from support.terminal import Terminal

from reelwright.media.master import broken_promises
from reelwright.recipe import OutputFormat
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer

EXAMPLES = Path(__file__).parents[2] / "examples"
PICKY = """
from reelwright import Finding

def check(clip, settings):
    yield Finding(kind="not_ours", severity="reject", message=f"shot {clip.shot} is not ours: {clip.prompt}")
"""

pytestmark = pytest.mark.slow


class Author:
    """Somebody whose parts lie beside their recipe."""

    def __init__(self, terminal: Terminal, folder: Path, server: OpenAIVideosServer) -> None:
        self.terminal, self.folder = terminal, folder
        for name in ("own_captions.py", "own_transition.py"):
            (folder / name).write_bytes((EXAMPLES / name).read_bytes())
        model = entry_for(server, "shop").model_dump(mode="json", exclude_unset=True, exclude={"kind"})
        recipe = {
            "output": {"size": "720x1280", "frame_rate": 24},
            "video_models": [model, "animatic"],
            "captions": {"preset": str(folder / "own_captions.py")},
            "transition": {"kind": str(folder / "own_transition.py"), "seconds": "1/2"},
            "checks": {
                "own": [str(folder / "picky.py")],
                # The server films the same for everybody.
                "picture": {"start_frame_bits": 64, "duplicate_bits": -1},
                "sound": {"transcriber": "none"},
            },
            "music": {"source": "none"},
        }
        shots = [{"prompt": "a boat", "narration": "A boat.", "audio": "mute"}, {"prompt": "a hat", "seconds": 3}]
        (folder / "recipe.json").write_text(json.dumps(recipe), "utf-8")
        (folder / "brief.json").write_text(json.dumps({"title": "Own", "shots": shots}), "utf-8")

    def make(self) -> dict[str, Any]:
        """Make the episode; return its manifest."""
        arguments = ("make", self.folder / "brief.json", "-r", self.folder / "recipe.json", "-o", self.folder, "--json")
        ran = self.terminal.run(*arguments, SHOP_KEY=KEY)
        assert ran.exit_code == 0, ran.stderr
        told: dict[str, Any] = json.loads((self.folder / "own" / "manifest.json").read_text("utf-8"))
        return told

    def video(self) -> str:
        """Its video's SHA-256."""
        return hashlib.sha256((self.folder / "own" / "episode.mp4").read_bytes()).hexdigest()


def test_parts_of_one_s_own_make_an_episode(served_terminal: Terminal, tmp_path: Path) -> None:
    """A check rejects what was bought; mended, it lets the same clips pass; a changed transition alone is made anew."""
    (tmp_path / "picky.py").write_text(PICKY, "utf-8")
    with OpenAIVideosServer() as server:
        author = Author(served_terminal, tmp_path, server)
        drawn = author.make()["shots"]
        assert [shot["clip"]["model"] for shot in drawn] == ["animatic", "animatic"]
        (cause,) = drawn[1]["clip"]["causes"]
        assert (cause["model"], cause["reason"]) == ("shop", "The clip did not pass: shot 2 is not ours: a hat.")
        assert [verdict["check"] for verdict in cause["verdicts"]] == ["picture", str(tmp_path / "picky.py")]
        (tmp_path / "picky.py").write_text(PICKY.replace("reject", "note"), "utf-8")
        filmed = author.make()
        first = author.video()
        (tmp_path / "own_transition.py").write_text("def blend(before, after, moment):\n    return after\n", "utf-8")
        cut = author.make()
        assert server.created == 2
    assert [shot["clip"]["model"] for shot in filmed["shots"]] == ["shop", "shop"]
    assert filmed["shots"][1]["clip"]["verdicts"][1]["findings"][0]["kind"] == "not_ours"
    assert filmed["episode"]["usd"] == "0"
    assert [cut["episode"]["made"], author.video() == first] == [0, False]
    assert [shot["segment"]["hit"] for shot in cut["shots"]] == [True, True]
    output = OutputFormat(size="720x1280", frame_rate=24)
    assert broken_promises(tmp_path / "own" / "episode.mp4", output, chapter_count=2) == ()
