"""`prefect.yaml` as it stands: what it deploys can be loaded, filled in and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.flows import load_flow_from_entrypoint
from ruamel.yaml import YAML

from flows.episode import produce_episode
from flows.form import FLOWS

ROOT = Path(__file__).parents[2]
PREFECT_YAML = YAML(typ="safe").load(ROOT / "prefect.yaml")
DEPLOYMENTS: list[dict[str, Any]] = PREFECT_YAML["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: str(deployment["name"]))
def test_every_entrypoint_is_a_module_and_loads(deployment: dict[str, Any]) -> None:
    """A file entrypoint would deploy green and load a second copy of the module."""
    assert ":" not in deployment["entrypoint"]
    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert isinstance(flow, Flow)
    # Else its dead runs stay, and its old ones.
    assert flow.name in FLOWS


def test_nothing_runs_by_itself() -> None:
    """A fresh clone that is deployed makes nothing until somebody asks."""
    schedules = [schedule for deployment in DEPLOYMENTS for schedule in deployment.get("schedules", ())]
    assert not any(schedule.get("active", True) for schedule in schedules)


def test_the_form_explains_itself() -> None:
    """Every field that the producer sees in the UI says what it is; only the brief must be filled in."""
    form = produce_episode.parameters
    assert form.required == ["brief"]
    assert [name for name, field in form.properties.items() if not field.get("description")] == []
    fields = form.definitions["Brief"]["properties"] | form.definitions["Shot"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []
