"""Open a one-time link: the secret is drawn now, shown once, and was stored nowhere before (NEW-5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain.access import Door
from linekey.domain.errors import LinkNotValid
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import find, tickets
from linekey.records.models import Person, Service, Ticket
from linekey.usecases import rotate_credential
from linekey.usecases.rotate_credential import Receipt
from linekey.vault import seal


@dataclass(frozen=True)
class Promise:
    """What opening the link will do, told before anybody presses the button."""

    reference: str
    name: str
    kind: str
    expires_at: datetime
    customer_id: str


def look(*, token: Secret, now: datetime) -> Promise:
    """Consumes nothing, so a mail scanner which follows the link harms nobody. Raises LinkNotValid."""
    ticket = tickets.valid(seal.digest(token), Purpose.REVEAL, now=now)
    service, owner = _of_its_owner(ticket)
    return Promise(
        reference=service.reference,
        name=service.name,
        kind=service.kind,
        expires_at=ticket.expires_at,
        customer_id=owner.customer_id,
    )


def open_link(*, token: Secret, now: datetime) -> Receipt:
    """Consume the link and reset the secret it was made for. Raises LinkNotValid."""
    with transaction.atomic(durable=True):
        ticket = tickets.consume(seal.digest(token), Purpose.REVEAL, now=now)
        service, owner = _of_its_owner(ticket)
        return rotate_credential.reset_within(
            actor=find.actor_of(owner, door=Door.LINK),
            reference=service.reference,
            operation=f"ticket:{ticket.pk}",
            now=now,
        )


def _of_its_owner(ticket: Ticket) -> tuple[Service, Person]:
    """A service which changed hands after the link was sent is no longer opened by it."""
    if ticket.service is None or ticket.person is None or ticket.service.owner_id != ticket.person_id:
        raise LinkNotValid()
    return ticket.service, ticket.person
