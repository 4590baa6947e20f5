"""One-time links: issued, looked at, consumed once by one conditional UPDATE (law 8)."""

from datetime import datetime

from linekey.domain.errors import LinkNotValid
from linekey.domain.recovery import LASTS, Purpose
from linekey.records.models import Person, Service, Ticket


def issue(
    digest: str,
    purpose: Purpose,
    *,
    person: Person,
    now: datetime,
    service: Service | None = None,
    plan: str = "",
) -> Ticket:
    """A new link.

    Those of the same purpose for the same person and service die, so one link works at a time.
    """
    Ticket.objects.filter(purpose=purpose, person=person, service=service, used_at=None).update(used_at=now)
    return Ticket.objects.create(
        purpose=purpose,
        digest=digest,
        person=person,
        service=service,
        plan=plan,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )


def valid(digest: str, purpose: Purpose, *, now: datetime) -> Ticket:
    """The ticket, untouched. Raises LinkNotValid: unknown, used, expired and of another purpose alike."""
    ticket = (
        Ticket.objects.select_related("person__organisation", "service")
        .filter(digest=digest, purpose=purpose, used_at=None, expires_at__gt=now, person__is_active=True)
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
    Ticket.objects.filter(service=service, used_at=None).update(used_at=now)


def void_all(person: Person, *, now: datetime) -> None:
    """Every outstanding link of a person dies: their password, e-mail or role changed (law 8)."""
    Ticket.objects.filter(person=person, used_at=None).update(used_at=now)
