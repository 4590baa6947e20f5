"""What a change promised, and what has become true of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet

from linekey.domain.effects import OPEN_STATES, REPAIR, StepState
from linekey.records.models import CredentialVersion, OutboxEffect, Service
from linekey.records.prepared import Question, number, text


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
class Grace:
    """The old secret is accepted beside the new one, until this is first used or until a deadline."""

    lasts: timedelta
    """At most, from when the element took the new one; none once it was ended before its time."""
    retire_at: datetime | None
    """The deadline, or when somebody ended it; None before the element took the new secret."""
    used_at: datetime | None
    """When somebody first logged in with the new one, by the element's own word."""
    used_from: str
    """Address they came from."""
    used_by: str
    """The device, or the access server which asked."""
    released_at: datetime | None
    """When the old one was refused for good."""

    @property
    def open(self) -> bool:
        """May the old secret still open something?"""
        return bool(self.lasts) and self.used_at is None and self.released_at is None


@dataclass(frozen=True)
class Progress:
    """The latest change of a service and what has become true of it."""

    plan: str
    verb: str
    asked_at: datetime
    steps: tuple[Step, ...]
    grace: Grace | None = None
    """None when the old secret is refused from the first."""

    @property
    def state(self) -> str:
        """`blocked`: a person must look. `waiting`: trouble, tried again by itself. `running`.

        `awaited`: the network is done, and accepts the old secret until somebody uses the new one.
        `expected`: the handset is to come and fetch a new one, nothing else is under way. `done`.
        """
        # A notice that bounces and a device that stays away stop nothing: their own lines tell of them.
        steps = [step for step in self.steps if step.kind not in ("watch", "notify")]
        states = {step.state for step in steps}
        if StepState.DEAD in states or StepState.BLOCKED in states:
            return "blocked"
        missing = {step.kind for step in steps if step.state in OPEN_STATES}
        if not missing:
            return "done"
        if missing == {"release"}:
            return "awaited"
        if missing <= {"notify_phone", "fetch"}:
            return "expected"
        return "waiting" if any(step.trouble for step in steps) else "running"

    @property
    def network_done(self) -> bool:
        """Is the element itself up to date, whatever the mails do?"""
        network = [step for step in self.steps if step.kind in ("push", "retire", "drop", "disconnect")]
        return bool(network) and all(step.state is StepState.DONE for step in network)


def progress_of(service: Service) -> Progress | None:
    """Of the latest change; the plan which ends a grace before its time goes on with the change it ends."""
    promised = _LATEST.all(service=service.pk)
    if not promised:
        return None
    newest = promised[-1]
    version = newest.version
    if version is not None and version.plan != newest.plan:
        promised = [*_OF_PLAN.all(service=service.pk, plan=version.plan), *promised]
    # What was promised twice is told once: the grace and its end both release the old secret.
    rows = {row.kind: row for row in sorted(promised, key=attrgetter("id"))}
    steps = sorted(rows.values(), key=attrgetter("id"))
    return Progress(
        plan=newest.plan,
        verb=version.verb if version else "send" if "invite" in rows else "reset",
        asked_at=max(row.created_at for row in steps),
        steps=tuple(step_of(row) for row in steps),
        grace=grace_of(version),
    )


def _promised() -> QuerySet[OutboxEffect]:
    told = OutboxEffect.objects.filter(service_id=number("service"))
    return told.exclude(Q(kind="observe") | Q(facts__has_key=REPAIR))


_LATEST = Question(
    lambda: (
        _promised()
        .select_related("version")
        .filter(plan=_promised().order_by("-id").values("plan")[:1])
        .order_by("id")
    )
)
_OF_PLAN = Question(lambda: _promised().filter(plan=text("plan")))


def grace_of(version: CredentialVersion | None) -> Grace | None:
    if version is None or not (version.grace or version.retire_at):
        return None
    return Grace(
        lasts=timedelta(seconds=version.grace),
        retire_at=version.retire_at,
        used_at=version.used_at,
        used_from=str(version.used_by.get("source", "")),
        used_by=str(version.used_by.get("agent", "")),
        released_at=version.released_at,
    )


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
