"""Effects which do not go their way by themselves: hurried, tried again, given up."""

from collections.abc import Iterable
from datetime import datetime

from linekey.domain.effects import LANE_OF_SERVICE, OPEN_STATES, StepState
from linekey.records import many
from linekey.records.models import OutboxEffect, Service
from linekey.records.outbox.waking import wake
from linekey.records.prepared import Change, moment, text


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
    wake()


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
