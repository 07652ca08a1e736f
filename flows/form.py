"""`@form`: a flow whose form in the Prefect UI explains itself, and whose mistakes are told on the run's page.

What the form (and so the server) does not know is found here, before the flow's first line runs: nothing is spent.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import ParameterSchema
from pydantic import BaseModel, ValidationError, create_model

from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.validation import complaints

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

FLOWS = ("produce-episode", "produce-series", "publication", "reconcile", "clean")
"""The names of all flows that have a form."""


class _ClosedSchema(ParameterSchema):
    """A form that takes no names but its own: the server refuses others, which would crash the run."""

    additionalProperties: bool = False  # noqa: N815 - JSON Schema's own word


class Form(Flow[Parameters, Result]):
    """A flow that says in people's words what is wrong with its parameters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parameters = _ClosedSchema.model_validate(self.parameters.model_dump())
        for name, field in self.parameters.properties.items():
            field["title"] = name.replace("_", " ").capitalize()

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters as the function takes them.

        Raises:
            InvalidInput: with every field that will not do, and what was expected.
        """
        problems: list[str] = []
        try:
            return super().validate_parameters(parameters)
        except ParameterTypeError as error:
            cause = error.__cause__ or error.__context__
            if not isinstance(cause, ValidationError):
                raise
            problems = _problems(cause, self.fn)
        raise InvalidInput("; ".join(problems), hint="Nothing was started and nothing was spent.")


def form(
    name: str, **options: Any
) -> Callable[[Callable[Parameters, Awaitable[Result]]], Form[Parameters, Coroutine[Any, Any, Result]]]:
    """Make an async function a flow with a form; `options` are Prefect's."""

    def decorate(function: Callable[Parameters, Awaitable[Result]]) -> Form[Parameters, Coroutine[Any, Any, Result]]:
        return Form(function, name=name, persist_result=False, on_failure=[tell_problem], **options)

    return decorate


async def tell_problem(_flow: Flow[..., Any], run: FlowRun, state: State[Any]) -> None:
    """Show on the run's page why it failed, and what to do next."""
    error = await state.aresult(raise_on_failure=False)
    artifact = ArtifactCreate(
        type="markdown",
        key="problem",
        description="Why this run failed, and what to do next",
        data=_told(error, state.message or ""),
        flow_run_id=run.id,
    )
    async with get_client() as client:
        await client.create_artifact(artifact)


def _told(error: object, message: str) -> str:
    if not isinstance(error, ReelwrightError):
        return f"# It failed\n\n{message}\n\nThe run's log has more. Run it again: finished shots are found again."
    lines = [f"# {error.code.replace('_', ' ').capitalize()}", ""]
    listed = getattr(error, "problems", None) or error.message.split("; ")
    lines += [f"- {problem}" for problem in listed]
    if error.hint:
        lines += ["", f"**Next:** {error.hint}"]
    return "\n".join(lines)


def _problems(error: ValidationError, function: Callable[..., Any]) -> list[str]:
    """Return one line a field, named as in the form: `brief.shots[2].seconds: …`."""
    told = []
    for complaint in complaints(error, _model_of(function)):
        expected = f" (expected {complaint.expected})" if complaint.expected else ""
        told.append(f"{complaint.field}: {complaint.problem}{expected}")
    return told


def _model_of(function: Callable[..., Any]) -> type[BaseModel]:
    """Return a model with the function's parameters as fields: where unknown names are looked up."""
    annotations = inspect.get_annotations(function, eval_str=True)
    fields: dict[str, Any] = {name: (kind, ...) for name, kind in annotations.items() if name != "return"}
    return create_model("Parameters", **fields)
