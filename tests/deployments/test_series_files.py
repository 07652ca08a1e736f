"""The series that come with Reelwright, and how series become schedules in the files that deploy."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint
from ruamel.yaml import YAML

from flows.commands.series_deploy import PREFECT_FILES, deploy_series, differences, wanted_deployments
from flows.deploy_steps import prepare
from reelwright.errors import InvalidInput
from reelwright.series.files import HINT, read_series, schema, series_files

ROOT = Path(__file__).parents[2]
SERIES = series_files(ROOT / "deployments" / "series")


def loaded(path: Path) -> Any:
    """A YAML file as plain values."""
    return YAML(typ="safe").load(path)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what deploys, to work in."""
    shutil.copytree(ROOT / "deployments", tmp_path / "deployments")
    shutil.copy(ROOT / "prefect.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


def test_the_published_schema_is_the_codes_own() -> None:
    """After a new field: reelwright series deploy."""
    assert (ROOT / "deployments" / "series" / "schema.json").read_text("utf-8") == schema()


@pytest.mark.parametrize("path", SERIES, ids=lambda path: str(path.stem))
def test_each_series_is_known_to_editors_and_to_us(path: Path) -> None:
    """The hint for editors stands first, and both of the readers take it."""
    assert path.read_text("utf-8").splitlines()[0] == HINT
    jsonschema.validate(loaded(path), loaded(path.parent / "schema.json"))
    assert read_series(path).series.active is False, "a fresh clone makes nothing until somebody asks"


def test_there_are_three_kinds() -> None:
    """A folder of scripts, a table, and shots written out."""
    kinds = {name for path in SERIES for name in loaded(path)["topics"]}
    assert len(SERIES) >= 3
    assert kinds >= {"scripts", "csv", "list"}


@pytest.mark.parametrize("name", [str(path) for path in PREFECT_FILES])
def test_what_deploys_says_what_the_series_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`reelwright series deploy --check` finds nothing to do, each entrypoint loads, each cron is one."""
    monkeypatch.chdir(ROOT)
    assert differences(Path(name), wanted_deployments()) == ()
    for deployment in loaded(ROOT / name)["deployments"]:
        assert ":" not in deployment["entrypoint"]
        assert isinstance(load_flow_from_entrypoint(deployment["entrypoint"]), Flow)
        for schedule in deployment.get("schedules", ()):
            CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])


def test_a_changed_series_changes_its_schedules_and_no_comment(clone: Path) -> None:
    """A new one is put in, one whose file is gone is taken out, what a person wrote beside them stays."""
    kitchen = clone / "deployments" / "series" / "kitchen-science.yaml"
    text = (clone / "prefect.yaml").read_text("utf-8").replace("limit: 1,", "limit: 2,")
    (clone / "prefect.yaml").write_text(text, "utf-8")
    kitchen.write_text(kitchen.read_text("utf-8").replace('times: ["18:00"]', 'times: ["06:15", "18:00"]'), "utf-8")
    shutil.copy(kitchen, kitchen.with_name("bakery.yaml"))
    (clone / "deployments" / "series" / "quiet-corners.yaml").unlink()
    asked = deploy_series(check=True)
    assert asked.pending
    assert (clone / "prefect.yaml").read_text("utf-8") == text, "--check changes nothing"
    done = deploy_series(check=False)
    assert done.files == asked.files
    assert done.files["prefect.yaml"] == (
        "- series-quiet-corners",
        "+ series-bakery",
        "~ series-kitchen-science: schedules",
    )
    assert not deploy_series(check=True).pending, "done once, there is nothing left to do"
    written = (clone / "prefect.yaml").read_text("utf-8")
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in written.splitlines() if line.lstrip().startswith("#")] == comments
    found = {one["name"]: one for one in loaded(clone / "prefect.yaml")["deployments"]}
    assert [schedule["slug"] for schedule in found["series-kitchen-science"]["schedules"]] == [
        "evenings-0615",
        "evenings-0615-slot",
        "evenings-1800",
        "evenings-1800-slot",
    ]
    assert found["series-kitchen-science"]["concurrency_limit"]["limit"] == 2, "a person's number stays"
    assert found["series-bakery"]["work_pool"] == {"name": "reelwright"}
    kubernetes = loaded(clone / "deployments" / "kubernetes.yaml")["deployments"][-1]
    assert kubernetes["work_pool"]["job_variables"] == {"image": "{{ $REELWRIGHT_IMAGE }}"}


def test_a_lead_moves_the_making_to_the_days_before(clone: Path) -> None:
    """A slot at one on Monday night that is made 30 hours ahead is made on Saturday evening at seven."""
    (clone / "deployments" / "series" / "night.yaml").write_text(
        "title: Night\ntopics: {list: [The moon]}\ntime_zone: Europe/Paris\nlead_hours: 30\n"
        'slots: [{name: night, days: [mon], times: ["01:00"]}]\n',
        "utf-8",
    )
    (night,) = [one for one in wanted_deployments() if one["name"] == "series-night"]
    assert [schedule["cron"] for schedule in night["schedules"]] == ["0 19 * * SAT", "0 1 * * MON"]


def test_a_deploy_that_would_go_wrong_at_night_goes_wrong_at_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not set, or a schedule that the series files do not know, stops it, and says what to do."""
    monkeypatch.delenv("REELWRIGHT_IMAGE", raising=False)
    with pytest.raises(InvalidInput, match=r"REELWRIGHT_IMAGE, and nobody has set it.*export REELWRIGHT_IMAGE="):
        prepare("deployments/docker.yaml")
    (clone / "deployments" / "series" / "quiet-corners.yaml").unlink()
    with pytest.raises(InvalidInput, match=r"- series-quiet-corners.*reelwright series deploy"):
        prepare("prefect.yaml")
