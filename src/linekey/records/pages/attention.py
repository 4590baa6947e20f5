"""One thing which needs attention, as an actor may know it (NEW-11)."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain import access
from linekey.domain.access import Actor
from linekey.domain.attention import Attention
from linekey.domain.health import Found
from linekey.domain.kinds import KINDS, Verb
from linekey.records.models import Person, Service


@dataclass(frozen=True)
class AttentionRow:
    """One thing to do. `reference` is empty where it is not about a service, and so on."""

    what: Attention
    since: datetime
    reference: str = ""
    kind: str = ""
    name: str = ""
    """Of the service, the person or the element."""
    number: str = ""
    organisation: str = ""
    customer_id: str = ""
    own: bool = False
    """It is about the actor's own account."""
    count: int = 0
    sources: int = 0
    until: datetime | None = None
    managed_phone: str = ""
    actions: frozenset[Verb] = frozenset()
    """What the actor may do about the credential."""


def service_row(actor: Actor, service: Service, found: Found) -> AttentionRow:
    sip = getattr(service, "sip", None)
    managed = sip.managed_phone if sip else ""
    return AttentionRow(
        what=found.what,
        since=found.since,
        reference=service.reference,
        kind=service.kind,
        name=service.name,
        number=sip.number if sip else "",
        organisation=service.organisation.name,
        count=found.count,
        sources=found.sources,
        until=found.until,
        managed_phone=managed,
        actions=frozenset(
            verb
            for verb in KINDS[service.kind].verbs
            if not managed and access.role_may(actor, verb) and (verb is not Verb.SEND or service.owner_id)
        ),
    )


def person_row(actor: Actor, person: Person, since: datetime) -> AttentionRow:
    return AttentionRow(
        what=Attention.NO_SECOND_FACTOR,
        since=since,
        name=person.full_name,
        organisation=person.organisation.name,
        customer_id=person.customer_id,
        own=person.pk == actor.person_id,
    )
