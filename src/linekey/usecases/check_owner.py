"""Ask somebody signed in for their password or PIN again. Wrong ones are counted per session.

Apart from the lock of the account, so that no stranger outside shuts an owner inside; and the session ends
when the count is full, so that a stolen one is no place for guessing.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain import tally_keys
from linekey.domain.access import Actor
from linekey.domain.errors import WrongPassword, WrongPin
from linekey.domain.limits import SESSION
from linekey.domain.secret import Secret
from linekey.records import audit, sessions, tallies
from linekey.records.models import Person
from linekey.vault import check


def require_password(person: Person, password: Secret, *, actor: Actor, now: datetime) -> None:
    """Raises WrongPassword, TooManyAttempts."""
    _count(actor, now)
    if not check.password_matches(password, person.password):
        _refuse(actor, person, "session.confirm_refused", now)
        raise WrongPassword()


def require_pin(person: Person, pin: Secret, *, actor: Actor, now: datetime) -> None:
    """Counted per person too: whoever knows the password opens as many sessions as they like.

    Raises WrongPin, TooManyAttempts.
    """
    key = tally_keys.pin(person.pk)
    tallies.require({_key(actor): SESSION, key: SESSION}, now=now)
    if not check.password_matches(pin, person.pin):
        _refuse(actor, person, "session.pin_refused", now)
        raise WrongPin()
    tallies.forgive(key)


def forgive(actor: Actor) -> None:
    """The owner proved it: what was counted in this session is forgotten."""
    tallies.forgive(_key(actor))


def _count(actor: Actor, now: datetime) -> None:
    tallies.require({_key(actor): SESSION}, now=now)


def _refuse(actor: Actor, person: Person, action: str, now: datetime) -> None:
    with transaction.atomic(durable=True):
        audit.write(action=action, now=now, actor=actor, person=person)
        if actor.session_id is not None and tallies.full(_key(actor), now=now):
            sessions.end(actor.session_id, now=now)


def _key(actor: Actor) -> str:
    return tally_keys.session(actor.session_id or 0, actor.person_id)
