"""Open a one-time link: the secret is drawn now, shown once, and was stored nowhere before (NEW-5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain.access import Door
from linekey.domain.errors import LinkNotValid
from linekey.domain.kinds import Mode
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import find, grace, tickets
from linekey.records.grace import Offer
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
    rotation: Offer
    """What becomes of the old secret."""


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
        rotation=grace.offer_for(service),
    )


def open_link(*, token: Secret, now: datetime, mode: Mode | None = None) -> Receipt:
    """Consume the link and reset the secret it was made for. Raises LinkNotValid, and as a reset does."""
    with transaction.atomic(durable=True):
        ticket = tickets.consume(seal.digest(token), Purpose.REVEAL, now=now)
        service, owner = _of_its_owner(ticket)
        return rotate_credential.reset_within(
            actor=find.actor_of(owner, door=Door.LINK),
            reference=service.reference,
            operation=f"ticket:{ticket.pk}",
            now=now,
            mode=mode,
        )


def _of_its_owner(ticket: Ticket) -> tuple[Service, Person]:
    """A service which changed hands after the link was sent is no longer opened by it."""
    if ticket.service is None or ticket.person is None or ticket.service.owner_id != ticket.person_id:
        raise LinkNotValid()
    return ticket.service, ticket.person
