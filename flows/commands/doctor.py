"""Try every part that this machine needs, for real, and say what is missing and what that costs."""

from __future__ import annotations

import asyncio
import functools
import platform
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from reelwright.catalogue import Catalogue
from reelwright.credentials import KeySource, nothing_stored
from reelwright.errors import ReelwrightError
from reelwright.media import ffmpeg
from reelwright.media.captions import fonts
from reelwright.media.captions.ass import ass_document, burn_filter
from reelwright.models.narrators.contract import NarrationRequest
from reelwright.models.narrators.local import LocalNarrator
from reelwright.models.transcribers.contract import HearingRequest
from reelwright.models.transcribers.local import LocalTranscriber
from reelwright.models.transcribers.local_models import lacking, present
from reelwright.publishing.values import LIVE
from reelwright.recipe import Captions, OutputFormat
from reelwright.settings import Settings
from reelwright.values import Value

_LEAST_DISK_BYTES = 2 << 30
_SAMPLES = {
    "Latin": "aé",
    "Cyrillic": "ж",
    "Greek": "λ",
    "Arabic": "خ",
    "Hebrew": "ל",
    "Chinese": "面",
    "Japanese": "パ",
    "Korean": "빵",
    "emoji": "🍞",
}


class Finding(Value):
    """One part and how it is."""

    part: str
    state: Literal["works", "limited", "missing"]
    detail: str
    cost: str = ""
    """What its lack means for the person."""


def examine(stored: KeySource = nothing_stored) -> tuple[Finding, ...]:
    """Try everything; `stored` gives the keys that the environment has not."""
    parts: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("python", _python),
        ("prefect", _prefect),
        ("ffmpeg", _ffmpeg),
        ("voice", _voice),
        ("recognition", _recognition),
        ("fonts", _fonts),
        ("vault", _vault),
        ("ledger", _ledger),
        ("sign-ins", examine_sign_ins),
        ("publications", examine_publications),
        ("models", functools.partial(_models, functools.cache(stored))),
    )
    return tuple(_tried(part, examination) for part, examination in parts)


def _tried(part: str, examination: Callable[[], Finding]) -> Finding:
    try:
        return examination()
    except (ReelwrightError, OSError, ImportError, PackageNotFoundError) as error:
        return Finding(part=part, state="missing", detail=str(error), cost="Episodes cannot be made.")


def _python() -> Finding:
    cores = Settings().worker_count
    return Finding(part="python", state="works", detail=f"{platform.python_version()}, {cores} local jobs side by side")


def _prefect() -> Finding:
    from prefect.settings import get_current_settings  # noqa: PLC0415 - loads Prefect

    address = get_current_settings().api.url
    where = f"server at {address}" if address else "its own local server, started for each run"
    return Finding(part="prefect", state="works", detail=f"{version('prefect')}, {where}")


def _ffmpeg() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "caption.ass"
        document.write_text(ass_document((), Captions(), OutputFormat()), "utf-8")
        burn = burn_filter(document, Path(folder))
        picture = [
            "-f",
            "lavfi",
            "-i",
            "color=s=64x64:d=0.1",
            "-vf",
            f"zscale=matrixin=bt709:matrix=bt709,format=yuv420p,{burn}",
        ]
        sound = ["-f", "lavfi", "-i", "sine=d=0.1", "-af", "ebur128=peak=true,alimiter", "-c:a", "aac"]
        ffmpeg.run([*picture, "-c:v", "libx264", "-f", "null", "-"])
        ffmpeg.run([*sound, "-f", "null", "-"])
    return Finding(part="ffmpeg", state="works", detail=ffmpeg.executable())


def _voice() -> Finding:
    async def speak() -> float:
        narrator = LocalNarrator()
        with tempfile.TemporaryDirectory() as folder:
            speech = await narrator.speak(NarrationRequest(text="All is well."), Path(folder) / "voice.wav")
        await narrator.aclose()
        return float(speech.seconds)

    seconds = asyncio.run(speak())
    return Finding(part="voice", state="works", detail=f"the local English voice spoke for {seconds:.1f} s")


def _recognition() -> Finding:
    missing = lacking()
    if missing:
        cost = "What is said in clips is not compared with the script, unless checks.transcriber names a service."
        return Finding(part="recognition", state="limited", detail=missing, cost=cost)

    async def listen() -> str:
        narrator, ear = LocalNarrator(), LocalTranscriber(Settings().home / "models")
        try:
            with tempfile.TemporaryDirectory() as folder:
                line = Path(folder) / "voice.wav"
                await narrator.speak(NarrationRequest(text="All is well that ends well."), line)
                return (await ear.hear(line, HearingRequest())).text
        finally:
            await narrator.aclose()
            await ear.end()

    heard = asyncio.run(listen())
    return Finding(part="recognition", state="works", detail=f"Whisper {', '.join(present())} heard {heard!r}")


def _fonts() -> Finding:
    lacking = [name for name, sample in _SAMPLES.items() if fonts.uncovered(sample)]
    if lacking:
        return Finding(
            part="fonts",
            state="limited",
            detail=f"no font for {', '.join(lacking)}",
            cost="Captions leave such text out.",
        )
    return Finding(part="fonts", state="works", detail=f"captions in {', '.join(_SAMPLES)}")


def _ledger() -> Finding:
    from reelwright.ledger.breaker import all_health  # noqa: PLC0415 - loads the database
    from reelwright.ledger.ledger import Ledger  # noqa: PLC0415

    ledger = Ledger(Settings().ledger_url)
    try:
        left_alone = [known for known in all_health(ledger) if known.open_for_seconds]
    finally:
        ledger.database.close()
    if left_alone:
        named = "; ".join(f"{known.entry} for {known.open_for_seconds:.0f} s: {known.reason}" for known in left_alone)
        cost = "Shots go to the next model of the recipe meanwhile."
        return Finding(part="ledger", state="limited", detail=f"left alone after failures: {named}", cost=cost)
    return Finding(part="ledger", state="works", detail=ledger.database.shown)


def examine_sign_ins() -> Finding:
    """Say who is signed in, and whose sign-in ends within a week."""
    from flows.commands.signing_in import listed  # noqa: PLC0415 - loads the database

    accounts = listed()
    ending = [one.warning for one in accounts if one.warning]
    if ending:
        cost = "Nothing is published there after that."
        return Finding(part="sign-ins", state="limited", detail=" ".join(ending), cost=cost)
    named = ", ".join(f"{one.account} ({one.name})" if one.name else one.account for one in accounts)
    return Finding(part="sign-ins", state="works", detail=named or "nobody is signed in to a platform")


def examine_publications() -> Finding:
    """Say of which episodes nobody can tell whether they went out."""
    from reelwright.ledger.database import Database  # noqa: PLC0415 - loads the database
    from reelwright.publishing.listing import list_publications  # noqa: PLC0415

    database = Database(Settings().ledger_url)
    try:
        unknown = list_publications(database, states=("unknown",))
        waiting = [line for line in list_publications(database, states=LIVE) if line.state == "waiting"]
    finally:
        database.close()
    if unknown:
        named = "; ".join(f"{line.publication}: {line.episode} on {line.channel}" for line in unknown)
        cost = f"They are never sent again blindly. Run `reelwright reconcile`: it reads. {unknown[-1].person_should}"
        return Finding(part="publications", state="limited", detail=f"nobody can tell of {named}", cost=cost.strip())
    told = f"; {len(waiting)} wait for a slot or a quota" if waiting else ""
    return Finding(part="publications", state="works", detail=f"it is known of each whether it went out{told}")


def _vault() -> Finding:
    settings = Settings()
    vault = settings.open_vault()
    asset = vault.put_bytes(b"reelwright", "text/plain")
    vault.path(asset)
    free = shutil.disk_usage(settings.home).free
    detail = f"{vault!r}, {free / 1e9:.0f} GB free"
    if free < _LEAST_DISK_BYTES:
        return Finding(
            part="vault", state="limited", detail=detail, cost="An episode needs up to 2 GB while it is made."
        )
    return Finding(part="vault", state="works", detail=detail)


def _models(stored: KeySource) -> Finding:
    today, entries = datetime.now(UTC).date(), Catalogue.load().entries
    usable = [f"{entry.name} ({entry.kind})" for entry in entries if not entry.why_not(today, stored=stored)]
    return Finding(part="models", state="works", detail="usable now: " + ", ".join(usable))
