"""What is bought is looked at: accepted with its verdict, or rejected, kept for a person, and paid all the same."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from support.buy import buy
from support.scenery import first_of, glide, landscape
from support.shop import USD_PER_CLIP, entry_for, request_for

from reelwright.catalogue import Entry
from reelwright.errors import FailureKind
from reelwright.fit import MIDDLE
from reelwright.ledger.statement import list_charges
from reelwright.ledger.values import Purpose
from reelwright.models.video.contract import VideoRequest
from reelwright.recipe import OutputFormat
from reelwright.settings import Settings
from reelwright.stages.fits import plan_of
from reelwright.studio import open_studio
from reelwright.takes.desk import Desk
from reelwright.takes.values import Clip, TakeFailed, Terms
from reelwright.testing.servers.jobs import KEY
from reelwright.testing.servers.openai_videos import OpenAIVideosServer
from reelwright.values import Asset, Size

SIZE = Size.parse("720x1280")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with one worker, and a key for the shop."""
    monkeypatch.setenv("SHOP_KEY", KEY)
    return Desk(open_studio(Settings(home=tmp_path / "home", workers=1, stored_keys=False)))


def bought(desk: Desk, entry: Entry, request: VideoRequest) -> Clip:
    """Start, wait, collect."""
    terms = Terms(purpose=Purpose(episode="test", caps={"episode test": Decimal(5)}))
    return asyncio.run(buy(desk, entry, request, terms))


def test_a_bought_clip_has_its_verdict_and_what_its_fitting_needs(desk: Desk) -> None:
    """Also when it is found again; it is fitted to a square as the check has seen it."""
    with OpenAIVideosServer() as server:
        entry, request = entry_for(server, "shop"), request_for("a loaf of bread")
        clip = bought(desk, entry, request)
        again = bought(desk, entry, request)
    for one in (clip, again):
        assert [verdict.outcome for verdict in one.verdicts] == ["accepted"]
        assert one.verdicts[0].measured["size"] == "720x1280"
        assert plan_of(one, OutputFormat(size="720x1280", frame_rate=24), 60) == MIDDLE
        assert plan_of(one, OutputFormat(size="720x1280", fit="blur"), 200).speed == 1, "it has sound"
    assert again.hit


def test_a_clip_that_starts_otherwise_is_rejected_kept_and_paid(desk: Desk, tmp_path: Path) -> None:
    """The failure says what was seen, and where the clip lies."""
    start = first_of(glide(size=SIZE), tmp_path / "start.png")
    picture = desk.studio.vault.put_file(start, "image/png")
    with OpenAIVideosServer() as server:
        entry = entry_for(server, "shop").model_copy(update={"first_frame": "yes"})
        server.opening = first_of([landscape(9, SIZE)[: SIZE.height, : SIZE.width]], tmp_path / "other.png")
        request = request_for("a loaf of bread").model_copy(update={"first_frame": picture})
        with pytest.raises(TakeFailed, match="not the start frame") as raised:
            bought(desk, entry, request)
    told = raised.value.told()
    assert (told.kind, told.usd, told.verdicts[0].outcome) == (FailureKind.MEDIA_REJECTED, USD_PER_CLIP, "rejected")
    kept = str(told.verdicts[0].measured["kept_as"])
    asset = Asset(sha256=kept, media_type="video/mp4", size_bytes=1)
    assert desk.studio.vault.path(asset).stat().st_size > 10_000
    assert [line.usd for line in list_charges(desk.ledger) if line.what == "charged"] == [USD_PER_CLIP]
