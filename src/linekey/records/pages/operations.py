"""What staff see: the elements' health and the promises not kept yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linekey.domain.access import Action, Actor, require
from linekey.records.models import ElementHealth, OutboxEffect
from linekey.records.pages.progress import Step, step_of

PAGE_ROWS = 100


@dataclass(frozen=True)
class ElementRow:
    name: str
    role: str
    seen_at: datetime
    good: bool
    since: datetime
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class OutboxRow:
    id: int
    step: Step
    reference: str
    customer_id: str
    plan: str
    asked_at: datetime


def elements(actor: Actor, *, now: datetime) -> list[ElementRow]:
    """Raises NotAllowed for anyone but staff."""
    require(actor, Action.OPERATE, owner_id=None, now=now)
    return [
        ElementRow(row.name, row.role, row.seen_at, row.good, row.since, tuple(row.findings))
        for row in ElementHealth.objects.order_by("role", "name")
    ]


def unsettled(actor: Actor, *, now: datetime) -> list[OutboxRow]:
    """What waits, runs or is blocked, oldest first. Looks at devices are not promises and are left out.

    Raises NotAllowed for anyone but staff.
    """
    require(actor, Action.OPERATE, owner_id=None, now=now)
    wanted = ["waiting", "claimed", "dead", "blocked"]
    rows = OutboxEffect.objects.filter(state__in=wanted).exclude(kind__in=["watch", "observe"])
    return [
        OutboxRow(
            id=row.pk,
            step=step_of(row),
            reference=row.service.reference if row.service else "",
            customer_id=row.person.customer_id if row.person else "",
            plan=row.plan,
            asked_at=row.created_at,
        )
        for row in rows.select_related("service", "person").order_by("id")[:PAGE_ROWS]
    ]
