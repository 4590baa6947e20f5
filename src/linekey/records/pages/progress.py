"""What a change promised, and what has become true of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from linekey.domain.effects import REPAIR, StepState
from linekey.records.models import CredentialVersion, OutboxEffect, Service


@dataclass(frozen=True)
class Step:
    """One effect of a change, as the person may read it."""

    kind: str
    state: StepState
    since: datetime
    """When it was settled, else when it was promised."""
    due: datetime
    """When the worker tries next."""
    attempts: int
    trouble: str
    """What the outside answered last, empty when nothing went wrong."""
    result: dict[str, Any]
    message: str


@dataclass(frozen=True)
class Progress:
    """The latest change of a service and what has become true of it."""

    plan: str
    verb: str
    asked_at: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """`done`, `blocked` (a person must look), `waiting` (trouble, tried again by itself) or `running`."""
        # A notice that bounces and a device that stays away stop nothing: their own lines tell of them.
        steps = [step for step in self.steps if step.kind not in ("watch", "notify")]
        states = {step.state for step in steps}
        if StepState.DEAD in states or StepState.BLOCKED in states:
            return "blocked"
        if not states & {StepState.WAITING, StepState.CLAIMED}:
            return "done"
        return "waiting" if any(step.trouble for step in steps) else "running"

    @property
    def network_done(self) -> bool:
        """Is the element itself up to date, whatever the mails do?"""
        network = [step for step in self.steps if step.kind in ("push", "retire", "drop", "disconnect")]
        return bool(network) and all(step.state is StepState.DONE for step in network)


def progress_of(service: Service) -> Progress | None:
    newest = (
        OutboxEffect.objects.filter(service=service)
        .exclude(Q(kind="observe") | Q(facts__has_key=REPAIR))
        .order_by("-id")
        .values("plan")
        .first()
    )
    if newest is None:
        return None
    rows = list(OutboxEffect.objects.filter(plan=newest["plan"]).order_by("step"))
    version = CredentialVersion.objects.filter(service=service, plan=newest["plan"]).first()
    verb = version.verb if version else "send"
    return Progress(newest["plan"], verb, rows[0].created_at, tuple(step_of(row) for row in rows))


def step_of(row: OutboxEffect) -> Step:
    return Step(
        kind=row.kind,
        state=StepState(row.state),
        since=row.settled_at or row.created_at,
        due=row.not_before,
        attempts=row.attempts,
        trouble=row.last_trouble,
        result=dict(row.result),
        message=row.message,
    )
