"""`reelwright series deploy`: the schedules of all series in prefect.yaml and on the server, as their files say."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from flows.commands.series_schedules import PREFIX, deployment_of
from flows.commands.terminal import console, note
from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.series.files import FOLDER, read_series, schema, series_files
from reelwright.values import Value
from reelwright.vault import write_text_atomically
from tasks.stored import has_server

PREFECT_FILES = (Path("prefect.yaml"), Path("deployments/docker.yaml"), Path("deployments/kubernetes.yaml"))
"""Where deployments are written down: for a worker on this machine, for Docker, for Kubernetes."""
_LEFT_TO_PEOPLE = ("tags", "concurrency_limit")
"""Fields that are written once and may then be changed by hand."""
_DEPLOY_SECONDS = 600


class Changes(Value):
    """What `series deploy` did, or with `--check` would do."""

    files: dict[str, tuple[str, ...]]
    """Changed deployments by file: `+ new`, `~ changed`, `- taken out`."""
    pruned: tuple[str, ...] = ()
    """What stops running on the server: deployments and schedules that no series has any more."""
    deployed: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether anything was (or would be) changed."""
        return bool(self.pruned) or any(self.files.values())


def deploy_series(*, check: bool) -> Changes:
    """Write the series into the files that deploy, and bring the server up to date where one is named.

    Raises:
        SourceError: a series cannot be read.
        InvalidInput: there is no prefect.yaml here.
        NotDeployed: Prefect did not take it.
    """
    wanted = wanted_deployments()
    files = {str(path): _brought_up(path, wanted, write=not check) for path in PREFECT_FILES if path.is_file()}
    files |= _schema_brought_up(write=not check)
    if not files:
        raise InvalidInput("There is no prefect.yaml here.", hint="Run it in the clone.")
    if not has_server():
        return Changes(files=files)
    from flows.commands.series_server import prune  # noqa: PLC0415 - loads Prefect

    names = tuple(one["name"] for one in wanted)
    if not check and names:
        _deploy(names)
    return Changes(files=files, pruned=asyncio.run(prune(wanted, take_away=not check)), deployed=() if check else names)


class NotDeployed(ReelwrightError):
    """Prefect did not take a deployment."""

    code = "not_deployed"


def wanted_deployments() -> tuple[dict[str, Any], ...]:
    """Return the deployments that the series files ask for.

    Raises:
        SourceError: one cannot be read.
    """
    return tuple(deployment_of(read_series(path)) for path in series_files())


def differences(path: Path, wanted: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return how a file that deploys differs from what the series files say; empty if it does not."""
    return _brought_up(path, wanted, write=False)


def show_changes(changes: Changes, *, check: bool) -> None:
    """Say what was done."""
    for file, told in changes.files.items():
        for line in told:
            console.print(f"{escape(file)}: {escape(line)}", soft_wrap=True)
    for line in changes.pruned:
        console.print(f"server: - {escape(line)}", soft_wrap=True)
    if not changes.pending:
        note("All schedules are as the series files say.")
    elif check:
        note("Nothing was changed. To change it: reelwright series deploy")
    if changes.deployed:
        note(f"Deployed: {', '.join(changes.deployed)}.")
    elif not check and not has_server():
        note("No Prefect server is named: reelwright up, or prefect deploy --all, brings them there.")


def _brought_up(path: Path, wanted: Sequence[dict[str, Any]], *, write: bool) -> tuple[str, ...]:
    yaml = _yaml()
    document: CommentedMap = yaml.load(path.read_text("utf-8"))
    deployments: CommentedSeq = document["deployments"]
    told = [*_taken_out(deployments, wanted), *_put_in(deployments, wanted)]
    if told and write:
        text = io.StringIO()
        yaml.dump(document, text)
        write_text_atomically(text.getvalue(), path)
    return tuple(told)


def _schema_brought_up(*, write: bool) -> dict[str, tuple[str, ...]]:
    """Bring what editors know of series files up to date."""
    path = FOLDER / "schema.json"
    if not path.is_file() or path.read_text("utf-8") == schema():
        return {}
    if write:
        write_text_atomically(schema(), path)
    return {str(path): ("~ fields of series files",)}


def _taken_out(deployments: CommentedSeq, wanted: Sequence[dict[str, Any]]) -> list[str]:
    names = {one["name"] for one in wanted}
    gone = [one["name"] for one in deployments if one["name"].startswith(PREFIX) and one["name"] not in names]
    for name in gone:
        del deployments[next(index for index, one in enumerate(deployments) if one["name"] == name)]
    return [f"- {name}" for name in gone]


def _put_in(deployments: CommentedSeq, wanted: Sequence[dict[str, Any]]) -> list[str]:
    told = []
    there = {one["name"]: one for one in deployments}
    for one in wanted:
        old = there.get(one["name"])
        if old is None:
            # It runs where episodes run.
            deployments.append(CommentedMap({**_in_flow_style(one), "work_pool": _plain(deployments[0]["work_pool"])}))
            told.append(f"+ {one['name']}")
            continue
        stale = {
            field: value
            for field, value in one.items()
            if old.get(field) != value and not (field in _LEFT_TO_PEOPLE and field in old)
        }
        if stale:
            old.update(_in_flow_style(stale))
            told.append(f"~ {one['name']}: {', '.join(stale)}")
    return told


def _in_flow_style(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as they look best: short lists and mappings in one line."""
    return {field: _styled(value, top=True) for field, value in fields.items()}


def _styled(value: Any, *, top: bool) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return CommentedSeq([CommentedMap({name: _styled(one[name], top=False) for name in one}) for one in value])
    if isinstance(value, dict) and (not top or len(value) > 1):
        styled = CommentedMap({name: _styled(inner, top=False) for name, inner in value.items()})
        styled.fa.set_flow_style()
        return styled
    if isinstance(value, list):
        row = CommentedSeq(value)
        row.fa.set_flow_style()
        return row
    return value


def _plain(value: Any) -> Any:
    """Return a copy without the comments that stand in it."""
    return {name: _plain(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _deploy(names: Sequence[str]) -> None:
    chosen = [argument for name in names for argument in ("--name", name)]
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", *chosen]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_DEPLOY_SECONDS, check=False)
    if done.returncode:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NotDeployed(
            f"Prefect did not take the series: {' '.join(lines[-4:])}", hint="Try it: prefect --no-prompt deploy --all"
        )
