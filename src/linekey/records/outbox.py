"""Put · claim · settle.

Use-cases put; the worker claims and settles. One query serves SQLite and PostgreSQL.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL

from linekey.domain import tracing
from linekey.domain.effects import LANE_OF_SERVICE, OPEN_STATES, Effect, EffectKind, StepState
from linekey.records import many
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect, Person, Service
from linekey.records.prepared import Change, Question, insert, moment, text

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
    insert(_rows(effects, plan, now, service, version, person, first_step))
    _wake()


def has_promised(plan: str) -> bool:
    """Anything at all, whatever became of it."""
    return _OF_PLAN.first(plan=plan) is not None


_OF_PLAN = Question(lambda: OutboxEffect.objects.filter(plan=text("plan")).only("pk")[:1])


@dataclass(frozen=True)
class Promise:
    """The effects of one of thousands of changes made in one transaction."""

    effects: Sequence[Effect]
    plan: str
    service_id: int
    version_id: int
    person_id: int | None
    later: Mapping[EffectKind, datetime]
    """What is not worth looking at before."""


_PROMISED = (
    *("plan", "step", "lane", "kind", "service_id", "version_id", "person_id", "message", "facts"),
    "not_before",
)


def put_bulk(promises: Iterable[Promise], *, now: datetime) -> None:
    """`put` for many, in few statements: hands of their own make them true, in nobody's way."""
    rows = (
        (
            each.plan,
            step,
            _lane(effect, each.plan, step, each.service_id),
            effect.kind,
            each.service_id,
            each.version_id,
            each.person_id,
            effect.message,
            effect.facts,
            each.later.get(effect.kind, now),
        )
        for each in promises
        for step, effect in enumerate(each.effects)
    )
    many.insert(OutboxEffect, _PROMISED, rows, bulk=True, created_at=now, request=tracing.current())
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
        rows.append(
            OutboxEffect(
                plan=plan,
                step=step,
                lane=_lane(effect, plan, step, service.pk if service else None),
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


def _lane(effect: Effect, plan: str, step: int, service_id: int | None) -> str:
    if service_id is None or not effect.ordered:
        return f"plan:{plan}:{step}"
    return LANE_OF_SERVICE % service_id


def put_in_lanes(effects: Mapping[str, Effect], *, now: datetime) -> None:
    """Promise things about no service, each by its lane, where it waits for what else goes the same way."""
    rows = []
    for lane, effect in effects.items():
        (row,) = _rows([effect], uuid4().hex, now, None, None, None, 0)
        row.lane = lane
        rows.append(row)
    insert(rows)
    _wake()


def hurry(service: Service, *, now: datetime) -> None:
    """What waits in the lane of a service until it is tried again is due now.

    A newer secret was recorded, so those steps are only to be skipped: it must not wait out their pause,
    behind a mail server which is away, nor its turn among thousands.
    """
    _HURRY(lane=LANE_OF_SERVICE % service.pk, now=now)


_HURRY = Change(
    lambda: OutboxEffect.objects.filter(lane=text("lane"), state=StepState.WAITING),
    not_before=moment("now"),
    bulk=False,
)


def hurry_bulk(services: Iterable[int], *, now: datetime) -> None:
    """`hurry` for many, by their keys, which keep their turn."""
    lanes = [LANE_OF_SERVICE % service for service in services]
    OutboxEffect.objects.filter(many.among("lane", lanes), state=StepState.WAITING).update(not_before=now)


def hurry_plan(plan: str, *, now: datetime) -> None:
    """What a plan leaves to be looked at later is due now: what it waited for has come."""
    OutboxEffect.objects.filter(plan=plan, state__in=OPEN_STATES).update(not_before=now)
    _wake()


def _wake() -> None:
    """Tell every worker after the commit. On SQLite they see for themselves that something was committed."""
    if connection.vendor == "postgresql":
        # Not within it: transactions which notify commit one after the other, and with a synchronous standby
        # each waits for the network. By itself NOTIFY writes nothing down, and waits for nobody.
        transaction.on_commit(_notify)


def _notify() -> None:
    # What was recorded is recorded: workers who are not told look for themselves four times a second.
    with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def due(*, now: datetime) -> frozenset[str]:
    """Kinds of which something can be claimed now; what was put by the thousand does not count.

    `_heads` written out, because it is asked at each commit of anybody's.
    """
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [moment, moment])
        return frozenset(kind for (kind,) in cursor.fetchall())


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
    if bulk is False and due(now=now).isdisjoint(kinds or EffectKind):
        return []
    heads = _heads(now).order_by("id")
    if kinds is not None:
        heads = heads.filter(kind__in=kinds)
    if bulk is not None:
        heads = heads.filter(bulk=bulk)
    if bulk or connection.vendor == "postgresql":
        # There, each commit waits for a standby, and other workers step over what is locked.
        return _claim_together(heads, limit, now + lease)
    free = Q(state=StepState.WAITING) | Q(state=StepState.CLAIMED, lease_until__lte=now)
    claimed = []
    for row in heads.values_list(*_CLAIMED)[:limit]:
        won = OutboxEffect.objects.filter(free, id=row[0], attempts=row[1]).update(
            state=StepState.CLAIMED, attempts=F("attempts") + 1, lease_until=now + lease
        )
        if won:
            claimed.append(_as_claimed(row, now + lease))
    return claimed


_OPEN = RawSQL("linekey_outboxeffect.state IN ('waiting', 'claimed')", (), output_field=models.BooleanField())
"""Literally what the index `open_by_moment` is limited to: SQLite takes it for nothing else."""


_DUE = """
    SELECT DISTINCT e.kind FROM linekey_outboxeffect AS e
    WHERE NOT e.bulk AND e.state IN ('waiting', 'claimed') AND e.not_before <= %s
    AND (e.state = 'waiting' OR e.lease_until <= %s) AND NOT EXISTS (
        SELECT 1 FROM linekey_outboxeffect AS earlier
        WHERE earlier.lane = e.lane AND earlier.id < e.id AND earlier.state IN ('waiting', 'claimed')
    )
"""


def _heads(now: datetime) -> models.QuerySet[OutboxEffect]:
    """The first open effect of each lane, where it is due and held by nobody whose lease still runs."""
    earlier = OutboxEffect.objects.filter(lane=OuterRef("lane"), id__lt=OuterRef("id"), state__in=OPEN_STATES)
    free = Q(state=StepState.WAITING) | Q(lease_until__lte=now)
    return OutboxEffect.objects.filter(_OPEN, free, ~Exists(earlier), not_before__lte=now)


def _claim_together(heads: models.QuerySet[OutboxEffect], limit: int, lease_until: datetime) -> list[Claimed]:
    """In two statements. Who claims the same at the same time finds them locked, or on SQLite claimed."""
    with transaction.atomic():
        rows = list(heads.select_for_update(skip_locked=True).values_list(*_CLAIMED)[:limit])
        OutboxEffect.objects.filter(many.among("pk", [row[0] for row in rows])).update(
            state=StepState.CLAIMED, attempts=F("attempts") + 1, lease_until=lease_until
        )
    return [_as_claimed(row, lease_until) for row in rows]


_CLAIMED = (
    *("id", "attempts", "kind", "plan", "service_id", "version_id", "person_id", "message", "facts"),
    *("created_at", "request"),
)


def _as_claimed(row: tuple[Any, ...], lease_until: datetime) -> Claimed:
    key, attempts, kind, plan, service, version, person, message, facts, created_at, request = row
    about = (kind, plan, service, version, person, message, facts)
    return Claimed(key, attempts + 1, *about, created_at, lease_until, request)


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
    held = OutboxEffect.objects.filter(many.among("id", ids), state=StepState.CLAIMED)
    tokens = dict(held.select_for_update().order_by("id").values_list("id", "attempts"))
    alike = defaultdict[str, list[int]](list)
    for claimed, result in results:
        if tokens.get(claimed.id) == claimed.attempts:
            alike[json.dumps(result)].append(claimed.id)
    for told, ours in alike.items():
        OutboxEffect.objects.filter(many.among("id", ours)).update(
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
