"""What stands in a run's artifacts: pure functions from plans and results to Markdown and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.figures import counted, dollars
from flows.links import link_to
from reelwright.checks.verdict import Verdict
from reelwright.plan import Plan
from reelwright.report.pictures import inline
from reelwright.stages.episode import Episode, FinishedShot

STAGES = ("narration", "narration check", "start frame", "clip", "segment")


def storyboard(plan: Plan, pictures: Mapping[int, bytes]) -> str:
    """Return the storyboard: each shot with its picture (as soon as there is one), words, models and price."""
    more = f", {dollars(plan.usd_more)} of it for further takes of dialogue" if plan.usd_more else ""
    about = f"About {float(plan.seconds):.0f} s, {plan.output}, at most {dollars(plan.usd_high)}{more}."
    lines = [f"# {plan.title}", "", about, "", *(f"- Note: {warning}." for warning in plan.warnings), ""]
    lines += ["| shot | picture | words | seconds | models | price |", "|---|---|---|---|---|---|"]
    for shot in plan.shots:
        picture = pictures.get(shot.number)
        seen = f"![Shot {shot.number}]({inline(picture)})" if picture else ""
        words = "<br>".join(
            in_a_cell(text) for text in (f"**{shot.narration}**" * bool(shot.narration), shot.picture) if text
        )
        price = dollars(shot.usd_low, shot.usd_high)
        models = " → ".join(shot.models)
        lines.append(f"| {shot.number} | {seen} | {words} | {float(shot.seconds):.1f} | {models} | {price} |")
    return "\n".join(lines)


def progress(shots: int, states: Mapping[tuple[int, str], str]) -> str:
    """Return how far each shot is: a row a shot, a column a stage."""
    lines = ["| shot | " + " | ".join(STAGES) + " |", "|---" * (len(STAGES) + 1) + "|"]
    marks = {"started": "at work …", "done": "✓", "found": "✓ found again", "failed": "✗ failed"}
    for number in range(1, shots + 1):
        row = (marks.get(states.get((number, stage), ""), "") for stage in STAGES)
        lines.append(f"| {number} | " + " | ".join(row) + " |")
    whole = [f"{stage} {marks.get(state, '')}" for (number, stage), state in states.items() if number == 0]
    return "\n".join([*lines, "", "Episode: " + (", ".join(whole) or "not yet")])


def prices_before(plan: Plan) -> list[dict[str, Any]]:
    """Return what each shot may cost, and all of them."""
    rows: list[dict[str, Any]] = [
        {
            "shot": shot.number,
            "seconds": round(float(shot.seconds), 1),
            "at least": dollars(shot.usd_low),
            "at most": dollars(shot.usd_high),
            "models": " → ".join(shot.models),
        }
        for shot in plan.shots
    ]
    sums = {"at least": dollars(plan.usd_low), "at most": dollars(plan.usd_high)}
    return [*rows, {"shot": "all", "seconds": round(float(plan.seconds), 1), **sums, "models": ""}]


def prices_after(plan: Plan, shots: Sequence[FinishedShot], episode: Episode) -> list[dict[str, Any]]:
    """Return what each shot cost beside what it might have cost."""
    rows: list[dict[str, Any]] = [
        {
            "shot": shot.number,
            "seconds": round(shot.time.frames / _rate(plan), 1),
            "at most": dollars(planned.usd_high),
            "paid": dollars(shot.usd),
            "saved": dollars(shot.saved_usd),
            "made by": shot.clip.model,
        }
        for shot, planned in zip(shots, plan.shots, strict=True)
    ]
    sums = {"at most": dollars(plan.usd_high), "paid": dollars(episode.usd), "saved": dollars(episode.saved_usd)}
    return [*rows, {"shot": "all", "seconds": round(float(episode.seconds), 1), **sums, "made by": ""}]


def checks(shots: Sequence[FinishedShot]) -> list[dict[str, Any]]:
    """Return what was found by the checks, a row for each check of each shot."""
    return [
        {
            "shot": shot.number,
            "check": f"{of}: {verdict.check}",
            "outcome": verdict.outcome,
            "found": "; ".join(finding.message for finding in verdict.findings) or "nothing to note",
        }
        for shot in shots
        for of, verdicts in (("clip", shot.clip.verdicts), ("narration", _heard(shot)))
        for verdict in verdicts
    ]


def episode(made: Episode, cover: bytes) -> str:
    """Return the result: its cover, a link that plays it, its figures."""
    again = made.shots - made.made
    rows = {
        "video": f"`{Path(made.video).resolve()}`",
        "length": f"{float(made.seconds):.1f} s in {counted(made.shots, 'shot')}",
        "this run": f"{counted(made.made, 'shot')} made, {again} found again",
        "cost": dollars(made.usd),
        "saved": f"{dollars(made.saved_usd)} for what was found again",
        "loudness": f"{made.integrated_lufs:.1f} LUFS, true peak {made.true_peak_dbtp:.1f} dBTP",
    }
    lines = [f"# {made.title}", ""]
    if cover:
        lines += [f"![Cover]({inline(cover)})", ""]
    links = {"▶ Play it": link_to(made.video), "How it was made": link_to(Path(made.folder) / "report.html")}
    lines += [" · ".join(f"**[{text}]({address})**" for text, address in links.items() if address), ""]
    lines += ["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows.items())]
    lines += [f"| note | {in_a_cell(warning)} |" for warning in made.warnings]
    return "\n".join(lines)


def _heard(shot: FinishedShot) -> tuple[Verdict, ...]:
    verdict = shot.narration_verdict
    return (verdict,) if verdict is not None else ()


def in_a_cell(text: str) -> str:
    """Return text that stays in its cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _rate(plan: Plan) -> int:
    """Return the frames a second that a plan's output names: `1080x1920 at 30 frames/s`."""
    return int(plan.output.rpartition(" at ")[2].partition(" ")[0])
