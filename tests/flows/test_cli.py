"""The command line: what each command prints where, how it ends, and what it never does."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from support.terminal import Terminal

from reelwright import __version__

SCRIPT = "# Why tea is brown\n\nLeaves hold tannin.\n\nHot water lets it out.\n"
WATCH = """
import os, sys
CONNECTIONS = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.send")
CHILDREN = ("subprocess.", "os.fork", "os.posix_spawn", "os.exec", "os.system")
def watch(event, arguments):
    if event.startswith(CONNECTIONS + CHILDREN) or (event == "import" and arguments[0] == "prefect"):
        os.write(2, f"forbidden: {event} {arguments}".encode())
        os._exit(99)
sys.addaudithook(watch)
"""
"""Python's own audit events end the process at the first connection, the first child, the first `import prefect`."""


@pytest.fixture
def watched(fresh_terminal: Terminal, tmp_path: Path) -> Terminal:
    """A terminal whose Python ends with 99 if it connects, starts a process or loads Prefect."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, "utf-8")
    fresh_terminal.environment["PYTHONPATH"] = str(folder)
    return fresh_terminal


def test_the_watch_sees_what_it_forbids(watched: Terminal) -> None:
    """The test below would fail if there were something to see: `doctor` loads Prefect and starts processes."""
    assert watched.run("doctor").exit_code == 99


@pytest.mark.parametrize("arguments", [("plan", "-"), ("models",)])
def test_looking_connects_to_nobody_and_starts_nothing(watched: Terminal, arguments: tuple[str, ...]) -> None:
    """`plan` and `models` call nobody, start no process, load no engine and write no file.

    Without `--json` standard output stays empty: a script that forgot the option notices at once.
    """
    ran = watched.run(*arguments, stdin=SCRIPT)
    assert (ran.exit_code, ran.stdout) == (0, ""), ran.stderr
    assert ran.stderr
    assert not watched.home.exists()


def test_a_plan_says_what_would_be_made(terminal: Terminal) -> None:
    """The storyboard, a model for each shot, seconds and price, as one JSON document."""
    told = terminal.here("plan", "-", "--json", stdin=SCRIPT).json
    assert [shot["narration"] for shot in told["shots"]] == ["Leaves hold tannin.", "Hot water lets it out."]
    assert {tuple(shot["models"]) for shot in told["shots"]} == {("animatic",)}
    assert Decimal(told["usd_high"]) == 0
    assert told["problems"] == []
    assert told["storyboard"]["title"] == "Why tea is brown"


def test_a_plan_with_ended_models_is_refused_with_living_ones(terminal: Terminal, tmp_path: Path) -> None:
    """The day they ended, and what to name instead: today, not at night by an error of the vendor."""
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("video_models: [sora-2, sora-2-pro]\n", "utf-8")
    ran = terminal.here("plan", "-", "-r", recipe, "--json", stdin=SCRIPT)
    assert ran.exit_code == 2
    for model in ("sora-2", "sora-2-pro"):
        assert any(re.search(rf"{model} ended on 2026-09-24; alive: .*animatic", told) for told in ran.json["problems"])


def test_the_catalogue_says_what_can_be_used_now(terminal: Terminal) -> None:
    """Each model: usable or why not, its price, its end date."""
    ran = terminal.here("models", "--json")
    told = {(entry["name"], entry["kind"]): entry for entry in ran.json}
    assert ran.exit_code == 0
    assert all(told[name, kind]["usable"] for name, kind in [("animatic", "video"), ("local", "narrator")])
    assert (told["sora-2", "video"]["usable"], told["sora-2", "video"]["ends_on"]) == (False, "2026-09-24")
    assert all(entry["usable"] or entry["why_not"] for entry in told.values())


@pytest.mark.slow
def test_the_doctor_tries_every_part(terminal: Terminal) -> None:
    """On a machine where the tests pass, nothing is missing."""
    ran = terminal.run("doctor", "--json")
    parts = {finding["part"]: finding["state"] for finding in ran.json}
    assert ran.exit_code == 0, ran.stdout
    assert {"python", "prefect", "ffmpeg", "voice", "fonts", "vault", "publications", "models"} <= set(parts)
    assert "missing" not in parts.values()


@pytest.mark.slow
def test_the_doctor_says_what_a_lack_costs(fresh_terminal: Terminal) -> None:
    """A vault that cannot be written is found, with what it means, and the exit code is not 0; all else is tried."""
    (fresh_terminal.home / "reelwright").mkdir(parents=True)
    (fresh_terminal.home / "reelwright" / "vault").write_text("a file where a folder should be", "utf-8")
    ran = fresh_terminal.run("doctor", "--json")
    parts = {finding["part"]: finding for finding in ran.json}
    assert ran.exit_code == 1
    assert {"python", "prefect", "ffmpeg", "voice", "fonts", "vault", "models"} <= set(parts)
    assert {part for part, finding in parts.items() if finding["state"] == "missing"} == {"vault"}
    assert parts["vault"]["cost"]


def test_help_teaches_and_names_the_exit_codes(terminal: Terminal) -> None:
    """The first command to type, every command in a line, every exit code."""
    told = terminal.here("--help").stdout
    for word in ("reelwright make", "make", "plan", "models", "doctor", "--version"):
        assert word in told
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 130):
        assert re.search(rf"\b{code} [a-z]", told), code


def test_each_command_explains_its_options(terminal: Terminal) -> None:
    """What SOURCE may be, where results go, what `--json` does."""
    told = terminal.here("make", "--help").stdout
    for word in ("SOURCE", "manifest.json", "stdin", "--recipe", "--out", "--json", "Exit codes"):
        assert word in told


def test_the_version_is_told(terminal: Terminal) -> None:
    """For a bug report."""
    ran = terminal.run("--version")
    assert (ran.exit_code, ran.stdout) == (0, f"reelwright {__version__}\n")


@pytest.mark.parametrize("arguments", [("plan",), ("plan", "-", "--nonsense"), ("nonsense",)])
def test_a_mistyped_command_is_bad_input(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    """Exit code 2 and the usage, not an exception."""
    ran = terminal.here(*arguments, stdin=SCRIPT)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "Usage" in ran.stderr
