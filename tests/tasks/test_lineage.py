"""The arrows of the run graph: from whole results only, from the latest work only."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from uuid import UUID

import pytest
from prefect.client.schemas.objects import TaskRun

from reelwright.errors import ReelwrightError
from reelwright.finished import Finished
from reelwright.values import Asset, Value
from tasks import lineage


class Drawn(Finished):
    """A stage's result."""

    words: tuple[str, ...] = ()
    picture: Asset


class Pair(Value):
    """What a flow makes of results."""

    left: Drawn
    right: Drawn


@dataclass(frozen=True)
class Side:
    """What a flow makes of a result, and no value."""

    shown: Drawn


def drawn(digit: str) -> Drawn:
    """Return a result with a picture of its own."""
    return Drawn(picture=Asset(sha256=digit * 64, media_type="image/png", size_bytes=1))


def ran(*arguments: object, gives: object) -> UUID:
    """Run a stage on arguments: it follows what `begin` says, and gives a result."""
    run = TaskRun(task_key="stage", dynamic_key="0")
    lineage.begin(run, list(arguments))
    lineage.end(run, gives)
    return run.id


def follows(*arguments: object) -> set[UUID]:
    """Return the runs that a stage on these arguments follows."""
    return set(lineage.begin(TaskRun(task_key="stage", dynamic_key="0"), list(arguments)))


def test_a_stage_follows_the_stage_whose_result_it_takes() -> None:
    """However deep the result lies in the arguments."""
    left, right = drawn("a"), drawn("b")
    first, second = ran(gives=left), ran(gives=right)
    assert follows({"shots": [Pair(left=left, right=right)]}) == {first, second}


def test_what_a_dataclass_holds_is_seen() -> None:
    """A transition is told of two pictures, which are no values: it follows the clips that they show."""
    left, right = drawn("a"), drawn("b")
    first, second = ran(gives=left), ran(gives=right)
    assert follows(Side(left), [Side(right)]) == {first, second}


def test_equal_results_of_two_stages_are_not_confused() -> None:
    """Two shots may come to the very same values; their arrows stay apart."""
    left, right = drawn("a"), drawn("a")
    first, second = ran(gives=left), ran(gives=right)
    assert (follows(left), follows(right)) == ({first}, {second})


@pytest.mark.parametrize("shared", [(), "", "en", 0, None, "cinematic, natural light"])
def test_what_is_everybody_s_draws_no_arrow(shared: object) -> None:
    """An empty tuple is one object for the whole process: it says nothing about where it came from."""
    ran(gives=drawn("a"))
    assert follows(shared, [shared], {"palette": shared}) == set()


def test_an_arrow_comes_from_the_latest_work_only() -> None:
    """A stitch that is told of pictures and segments follows the segments, which rest on the pictures."""
    picture, segment = drawn("a"), drawn("b")
    ran(gives=picture)
    second = ran(picture, gives=segment)
    assert follows(picture, segment) == {second}


def test_what_is_tried_after_a_failure_follows_it() -> None:
    """The next model of a chain hangs on the one that failed."""
    error = ReelwrightError("The model said no")
    first = ran(gives=error)
    assert follows([error]) == {first}


def test_a_changed_copy_is_still_the_stage_s_result() -> None:
    """A note added to a result does not cut it off."""
    result = drawn("a")
    first = ran(gives=result)
    assert follows(result.model_copy(update={"words": ("noted",)})) == {first}


def test_nothing_is_kept_of_results_that_are_gone() -> None:
    """A process that makes episodes for months does not grow by their arrows."""
    before = len(lineage._origins)
    for _ in range(100):
        ran(gives=drawn("a"))
    gc.collect()
    assert len(lineage._origins) == before
