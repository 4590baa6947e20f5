"""One-time links: issued, looked at, consumed once by one conditional UPDATE (law 8)."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from linekey.domain.errors import LinkNotValid
from linekey.domain.recovery import LASTS, Purpose
from linekey.records import many
from linekey.records.models import Flow, Person, Service, Ticket
from linekey.records.prepared import Change, moment, number

SIDE_BY_SIDE = frozenset({Purpose.RECOVER, Purpose.ACTIVATE})
"""Anybody can have these sent, so a new one ends none: a stranger must not kill the link its owner holds.

How many there are within an hour is limited (`limits.ASKED`), and all die when one is used.
"""


def issue(
    digest: str,
    purpose: Purpose,
    *,
    person: Person | None,
    now: datetime,
    service: Service | None = None,
    flow: Flow | None = None,
    plan: str = "",
) -> Ticket:
    """A new link. Without a person it opens a flow, whose own it is.

    It replaces those of the same purpose, person and service. Those that live side by side it replaces only
    when they were sent for the same plan: a mail which is tried again.
    """
    if person is not None:
        alike = Ticket.objects.filter(purpose=purpose, person=person, service=service, used_at=None)
        if purpose in SIDE_BY_SIDE:
            alike = alike.filter(plan=plan).exclude(plan="")
        alike.update(used_at=now)
    return Ticket.objects.create(
        purpose=purpose,
        digest=digest,
        person=person,
        service=service,
        flow=flow,
        plan=plan,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )


def valid(digest: str, purpose: Purpose, *, now: datetime) -> Ticket:
    """The ticket, untouched. Raises LinkNotValid: unknown, used, expired and of another purpose alike."""
    ticket = (
        Ticket.objects.select_related("person__organisation", "service", "flow")
        .filter(Q(person=None) | Q(person__is_active=True))
        .filter(digest=digest, purpose=purpose, used_at=None, expires_at__gt=now)
        .first()
    )
    if ticket is None:
        raise LinkNotValid()
    return ticket


def consume(digest: str, purpose: Purpose, *, now: datetime) -> Ticket:
    """The ticket, used up; of two who try at once, one gets LinkNotValid."""
    ticket = valid(digest, purpose, now=now)
    if not Ticket.objects.filter(pk=ticket.pk, used_at=None).update(used_at=now):
        raise LinkNotValid()
    return ticket


def void_for(service: Service, *, now: datetime) -> None:
    """Every outstanding link of a service dies: its secret was changed by another way."""
    _VOID(service=service.pk, now=now)


_VOID = Change(
    lambda: Ticket.objects.filter(service_id=number("service"), used_at=None), used_at=moment("now")
)


def void_for_all(services: Collection[int], *, now: datetime) -> None:
    """`void_for` many at once, by their keys."""
    Ticket.objects.filter(many.among("service_id", services), used_at=None).update(used_at=now)


def void_all(person: Person, *, now: datetime) -> None:
    """Every outstanding link of a person dies: their password, e-mail or role changed (law 8)."""
    Ticket.objects.filter(person=person, used_at=None).update(used_at=now)
