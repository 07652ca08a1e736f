# ruff: noqa: INP001 - a script, not a package
"""Remix a clip that exists, then extend it, at any server that speaks `/v1/videos`; each is paid once.

`VIDEOS_KEY=… python examples/remix.py http://127.0.0.1:8000/v1 video_123 "the same, at night"` writes `remix.mp4` and
`extended.mp4`.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from fractions import Fraction

from reelwright import Recipe, Settings, Size, open_studio
from reelwright.models.video.contract import VideoRequest
from reelwright.takes.buy import buy
from reelwright.takes.desk import Desk, open_desk
from reelwright.takes.terms import terms_of
from reelwright.takes.values import Clip


async def change(desk: Desk, server: str, prompt: str, **verb: str) -> Clip:
    """Buy a change of a finished clip: `remix="video_…"`, `edit=…` or `extend=…`."""
    wanted = {
        "name": "our-videos",
        "protocol": "openai-videos",
        "base_url": server,
        "model": "sora-2",
        "seconds": [4, 8, 12],
        "sizes": ["720x1280"],
        "usd_per_second": "0.10",
        "api_key": {"env": "VIDEOS_KEY"},
    }
    entry = desk.studio.catalogue.resolve(wanted, "video")
    request = VideoRequest(
        prompt=prompt, seconds=Fraction(4), size=Size(width=720, height=1280), audio=True, options=verb
    )
    return await buy(desk, entry, request, terms_of(entry, "remix", Recipe()))


async def main(server: str, video: str, prompt: str) -> None:
    """Remix, then extend what came of it."""
    desk = open_desk(open_studio(Settings()))
    remixed = await change(desk, server, prompt, remix=video)
    extended = await change(desk, server, prompt, extend=remixed.remote_id)
    for name, clip in (("remix.mp4", remixed), ("extended.mp4", extended)):
        shutil.copyfile(desk.studio.vault.path(clip.clip), name)
        sys.stdout.write(f"{name}: {float(clip.seconds):g} s, ${clip.charge.usd}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
