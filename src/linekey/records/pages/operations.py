"""What staff see: the elements' health and the promises not kept yet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from linekey.domain.access import Action, Actor, require
from linekey.domain.effects import OPEN_STATES, EffectKind, StepState
from linekey.domain.errors import NotWaiting
from linekey.domain.lifecycle import State
from linekey.records import copies
from linekey.records.copies import CopyRow
from linekey.records.models import ElementHealth, OutboxEffect
from linekey.records.pages.progress import Step, step_of

PAGE_ROWS = 100
_NEEDED = ("service", "person", "version")
_UP_TO_LIVE = (EffectKind.DELIVER, EffectKind.PUSH, EffectKind.RETIRE)
"""A notice or a look given up leaves the version as it is."""


@dataclass(frozen=True)
class ElementRow:
    name: str
    role: str
    seen_at: datetime
    good: bool
    since: datetime
    findings: tuple[dict[str, Any], ...]
    copies: tuple[CopyRow, ...] = ()
    """Of its tables, at other sites."""


@dataclass(frozen=True)
class OutboxRow:
    id: int
    step: Step
    reference: str
    customer_id: str
    plan: str
    asked_at: datetime
    undone: bool = False
    """It carries a new version which the element does not hold yet: given up now, the old one stays."""


@dataclass(frozen=True)
class StoppedStep:
    """A step which the outside refused, and what waits behind it."""

    row: OutboxRow
    behind: tuple[Step, ...]


def elements(actor: Actor, *, now: datetime) -> list[ElementRow]:
    """Raises NotAllowed for anyone but staff."""
    require(actor, Action.OPERATE, owner_id=None, now=now)
    elsewhere = defaultdict[str, list[CopyRow]](list)
    for copy in copies.all_known():
        elsewhere[copy.element].append(copy)
    return [
        ElementRow(
            row.name,
            row.role,
            row.seen_at,
            row.good,
            row.since,
            tuple(row.findings),
            tuple(elsewhere[row.name]),
        )
        for row in ElementHealth.objects.order_by("role", "name")
    ]


def unsettled(actor: Actor, *, now: datetime) -> list[OutboxRow]:
    """What waits, runs or is blocked, oldest first. Looks at devices are not promises and are left out.

    An old secret kept beside a new one, and a handset which is to come, wait for nobody's help: they are told
    of once something is wrong.

    Raises NotAllowed for anyone but staff.
    """
    require(actor, Action.OPERATE, owner_id=None, now=now)
    wanted = [*OPEN_STATES, StepState.DEAD, StepState.BLOCKED]
    looks = [EffectKind.WATCH, EffectKind.OBSERVE]
    patient = [EffectKind.RELEASE, EffectKind.NOTIFY_PHONE, EffectKind.FETCH]
    kept = Q(kind__in=patient, state__in=OPEN_STATES, last_trouble="")
    # Thousands on their way have a page of their own.
    campaigns = Q(bulk=True, state__in=OPEN_STATES, last_trouble="")
    rows = OutboxEffect.objects.filter(state__in=wanted).exclude(Q(kind__in=looks) | kept | campaigns)
    return [_row(row) for row in rows.select_related(*_NEEDED).order_by("id")[:PAGE_ROWS]]


def stopped(actor: Actor, effect_id: int, *, now: datetime) -> StoppedStep:
    """One dead step, before a person decides about it.

    Raises NotAllowed, and NotWaiting when it is not dead.
    """
    require(actor, Action.OPERATE, owner_id=None, now=now)
    row = OutboxEffect.objects.select_related(*_NEEDED).filter(id=effect_id, state=StepState.DEAD).first()
    if row is None:
        raise NotWaiting()
    behind = OutboxEffect.objects.filter(plan=row.plan, id__gt=row.pk, state=StepState.BLOCKED).order_by("id")
    return StoppedStep(_row(row), tuple(step_of(each) for each in behind))


def access_servers(actor: Actor, *, now: datetime) -> list[str]:
    """Names of the elements a new internet access may be opened on. Raises NotAllowed, StepUpNeeded."""
    require(actor, Action.DELIVER, owner_id=None, now=now)
    rows = ElementHealth.objects.filter(role="access_server").order_by("name")
    return list(rows.values_list("name", flat=True))


def _row(row: OutboxEffect) -> OutboxRow:
    return OutboxRow(
        id=row.pk,
        step=step_of(row),
        reference=row.service.reference if row.service else "",
        customer_id=row.person.customer_id if row.person else "",
        plan=row.plan,
        asked_at=row.created_at,
        undone=row.kind in _UP_TO_LIVE and row.version is not None and row.version.state == State.PLANNED,
    )
