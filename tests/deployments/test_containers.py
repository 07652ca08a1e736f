"""What containers are made of: settings that Prefect knows, files that are there, templates that say what they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import Settings
from prefect.settings.legacy import _get_valid_setting_names
from ruamel.yaml import YAML

from flows.commands.series_server import IMAGE_FOLDER
from reelwright.settings import Settings as OurSettings

DEPLOYMENTS = Path(__file__).parents[2] / "deployments"
COMPOSE: dict[str, Any] = YAML(typ="safe").load(DEPLOYMENTS / "compose.yaml")


def test_the_image_holds_the_clone_where_its_deployments_look() -> None:
    """The folder is named in the Dockerfile, in both files that deploy into containers, and where series are pruned."""
    *_, last = re.findall(r"^WORKDIR (\S+)$", (DEPLOYMENTS / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert last == IMAGE_FOLDER
    for name in ("docker.yaml", "kubernetes.yaml"):
        (step,) = YAML(typ="safe").load(DEPLOYMENTS / name)["pull"]
        assert step["prefect.deployments.steps.set_working_directory"]["directory"] == IMAGE_FOLDER


def test_what_is_copied_into_the_image_is_there_and_is_all_that_the_builder_sees() -> None:
    """Paths of COPY start from the clone's root; nothing but them leaves it, and of them no secret."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOYMENTS / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    copied = {name for line in lines for name in line.split()}
    assert [name for name in copied if not (DEPLOYMENTS.parent / name).exists()] == []
    ignored = (DEPLOYMENTS.parent / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert ignored[1] == "*"
    assert ignored.index("deployments/secrets") > ignored.index("!deployments")


def test_the_shared_set_up_names_settings_that_there_are() -> None:
    """A misspelt setting would be passed over in silence."""
    given = {name for service in COMPOSE["services"].values() for name in service.get("environment", {})}
    ours = {name for name in given if name.startswith("REELWRIGHT_")}
    assert ours <= {f"REELWRIGHT_{field.upper()}" for field in OurSettings.model_fields}
    prefects = {name for name in given if name.startswith("PREFECT_") and "REDIS" not in name}
    assert prefects <= set(_get_valid_setting_names(Settings))


def test_no_password_stands_in_the_set_up() -> None:
    """Passwords come from a file that git never sees; only this host reaches the UI."""
    text = (DEPLOYMENTS / "compose.yaml").read_text("utf-8")
    assert not re.search(r"(?i)password: ?\S|://[^/\s]+:[^/\s]+@", text)
    assert "/deployments/secrets/" in (DEPLOYMENTS.parent / ".gitignore").read_text("utf-8")
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:4200:4200", "127.0.0.1:4201:4201"]


@pytest.mark.parametrize("name", ["docker-pool.json", "kubernetes-pool.json"])
def test_a_pools_template_explains_every_field_that_it_uses(name: str) -> None:
    """Each `{{ variable }}` is in the form, each field of the form is used, and says what it is."""
    template = json.loads((DEPLOYMENTS / name).read_text("utf-8"))
    used = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(template["job_configuration"])))
    fields = template["variables"]["properties"]
    assert used == set(fields)
    assert [field for field, told in fields.items() if not told.get("title") or not told.get("description")] == []
