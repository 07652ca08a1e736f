"""The commands that the documentation tells people to type: each is one, and what needs nothing but a clone is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.documented import OURS, ROOT, Command, commands, fences, problem, verbs
from support.prefect_server import Server

from reelwright import plugins

COMMANDS = tuple(commands())
TOLD = tuple({(command.page, command.text): command for command in COMMANDS if command.in_block}.values())


@dataclass(frozen=True)
class Step:
    """A documented command that is run as it stands, and what comes of it."""

    text: str
    says: str
    """A pattern that its output holds."""
    exit_code: int = 0
    makes: tuple[str, ...] = ()


RUN = {
    "start.md": (
        Step("./run plan tea.md", r"Leaves hold tannin[\s\S]*1080x1920 at 30 frames/s .* at most \$0\.00"),
        Step(
            "./run make tea.md --recipe tea-recipe.yaml",
            r"Done: 2 shots made\.[\s\S]*720x1280 at 25 frames/s .* cost \$0\.00",
            makes=("out/why-tea-is-brown/episode.mp4", "out/why-tea-is-brown/report.html"),
        ),
        Step("./run models", r"gemini-omni-1\.1-flash"),
        Step("./run plan tea.md --recipe filmed.yaml", r"gemini-omni-1\.1-flash cannot be used: no key: set GEMINI"),
        Step("./run ledger charges", r"nothing has been bought yet"),
    ),
    "how-to/models.md": (
        Step("reelwright ledger charges --since 2026-11-01", r"nothing has been bought"),
        Step("reelwright ledger budget", r"nothing has been bought"),
        Step("reelwright ledger jobs", r"nothing has been bought"),
    ),
    "how-to/publish.md": (
        Step("reelwright auth", r"Nobody is signed in"),
        Step("reelwright channels", r"YouTube"),
        Step("reelwright publications", r"No publications yet"),
        Step("reelwright reconcile", r"Every publication is known"),
    ),
    "how-to/series.md": (
        Step(
            "reelwright series plan deployments/series/kitchen-science.yaml --days 14",
            r"Europe/Berlin · at most \$0\.00",
        ),
        Step("reelwright series check", r"can be made kitchen-science[\s\S]*can be made word-of-the-day"),
        Step("reelwright series deploy --check", r"All schedules are as the series files say"),
    ),
    "how-to/ui.md": (
        Step("reelwright review list", r"No review waits|Decide: reelwright review"),
        Step("reelwright clean --older-than 90d --dry-run", r"0 files of the vault .* would go"),
    ),
    "operations.md": (
        Step("./run doctor", r"works +vault[\s\S]*works +ledger[\s\S]*animatic \(video\)"),
        Step("reelwright ledger charges --since 2026-11-01 --csv > november.csv", r"^$", makes=("november.csv",)),
    ),
    "README.md": (
        Step("./run series plan deployments/series/kitchen-science.yaml", r"Europe/Berlin · at most \$0\.00"),
    ),
}
"""By page, in the order of a reader who has only the clone. What two pages tell is run for one of them."""

KEY = "asks a model or platform that wants a key"
NETWORK = "fetches from a registry"
DOCKER = "needs Docker: .ci/image builds and runs the image where it can"
REVIEW = "answers a review that waits: tests/flows/test_life_in_the_ui.py"
PROGRAM = "copies and restores, with programs of the system"
SHELL = "changes the shell that it is typed into, and starts nothing"
NOT_RUN = {
    "make examples/why-bread-goes-stale.md": "run by .ci/run",
    "test": "run by .ci/run",
    "check": "run by .ci/run, gate by gate",
    "setup dev": "run by .ci/run",
    "up": "runs until it is stopped: tests/flows/test_life_in_the_ui.py",
    "series deploy": "writes schedules into prefect.yaml: tests/flows/test_series.py",
    "series run deployments/series/kitchen-science.yaml": "makes what is due: tests/flows/test_series.py",
    "limits seedance-2.5=3 kling-v3=2": "limits all runs: tests/flows/test_bought_episodes.py",
    "publish out/why-tea-is-brown --dry-run": "wants channels: tests/flows/test_publication.py",
    "publish out/why-tea-is-brown -c youtube": KEY,
    "publish out/why-tea-is-brown --at 2026-12-01T18:00+01:00": KEY,
    "publications --story 12": "wants a publication: tests/flows/test_publication.py",
    "reconcile 12 --published https://youtu.be/…": "wants a publication: tests/flows/test_publication.py",
    "reconcile 12 --not-published": "wants a publication: tests/flows/test_publication.py",
    "auth youtube --client client.json": KEY,
    "auth tiktok": KEY,
    "auth facebook --for both --redirect https://example.org/done": KEY,
    'plan "why milk boils over" --recipe with-a-writer.yaml --write': KEY,
    'review approve "Why tea is brown" --note "lovely"': REVIEW,
    'review send-back 3f9c1a07 --note "shot 2 is too dark"': REVIEW,
}
"""Why a command of ours is not run here, by what follows `./run` or `reelwright`."""

NOT_OURS = {
    r"\.venv/bin/python wall\.py": "the page's block of Python: tests/test_docs.py",
    r"PREFECT_API_URL=\S+ \.venv/bin/python wall\.py": "the page's block of Python: tests/test_docs.py",
    r"python examples/house_flow\.py": "the example: tests/examples/test_flows.py",
    r"pytest examples/test_\w+\.py": "the examples' own tests: tests/examples/test_parts.py",
    r"\.venv/bin/prefect .*deploy.*": "tells a server: its words are read below",
    r"\.venv/bin/pip install .*": NETWORK,
    r"curl -s http://127\.0\.0\.1:4200/api/[\s\S]*": "asks a server that runs",
    r"docker [\s\S]*": DOCKER,
    r"(mkdir|openssl|chmod) .*deployments/secrets.*": DOCKER,
    r"(umask|mkdir|cp|mv|install|rsync|aws|sqlite3|psql|createdb|pg_dump|pg_restore) .*": PROGRAM,
    r"export .*": SHELL,
    r"\. \.venv/bin/activate": SHELL,
}
"""Why a command of others is not run here, by a pattern."""


def ours(text: str) -> str:
    """Return what follows `./run` or `reelwright` in a line; empty if it starts something else."""
    first, _, rest = text.partition(" ")
    return rest if first in OURS else ""


IS_RUN = {ours(step.text) for steps in RUN.values() for step in steps}


def reason(command: Command) -> str:
    """Return why a command is not run here; empty: nobody has said."""
    other = next((why for pattern, why in NOT_OURS.items() if re.fullmatch(pattern, command.text)), "")
    return NOT_RUN.get(ours(command.text), other)


@pytest.mark.parametrize("page", sorted({command.page for command in COMMANDS}))
def test_every_command_would_be_taken(page: str) -> None:
    """By the real command line: the command is there, and so are its options, with values of their types."""
    wrong = {}
    for command in COMMANDS:
        given = command.arguments
        if command.page != page or given is None or (command.words[0] == "./run" and given[:1] and given[0] in verbs()):
            continue
        if told := problem(given, named_only=not command.in_block):
            wrong[f"{command.page}:{command.line}"] = (command.text, told)
    assert wrong == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("plann tea.md", "there is no command 'plann'"),
        ("series pln FILE", "there is no command 'pln'"),
        ("plan tea.md --recipee r.yaml", "No such option: --recipee"),
        ("plan tea.md --recipe", "requires an argument"),
        ("plan", "Missing parameter: source"),
        ("reconcile twelve", "valid integer"),
        ("publications --story soon", "valid integer"),
        ("auth PLATFORM OTHER MORE", "unexpected extra argument"),
        ("ledger bugdet", "is not"),
        ("make a.md b.md", "unexpected extra argument"),
    ],
)
def test_a_wrong_command_is_seen(line: str, told: str) -> None:
    """A misspelt word, an unknown option, a value of another type, too much and too little."""
    assert told in problem(line.split(), named_only=False)


@pytest.mark.parametrize("command", TOLD, ids=lambda one: f"{one.page}: {one.text.splitlines()[0][:60]}")
def test_every_block_is_run_or_has_a_reason(command: Command) -> None:
    """A new command belongs to `RUN`, with what comes of it, or says why not; the place that runs it then is there."""
    assert ours(command.text) in IS_RUN or reason(command)
    for place in re.findall(r"tests/[\w/]+\.py|\.ci/\w+", reason(command)):
        assert (ROOT / place).is_file()


def test_nothing_is_listed_that_nobody_is_told() -> None:
    """What the pages say no more is run no more, and needs no reason; nothing is run and excused."""
    told = {(command.page, command.text) for command in COMMANDS}
    assert {(page, step.text) for page, steps in RUN.items() for step in steps} - told == set()
    assert set(NOT_RUN) - {ours(text) for _, text in told} == set()
    assert [pattern for pattern in NOT_OURS if not any(re.fullmatch(pattern, text) for _, text in told)] == []
    assert IS_RUN & set(NOT_RUN) == set()


def test_commands_stand_in_blocks_that_are_looked_at() -> None:
    """In `sh`: a block of another name, or of none, holds no command."""
    known = {"sh", "python", "yaml", "toml", "markdown", "console", "json", ""}
    assert {fence.language for fence in fences()} <= known
    shown = [fence for fence in fences() if fence.language not in {"sh", "console"}]
    begins = tuple(f"{name} " for name in (*OURS, "$", "prefect", "docker", "pip", "pytest", "python"))
    assert [(one.page, one.line) for one in shown for line in one.text.splitlines() if line.startswith(begins)] == []


def test_its_toml_is_valid() -> None:
    """And the groups of its entry points are those that parts are looked for in."""
    kinds = set(re.findall(r"`(\w+)`", str(plugins.__doc__).split("Groups are `reelwright.`")[1].split(".")[0]))
    found = [tomllib.loads(fence.text) for fence in fences() if fence.language == "toml"]
    groups = {name for one in found for name in one["project"]["entry-points"]}
    assert groups
    assert groups <= {f"reelwright.{kind}" for kind in kinds}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, prefect_server: Server) -> Reader:
    """A clone whose environment is made already, and a home in which nothing has been made."""
    return Reader(tmp_path_factory.mktemp("clone"), prefect_server.address)


class Reader:
    """A person with a fresh clone, who types what a page says."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        for name in ("run", "requirements.lock", "requirements-dev.lock", "pyproject.toml", "prefect.yaml"):
            shutil.copy2(ROOT / name, folder / name)
        for name in ("examples", "deployments"):
            shutil.copytree(ROOT / name, folder / name)
        binary = folder / ".venv" / "bin"
        binary.mkdir(parents=True)
        (binary / "reelwright").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m flows "$@"\n', "utf-8")
        (binary / "reelwright").chmod(0o755)
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        self.environment = kept | {
            "PATH": f"{binary}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "REELWRIGHT_HOME": str(folder / "home"),
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": server,
            "COLUMNS": "160",
        }
        # As after `./run setup`: it installs nothing where its stamp says that this lock is installed.
        self.type("cat requirements.lock pyproject.toml | cksum > .venv/.reelwright-runtime")

    def type(self, text: str) -> subprocess.CompletedProcess[str]:
        """Give a line to a shell in the clone."""
        return subprocess.run(
            ["sh", "-c", text], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=170,
            check=False,
        )  # fmt: skip

    def save(self, page: str) -> None:
        """Save the files that a page shows, under the names that it gives them."""
        saved = dict(re.findall(r"Save it as `(\w+)\.(\w+)`", (ROOT / "docs" / "pages" / page).read_text("utf-8")))
        for fence in fences():
            if fence.page == page and fence.name:
                (self.folder / fence.name).write_text(fence.text, "utf-8")
            elif fence.page == page and fence.language == "markdown" and "md" in saved.values():
                (self.folder / f"{next(iter(saved))}.md").write_text(fence.text, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN)
def test_its_commands_do_what_it_says(page: str, clone: Reader) -> None:
    """One after the other as they stand, in a fresh home, without a key."""
    if page != "README.md":
        clone.save(page)
    for step in RUN[page]:
        done = clone.type(step.text)
        assert done.returncode == step.exit_code, (step.text, done.stdout, done.stderr)
        assert re.search(step.says, done.stdout + done.stderr), (step.text, done.stdout, done.stderr)
        assert [name for name in step.makes if not (clone.folder / name).is_file()] == [], step.text


@pytest.mark.slow
@pytest.mark.parametrize("command", [one for one in COMMANDS if "prefect" in one.words[0]], ids=lambda one: one.text)
def test_prefect_would_take_its_commands(command: Command) -> None:
    """Its own command line knows the command and every option."""
    import prefect.cli  # noqa: F401, PLC0415 - registers them
    from prefect.cli._app import _app  # noqa: PLC0415 - it has no public name

    _, outer, _ = _app.meta.parse_args(command.words[1:], exit_on_error=False, print_error=False)
    inner: Any = _app.parse_args(outer.arguments["tokens"], exit_on_error=False, print_error=False)
    assert inner[0].__module__.startswith("prefect.cli")
