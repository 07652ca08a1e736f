"""The report of an episode: one file that opens from disk, stays small, and can be read by everybody."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.browser import browser_page

from reelwright.media import ffmpeg
from reelwright.report import Pictures, render, write_report
from reelwright.studio import Studio
from reelwright.values import Asset

FREE = {"usd": "0", "source": "free", "estimated": False}
SHOTS = 60


def manifest(frames: list[Asset], takes: list[Asset]) -> dict[str, Any]:
    """The manifest of an episode of sixty short shots, as the last stage writes it."""
    told = {"narration": "Bread <goes> stale & dry.", "dialogue": "", "prompt": "A loaf."}
    left = {"model": "kling-v3", "kind": "busy", "reason": "It was busy.", "usd": "0.10"}
    finding = {"message": "its sound is clipped in 3 places"}
    verdict = {"check": "sound", "outcome": "mended", "findings": [finding]}
    shots = [
        {
            "number": number,
            "start_frame_number": 5 * number - 5,
            "narration": {"narrator": "local", "charge": FREE, "hit": False},
            "start_frame": {"model": "animatic", "charge": FREE, "hit": True, "picture": frame.model_dump()},
            "clip": {
                "model": "veo-3.1",
                "charge": {**FREE, "usd": "0.40"},
                "hit": False,
                "clip": takes[1].model_dump(),
                "takes": [take.model_dump() for take in takes],
                "causes": [left],
                "verdicts": [verdict],
            },
            "time": {"frames": 5},
        }
        for number, frame in enumerate(frames, 1)
    ]
    return {
        "made_by": "Reelwright",
        "made_with_ai": True,
        "episode": {
            "title": "Why bread <script>goes</script> stale",
            "seconds": "12",
            "usd": "24",
            "saved_usd": "0",
            "integrated_lufs": -14.0,
            "true_peak_dbtp": -1.2,
            "warnings": ["shot 2: the prompt was shortened"],
        },
        "storyboard": {"language": "en", "description": "", "writer": "author", "shots": [told] * len(shots)},
        "script": {"charge": {**FREE, "usd": "0.02"}},
        "recipe": {"output": {"size": "1080x1920", "frame_rate": 25}},
        "sound": {"integrated_lufs": -14.0, "true_peak_dbtp": -1.2, "range_lu": 3.0, "music": "bed: warm"},
        "shots": shots,
    }


@pytest.fixture(scope="module")
def written(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of an episode of sixty shots with two takes each, as it stands in its folder."""
    folder = tmp_path_factory.mktemp("bread")
    vault = studio.vault
    for source, name in (("testsrc2=s=360x640:r=25:d=12", "episode"), ("testsrc=s=360x640:r=25", "take")):
        sound = ["-f", "lavfi", "-i", "sine=440:d=12", "-c:a", "aac"]
        picture = ["-f", "lavfi", "-i", source, *sound, "-t", "12" if name == "episode" else "2"]
        ffmpeg.run([*picture, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", str(folder / f"{name}.mp4")])
    frames = []
    for number in range(SHOTS):
        Image.effect_noise((270, 480), 40 + number).convert("RGB").save(folder / "frame.png")
        frames.append(vault.put_file(folder / "frame.png", "image/png"))
    take = vault.put_file(folder / "take.mp4", "video/mp4")
    lost = take.model_copy(update={"sha256": "0" * 64})
    (folder / "manifest.json").write_text(json.dumps(manifest(frames, [lost, take])))
    return str(asyncio.run(write_report(studio, folder)))


def test_sixty_shots_fit_into_two_megabytes_and_nothing_is_fetched(written: str) -> None:
    """Every picture is in the page; what lies beside it is named without a path; the web is not asked."""
    page = Path(written).read_text()
    assert len(page.encode()) < 2_000_000
    assert page.count('src="data:image/jpeg;base64,') == 3 * SHOTS  # start frame, the take that is left, the result
    assert not re.search(r'(src|href)="(https?:|/|file:)', page)


def test_the_page_tells_takes_costs_checks_and_warnings(written: str) -> None:
    """Which take was chosen, what was left before it and why, what all of it cost, what was mended."""
    page = Path(written).read_text()
    assert page.count("take 2, chosen") == SHOTS
    for said in ("kling-v3 (It was busy.)", "$30.02", "its sound is clipped in 3 places", "the prompt was shortened"):
        assert said in page
    assert re.search(r'<path d="M0 50\.0|<path d="M0 \d', page)


def test_words_of_people_stay_words() -> None:
    """A title with markup in it is shown, not run."""
    page = render(manifest([], []), {1: Pictures()}, [])
    assert "<script>" not in page
    assert "Why bread &lt;script&gt;goes" in page


@pytest.mark.slow
def test_the_report_passes_an_accessibility_check_and_plays_from_disk(written: str) -> None:
    """Axe finds nothing to complain of, in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - loads the check's script

    with browser_page() as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"file://{written}")
            page.locator("summary").click()
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        page.wait_for_function("document.querySelector('video').readyState >= 1")
