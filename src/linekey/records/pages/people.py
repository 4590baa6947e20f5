"""Who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from linekey.domain.access import Actor, Role
from linekey.records import find
from linekey.records.models import Person


@dataclass(frozen=True)
class PersonCard:
    """Who is signed in, as the corner of every page shows it (ACC-3)."""

    customer_id: str
    full_name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    role: Role
    organisation: str


def actor_of_session(person_id: int, stamp: str, confirmed_at: datetime | None) -> Actor | None:
    """The actor behind a session; None once the password changed, or the person was disabled."""
    person = Person.objects.select_related("organisation").filter(pk=person_id, is_active=True).first()
    if person is None or not constant_time_compare(stamp, person.get_session_auth_hash()):
        return None
    return find.actor_of(person, confirmed_at=confirmed_at)


def person_card(actor: Actor) -> PersonCard:
    person = find.person(actor.person_id)
    return PersonCard(
        customer_id=person.customer_id,
        full_name=person.full_name,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        role=Role(person.role),
        organisation=person.organisation.name,
    )
