"""Put · claim · settle.

Use-cases put; the worker claims and settles. One query serves SQLite and PostgreSQL.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q

from linekey.domain import tracing
from linekey.domain.effects import LANE_OF_SERVICE, OPEN_STATES, Effect, EffectKind, StepState
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
    first_step: int = 0,
) -> None:
    """Promise `effects`, in order, within the caller's transaction, and wake the worker at commit.

    The caller holds the lock of the service row: without it PostgreSQL may commit two changes in one
    order and number their effects in the other, and the old password would be pushed last (law 1).
    `first_step`: how many effects the plan has already, when it goes on.
    """
    for row in _rows(effects, plan, now, service, version, person, first_step):
        row.save()
    _wake()


@dataclass(frozen=True)
class Promise:
    """The effects of one of thousands of changes made in one transaction."""

    effects: Sequence[Effect]
    plan: str
    service: Service
    version: CredentialVersion
    later: Mapping[EffectKind, datetime]
    """What is not worth looking at before."""


def put_bulk(promises: Iterable[Promise], *, now: datetime) -> None:
    """`put` for many, in few statements: hands of their own make them true, in nobody's way."""
    rows: list[OutboxEffect] = []
    for each in promises:
        made = _rows(each.effects, each.plan, now, each.service, each.version, each.service.owner, 0)
        for row in made:
            row.bulk, row.not_before = True, each.later.get(EffectKind(row.kind), now)
        rows += made
    OutboxEffect.objects.bulk_create(rows)
    _wake()


def _rows(
    effects: Sequence[Effect],
    plan: str,
    now: datetime,
    service: Service | None,
    version: CredentialVersion | None,
    person: Person | None,
    first_step: int,
) -> list[OutboxEffect]:
    rows = []
    for step, effect in enumerate(effects, start=first_step):
        own_lane = service is None or not effect.ordered
        rows.append(
            OutboxEffect(
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
                request=tracing.current(),
            )
        )
    return rows


def put_in_lane(effect: Effect, *, lane: str, now: datetime) -> None:
    """Promise something about no service, which waits for what else goes the same way."""
    (row,) = _rows([effect], uuid4().hex, now, None, None, None, 0)
    row.lane = lane
    row.save()
    _wake()


def hurry(service: Service, *, now: datetime) -> None:
    """What waits in the lane of a service until it is tried again is due now.

    A newer secret was recorded, so those steps are only to be skipped: it must not wait out their pause,
    behind a mail server which is away, nor its turn among thousands.
    """
    waiting = OutboxEffect.objects.filter(lane=LANE_OF_SERVICE % service.pk, state=StepState.WAITING)
    waiting.update(not_before=now, bulk=False)


def hurry_bulk(services: Iterable[Service], *, now: datetime) -> None:
    """`hurry` for many, which keep their turn."""
    lanes = [LANE_OF_SERVICE % service.pk for service in services]
    OutboxEffect.objects.filter(lane__in=lanes, state=StepState.WAITING).update(not_before=now)


def hurry_plan(plan: str, *, now: datetime) -> None:
    """What a plan leaves to be looked at later is due now: what it waited for has come."""
    OutboxEffect.objects.filter(plan=plan, state__in=OPEN_STATES).update(not_before=now)
    _wake()


def _wake() -> None:
    """Tell every worker at commit. On SQLite they see for themselves that something was committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def claim(
    *,
    now: datetime,
    lease: timedelta,
    limit: int = 100,
    kinds: Collection[str] | None = None,
    bulk: bool | None = None,
) -> list[Claimed]:
    """Take up to `limit` effects.

    Each is the head of its lane, due, and held by nobody whose lease still runs. `bulk`: of those put by the
    thousand, of the others, or None for both.
    """
    earlier = OutboxEffect.objects.filter(lane=OuterRef("lane"), id__lt=OuterRef("id"), state__in=OPEN_STATES)
    free = Q(state=StepState.WAITING) | Q(state=StepState.CLAIMED, lease_until__lte=now)
    heads = OutboxEffect.objects.filter(free, ~Exists(earlier), not_before__lte=now).order_by("id")
    if kinds is not None:
        heads = heads.filter(kind__in=kinds)
    if bulk is not None:
        heads = heads.filter(bulk=bulk)
    if bulk:
        return _claim_together(heads, limit, now + lease)
    claimed = []
    for row in heads[:limit]:
        won = OutboxEffect.objects.filter(free, id=row.pk, attempts=row.attempts).update(
            state=StepState.CLAIMED, attempts=F("attempts") + 1, lease_until=now + lease
        )
        if won:
            claimed.append(_as_claimed(row, now + lease))
    return claimed


def _claim_together(heads: models.QuerySet[OutboxEffect], limit: int, lease_until: datetime) -> list[Claimed]:
    """In two statements. Who claims the same at the same time finds them locked, or on SQLite claimed."""
    with transaction.atomic():
        rows = list(heads.select_for_update(of=("self",), skip_locked=True)[:limit])
        OutboxEffect.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=StepState.CLAIMED, attempts=F("attempts") + 1, lease_until=lease_until
        )
    return [_as_claimed(row, lease_until) for row in rows]


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
        request=row.request,
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


def done_together(results: Sequence[tuple[Claimed, dict[str, Any]]], *, now: datetime) -> set[int]:
    """`done` for a batch, in few statements; identifiers of those which were still ours. In a transaction."""
    ids = [claimed.id for claimed, _ in results]
    held = OutboxEffect.objects.filter(id__in=ids, state=StepState.CLAIMED)
    tokens = dict(held.select_for_update().order_by("id").values_list("id", "attempts"))
    alike = defaultdict[str, list[int]](list)
    for claimed, result in results:
        if tokens.get(claimed.id) == claimed.attempts:
            alike[json.dumps(result)].append(claimed.id)
    for told, ours in alike.items():
        OutboxEffect.objects.filter(id__in=ours).update(
            state=StepState.DONE,
            settled_at=now,
            result=json.loads(told),
            last_trouble="",
            lease_until=None,
        )
    _wake()
    return {one for ours in alike.values() for one in ours}


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
