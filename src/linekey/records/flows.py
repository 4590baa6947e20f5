"""Flow rows: begun, found again by the browser they are bound to, moved by one conditional UPDATE (law 8)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import F, Q

from linekey.domain.errors import FlowOver
from linekey.domain.flows import LASTS, MOST_TRIES, MOVES, OVER, STARTS, FlowKind, FlowState
from linekey.records.models import Flow, Person
from linekey.records.prepared import Change, Question, moment, number, text

_REFERENCE = re.compile(r"[0-9a-f]{32}")


def begin(
    kind: FlowKind,
    state: FlowState,
    *,
    person: Person | None,
    browser: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Flow:
    """A new flow. Others of its kind in the same browser end: what one person began never helps another."""
    if state not in STARTS[kind]:
        raise ValueError(f"{kind} does not start with {state}")
    if browser:
        Flow.objects.filter(kind=kind, browser=browser).exclude(state__in=OVER).update(state=FlowState.ENDED)
    return Flow.objects.create(
        reference=uuid4().hex,
        kind=kind,
        state=state,
        person=person,
        browser=browser,
        facts=dict(facts or {}),
        created_at=now,
        expires_at=now + LASTS[kind],
        **fields,
    )


def current(kind: FlowKind, reference: str, *, browser: str, now: datetime) -> Flow:
    """The flow of this kind, browser and moment; FlowOver for every other, whatever the reason."""
    if not browser or not _REFERENCE.fullmatch(reference):
        raise FlowOver()
    flow = _CURRENT.first(reference=reference, kind=str(kind), browser=browser, now=now)
    if flow is None:
        raise FlowOver()
    return flow


_CURRENT = Question(
    lambda: (
        Flow.objects.select_related("person__organisation__parent__parent")
        .filter(Q(person=None) | Q(person__is_active=True))
        .filter(reference=text("reference"), kind=text("kind"), browser=text("browser"))
        .filter(expires_at__gt=moment("now"))
        .exclude(state__in=OVER)
    )
)


def move(flow: Flow, to: FlowState, **fields: Any) -> None:
    """Go on; of two who try at once, one gets FlowOver."""
    kind, state = FlowKind(flow.kind), FlowState(flow.state)
    if to not in MOVES[kind][state]:
        raise ValueError(f"{kind} does not go from {state} to {to}")
    if not Flow.objects.filter(pk=flow.pk, state=state).update(state=to, **fields):
        raise FlowOver()
    flow.state = to


def count_try(flow: Flow) -> int:
    """Count an answer before it is checked; how many are left after it. Raises FlowOver when none was.

    One too many ends nothing: among those counted before it, the right one may still be on its way.
    """
    if not _TRY(flow=flow.pk, state=str(flow.state)):
        raise FlowOver()
    flow.refresh_from_db(fields=["tries"])
    return MOST_TRIES - flow.tries


_TRY = Change(
    lambda: Flow.objects.filter(pk=number("flow"), state=text("state"), tries__lt=MOST_TRIES),
    tries=F("tries") + 1,
)


def take_challenge(flow: Flow) -> str:
    """The WebAuthn challenge, gone with this very call. Raises FlowOver when it is gone already."""
    if not flow.challenge or not Flow.objects.filter(pk=flow.pk, challenge=flow.challenge).update(
        challenge=""
    ):
        raise FlowOver()
    return flow.challenge


def end(flow: Flow) -> None:
    Flow.objects.filter(pk=flow.pk).exclude(state__in=OVER).update(state=FlowState.ENDED)


def end_all(person: Person) -> None:
    """Every way somebody is on ends: password, factors or addresses of the account changed."""
    Flow.objects.filter(person=person).exclude(state__in=OVER).update(state=FlowState.ENDED)
