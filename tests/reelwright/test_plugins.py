"""Parts that others write are found by entry point or by module, and can take nobody's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from reelwright import plugins, transition
from reelwright.catalogue import Catalogue
from reelwright.errors import InvalidInput
from reelwright.media.captions.presets import GROUPINGS
from reelwright.models.bench import builder
from reelwright.models.images import registry as images
from reelwright.models.narrators import registry as narrators
from reelwright.models.transcribers import registry as transcribers
from reelwright.models.video.registry import PROTOCOLS
from reelwright.models.writers import registry as writers
from reelwright.publishing import registry as channels

_MODEL = '''"""A model of one's own."""

def complete(entry):
    return entry.model_copy(update={"seconds": (4, 8), "sizes": ("720x1280",)})

def build(entry, bench):
    return f"built for {entry.name}"
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Python imports from."""
    for known in [name for name in sys.modules if name.startswith("studio_of_mine")]:
        monkeypatch.delitem(sys.modules, known)  # of another test's folder
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "studio_of_mine").mkdir()
    (tmp_path / "studio_of_mine" / "__init__.py").touch()
    (tmp_path / "studio_of_mine" / "reels.py").write_text(_MODEL, "utf-8")
    return tmp_path


def test_a_protocol_may_be_a_module(folder: Path) -> None:
    """Named in the recipe, with nothing installed: it completes its entries and builds its models."""
    assert folder.is_dir()
    entry = Catalogue.load().resolve({"name": "mine", "protocol": "studio_of_mine.reels", "usd_per_second": 0}, "video")
    assert [int(seconds) for seconds in entry.seconds] == [4, 8]
    assert builder(PROTOCOLS, entry)(entry, None) == "built for mine"  # type: ignore[arg-type]


BUILT_IN: Mapping[str, tuple[Mapping[str, str], str]] = {
    "video": (PROTOCOLS, "veo"),
    "image": (images.PROTOCOLS, "gemini-image"),
    "writer": (writers.PROTOCOLS, "openai-chat"),
    "narrator": (narrators.PROTOCOLS, "local"),
    "transcriber": (transcribers.PROTOCOLS, "local"),
    "check": ({}, ""),
    "caption": (dict.fromkeys(GROUPINGS, "reelwright.media.captions.presets"), "word"),
    "transition": (transition.BUILT_IN, "dissolve"),
    "channel": (channels.KINDS, "youtube"),
}
"""What comes with Reelwright of each kind, and the name of one; there is no check that could be named."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str | None]]:
    """Where a process finds `ours`, a built-in name that a distribution claims, and `theirs`, of each kind."""
    folder = tmp_path_factory.mktemp("site")
    named = folder / "reels-1.0.dist-info"
    named.mkdir()
    (named / "METADATA").write_text("Metadata-Version: 2.1\nName: reels\nVersion: 1.0\n", "utf-8")
    points = "".join(
        f"[reelwright.{kind}]\n" + "".join(f"{name} = reels.{kind}\n" for name in ("ours", ours) if name)
        for kind, (_, ours) in BUILT_IN.items()
    )
    (named / "entry_points.txt").write_text(points, "utf-8")
    asked = (
        "import json, sys; from reelwright.plugins import module_of\n"
        "told = json.loads(sys.argv[1]).items()\n"
        "print(json.dumps({kind: [module_of(kind, name, ours) for name in ('ours', one, 'theirs')]"
        " for kind, (ours, one) in told}))"
    )
    # Another process: this one has looked at what is installed already.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(plugins.__file__).parents[1])])}
    command = [sys.executable, "-c", asked, json.dumps(BUILT_IN)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    told: dict[str, list[str | None]] = json.loads(said)
    return told


@pytest.mark.parametrize("kind", BUILT_IN)
def test_a_part_may_be_an_entry_point(kind: str, found: dict[str, list[str | None]]) -> None:
    """As an installed distribution names it; what is built in stays what it is, and what nobody names is not there."""
    built_in, name = BUILT_IN[kind]
    assert found[kind] == [f"reels.{kind}", built_in.get(name), None]


@pytest.mark.parametrize("protocol", ["studio_of_mine.rails", "no_such_package.reels", "os..path", "reels", "json"])
def test_what_is_not_there_is_said_by_the_plan(folder: Path, protocol: str) -> None:
    """Before anything runs."""
    assert folder.is_dir()
    entry = Catalogue.load().resolve({"name": "mine", "protocol": protocol}, "video")
    assert "is not in this version" in entry.why_not(date(2026, 11, 21))
    with pytest.raises(InvalidInput, match="which this version does not"):
        builder(PROTOCOLS, entry)


def test_a_module_that_breaks_is_named(folder: Path) -> None:
    """With what it says itself."""
    (folder / "studio_of_mine" / "broken.py").write_text("import no_such_thing_here\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"studio_of_mine\.broken.*no_such_thing_here"):
        Catalogue.load().resolve({"name": "mine", "protocol": "studio_of_mine.broken"}, "video")


def test_a_module_without_build_is_no_model(folder: Path) -> None:
    """It says what is missing."""
    (folder / "studio_of_mine" / "empty.py").touch()
    entry = Catalogue.load().resolve({"name": "mine", "protocol": "studio_of_mine.empty"}, "video")
    with pytest.raises(InvalidInput, match=r"no `build\(entry, bench\)`"):
        builder(PROTOCOLS, entry)


def test_equal_files_in_two_places_are_two_parts(tmp_path: Path) -> None:
    """Each reads what lies beside itself."""
    told = []
    for name in ("one", "other"):
        place = tmp_path / name / "part.py"
        place.parent.mkdir()
        place.write_text("import pathlib\nTEXT = pathlib.Path(__file__).with_name('words.txt').read_text()\n", "utf-8")
        place.with_name("words.txt").write_text(name, "utf-8")
        told.append(plugins.load("check", str(place), {}).TEXT)
    assert told == ["one", "other"]


def test_threads_that_need_a_part_at_once_get_the_whole_of_it(tmp_path: Path) -> None:
    """Nobody sees a module that is half imported: its model would seem to be none, and the next one would be paid."""
    part = tmp_path / "slow.py"
    part.write_text("import time\ntime.sleep(0.2)\n\ndef check(clip, settings):\n    return None\n", "utf-8")
    with ThreadPoolExecutor(3) as threads:
        found = [threads.submit(plugins.function_of, "check", str(part), {}, "check(clip, settings)") for _ in range(3)]
        assert len({future.result() for future in found}) == 1
