"""Ten minutes cost no more memory than one: the mix and the stitch read and write in pieces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.clips import numbered_pictures, small_output, write_wav
from support.sounds import meter, speech_like

from reelwright.media.segment import encode_drawn

PROGRAM = """
import json, re, resource, sys
from pathlib import Path
from reelwright.certificate import signer_of
from reelwright.media.master import broken_promises
from reelwright.media.mix import ShotSound, mix_episode
from reelwright.media.provenance import sign
from reelwright.media.stitch import stitch
from reelwright.recipe import Checks, Music, OutputFormat
from reelwright.settings import Settings

folder, shots = Path(sys.argv[1]), int(sys.argv[2])
output = OutputFormat.model_construct(size="144x256", frame_rate=30)
into = folder / f"{shots}.m4a"
sounds = [ShotSound(150, folder / "voice.wav", 7200)] * shots
music = Music(source="none")
report = mix_episode(sounds, music, output, Checks(), seed="x", into=into)
master, signed = folder / f"{shots}.mp4", folder / f"{shots}-signed.mp4"
stitch([folder / "segment.mp4"] * shots, into, master, frame_rate=30)
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
claims = {"claim_generator_info": [{"name": "r", "version": "1"}], "format": "video/mp4", "assertions": []}
created = {"action": "c2pa.created", "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty"}
claims["assertions"].append({"label": "c2pa.actions.v2", "data": {"actions": [created]}})
sign(master, signed, claims, signer_of(Settings(home=folder / "home")))
print(json.dumps({"megabytes": peak, "broken": broken_promises(signed, output), "lufs": report.integrated_lufs}))
"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A segment of five seconds and the voice over it."""
    folder, output = tmp_path_factory.mktemp("parts"), small_output()
    encode_drawn(numbered_pictures(range(150), output.pixels), output, 150, folder / "segment.mp4")
    write_wav(folder / "voice.wav", np.repeat(speech_like(4.4)[:, None], 2, 1).astype(np.float32))
    return folder


def finished(parts: Path, shots: int) -> Any:
    """Mix, stitch and sign an episode of so many shots in a process of its own; return what it tells."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(parts), str(shots)], check=True, capture_output=True, text=True
    )
    return json.loads(run.stdout)


@pytest.mark.slow
def test_ten_minutes_take_no_more_memory_than_one(parts: Path) -> None:
    """120 shots against 12; the long master keeps every promise and its loudness."""
    short, long = finished(parts, 12), finished(parts, 120)
    assert long["megabytes"] < short["megabytes"] + 12, (short, long)
    assert long["broken"] == []
    heard = meter(parts / "120-signed.mp4")
    assert abs(heard.lufs + 14) <= 0.5
    assert heard.dbtp <= -1
