"""Open an internet access and send its first credentials to the contact (PPP-1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import Malformed, NotFound
from linekey.records import audit
from linekey.records.models import Person, PppAccess, Service
from linekey.usecases.rotate_credential import Receipt, repeated_receipt, send_within


@dataclass(frozen=True)
class NewAccess:
    reference: str
    """`xdsl-ab12345-1`, the serviceName (PPP-3)."""
    name: str
    login: str
    """`xxxxxxxxxx@realm`."""
    element: str
    technology: str
    owner: str
    """Customer ID of the contact."""


def deliver(*, actor: Actor, new: NewAccess, operation: str, now: datetime) -> Receipt:
    """Raises NotAllowed and StepUpNeeded.

    Also NotFound for a contact the actor cannot see, and Malformed for a reference or login taken.
    """
    access.require(actor, Action.DELIVER, owner_id=None, now=now)
    with transaction.atomic(durable=True):
        owner = _contact(actor, new.owner)
        existing = Service.objects.filter(reference=new.reference).first()
        if existing is None:
            _open_service(actor, owner, new, now)
        elif not existing.path.startswith(actor.path) or repeated_receipt(existing, operation) is None:
            # Only the same request sent twice finds its service there; another would cut a live access.
            raise Malformed(field="reference", why="it is already taken")
        return send_within(actor=actor, reference=new.reference, operation=operation, now=now)


def _contact(actor: Actor, customer_id: str) -> Person:
    people = Person.objects.select_related("organisation")
    owner = people.filter(customer_id=customer_id, organisation__path__startswith=actor.path).first()
    if owner is None:
        raise NotFound()
    return owner


def _open_service(actor: Actor, owner: Person, new: NewAccess, now: datetime) -> None:
    if PppAccess.objects.filter(element=new.element, login=new.login).exists():
        raise Malformed(field="login", why="it is already taken")
    service = Service.objects.create(
        reference=new.reference,
        kind=Service.Kind.PPPOE_ACCESS,
        name=new.name,
        organisation=owner.organisation,
        path=owner.organisation.path,
        owner=owner,
        created_at=now,
    )
    PppAccess.objects.create(service=service, login=new.login, element=new.element, technology=new.technology)
    audit.write(action="service.open", now=now, actor=actor, service=service, login=new.login)
