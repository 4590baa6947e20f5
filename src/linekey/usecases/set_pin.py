"""Set, replace or remove the PIN, which is asked for beside the password when that changes (TEAM-1)."""

from datetime import datetime

from django.db import transaction

from linekey.domain import access, pins
from linekey.domain.access import Actor
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import Person
from linekey.usecases import check_owner
from linekey.usecases.tell_contacts import tell
from linekey.vault import seal


def set_pin(*, actor: Actor, pin: Secret | None, current: Secret | None = None, now: datetime) -> None:
    """None removes it. The `current` one is asked for: else whoever knows the password would do without.

    Raises NotAllowed, StepUpNeeded, PinRefused, WrongPin, TooManyAttempts.
    """
    access.require_owner(actor, now)
    if pin is not None:
        pins.require_good(pin)
    person = find.person(actor.person_id)
    if not person.pin and pin is None:
        return
    if person.pin:
        check_owner.require_pin(person, current or Secret(""), actor=actor, now=now)
    encoded = seal.encoded(pin) if pin is not None else ""
    with transaction.atomic(durable=True):
        Person.objects.filter(pk=person.pk).update(pin=encoded)
        done = "added" if encoded else "removed"
        audit.write(action=f"factor.{done}", now=now, actor=actor, person=person, what="pin")
        tell(person, f"factor_{done}", {"what": "pin", "label": ""}, now=now)
