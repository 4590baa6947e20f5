"""What can be made true now, and taking hold of it for as long as a lease runs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL

from linekey.domain.effects import OPEN_STATES, EffectKind, StepState
from linekey.records import many
from linekey.records.claimed import Claimed
from linekey.records.models import OutboxEffect


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
