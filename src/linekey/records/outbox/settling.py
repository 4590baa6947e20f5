"""What became of an effect, written by whoever still holds its lease and by nobody else (law 2)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from linekey.domain.effects import StepState
from linekey.records import many
from linekey.records.claimed import Claimed
from linekey.records.models import OutboxEffect
from linekey.records.outbox.waking import wake


def _mine(claimed: Claimed) -> models.QuerySet[OutboxEffect]:
    return OutboxEffect.objects.filter(id=claimed.id, attempts=claimed.attempts, state=StepState.CLAIMED)


def done(
    claimed: Claimed, *, now: datetime, result: dict[str, Any], state: StepState = StepState.DONE
) -> bool:
    """Settle as true (or skipped); False when the lease was lost to another worker, which settles instead."""
    ours = _mine(claimed).update(
        state=state, settled_at=now, result=result, last_trouble="", lease_until=None
    )
    wake()  # What follows in the lane is due now, perhaps for another worker.
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
    wake()
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
