"""The page itself: a pure function of the manifest, the pictures and the waveform. No script, all in one file."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reelwright.errors import money
from reelwright.values import Value

if TYPE_CHECKING:
    from jinja2 import Environment

_WAVE_HEIGHT = 100
_MOST_MANIFEST_CHARACTERS = 400_000


class Pictures(Value):
    """The pictures of one shot: addresses that hold a small JPEG each; empty where there is none to see."""

    start_frame: str = ""
    finished: str = ""
    """A frame from the middle of the shot as it is in the episode."""
    takes: tuple[str, ...] = ()
    """A frame of each take that the clip was chosen from, in order."""


def render(manifest: Mapping[str, Any], pictures: Mapping[int, Pictures], peaks: Sequence[float]) -> str:
    """Return the page.

    Args:
        manifest: As `manifest.json` holds it.
        pictures: By the shot's number; a shot without any is told in words.
        peaks: Of the sound, 0 to 1, evenly over the episode.
    """
    told = manifest["episode"]
    board = manifest["storyboard"]
    rate = manifest["recipe"]["output"]["frame_rate"]
    shots = [
        _shot(shot, board["shots"][shot["number"] - 1], pictures.get(shot["number"], Pictures()), rate)
        for shot in manifest["shots"]
    ]
    page = _environment().get_template("report.html.j2")
    return page.render(
        title=told["title"],
        language=board["language"],
        description=board["description"],
        made_by=manifest["made_by"],
        figures=_figures(manifest, shots),
        shots=shots,
        wave=_wave(peaks),
        wave_height=_WAVE_HEIGHT,
        wave_width=max(len(peaks), 1),
        total=money(sum((shot["usd"] for shot in shots), Decimal(manifest["script"]["charge"]["usd"]))),
        script_usd=money(Decimal(manifest["script"]["charge"]["usd"])),
        warnings=told["warnings"],
        checks=[(shot["number"], line) for shot in shots for line in shot["checks"]],
        sound=manifest["sound"],
        manifest=_excerpt(manifest),
    )


def _figures(manifest: Mapping[str, Any], shots: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    told, recipe = manifest["episode"], manifest["recipe"]
    return [
        ("Length", f"{float(Fraction(told['seconds'])):.1f} s in {len(shots)} shots"),
        ("Format", f"{recipe['output']['size']} at {recipe['output']['frame_rate']} frames/s"),
        ("Cost of this run", money(Decimal(told["usd"]))),
        ("Found again", money(Decimal(told["saved_usd"]))),
        ("Loudness", f"{told['integrated_lufs']:.1f} LUFS, true peak {told['true_peak_dbtp']:.1f} dBTP"),
        ("Script", str(manifest["storyboard"]["writer"])),
        ("Made with AI", "yes" if manifest["made_with_ai"] else "no"),
    ]


def _shot(made: Mapping[str, Any], told: Mapping[str, Any], pictures: Pictures, rate: int) -> dict[str, Any]:
    narration, frame, clip = made["narration"], made["start_frame"], made["clip"]
    parts = [("narration", narration and narration["narrator"], narration), ("start frame", frame["model"], frame)]
    parts.append(("clip", clip["model"], clip))
    costs = [
        {"what": what, "model": model, "usd": money(Decimal(part["charge"]["usd"])), "hit": part["hit"]}
        for what, model, part in parts
        if part
    ]
    left = [
        {"what": "left model", "model": cause["model"], "usd": money(Decimal(cause["usd"])), "hit": False}
        for cause in clip["causes"]
    ]
    paid = sum((Decimal(part["charge"]["usd"]) for _, _, part in parts if part), Decimal(0))
    return {
        "number": made["number"],
        "start": f"{made['start_frame_number'] / rate:.1f}",
        "seconds": f"{made['time']['frames'] / rate:.1f}",
        "says": told["narration"] or told["dialogue"],
        "shows": told["prompt"],
        "model": clip["model"],
        "start_frame": pictures.start_frame,
        "finished": pictures.finished,
        "takes": pictures.takes,
        "chosen": _chosen(clip),
        "causes": clip["causes"],
        "costs": costs + left,
        "usd": paid + sum((Decimal(cause["usd"]) for cause in clip["causes"]), Decimal(0)),
        "checks": _checks(made.get("narration_verdict"), clip),
    }


def _chosen(clip: Mapping[str, Any]) -> int:
    """Return which of the takes the clip is, from 1; 0 if it was the only one."""
    digests = [take["sha256"] for take in clip["takes"]]
    return digests.index(clip["clip"]["sha256"]) + 1 if clip["clip"]["sha256"] in digests else 0


def _checks(heard: Mapping[str, Any] | None, clip: Mapping[str, Any]) -> list[dict[str, str]]:
    lines = []
    verdicts = [("clip", verdict) for verdict in clip.get("verdicts", ())]
    verdicts += [("narration", heard)] if heard else []
    for of, verdict in verdicts:
        found = "; ".join(finding["message"] for finding in verdict["findings"]) or "nothing to note"
        lines.append({"of": f"{of}, {verdict['check']}", "outcome": verdict["outcome"], "found": found})
    return lines


def _wave(peaks: Sequence[float]) -> str:
    """Return the outline of the sound as an SVG path: above and below the middle."""
    if not peaks:
        return ""
    middle = _WAVE_HEIGHT / 2
    upper = [f"{x} {middle - peak * middle:.1f}" for x, peak in enumerate(peaks)]
    lower = [f"{x} {middle + peak * middle:.1f}" for x, peak in enumerate(peaks)]
    return "M" + " L".join([*upper, *reversed(lower)]) + " Z"


def _excerpt(manifest: Mapping[str, Any]) -> str:
    """Return the manifest as text, without the times of single words where it would be too long for a page."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    if len(text) <= _MOST_MANIFEST_CHARACTERS:
        return text
    shots = [
        {name: value for name, value in shot.items() if name not in {"narration", "time"}} for shot in manifest["shots"]
    ]
    text = json.dumps({**manifest, "shots": shots}, ensure_ascii=False)
    return text[:_MOST_MANIFEST_CHARACTERS]


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only who writes a page loads it

    return Environment(
        loader=PackageLoader("reelwright.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
