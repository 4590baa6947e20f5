"""Keep a factor that has worked, and say so. Part of `enrol_factor`, `remove_factor`, `make_recovery_codes`.

When factors change, all that was open elsewhere ends (OWASP ASVS 5.0, 7.4.3), every contact is told (6.3.7).
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.errors import TooManyThings, WrongKey
from linekey.domain.factors import MOST_FACTORS, named
from linekey.domain.factors import Factor as Kind
from linekey.domain.flows import FlowState
from linekey.records import audit, flows
from linekey.records.models import Factor, Flow, Person
from linekey.usecases.end_access import end_access
from linekey.usecases.tell_contacts import tell

UNNAMED = {Kind.TOTP: "Application %d", Kind.KEY: "FIDO2 %d"}
"""Names for what nobody named: the same in every language of ours."""


def what_of(factor: Factor) -> str:
    """As mails and the audit call it: `totp`, `key` or `passkey`."""
    return "passkey" if factor.passkey else factor.kind


def locked(actor: Actor) -> Person:
    """Whoever counts the factors of one person, or ends the last of them, waits for the other."""
    return Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)


def require_room(actor: Actor) -> None:
    """Raises TooManyThings."""
    if Factor.objects.filter(person_id=actor.person_id).count() >= MOST_FACTORS:
        raise TooManyThings()


def unkept(actor: Actor, kind: Kind, name: str, now: datetime, **fields: Any) -> Factor:
    """A new row, not written yet."""
    number = Factor.objects.filter(person_id=actor.person_id, kind=kind).count() + 1
    return Factor(
        uid=uuid4().hex,
        person_id=actor.person_id,
        kind=kind.value,
        name=named(name, UNNAMED[kind] % number),
        created_at=now,
        **fields,
    )


def keep(actor: Actor, flow: Flow, factor: Factor, now: datetime) -> None:
    """Ends the flow that proved it.

    Raises FlowOver, TooManyThings, and WrongKey when the key is registered already.
    """
    with transaction.atomic(durable=True):
        person = locked(actor)
        require_room(actor)
        flows.move(flow, FlowState.DONE, sealed=b"")
        # Two may register one key at once: the database keeps one of them, and says nothing.
        Factor.objects.bulk_create([factor], ignore_conflicts=True)
        if not Factor.objects.filter(uid=factor.uid).exists():
            raise WrongKey()
        end_access(person, keep=actor.session_id, now=now)
        note(actor, person, "added", what_of(factor), factor.name, now=now)


def note(actor: Actor, person: Person, event: str, what: str, label: str = "", *, now: datetime) -> None:
    """In the audit, and by mail. `event`: `added` or `removed`; `what`: `codes` too. Within a transaction."""
    audit.write(action=f"factor.{event}", now=now, actor=actor, person=person, what=what, label=label)
    tell(person, f"factor_{event}", {"what": what, "label": label}, now=now)
