"""The automations that `reelwright up` creates: they end dead runs, and call a person once a cause with what to do.

A person is called through a notification block (Slack, Teams, e-mail, a webhook: whichever) saved under the name
`reelwright` on the Blocks page of the UI. Without one, dead runs are ended all the same, and nobody is called.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.alerts import EVENTS

TAG = "reelwright"
NOTIFICATION_BLOCK = "reelwright"

_SILENCE = timedelta(minutes=10)
"""Runs give a sign of life every three minutes."""
_OURS = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}
_ENDED = {
    f"prefect.flow-run.{name}"
    for name in (
        "Completed",
        "Failed",
        "Cancelled",
        "Crashed",
        "TimedOut",
        "Suspended",
        "Paused",
        "Rejected",
    )
}
_WHAT_TO_DO = (
    "Open its page, read the artifact 'problem', and run it again with the same parameters: finished shots are found"
    " again and not paid twice."
)


def wanted_automations(notify: UUID | None) -> tuple[AutomationCore, ...]:
    """Return the automations that a server should have; `notify` is the notification block, if there is one."""
    zombies = AutomationCore(
        name="reelwright: end dead runs",
        description="Marks a run as crashed when its machine has given no sign of life for 10 minutes.",
        trigger=EventTrigger(
            match_related=_OURS,
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *_ENDED},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message=f"No sign of life for 10 minutes: its process or machine is gone. {_WHAT_TO_DO}",
            )
        ],
    )
    return (zombies, *(_calls(notify) if notify else ()))


def _calls(notify: UUID) -> tuple[AutomationCore, ...]:
    failed = AutomationCore(
        name="reelwright: a run failed",
        description="Says which run failed, why, and what to do.",
        trigger=EventTrigger(
            match_related=_OURS,
            expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(days=1),
        ),
        actions=[
            SendNotification(
                block_document_id=notify,
                subject="Reelwright: {{ flow_run.name }} failed",
                body=f"{{{{ flow_run.state.message }}}}\n\n{_WHAT_TO_DO}\n\n{{{{ flow_run|ui_url }}}}",
            )
        ],
    )
    alerts = AutomationCore(
        name="reelwright: a person is needed",
        description="Tells of budgets, models, keys, publications and charges that need a person, each once a day.",
        trigger=EventTrigger(
            expect=set(EVENTS),
            # One cause is one resource, whichever run meets it: one message a day.
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(days=1),
        ),
        actions=[
            SendNotification(
                block_document_id=notify,
                subject="Reelwright: {{ event.resource['prefect.resource.name'] }}",
                body="{{ event.payload.message }}\n\n{{ event.payload.what_to_do }}",
            )
        ],
    )
    return failed, alerts
