"""What characters look like: files named by their bytes, checked before anything is paid, and sent with shots."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from support.clips import write_wav
from support.sources import read, refusal, written

from reelwright.asking import image_request, video_request
from reelwright.errors import InvalidInput
from reelwright.recipe import Recipe
from reelwright.references import asset_of, gather, references_for
from reelwright.storyboard import Brief, Character, Shot, Storyboard
from reelwright.values import Asset
from reelwright.vault import FolderVault, sha256_of

FRAME = Asset(sha256="0" * 64, media_type="image/png", size_bytes=1)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    """An empty one."""
    return FolderVault(tmp_path / "vault")


@pytest.fixture
def ada(tmp_path: Path) -> Character:
    """Someone with a portrait."""
    Image.new("RGB", (64, 96), "teal").save(tmp_path / "ada.png")
    return Character(name="Ada", description="a small teal robot", references=(str(tmp_path / "ada.png"),))


def people(*characters: Character) -> Brief:
    """A brief with these characters."""
    return Brief(title="Ada", characters=characters, shots=(Shot(prompt="A wall"),))


def test_a_reference_is_named_by_its_bytes(ada: Character, vault: FolderVault) -> None:
    """Wherever the file lay: the same picture asks for the same clip on every machine."""
    gathered = gather(people(ada), vault, keep=True)
    sha256 = sha256_of(Path(ada.references[0]))
    assert gathered.characters[0].references == (f"{sha256}.png",)
    assert vault.path(sha256).read_bytes() == Path(ada.references[0]).read_bytes()
    assert gather(gathered, vault, keep=True) == gathered


def test_a_plan_keeps_nothing(ada: Character, vault: FolderVault) -> None:
    """Looking gives the same names and leaves the vault as it is."""
    looked = gather(people(ada), vault, keep=False)
    assert not vault.holds(Path(looked.characters[0].references[0]).stem)
    assert gather(people(ada), vault, keep=True) == looked


def test_who_appears_is_shown_and_described(ada: Character, vault: FolderVault) -> None:
    """To the model of the clip and to that of its start frame; in other shots nobody is."""
    gathered = gather(people(ada), vault, keep=True).characters
    shots = (Shot(prompt="A walk", characters=("Ada",)), Shot(prompt="A wall"))
    board = Storyboard(title="Ada", characters=gathered, shots=shots)
    shown = [references_for(shot, board.characters, vault) for shot in shots]
    walk, wall = (
        video_request(shot, board, Recipe(), seconds=Fraction(4), first_frame=FRAME, references=seen)
        for shot, seen in zip(shots, shown, strict=True)
    )
    assert [(one.role, one.name, one.asset.media_type) for one in walk.references] == [("image", "Ada", "image/png")]
    assert walk.prompt == "A walk\nAda: a small teal robot"
    assert (wall.references, wall.prompt) == ((), "A wall")
    still = image_request(shots[0], board, Recipe(), shown[0])
    assert (still.prompt, still.references) == (walk.prompt, (walk.references[0].asset,))


def test_a_reference_is_bound_to_a_name_in_the_prompt(ada: Character) -> None:
    """Who is only shown is named all the same."""
    silent = ada.model_copy(update={"description": ""})
    shots = (Shot(prompt="A walk", characters=("Ada",)), Shot(prompt="Ada walks", characters=("Ada",)))
    board = Storyboard(title="Ada", characters=(silent,), shots=shots)
    assert [image_request(shot, board, Recipe()).prompt for shot in shots] == ["A walk\nAda", "Ada walks"]


@pytest.mark.parametrize("name", ["ada.png", "ada.mp4", "ada.wav"])
def test_what_is_not_what_its_name_says_is_refused(name: str, tmp_path: Path, vault: FolderVault) -> None:
    """Before a vendor is sent it, and billed for it."""
    path = written(tmp_path, name, "<html>Not found</html>")
    with pytest.raises(InvalidInput, match=r"Ada's reference .* cannot be read"):
        gather(people(Character(name="Ada", references=(str(path),))), vault, keep=False)


def test_a_sound_is_no_clip(tmp_path: Path, vault: FolderVault) -> None:
    """A file with the wrong stream in it is refused as well."""
    write_wav(tmp_path / "ada.mp4", np.zeros((4800, 2), np.float32))
    with pytest.raises(InvalidInput, match="has no video in it"):
        gather(people(Character(name="Ada", references=(str(tmp_path / "ada.mp4"),))), vault, keep=False)


def test_what_the_vault_has_lost_is_said(vault: FolderVault) -> None:
    """A manifest on another machine names bytes that are not there."""
    with pytest.raises(InvalidInput, match="is not in the vault"):
        gather(people(Character(name="Ada", references=(f"{'0' * 64}.png",))), vault, keep=True)


def test_paths_start_from_the_source(ada: Character, tmp_path: Path) -> None:
    """Wherever the command is run."""
    brief = {
        "title": "Ada", "shots": [{"prompt": "A walk"}], "characters": [{"name": "Ada", "references": ["ada.png"]}],
    }  # fmt: skip
    source = read(tmp_path, "brief.json", json.dumps(brief))
    assert source.brief.characters[0].references == ada.references


def test_a_missing_file_is_named_with_its_line(tmp_path: Path) -> None:
    """As every mistake in a source is."""
    text = "title: Ada\nshots:\n- prompt: A walk\ncharacters:\n- name: Ada\n  references:\n  - ada.png\n"
    error = refusal(written(tmp_path, "brief.yaml", text))
    assert (error.line, error.field) == (7, "characters[1].references[1]")
    assert "there is no file 'ada.png'" in error.message


def test_a_shot_s_own_frames_are_named_by_their_bytes(ada: Character, vault: FolderVault) -> None:
    """As references are; the end frame goes to the model."""
    brief = Brief(
        title="Ada", shots=(Shot(prompt="A walk", start_frame=ada.references[0], end_frame=ada.references[0]),)
    )
    (shot,) = gather(brief, vault, keep=True).shots
    assert shot.start_frame == shot.end_frame == f"{sha256_of(Path(ada.references[0]))}.png"
    end = asset_of(shot.end_frame, vault)
    board = Storyboard(title="Ada", shots=(shot,))
    asked = video_request(shot, board, Recipe(), seconds=Fraction(4), first_frame=FRAME, last_frame=end)
    assert asked.last_frame == end


def test_a_frame_is_a_picture(tmp_path: Path, vault: FolderVault) -> None:
    """A clip is none."""
    brief = Brief(title="Ada", shots=(Shot(prompt="A walk", start_frame=str(tmp_path / "ada.mp4")),))
    with pytest.raises(InvalidInput, match=r"shot 1's start_frame .*ada.mp4' is no image \(\.png, "):
        gather(brief, vault, keep=False)


@pytest.mark.parametrize(
    ("shots", "said"),
    [
        ([{"prompt": "A walk", "continues": True}], "there is no shot before the first"),
        ([{"prompt": "A"}, {"prompt": "B", "continues": True, "start_frame": "b.png"}], "not both"),
    ],
)
def test_a_shot_that_cannot_go_on_is_refused(shots: list[dict[str, object]], said: str) -> None:
    """Nothing to go on from, or two pictures to start with."""
    with pytest.raises(ValidationError, match=said):
        Brief.model_validate({"title": "Ada", "shots": shots})
