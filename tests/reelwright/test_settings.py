"""Where things are kept and which keys there are: the one place that reads the environment."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import reelwright
from reelwright.errors import InvalidInput
from reelwright.settings import Settings, credential
from reelwright.vault import FolderVault


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment with a home and nothing of ours; the process stands in a folder of its own."""
    for name in os.environ:
        if name.startswith("REELWRIGHT_"):
            monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_without_settings_everything_is_in_the_home(tmp_path: Path) -> None:
    """Nothing needs to be set, and looking makes no folder."""
    settings = Settings()
    home = tmp_path / "home" / ".reelwright"
    assert settings.home == home
    assert settings.font_folder.parent == settings.painting_folder.parent == home
    vault = settings.open_vault()
    assert isinstance(vault, FolderVault)
    assert vault.root == home / "vault"
    assert not home.exists()


@pytest.mark.parametrize(
    ("written", "read"), [("~/films", "home/films"), ("films", "films"), ("./films/../films2", "films/../films2")]
)
def test_a_folder_means_the_same_from_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str, read: str
) -> None:
    """`~` in a unit file or a .env is the home folder; a worker in another folder finds the same place."""
    monkeypatch.setenv("REELWRIGHT_HOME", written)
    monkeypatch.setenv("REELWRIGHT_VAULT", written)
    settings = Settings()
    vault = settings.open_vault()
    assert isinstance(vault, FolderVault)
    assert settings.home == vault.root == tmp_path / read


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`REELWRIGHT_VAULT=` in a compose file names no folder."""
    monkeypatch.setenv("REELWRIGHT_VAULT", "")
    vault = Settings().open_vault()
    assert isinstance(vault, FolderVault)
    assert vault.root == tmp_path / "home" / ".reelwright" / "vault"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("WORKERS", "many", "a whole number"),
        ("WORKERS", "-1", "0"),
        ("WORKERS", "65", "64"),
        ("WORKERS", "1.5", "a whole number"),
        ("HOME", "~nobody-of-that-name/films", ""),
    ],
)
def test_a_variable_that_cannot_be_meant_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    """One of our errors, with the variable, its value and what was expected; never a traceback."""
    monkeypatch.setenv(f"REELWRIGHT_{name}", value)
    with pytest.raises(InvalidInput, match=f"REELWRIGHT_{name}: '{value}'") as caught:
        Settings()
    assert expected in caught.value.hint


@pytest.mark.parametrize("workers", ["1", "3", "64"])
@pytest.mark.parametrize("tells_cores", [True, False])
def test_the_number_of_workers_is_as_set(monkeypatch: pytest.MonkeyPatch, workers: str, tells_cores: bool) -> None:
    """Also where the system does not tell which cores a process may use (macOS)."""
    monkeypatch.setenv("REELWRIGHT_WORKERS", workers)
    if not tells_cores:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert Settings().worker_count == int(workers)


def test_unset_there_is_a_worker_for_each_core_that_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that has one core of many gets one worker."""
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
        assert Settings().worker_count == 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert Settings().worker_count == os.cpu_count()


def test_equal_settings_are_one_key() -> None:
    """A process has one studio for them."""
    assert len({Settings(), Settings(), Settings(workers=2)}) == 2


# Keys


def test_the_first_key_that_is_set_counts() -> None:
    """An empty one counts as not set."""
    given = {"A": "", "B": "  ", "C": "the key", "D": "another"}
    found = credential(("A", "B", "C", "D"), given)
    assert found is not None
    assert found.get_secret_value() == "the key"
    assert credential(("A", "B", "X"), given) is None


def test_a_key_from_a_file_loses_its_line_end() -> None:
    """A header cannot hold it, and the refusal would print it."""
    found = credential(("A",), {"A": "the key\r\n"})
    assert found is not None
    assert found.get_secret_value() == "the key"


def test_a_key_is_not_printed() -> None:
    """Neither as text nor as a part of another value."""
    assert "the key" not in f"{credential(('A',), {'A': 'the key'})!r} {credential(('A',), {'A': 'the key'})}"


def test_the_environment_is_read_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when the module is imported."""
    assert credential(("REELWRIGHT_TEST_KEY",)) is None
    monkeypatch.setenv("REELWRIGHT_TEST_KEY", "the key")
    assert credential(("REELWRIGHT_TEST_KEY",)) is not None


# The one place


def reads_environment(path: Path) -> bool:
    """Whether a file of the core looks into the environment."""
    return any(
        isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def test_nothing_else_of_the_core_reads_the_environment() -> None:
    """What a run depends on is in one file; what authors test with sets the environment of their runs."""
    root = Path(reelwright.__path__[0])
    readers = {str(path.relative_to(root)) for path in root.rglob("*.py") if reads_environment(path)}
    assert {reader for reader in readers if not reader.startswith("testing/")} == {"settings.py"}
