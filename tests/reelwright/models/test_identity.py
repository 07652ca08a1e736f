"""By what the work of a part of one's own is found again, and what is paid for once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.openai_videos_harness import OPENAI

from reelwright.catalogue import Entry
from reelwright.errors import InvalidInput
from reelwright.models.identity import identity_in, identity_of
from reelwright.takes.values import Clip
from reelwright.testing import Trial, studio
from reelwright.testing.buying import bought

_MODEL = '''"""A video model of one's own, made from the protocol of ours."""
from reelwright.models.video import openai_videos
from reelwright.models.video.openai_videos.model import OpenAIVideos

complete = openai_videos.complete


class Own(OpenAIVideos):
    {body}


def build(entry, bench):
    return Own(entry, bench.vault, bench.credential)
'''


def entry_at(place: Path) -> Entry:
    """A narrator in a file."""
    return Entry.model_validate(
        {"name": "mine", "kind": "narrator", "vendor": "own", "protocol": str(place), "model": "v1"}
    )


def saying(identity: object) -> object:
    """A part that says this of itself."""
    return SimpleNamespace(identity=identity)


@pytest.mark.parametrize("says", ["", "what the entry says"])
def test_two_files_of_one_name_are_two_parts(tmp_path: Path, says: str) -> None:
    """Where they say nothing of their own, the place tells them apart."""
    told = []
    for folder in ("one", "other"):
        entry = entry_at(tmp_path / folder / "voice.py")
        told.append(identity_in(saying(identity_of(entry) if says else ""), entry))
    assert told[0] != told[1]


def test_a_part_that_says_what_it_is_may_lie_anywhere(tmp_path: Path) -> None:
    """Its author vouches for it."""
    told = {identity_in(saying("voice/2"), entry_at(tmp_path / folder / "voice.py")) for folder in ("one", "other")}
    assert told == {"voice/2"}


def test_a_way_to_write_the_same_place_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative or not."""
    monkeypatch.chdir(tmp_path)
    places = (Path("voice.py"), tmp_path / "voice.py", Path("../") / tmp_path.name / "voice.py")
    assert len({identity_in(saying(""), entry_at(place)) for place in places}) == 1


def test_a_place_is_what_it_is_called_wherever_its_links_lead(tmp_path: Path) -> None:
    """A release puts the same file in a new folder and moves the link: nothing is paid once more."""
    told = []
    for release in ("monday", "tuesday"):
        (tmp_path / release).mkdir()
        (tmp_path / "current").unlink(missing_ok=True)
        (tmp_path / "current").symlink_to(tmp_path / release)
        told.append(identity_in(saying(""), entry_at(tmp_path / "current" / "voice.py")))
    assert told[0] == told[1]


def test_what_hands_its_calls_on_to_a_model_of_ours_does_not_say_who_it_is(tmp_path: Path) -> None:
    """The place tells two such parts apart."""

    class Wrapper:
        def __getattr__(self, name: str) -> str:
            return f"what a model of ours says as its {name}"

    one, other = (identity_in(Wrapper(), entry_at(tmp_path / folder / "voice.py")) for folder in ("one", "other"))
    assert one != other


def test_an_identity_that_is_no_text_is_refused_before_anything_is_paid(tmp_path: Path) -> None:
    """A forgotten `@property` would be another key in each process, and paid in each."""
    with pytest.raises(InvalidInput, match="identity of 'mine' is a method, and must be a text"):
        identity_in(saying(tmp_path.exists), entry_at(tmp_path / "voice.py"))


def bought_by(trial: Trial, place: Path, body: str) -> Clip:
    """Buy the usual wish from a model in a file whose class has this body."""
    place.parent.mkdir(exist_ok=True)
    place.write_text(_MODEL.format(body=body), "utf-8")
    entry = trial.harness.entry(trial.server.url, protocol=str(place))
    return bought(trial.studio, entry, trial.harness.request(), Decimal(5))


def test_a_clip_is_not_handed_out_for_that_of_another_file_of_its_name(tmp_path: Path) -> None:
    """Both ask the same server for the same, and each may tell it something that no key sees."""
    with studio(OPENAI) as trial:
        assert not bought_by(trial, tmp_path / "anime" / "model.py", "LORA = 'anime'").hit
        assert not bought_by(trial, tmp_path / "noir" / "model.py", "LORA = 'noir'").hit
        assert trial.server.created == 2


def test_a_changed_identity_is_filmed_anew_and_a_changed_comment_is_not(tmp_path: Path) -> None:
    """A line of the file costs nothing; another style does."""
    place = tmp_path / "parts" / "model.py"
    with studio(OPENAI) as trial:
        assert not bought_by(trial, place, "identity = 'ink/1'").hit
        assert bought_by(trial, place, "identity = 'ink/1'  # the same").hit
        assert not bought_by(trial, place, "identity = 'ink/2'").hit
        assert trial.server.created == 2
