"""Lost password (ACC-5): ask by identifier, finish by the link in the mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction

from linekey.domain.effects import Effect, EffectKind
from linekey.domain.password_rules import PRESETS, Rule, Verdict
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import audit, find, outbox, tickets
from linekey.records.models import Person
from linekey.usecases import judge_secret
from linekey.vault import seal

LONGEST_IDENTIFIER = 254


@dataclass(frozen=True)
class Invitation:
    """Whom the link belongs to and which rules the new password must meet."""

    customer_id: str
    language: str
    conditions: tuple[Rule, ...]


def ask(*, identifier: str, now: datetime) -> None:
    """Always the same answer after the same work (law 7).

    Who it is, if anybody, is looked up by the worker.
    """
    typed = identifier.replace("\0", "").strip()[:LONGEST_IDENTIFIER]
    with transaction.atomic(durable=True):
        recover = Effect(EffectKind.RECOVER, message="reset_password", facts={"identifier": typed})
        outbox.put([recover], plan=uuid4().hex, now=now)


def look(*, token: Secret, now: datetime) -> Invitation:
    """Consumes nothing. Raises LinkNotValid."""
    person = tickets.valid(seal.digest(token), Purpose.RECOVER, now=now).person
    rules = PRESETS[find.policy_of(person.organisation).portal_rules]
    return Invitation(person.customer_id, person.language, rules)


def verdicts(*, token: Secret, candidate: Secret, now: datetime) -> list[Verdict]:
    """As `finish` will decide. Raises LinkNotValid."""
    person = tickets.valid(seal.digest(token), Purpose.RECOVER, now=now).person
    return judge_secret.portal_verdicts(person, candidate)


def finish(*, token: Secret, new: Secret, now: datetime) -> None:
    """Set the new password, end every session and link, tell the owner.

    Raises LinkNotValid, PasswordRefused.
    """
    person = tickets.valid(seal.digest(token), Purpose.RECOVER, now=now).person
    judge_secret.require_good(judge_secret.portal_verdicts(person, new))
    encoded = make_password(new.reveal())
    with transaction.atomic(durable=True):
        tickets.consume(seal.digest(token), Purpose.RECOVER, now=now)
        # The session stamp is derived from the hash, so every session ends with this line.
        Person.objects.filter(pk=person.pk).update(password=encoded)
        tickets.void_all(person, now=now)
        audit.write(action="password.recovered", now=now, actor=None, person=person)
        told = Effect(EffectKind.NOTIFY, message="password_changed")
        outbox.put([told], plan=uuid4().hex, now=now, person=person)
