"""Who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from linekey.domain.access import Actor, Role
from linekey.records import find
from linekey.records.models import OpenSession
from linekey.records.prepared import Question, moment, number
from linekey.records.sessions import IDLE_ENDS, LASTS, SEEN_EVERY


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
    needs_backup: bool
    """A new backup e-mail is demanded (ACC-6)."""


def actor_of_session(session_id: int, stamp: str, now: datetime) -> Actor | None:
    """The actor behind a session.

    None once it ended, was left alone or grew old, the password changed, or the person was disabled.
    """
    row = _LIVING.first(session=session_id, idle=now - IDLE_ENDS, old=now - LASTS)
    if row is None or not constant_time_compare(stamp, row.person.get_session_auth_hash()):
        return None
    if now - row.seen_at >= SEEN_EVERY:
        OpenSession.objects.filter(pk=row.pk).update(seen_at=now)
    return find.actor_of(row.person, confirmed_at=row.confirmed_at, session_id=row.pk)


_LIVING = Question(
    lambda: (
        OpenSession.objects.select_related("person__organisation")
        .filter(pk=number("session"), ended_at=None, person__is_active=True)
        .filter(seen_at__gt=moment("idle"), opened_at__gt=moment("old"))
    )
)


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
        needs_backup=person.needs_backup,
    )
