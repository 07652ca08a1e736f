"""The templates of the pools as Prefect's own workers fill them in, and as Kubernetes and Docker read the result."""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from pathlib import Path
from typing import Any, TypeVar

import kubernetes_validate
import pytest
from docker.models.containers import RUN_CREATE_KWARGS, RUN_HOST_CONFIG_KWARGS
from docker.types import HostConfig
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings
from prefect.workers.base import BaseJobConfiguration
from prefect_docker.worker import DockerWorkerJobConfiguration
from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

DEPLOYMENTS = Path(__file__).parents[2] / "deployments"
IMAGE = "registry.example/reelwright:1"
pytestmark = pytest.mark.slow  # the clients of Kubernetes are large
HOME = "/var/lib/reelwright/prefect"
Job = TypeVar("Job", bound=BaseJobConfiguration)


def filled(kind: str, job: type[Job], **variables: Any) -> Job:
    """What a worker makes of a pool's template for a run of a deployment that names our image."""
    template = json.loads((DEPLOYMENTS / f"{kind}-pool.json").read_text("utf-8"))
    # The worker has a home that no container of ours knows.
    with temporary_settings({PREFECT_API_URL: "https://prefect.example/api", PREFECT_HOME: Path("/home/worker")}):
        made = asyncio.run(job.from_template_and_values(template, {"image": IMAGE, **variables}))
        made.prepare_for_flow_run(FlowRun(id=uuid.uuid4(), flow_id=uuid.uuid4(), name="Golden Harbour"))
    return made


def manifest(**variables: Any) -> dict[str, Any]:
    """The Job that a Kubernetes worker would make."""
    return filled("kubernetes", KubernetesWorkerJobConfiguration, **variables).job_manifest


@pytest.mark.parametrize("version", ["1.31", "1.37"])
def test_kubernetes_accepts_the_job(version: str) -> None:
    """Every field is of its published schema, but two that the worker wants in the pod, where nothing reads them."""
    job = manifest(env={"LANG": "C.UTF-8"}, labels={"team": "shorts"}, command="prefect flow-run execute")
    pod = job["spec"]["template"]["spec"]
    assert (pod.pop("parallelism"), pod.pop("completions")) == (1, 1)
    kubernetes_validate.validate(job, version, strict=True)


def test_a_pod_makes_one_run_and_a_second_pod_none() -> None:
    """Kubernetes starts nothing again: what is ended goes back to Prefect, and the next pod finds what was made."""
    job = manifest()
    (container,) = job["spec"]["template"]["spec"]["containers"]
    environment = {one["name"]: one["value"] for one in container["env"]}
    assert (job["spec"]["backoffLimit"], container["image"], container["args"]) == (
        0,
        IMAGE,
        ["prefect", "flow-run", "execute"],
    )
    assert environment["PREFECT_FLOW_RUN_EXECUTE_SIGTERM_BEHAVIOR"] == "reschedule"


def test_a_pod_may_nothing_that_it_need_not() -> None:
    """No root, no rights in the cluster, nothing to write but the volume."""
    pod = manifest()["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert (pod["automountServiceAccountToken"], pod["securityContext"]["runAsNonRoot"]) == (False, True)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {one["mountPath"] for one in container["volumeMounts"]} == {
        "/var/lib/reelwright",
        "/srv/reelwright/out",
        "/tmp",  # noqa: S108 - what the image needs
    }


def test_docker_accepts_the_container() -> None:
    """Every word that is passed on to Docker is one that its client takes."""
    container = filled("docker", DockerWorkerJobConfiguration)
    words = container.container_create_kwargs or {}
    assert words.keys() <= {*RUN_CREATE_KWARGS, *RUN_HOST_CONFIG_KWARGS}
    assert inspect.signature(HostConfig).bind("1.45", **words)
    assert (words["read_only"], container.image, container.get_network_mode()) == (True, IMAGE, None)


def test_a_workers_own_home_is_not_its_containers() -> None:
    """A worker hands its settings on; where it keeps its own files, a container of ours may not write."""
    (pod,) = manifest(env={"LANG": "C"})["spec"]["template"]["spec"]["containers"]
    assert {one["name"]: one["value"] for one in pod["env"]}.items() >= {"PREFECT_HOME": HOME, "LANG": "C"}.items()
    assert filled("docker", DockerWorkerJobConfiguration, env={"LANG": "C"}).env["PREFECT_HOME"] == HOME
