"""Which clip a shot's chain of models came to is found again, by those for whom it would come to the same."""

from __future__ import annotations

import asyncio
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from support.shop import request_for

from reelwright.catalogue import Catalogue
from reelwright.errors import FailureKind
from reelwright.models.video.contract import FREE
from reelwright.stages.chain import find_clip, keep_clip
from reelwright.studio import Studio
from reelwright.takes.values import Cause, Clip

CHAIN = [Catalogue.load().resolve("animatic", "video")]
REJECTED = Cause(model="model-1", kind=FailureKind.MEDIA_REJECTED, reason="it is black", usd=Decimal("0.40"))
BUSY = Cause(model="model-1", kind=FailureKind.BUSY, reason="it was busy", usd=Decimal(0))


def clip_of(studio: Studio, content: bytes, *causes: Cause) -> Clip:
    """Return a clip of these bytes, and why others were left before it."""
    asset = studio.vault.put_bytes(content, "video/mp4")
    return Clip(clip=asset, model="model-2", seconds=4, charge=FREE, causes=causes)


def found(studio: Studio, prompt: str, judges: str) -> str | None:
    """Return the hash of the clip that is found for these judges."""
    clip = asyncio.run(find_clip(studio, CHAIN, request_for(prompt), judges))
    return clip.clip.sha256 if clip else None


@pytest.mark.parametrize(("cause", "for_all"), [(BUSY, True), (REJECTED, False)], ids=["busy", "rejected"])
def test_a_clip_is_found_by_those_who_would_have_judged_alike(studio: Studio, cause: Cause, *, for_all: bool) -> None:
    """Where a check rejected another clip before it, other limits may come to that one: they go through the chain."""
    kept, prompt = clip_of(studio, cause.kind.encode(), cause), f"left because {cause.kind}"
    asyncio.run(keep_clip(studio, CHAIN, request_for(prompt), kept, "strict"))
    assert found(studio, prompt, "strict") == kept.clip.sha256
    assert found(studio, prompt, "lenient") == (kept.clip.sha256 if for_all else None)


@pytest.mark.parametrize(("first", "then"), [(REJECTED, BUSY), (BUSY, REJECTED)], ids=["accepted", "rejected"])
def test_a_clip_made_afresh_replaces_the_one_before(studio: Studio, first: Cause, then: Cause) -> None:
    """For the same judges it is found; nobody finds the old one any more."""
    prompt = f"first {first.kind}, then {then.kind}"
    old, new = clip_of(studio, b"old" + prompt.encode(), first), clip_of(studio, b"new" + prompt.encode(), then)
    for clip in (old, new):
        asyncio.run(keep_clip(studio, CHAIN, request_for(prompt), clip, "strict"))
    assert found(studio, prompt, "strict") == new.clip.sha256
    assert found(studio, prompt, "lenient") != old.clip.sha256


_OWN = """
from pathlib import Path

from reelwright.models.video.openai_videos import OpenAIVideos


class Model(OpenAIVideos):
    @property
    def identity(self):
        return f"own {Path(__file__).with_name('weights').read_text()}"


def build(entry, bench):
    return Model(entry, bench, None)
"""


def test_a_model_of_one_s_own_is_asked_who_it_is_now(studio: Studio, tmp_path: Path) -> None:
    """What it looks at may lie beside its file: other weights come to another clip, the old ones to the old."""
    (tmp_path / "model.py").write_text(_OWN)
    told = {
        "name": "own",
        "protocol": str(tmp_path / "model.py"),
        "base_url": "http://127.0.0.1:9",
        "model": "m",
        "seconds": [4],
    }
    chain = [Catalogue.load().resolve(told, "video"), *CHAIN]
    request, seen = request_for("weights"), []
    for weights in ("one", "two", "one"):
        (tmp_path / "weights").write_text(weights)
        clip = asyncio.run(find_clip(studio, chain, request))
        seen.append(clip.clip.sha256 if clip else None)
        if clip is None:
            asyncio.run(keep_clip(studio, chain, request, clip_of(studio, weights.encode())))
    assert seen == [None, None, hashlib.sha256(b"one").hexdigest()]
