"""Put · claim · settle.

Use-cases put; the worker claims and settles. One query serves SQLite and PostgreSQL.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q

from linekey.domain.effects import LANE_OF_SERVICE, OPEN_STATES, Effect, StepState
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect, Person, Service

WAKE_CHANNEL = "linekey_outbox"


def put(
    effects: Sequence[Effect],
    *,
    plan: str,
    now: datetime,
    service: Service | None = None,
    version: CredentialVersion | None = None,
    person: Person | None = None,
) -> None:
    """Promise `effects`, in order, within the caller's transaction, and wake the worker at commit.

    The caller holds the lock of the service row: without it PostgreSQL may commit two changes in one
    order and number their effects in the other, and the old password would be pushed last (law 1).
    """
    for step, effect in enumerate(effects):
        own_lane = service is None or not effect.ordered
        OutboxEffect.objects.create(
            plan=plan,
            step=step,
            lane=f"plan:{plan}:{step}" if own_lane else LANE_OF_SERVICE % service.pk,  # type: ignore[union-attr]
            kind=effect.kind,
            service=service,
            version=version,
            person=person,
            message=effect.message,
            facts=effect.facts,
            not_before=now,
            created_at=now,
        )
    _wake()


def hurry(service: Service, *, now: datetime) -> None:
    """What waits in the lane of a service until it is tried again is due now.

    A newer secret was recorded, so those steps are only to be skipped: it must not wait out their pause,
    behind a mail server which is away.
    """
    waiting = OutboxEffect.objects.filter(lane=LANE_OF_SERVICE % service.pk, state=StepState.WAITING)
    waiting.update(not_before=now)


def _wake() -> None:
    """Tell every worker at commit. On SQLite they see for themselves that something was committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def claim(
    *, now: datetime, lease: timedelta, limit: int = 100, kinds: Collection[str] | None = None
) -> list[Claimed]:
    """Take up to `limit` effects.

    Each is the head of its lane, due, and held by nobody whose lease still runs.
    """
    earlier = OutboxEffect.objects.filter(lane=OuterRef("lane"), id__lt=OuterRef("id"), state__in=OPEN_STATES)
    free = Q(state=StepState.WAITING) | Q(state=StepState.CLAIMED, lease_until__lte=now)
    heads = OutboxEffect.objects.filter(free, ~Exists(earlier), not_before__lte=now).order_by("id")
    if kinds is not None:
        heads = heads.filter(kind__in=kinds)
    claimed = []
    for row in heads[:limit]:
        won = OutboxEffect.objects.filter(free, id=row.pk, attempts=row.attempts).update(
            state=StepState.CLAIMED, attempts=F("attempts") + 1, lease_until=now + lease
        )
        if won:
            claimed.append(_as_claimed(row, now + lease))
    return claimed


def _as_claimed(row: OutboxEffect, lease_until: datetime) -> Claimed:
    return Claimed(
        id=row.pk,
        attempts=row.attempts + 1,
        kind=row.kind,
        plan=row.plan,
        service_id=row.service_id,
        version_id=row.version_id,
        person_id=row.person_id,
        message=row.message,
        facts=dict(row.facts),
        created_at=row.created_at,
        lease_until=lease_until,
    )


def _mine(claimed: Claimed) -> models.QuerySet[OutboxEffect]:
    return OutboxEffect.objects.filter(id=claimed.id, attempts=claimed.attempts, state=StepState.CLAIMED)


def done(
    claimed: Claimed, *, now: datetime, result: dict[str, Any], state: StepState = StepState.DONE
) -> bool:
    """Settle as true (or skipped); False when the lease was lost to another worker, which settles instead."""
    ours = _mine(claimed).update(
        state=state, settled_at=now, result=result, last_trouble="", lease_until=None
    )
    _wake()  # What follows in the lane is due now, perhaps for another worker.
    return bool(ours)


def renew(held: Iterable[Claimed], *, until: datetime) -> None:
    """Longer leases for effects still being made true; those lost to another worker stay lost."""
    for claimed in held:
        _mine(claimed).update(lease_until=until)


def again(claimed: Claimed, *, at: datetime, trouble: str) -> bool:
    """Put back until `at`; the lane waits behind it, in order."""
    return bool(
        _mine(claimed).update(
            state=StepState.WAITING, not_before=at, last_trouble=trouble[:300], lease_until=None
        )
    )


def dead(claimed: Claimed, *, now: datetime, trouble: str) -> bool:
    """Stop: a person must look. What follows in its plan and lane is blocked; later plans go on."""
    with transaction.atomic():
        if not _mine(claimed).update(
            state=StepState.DEAD, settled_at=now, last_trouble=trouble[:300], lease_until=None
        ):
            return False
        lane = OutboxEffect.objects.filter(id=claimed.id).values("lane")
        behind = OutboxEffect.objects.filter(plan=claimed.plan, lane__in=lane, id__gt=claimed.id)
        behind.filter(state=StepState.WAITING).update(state=StepState.BLOCKED)
    return True


def retry(effect_id: int, *, now: datetime) -> OutboxEffect | None:
    """Wake a dead step and what it blocked; None when it is not dead any more."""
    row = OutboxEffect.objects.filter(id=effect_id).first()
    if row is None or not OutboxEffect.objects.filter(id=effect_id, state=StepState.DEAD).update(
        state=StepState.WAITING, not_before=now, settled_at=None
    ):
        return None
    OutboxEffect.objects.filter(plan=row.plan, id__gt=effect_id, state=StepState.BLOCKED).update(
        state=StepState.WAITING, not_before=now
    )
    return row


def abandon(effect_id: int, *, now: datetime) -> OutboxEffect | None:
    """Give a dead step and what it blocked up; None when it is not dead any more."""
    row = OutboxEffect.objects.filter(id=effect_id).first()
    if row is None or not OutboxEffect.objects.filter(id=effect_id, state=StepState.DEAD).update(
        state=StepState.ABANDONED, settled_at=now
    ):
        return None
    OutboxEffect.objects.filter(plan=row.plan, id__gt=effect_id, state=StepState.BLOCKED).update(
        state=StepState.ABANDONED, settled_at=now
    )
    return row
