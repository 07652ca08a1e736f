"""Run a flow in this process and tell its progress."""

from __future__ import annotations

from prefect.client.schemas.objects import State

from flows.episode import produce_episode
from reelwright.recipe import Recipe
from reelwright.stages.episode import Episode
from reelwright.storyboard import Brief
from tasks.progress import Listener, listening


async def run_episode(brief: Brief, recipe: Recipe, out: str, listener: Listener) -> tuple[Episode, str]:
    """Run `produce_episode`; return the episode and the flow run's id.

    Raises:
        ReelwrightError: what the flow raised.
    """
    with listening(listener):
        state: State[Episode] = await produce_episode(brief, recipe, out, return_state=True)
    episode = await state.aresult()
    return episode, str(state.state_details.flow_run_id or "")
