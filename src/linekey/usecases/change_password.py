"""Change one's own password (TEAM-1): the current one, the PIN where the account has one, the new one.

The current password is the proof; none other is asked for. Every other way in ends with it (TEAM-3).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linekey.domain.access import Actor, Door
from linekey.domain.errors import NotAllowed, WrongPassword
from linekey.domain.password_rules import NOT_CURRENT, PRESETS, Circumstances, Rule, Verdict, judge
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import Person
from linekey.usecases import check_owner, judge_secret
from linekey.usecases.end_access import end_access
from linekey.usecases.tell_contacts import tell
from linekey.vault import seal


@dataclass(frozen=True)
class PasswordForm:
    conditions: tuple[Rule, ...]
    pin_asked: bool


def look(*, actor: Actor) -> PasswordForm:
    """What the form asks for, and the rules to show before typing. Raises NotAllowed."""
    person = _owner(actor)
    conditions = PRESETS[find.policy_of(person.organisation).portal_rules]
    return PasswordForm((*conditions, NOT_CURRENT), pin_asked=bool(person.pin))


def verdicts(*, actor: Actor, candidate: Secret, current: Secret | None = None) -> list[Verdict]:
    """As `change` will decide. Raises NotAllowed.

    `current` is what stands in the other field, right or wrong: nothing here tells whether a guess at the
    password is right.
    """
    return _judged(_owner(actor), candidate, current)


def change(*, actor: Actor, current: Secret, new: Secret, pin: Secret | None, now: datetime) -> str:
    """The stamp with which the session that asked goes on.

    Raises NotAllowed, WrongPassword, WrongPin, PasswordRefused, TooManyAttempts.
    """
    person = _owner(actor)
    check_owner.require_password(person, current, actor=actor, now=now)
    if person.pin:
        check_owner.require_pin(person, pin or Secret(""), actor=actor, now=now)
    check_owner.forgive(actor)
    judge_secret.require_good(_judged(person, new, current))
    encoded = seal.encoded(new)
    with transaction.atomic(durable=True):
        # Of two changes at once, the second has no longer typed the current password.
        unchanged = Person.objects.filter(pk=person.pk, password=person.password)
        if not unchanged.update(password=encoded, must_change_password=False, password_expires_at=None):
            raise WrongPassword()
        person.password = encoded
        end_access(person, keep=actor.session_id, now=now)
        audit.write(action="password.changed", now=now, actor=actor, person=person)
        tell(person, "password_changed", {}, now=now)
    return person.get_session_auth_hash()


def _owner(actor: Actor) -> Person:
    if actor.door is not Door.PORTAL:
        raise NotAllowed()
    return find.person(actor.person_id)


def _judged(person: Person, candidate: Secret, current: Secret | None) -> list[Verdict]:
    same = Circumstances(used_before=lambda secret: secret == current)
    return judge_secret.portal_verdicts(person, candidate) + judge((NOT_CURRENT,), candidate, same)
