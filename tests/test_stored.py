"""Upgrades do not hurt: files that earlier versions wrote are read, and mean what they meant.

`tests/stored` only grows. Nothing in it is ever changed: a file that cannot be read any more is a broken promise.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr
from support.prefect_server import Server
from support.terminal import Terminal

from blocks import ALL
from blocks.base import StoredBlock
from blocks.stored import read_stored
from reelwright.animatic.motion import Motion
from reelwright.errors import InvalidInput
from reelwright.ledger.ledger import Ledger
from reelwright.ledger.statement import list_charges, list_jobs
from reelwright.publishing.listing import list_publications
from reelwright.publishing.release import read_release, read_release_texts
from reelwright.recipe import Recipe
from reelwright.script.documents import parse_document
from reelwright.script.source import read_source
from reelwright.series.files import read_series
from reelwright.series.memory import Memory
from reelwright.series.topics import read_topics
from reelwright.storyboard import Storyboard

STORED = Path(__file__).parent / "stored"


@pytest.mark.parametrize("path", sorted(STORED.glob("recipe-*.yaml")), ids=lambda path: str(path.name))
def test_an_old_recipe_is_read(path: Path) -> None:
    """What it says still counts; what it could not know has its default."""
    document = parse_document(path.read_text("utf-8"), name=path.name)
    recipe = document.value(Recipe, document.data)
    assert (recipe.output.frame_rate, recipe.captions.highlight) == (25, "#9ad1c4")
    assert recipe.budget.per_model_usd == {"veo-3.1": Decimal(1)}
    assert recipe == Recipe.model_validate(recipe.model_dump(mode="json"))


@pytest.mark.parametrize("path", sorted(STORED.glob("brief-*.yaml")), ids=lambda path: str(path.name))
def test_an_old_brief_is_read(path: Path) -> None:
    """Shot by shot."""
    first, second = read_source(str(path)).brief.shots
    assert (first.camera, first.key, first.seed, first.continues) == ("push", True, 7, False)
    assert (second.seconds, second.audio, second.models) == (4, "mute", ("animatic",))


def test_an_old_recipe_keeps_every_word() -> None:
    """Nothing that it says is lost: whatever a field is called today, no value became a default."""
    document = parse_document((STORED / "recipe-1-whole.yaml").read_text("utf-8"), name="recipe")
    recipe, default = document.value(Recipe, document.data), Recipe()
    same = {name for name in Recipe.model_fields if getattr(recipe, name) == getattr(default, name)}
    assert same <= {"schema_version"} | (set(Recipe.model_fields) - set(document.data))
    for part in ("output", "voice", "music", "captions", "look", "checks", "budget"):
        written, read = document.data[part], getattr(recipe, part)
        assert {name for name in written if getattr(read, name) == getattr(getattr(default, part), name)} <= {"font"}
    assert (recipe.overlays[0].start, recipe.transition.seconds, recipe.checks.own[0].settings["most"]) == (
        Fraction(1, 2),
        Fraction(1, 2),
        0.5,
    )
    assert recipe.channels[1] != "youtube"


@pytest.mark.parametrize("path", sorted(STORED.glob("series-*.yaml")), ids=lambda path: str(path.name))
def test_an_old_series_is_read(path: Path) -> None:
    """With its recipe, topics, slots and money."""
    file = read_series(path)
    series = file.series
    assert [rule.name for rule in series.slots] == ["evenings", "weekend"]
    assert (series.lead_hours, series.reserve, series.missed.policy, series.active) == (24, 1, "reserve", False)
    assert series.budget.per_month_usd == Decimal(90)
    assert next(topic.brief.title for topic in read_topics(file)) == "Why tea is brown"


@pytest.mark.parametrize("path", sorted(STORED.glob("manifest-*.json")), ids=lambda path: str(path.name))
def test_an_old_episode_can_be_made_again(path: Path, terminal: Terminal) -> None:
    """Its manifest is a source, with its recipe."""
    source = read_source(str(path))
    assert source.recipe is not None
    assert [shot.narration for shot in source.brief.shots] == ["Leaves hold tannin."]
    planned = terminal.run("plan", path, "--json")
    assert (planned.exit_code, planned.json["title"]) == (0, json.loads(path.read_text("utf-8"))["storyboard"]["title"])


@pytest.mark.parametrize("path", sorted(STORED.glob("storyboard-*.json")), ids=lambda path: str(path.name))
def test_an_old_storyboard_is_read(path: Path) -> None:
    """With every word of it: as a value, as flows take it, and as a source, as people hand it on."""
    written = json.loads(path.read_text("utf-8"))
    storyboard = Storyboard.model_validate(written)
    kept = storyboard.model_dump(mode="json")
    shots = written.pop("shots")
    assert {name: kept[name] for name in written} == written
    assert [{name: shot[name] for name in old} for old, shot in zip(shots, kept["shots"], strict=True)] == shots
    brief = read_source(str(path)).brief
    assert (brief.title, brief.shots, brief.channels) == (storyboard.title, storyboard.shots, storyboard.channels)


def test_an_old_drawn_clip_is_read() -> None:
    """Its document lies in the vault in place of a video: place, weather, palette and camera are as they were."""
    text = (STORED / "motion-1.json").read_text("utf-8")
    assert Motion.model_validate_json(text).model_dump(mode="json") == json.loads(text)


@pytest.mark.parametrize("path", sorted(STORED.glob("ledger-*.sql")), ids=lambda path: str(path.name))
def test_an_old_ledger_is_brought_up_to_date(path: Path, tmp_path: Path) -> None:
    """Opened by this version, it keeps every line of the account, every claim, publication and slot."""
    with sqlite3.connect(tmp_path / "ledger.db") as old:
        old.executescript(path.read_text("utf-8"))
        before = old.execute("SELECT id, state, charged_micro FROM jobs ORDER BY id").fetchall()
    old.close()
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    try:
        charged = [line.usd for line in list_charges(ledger) if line.what == "charged"]
        states = sorted(line.state for line in list_jobs(ledger))
        suspects = ledger.suspects("c" * 64)
        published = sorted((line.channel, line.state) for line in list_publications(ledger.database))
        told = [(slot.title, slot.state) for slot in Memory(ledger, "kitchen-science").bookings()]
    finally:
        ledger.database.close()
    with sqlite3.connect(tmp_path / "ledger.db") as new:
        after = new.execute("SELECT id, state, charged_micro FROM jobs ORDER BY id").fetchall()
    new.close()
    assert after == before
    assert sorted(charged) == [Decimal("0.40"), Decimal("0.85")]
    assert states == ["done", "failed", "suspect"]
    assert [job.reason for job in suspects] == ["no answer"]
    if path.stem >= "ledger-0004":
        assert published == [("folder", "published"), ("youtube", "unknown")]
        assert told == [("Why tea is brown", "made"), ("Why milk boils over", "booked")]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("recipe-1-whole.yaml", "schema_version: 1", "schema_version: 2"),
        ("series-1.yaml", "schema_version: 1", "schema_version: 2"),
        ("manifest-1.json", "reelwright.manifest/1", "reelwright.manifest/2"),
        ("manifest-1.json", '"schema_version": 1', '"schema_version": 2'),
        ("storyboard-1.json", '"schema_version": 1', '"schema_version": 2'),
    ],
)
def test_a_file_of_a_newer_version_is_told_from_a_wrong_one(file: str, old: str, new: str, tmp_path: Path) -> None:
    """It is refused with the version that this one reads."""
    text = (STORED / file).read_text("utf-8")
    (tmp_path / file).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InvalidInput, match="this version of Reelwright cannot read"):
        _read(tmp_path / file)


def test_the_episode_of_a_newer_version_is_not_published(tmp_path: Path) -> None:
    """What its manifest may say that this version does not know is not passed over."""
    text = (STORED / "manifest-1.json").read_text("utf-8").replace("reelwright.manifest/1", "reelwright.manifest/2")
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    for read in (read_release, read_release_texts):
        with pytest.raises(InvalidInput, match=r"cannot read the manifest\.json .* it is 'reelwright\.manifest/2'"):
            read(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(STORED.glob("blocks-*.json")), ids=lambda path: str(path.name))
def test_old_blocks_are_read_from_the_server_that_keeps_them(
    path: Path, prefect_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their secrets, before and after this version has registered its own kinds, and after one was saved anew."""
    kinds = json.loads(path.read_text("utf-8"))
    kept = [_keep(prefect_server.http, kind) for kind in kinds]
    monkeypatch.setenv("PREFECT_API_URL", prefect_server.address)
    try:
        with temporary_settings({PREFECT_API_URL: prefect_server.address}):
            before = read_stored()
            for block in ALL:
                block.register_type_and_schema()
            after = read_stored()
            dict(after.blocks)["of-before"].save("of-before", overwrite=True)
            saved = read_stored()
    finally:
        for one in itertools.chain(*kept):
            prefect_server.http.delete(f"/block_documents/{one}").raise_for_status()
    for found in (before, after, saved):
        # Other tests may have left blocks on the same server.
        assert [name for name in found.unreadable if name.endswith(("/of-before", "/plain"))] == []
        told = {(block.get_block_type_slug(), name): block for name, block in found.blocks}
        for kind in kinds:
            for name, data in kind["documents"].items():
                assert {field: _plain(told[kind["type"]["slug"], name], field) for field in data} == data


def _keep(http: httpx.Client, kind: dict[str, Any]) -> list[str]:
    """Put the documents of a kind on a server as the version that wrote them did, and return their ids."""
    known = http.get(f"/block_types/slug/{kind['type']['slug']}")
    made = known if known.is_success else http.post("/block_types/", json=kind["type"]).raise_for_status()
    schema = http.post("/block_schemas/", json=kind["schema"] | {"block_type_id": made.json()["id"]}).raise_for_status()
    bound = {"block_type_id": made.json()["id"], "block_schema_id": schema.json()["id"]}
    return [
        http.post("/block_documents/", json={"name": name, "data": data, **bound}).raise_for_status().json()["id"]
        for name, data in kind["documents"].items()
    ]


def _plain(block: StoredBlock, field: str) -> Any:
    """Return what a field of a block says, in plain text."""
    value = getattr(block, field)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _read(path: Path) -> object:
    if path.suffix == ".json":
        return read_source(str(path))
    if path.stem.startswith("series"):
        return read_series(path)
    document = parse_document(path.read_text("utf-8"), name=path.name)
    return document.value(Recipe, document.data)
