"""Promise effects, within the transaction of the change they belong to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from linekey.domain import tracing
from linekey.domain.effects import LANE_OF_SERVICE, Effect, EffectKind
from linekey.records import many
from linekey.records.models import CredentialVersion, OutboxEffect, Person, Service
from linekey.records.outbox.waking import wake
from linekey.records.prepared import Question, insert, text


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
    wake()


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
    wake()


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
    wake()
