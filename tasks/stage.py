"""`@stage`: a Prefect task over one core call that shows a found-again result as `Cached`."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun, TaskRunResult
from prefect.context import TaskRunContext
from prefect.states import Completed

from reelwright.errors import ReelwrightError
from reelwright.finished import Finished
from tasks import lineage

if TYPE_CHECKING:
    from typing import Unpack

    from prefect.futures import PrefectFuture, PrefectFutureList
    from prefect.tasks import TaskOptions

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Stage(Task[Parameters, Coroutine[Any, Any, Result]], Generic[Parameters, Result]):
    """A task whose direct call returns the value, also where the run's state is `Cached`.

    The core decides whether a result is found again (its keys are exact, its bytes are verified); Prefect's own cache
    stays off, and the run graph still tells a hit from work.
    """

    if TYPE_CHECKING:
        # What Prefect does for every async task, and says of none: a state is awaited too, and a future holds the
        # result, not a coroutine. As in Prefect, parameters are checked where neither `wait_for` nor `return_state`
        # stands beside them (no type can say both), and not by `map`, which takes lists of them.

        @overload  # type: ignore[override]
        def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Coroutine[Any, Any, Result]: ...
        @overload
        def __call__(
            self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
        ) -> Coroutine[Any, Any, State[Result]]: ...
        @overload
        def __call__(
            self, *args: Any, wait_for: Any, return_state: Literal[False] = False, **kwargs: Any
        ) -> Coroutine[Any, Any, Result]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """Run the stage; with `return_state` give its state instead of its result."""

        @overload  # type: ignore[override]
        def submit(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> PrefectFuture[Result]: ...
        @overload
        def submit(
            self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
        ) -> State[Result]: ...
        @overload
        def submit(
            self, *args: Any, wait_for: Any, return_state: Literal[False] = False, **kwargs: Any
        ) -> PrefectFuture[Result]: ...
        def submit(self, *args: Any, **kwargs: Any) -> Any:
            """Run the stage beside the flow; the future knows its state and its result."""

        @overload  # type: ignore[override]
        def map(
            self,
            *args: Any,
            return_state: Literal[True],
            wait_for: Any = None,
            deferred: bool = False,
            **kwargs: Any,
        ) -> list[State[Result]]: ...
        @overload
        def map(
            self,
            *args: Any,
            return_state: Literal[False] = False,
            wait_for: Any = None,
            deferred: bool = False,
            **kwargs: Any,
        ) -> PrefectFutureList[Result]: ...
        def map(self, *args: Any, **kwargs: Any) -> Any:
            """Submit the stage once for each item of the lists; what is `unmapped`, or no list, goes to each."""

        def with_options(self, **options: Unpack[TaskOptions]) -> Stage[Parameters, Result]:  # type: ignore[override]
            """Return this stage with other options."""
            ...

    else:

        def __call__(self, *args: Any, return_state: bool = False, wait_for: Any = None, **kwargs: Any) -> Any:
            """Run the task; with `return_state` give the state instead of the value."""
            outcome = super().__call__(*args, return_state=return_state, wait_for=wait_for, **kwargs)
            return outcome if return_state else _value_of(outcome)

        def with_options(self, **options: Any) -> Stage:
            """Return this stage with other options: still a stage, so that calling it still gives the value."""
            changed = super().with_options(**options)
            changed.__class__ = type(self)  # Prefect makes a plain `Task` of it, whatever it was
            return changed

    # Prefect's engine names every argument; for it nothing changes.
    async def create_local_run(self, **asked: Any) -> TaskRun:  # type: ignore[override]
        """Create the run with the arrows of `tasks.lineage`; a future that was handed in draws its own."""
        arguments, futures = (
            [asked.pop("parameters", None), asked.pop("wait_for", None)],
            asked.pop("extra_task_inputs", None),
        )
        run = await super().create_local_run(**asked)
        follows: set[Any] = {TaskRunResult(id=run_id) for run_id in lineage.begin(run, arguments)}
        run.task_inputs["follows"] = list(follows.union(*(futures or {}).values()))
        return run


def stage(
    name: str, *, run_name: str, tags: tuple[str, ...] = (), retries: int = 0, **options: Any
) -> Callable[[Callable[Parameters, Awaitable[Result]]], Stage[Parameters, Result]]:
    """Make an async function a stage. `run_name` is a template over its parameters, e.g. `shot {number} · narration`.

    Stages are not retried by default: the core retries what is free to repeat, and nothing else may be.
    """

    def decorate(function: Callable[Parameters, Awaitable[Result]]) -> Stage[Parameters, Result]:
        @functools.wraps(function)
        async def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
            try:
                result = await function(*args, **kwargs)
            except ReelwrightError as error:
                _noted(error)
                raise
            _noted(result)
            if isinstance(result, Finished) and result.hit:
                return Completed(name="Cached", message="Found again: nothing was made or paid.", data=result)
            return result

        return Stage(
            run,
            name=name,
            task_run_name=run_name,
            tags=list(tags),
            retries=retries,
            # None of it is Prefect's to keep: values are small, the vault holds the bytes.
            persist_result=False,
            cache_policy=NO_CACHE,
            **options,
        )

    return decorate


def _noted(outcome: object) -> None:
    context = TaskRunContext.get()
    if context is not None:
        lineage.end(context.task_run, outcome)


async def _value_of(outcome: Coroutine[Any, Any, Any]) -> Any:
    value = await outcome
    if not isinstance(value, State):
        return value
    # The very object that Prefect linked to the task run: later tasks that take it draw an arrow in the run graph.
    record = value.data
    return getattr(record, "result", record)
