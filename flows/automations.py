"""The automations that `reelwright up` creates: they end dead runs, and call a person once a cause with what to do.

A person is called through a notification block (Slack, Teams, e-mail, a webhook: whichever) saved under the name
`reelwright` on the Blocks page of the UI. Without one, dead runs are ended all the same, and nobody is called.

How soon a run counts as dead follows from Prefect's own setting `PREFECT_FLOWS_HEARTBEAT_FREQUENCY`, which says how
often runs give a sign of life: every three minutes unless it is set.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.settings import get_current_settings

from flows.alerts import EVENTS
from flows.form import FLOWS

TAG = "reelwright"
NOTIFICATION_BLOCK = "reelwright"

_USUAL_HEARTBEAT_SECONDS = 180
_DAY = timedelta(days=1)
_TAGGED = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}
_OURS = {"prefect.resource.role": "flow", "prefect.resource.name": list(FLOWS)}
"""Runs of the command line too: they have no tag."""
_SERIES = {"prefect.resource.role": "flow", "prefect.resource.name": "produce-series"}
_DEPLOYED = {"prefect.resource.role": "deployment"}
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
_BEGUN = {
    f"prefect.flow-run.{name}"
    for name in ("Running", "Retrying", "Scheduled", "AwaitingConcurrencySlot", "AwaitingRetry", "Resuming", "Late")
}
_WHAT_TO_DO = (
    "Open its page, read the artifact 'problem', and run it again with the same parameters: finished shots are found"
    " again and not paid twice. A series whose run crashed is taken up again by itself."
)
_UNANSWERED = (
    "Nobody answered its review in time, so nothing was spent or published after it. Run it again to be asked once"
    " more; a series asks again by itself when it runs next, if its file says so."
)


def wanted_automations(notify: UUID | None) -> tuple[AutomationCore, ...]:
    """Return the automations that a server should have; `notify` is the notification block, if there is one."""
    return (*_dead_runs(), _taken_up(), *(_calls(notify) if notify else ()))


def patience() -> timedelta:
    """Return how long a run may give no sign of life: three that it should have given, and a little more."""
    seconds = get_current_settings().flows.heartbeat_frequency or _USUAL_HEARTBEAT_SECONDS
    return timedelta(seconds=seconds * 10 // 3)


def start_patience() -> timedelta:
    """Return how long a run that a worker has taken may need to begin: its image may have to be fetched first."""
    return 3 * patience()


def silent_for(span: timedelta) -> str:
    """Return what is told of a run that has given no sign of life for so long."""
    return f"No sign of life for {_told(span)}: its process or machine is gone. What is finished is found again."


def _dead_runs() -> tuple[AutomationCore, ...]:
    silence, start = patience(), start_patience()
    return (
        _ends(
            "reelwright: end dead runs",
            f"Marks a run as crashed when its machine has given no sign of life for {_told(silence)}.",
            silent_for(silence),
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *_ENDED},
            within=silence,
        ),
        _ends(
            "reelwright: end runs that never began",
            f"Marks a run as crashed when a worker has taken it and it has not begun for {_told(start)}.",
            silent_for(start),
            after={"prefect.flow-run.Pending"},
            expect={"prefect.flow-run.heartbeat", *_BEGUN, *_ENDED},
            within=start,
        ),
    )


def _ends(name: str, description: str, message: str, **trigger: Any) -> AutomationCore:
    return AutomationCore(
        name=name,
        description=description,
        trigger=EventTrigger(
            match_related=_OURS,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            **trigger,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=message)],
    )


def _taken_up() -> AutomationCore:
    return AutomationCore(
        name="reelwright: take up a series that crashed",
        description="Runs a series again whose run has crashed, at most once an hour: what is there is found.",
        trigger=EventTrigger(
            match_related=[_SERIES, _DEPLOYED],
            expect={"prefect.flow-run.Crashed"},
            for_each={"related:deployment:prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(hours=1),
        ),
        # Not at once: a worker may tell of the same crash a second time.
        actions=[RunDeployment(source="inferred", schedule_after=timedelta(seconds=30))],
    )


def _calls(notify: UUID) -> tuple[AutomationCore, ...]:
    failed = _call(
        notify,
        "reelwright: a run failed",
        "Says which run failed, why, and what to do.",
        "Reelwright: {{ flow_run.name }} failed",
        # The words are Prefect's own, for a pause that nobody has ended in time.
        "{% if 'never resumed' in (flow_run.state.message or '') %}"
        f"{_UNANSWERED}"
        "{% else %}"
        f"{{{{ flow_run.state.message }}}}\n\n{_WHAT_TO_DO}"
        "{% endif %}\n\n{{ flow_run|ui_url }}",
        match_related=_TAGGED,
        expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
        within=_DAY,
    )
    waiting = _call(
        notify,
        "reelwright: a review waits",
        "Says which run waits for a person's review.",
        "Reelwright: {{ flow_run.name }} waits for your review",
        "Answer it on its page (Resume), or with: reelwright review list\n\n{{ flow_run|ui_url }}",
        match_related=_TAGGED,
        expect={"prefect.flow-run.Suspended"},
        # A busy server may tell of the same pause twice; the next review comes later.
        within=timedelta(minutes=1),
    )
    alerts = _call(
        notify,
        "reelwright: a person is needed",
        "Tells of budgets, models, keys, publications and charges that need a person, each once a day.",
        "Reelwright: {{ event.resource['prefect.resource.name'] }}",
        "{{ event.payload.message }}\n\n{{ event.payload.what_to_do }}",
        # One cause is one resource, whichever run meets it: one message a day.
        expect=set(EVENTS),
        within=_DAY,
    )
    return failed, waiting, alerts


def _call(notify: UUID, name: str, description: str, subject: str, body: str, **trigger: Any) -> AutomationCore:
    return AutomationCore(
        name=name,
        description=description,
        trigger=EventTrigger(for_each={"prefect.resource.id"}, posture=Posture.Reactive, threshold=1, **trigger),
        actions=[SendNotification(block_document_id=notify, subject=subject, body=body)],
    )


def _told(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return f"{minutes} minutes" if not seconds else f"{int(span.total_seconds())} seconds"
