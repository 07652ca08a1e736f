"""Reviews: the run is suspended, frees its worker, and goes on when a person has decided, in the UI or with a command.

Prefect keeps each decision under one key of the run: the first one counts, and a second is refused. After the answer
the flow runs again from its first line; all that was made is found again. A review that nobody answers in time ends the
run: nothing is spent, or nothing is published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar
from uuid import UUID

import pydantic
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.client.schemas.filters import ArtifactFilter
from prefect.client.schemas.objects import State
from prefect.flow_runs import asuspend_flow_run
from prefect.input import RunInput, keyset_from_base_key
from prefect.input.actions import aread_flow_run_input
from prefect.runtime import deployment, flow_run
from prefect.states import Cancelled

from flows import pages
from flows.figures import dollars
from reelwright.editing import ShotEdit, edits_of
from reelwright.errors import InvalidInput
from reelwright.plan import Plan, make_plan
from reelwright.recipe import Recipe
from reelwright.report.pictures import thumbnail_of
from reelwright.stages.episode import Episode
from reelwright.stages.provenance import signer_problems
from reelwright.stages.script import Script
from tasks.moderation import moderate
from tasks.review import apply_edits, sketch
from tasks.stored import stored_keys
from tasks.studio import studio

Review = Literal["none", "storyboard", "publish", "both"]
Answer = TypeVar("Answer", bound=RunInput)

_COVER_PIXELS = 120_000


class Rejected(Exception):
    """A reviewer has ended the run; nothing is wrong."""

    def __init__(self, answer: StoryboardReview | PublishReview) -> None:
        super().__init__(f"Rejected by {answer.reviewer or 'a reviewer'}. {answer.note}".strip())

    def state(self) -> State[Any]:
        """Return the state that the run ends in: cancelled, so that nobody is called."""
        return Cancelled(name="Rejected", message=str(self))


class StoryboardReview(RunInput):
    """What a person decides before anything is spent."""

    model_config = pydantic.ConfigDict(extra="forbid", use_attribute_docstrings=True)

    decision: Literal["approve", "reject"]
    """Whether it is made as it stands below."""
    shots: list[ShotEdit] = pydantic.Field(default_factory=list)
    """Change words, pictures, lengths and models, drag shots into another order, or drop some."""
    note: str = ""
    """Why; it stays on the run's page."""
    reviewer: str = ""
    """Who decides."""


class PublishReview(RunInput):
    """What a person decides before an episode goes out."""

    model_config = pydantic.ConfigDict(extra="forbid", use_attribute_docstrings=True)

    decision: Literal["approve", "send back", "reject"]
    """`send back` opens the storyboard again, with the note."""
    note: str = ""
    """Why; it stays on the run's page."""
    reviewer: str = ""
    """Who decides."""


class Reviews:
    """The reviews of one run, in their order."""

    def __init__(self, wanted: Review, hours: float) -> None:
        self._wanted, self._seconds = wanted, max(1, round(hours * 3600))
        self._asked = {"storyboard": 0, "publish": 0}
        self._sent_back = ""
        self._known: PublishReview | None = None
        if wanted != "none" and not deployment.id:
            raise InvalidInput(
                "Only a run of a deployment can wait for a review.",
                hint="Start it in the Prefect UI (reelwright up), or set review to none.",
            )

    async def storyboard(self, script: Script, recipe: Recipe) -> tuple[Script, Plan]:
        """Return the script and its plan as a person wants them; without a review, as they are.

        Raises:
            PlanRefused: it cannot be made.
            Rejected: the reviewer has ended the run.
        """
        plan = await plan_of(script, recipe)
        plan.require()
        notes = [f"Sent back: {self._sent_back}"] if self._sent_back else []
        if self._wanted not in {"storyboard", "both"} and not self._sent_back:
            return script, plan
        self._sent_back = ""
        while True:
            answer = await self._ask_about(script, recipe, plan, notes)
            if answer.decision == "reject":
                raise Rejected(answer)
            try:
                changed: Script = await apply_edits(script, answer.shots or edits_of(script.storyboard))
            except InvalidInput as error:
                notes = [str(error)]
                continue
            if changed.storyboard == script.storyboard:
                return script, plan
            script, before, plan = changed, plan, await plan_of(changed, recipe)
            notes = _further_notes(before.usd_high, plan)
            if not notes:
                return script, plan

    async def sent_back(self) -> bool:
        """Whether the episode that would be made next was sent back already, before this run was started again."""
        if self._wanted not in {"publish", "both"}:
            return False
        key = keyset_from_base_key(f"suspended-publish-{self._asked['publish'] + 1}")["response"]
        if await aread_flow_run_input(key):
            self._known = await self._answer("publish", PublishReview)
        return self._known is not None and self._is_sent_back(self._known)

    async def publication(self, episode: Episode) -> bool:
        """Return whether the episode is sent back; when it is approved, or nobody is asked, it is not.

        Raises:
            Rejected: the reviewer has ended the run.
        """
        if self._wanted not in {"publish", "both"}:
            return False
        if self._known is None:
            cover = await asyncio.to_thread(thumbnail_of, Path(episode.folder) / "cover.jpg", "", _COVER_PIXELS)
            form = _described(PublishReview, pages.episode(episode, cover))
            self._known = await self._answer("publish", form)
        return self._is_sent_back(self._known)

    @property
    def has_approved(self) -> bool:
        """Whether the episode that would be made next was approved already, before this run was started again."""
        return self._known is not None and self._known.decision == "approve"

    def _is_sent_back(self, answer: PublishReview) -> bool:
        if answer.decision == "reject":
            raise Rejected(answer)
        if answer.decision == "approve":
            return False
        self._sent_back, self._known = answer.note or "no note", None
        return True

    async def _ask_about(self, script: Script, recipe: Recipe, plan: Plan, notes: Sequence[str]) -> StoryboardReview:
        drawn = await sketch(script.storyboard, recipe)
        pictures = [await asyncio.to_thread(thumbnail_of, studio().vault, asset) for asset in drawn.pictures]
        told = pages.storyboard(plan, dict(enumerate(pictures, 1)))
        told = "\n\n".join([*(f"**{note}**" for note in notes), told, "The pictures are sketches, drawn for nothing."])
        shots = list(edits_of(script.storyboard))
        return await self._answer("storyboard", _described(StoryboardReview, told, shots=shots))

    async def _answer(self, kind: str, form: type[Answer]) -> Answer:
        """Suspend the run until there is an answer; the run that goes on gets it here."""
        self._asked[kind] += 1
        key = f"{kind}-{self._asked[kind]}"
        answer: Any = await asuspend_flow_run(wait_for_input=form, timeout=self._seconds, key=key)
        await _note(f"{kind} {self._asked[kind]}", answer)
        return answer  # type: ignore[no-any-return]


async def _note(asked: str, answer: StoryboardReview | PublishReview) -> None:
    """Show a decision on the run's page: one table holds them all, each once, however often the run goes on."""
    its = {"key": {"any_": ["review"]}, "flow_run_id": {"any_": [UUID(str(flow_run.id))]}}
    async with get_client() as client:
        found = await client.read_artifacts(artifact_filter=ArtifactFilter.model_validate(its), limit=1)
        table = str(found[0].data) if found else "| review | decision | by | note | taken up |\n|---|---|---|---|---|"
        if f"\n| {asked} |" in table:
            return
        who, said = answer.reviewer or "somebody", pages.in_a_cell(answer.note)
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        table += f"\n| {asked} | {answer.decision} | {who} | {said} | {moment} |"
        if found:
            await client.update_artifact(found[0].id, ArtifactUpdate(data=table))
            return
    await acreate_markdown_artifact(table, key="review", description="What reviewers decided")


async def plan_of(script: Script, recipe: Recipe) -> Plan:
    """Return the plan of a script with all that speaks against it, also what a moderation service flags."""
    storyboard, today = script.storyboard, datetime.now(UTC).date()
    plan = make_plan(storyboard, recipe, studio().catalogue, today=today, stored_keys=stored_keys)
    if recipe.moderation is not None:
        plan = plan.with_problems(await moderate(storyboard, recipe))
    return plan.with_problems(signer_problems(studio().settings, recipe))


def _further_notes(before: Decimal, plan: Plan) -> list[str]:
    """Return why a changed storyboard has to be looked at again; nothing if it may be made."""
    if plan.problems:
        return [f"This cannot be made: {problem}" for problem in plan.problems]
    if plan.usd_high > before:
        return [f"What you changed costs more: at most {dollars(plan.usd_high)} instead of {dollars(before)}."]
    return []


def _described(form: type[Answer], description: str, **defaults: Any) -> type[Answer]:
    """Return the form with a text above it and with defaults; the fields keep what they say of themselves."""
    fields: dict[str, Any] = {}
    for name, value in defaults.items():
        field = form.model_fields[name]
        fields[name] = (field.annotation, pydantic.Field(default=value, description=field.description))
    made: Any = pydantic.create_model(form.__name__, __base__=form, **fields)
    made._description = description  # noqa: SLF001 - where Prefect looks for it
    return made  # type: ignore[no-any-return]
