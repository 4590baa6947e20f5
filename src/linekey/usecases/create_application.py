"""Declare a program which will call the OVH dialect, with or without a first key for oneself (PPP-7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.call_rules import require_readable_networks, require_readable_rules
from linekey.domain.errors import Malformed
from linekey.domain.secret import Secret
from linekey.records import audit, find
from linekey.records.models import OvhApplication
from linekey.usecases.authorise_application import new_credential, note, require_recent
from linekey.vault import seal

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 300


@dataclass(frozen=True)
class NewApplication:
    key: str
    secret: Secret
    """Shown once."""


def create_application(*, actor: Actor, name: str, description: str, now: datetime) -> NewApplication:
    """Raises StepUpNeeded, Malformed."""
    require_recent(actor, now)
    with transaction.atomic(durable=True):
        _, made = _record(actor, name.strip(), description.strip(), now)
    return made


def create_with_key(
    *,
    actor: Actor,
    name: str,
    description: str,
    rules: Sequence[tuple[str, str]],
    allowed_ips: Sequence[str],
    lasts: timedelta | None,
    now: datetime,
) -> tuple[NewApplication, Secret]:
    """An application and a consumer key for its own maker, granted at once; `lasts=None` means without end.

    Raises StepUpNeeded, Malformed.
    """
    require_recent(actor, now)
    require_readable_rules(rules)
    require_readable_networks(allowed_ips)
    with transaction.atomic(durable=True):
        application, made = _record(actor, name.strip(), description.strip(), now)
        row, new = new_credential(application, rules, "", allowed_ips, now)
        row.status, row.person_id = "validated", actor.person_id
        row.expires_at = now + lasts if lasts else None
        row.save()
        note(actor, "validated", application.key, now)
    return made, new.consumer_key


def secret_place(application_key: str) -> str:
    """What the seal of an application secret is bound to."""
    return f"ovh-application:{application_key}"


def _record(
    actor: Actor, name: str, description: str, now: datetime
) -> tuple[OvhApplication, NewApplication]:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Malformed(field="name", why=f"it must hold between 1 and {LONGEST_NAME} characters")
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        why = f"it must be one line of at most {LONGEST_DESCRIPTION} characters"
        raise Malformed(field="description", why=why)
    key, secret = seal.new_key(16).reveal(), seal.new_key(32)
    application = OvhApplication.objects.create(
        key=key,
        sealed_secret=seal.seal(secret.reveal().encode(), secret_place(key)),
        person_id=actor.person_id,
        name=name,
        description=description,
        created_at=now,
    )
    person = find.person(actor.person_id)
    audit.write(action="application.create", now=now, actor=actor, person=person, application=key)
    return application, NewApplication(key, secret)
