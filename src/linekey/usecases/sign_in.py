"""Sign in with customer ID or e-mail (ACC-1), and prove again that it is you (step-up)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import WrongCredentials
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox
from linekey.records.models import Person
from linekey.vault import check


@dataclass(frozen=True)
class SignedIn:
    """What the door keeps in the session: who, and a stamp that dies with the password."""

    person_id: int
    stamp: str
    language: str


def enter(*, identifier: str, password: Secret, now: datetime, device: str, address: str) -> SignedIn:
    """Raises WrongCredentials, the same for unknown, disabled and mistyped, after the same work (law 7).

    `device` and `address` are what the sign-in notice (ACC-4) tells the owner.
    """
    person = find.person_by_identifier(identifier)
    able = person is not None and person.is_active
    # The hash runs outside any transaction: it takes longer than everything else together.
    matches = check.password_matches(password, person.password if able and person else None)
    with transaction.atomic(durable=True):
        action = "session.open" if matches else "session.refused"
        audit.write(action=action, now=now, actor=None, person=person, address=address)
        if matches and person is not None:
            Person.objects.filter(pk=person.pk).update(last_login=now)
            notice = Effect(
                EffectKind.NOTIFY, message="signed_in", facts={"device": device, "address": address}
            )
            outbox.put([notice], plan=uuid4().hex, now=now, person=person)
    if not matches or person is None:
        raise WrongCredentials()
    return SignedIn(person.pk, person.get_session_auth_hash(), person.language)


def confirm(*, actor: Actor, password: Secret, now: datetime) -> None:
    """Step-up: a recent proof of the password. Raises WrongCredentials."""
    person = find.person(actor.person_id)
    matches = check.password_matches(password, person.password)
    with transaction.atomic(durable=True):
        action = "session.confirm" if matches else "session.confirm_refused"
        audit.write(action=action, now=now, actor=actor, person=person)
    if not matches:
        raise WrongCredentials()


def leave(*, actor: Actor, now: datetime) -> None:
    """Sign-out leaves a trace; the door ends the session itself."""
    with transaction.atomic(durable=True):
        audit.write(action="session.close", now=now, actor=actor, person=find.person(actor.person_id))
