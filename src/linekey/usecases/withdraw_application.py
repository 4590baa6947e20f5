"""Take rights back from a program: end or narrow one consumer key, remove a whole application (PPP-7)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.call_rules import require_readable_networks
from linekey.domain.errors import NotFound
from linekey.records import audit, find
from linekey.records.models import OvhApplication, OvhCredential


def expire(*, actor: Actor, credential_id: int, now: datetime) -> None:
    """End one consumer key of the actor's. Raises NotFound, also when it has ended already."""
    with transaction.atomic(durable=True):
        held = OvhCredential.objects.filter(pk=credential_id, person_id=actor.person_id, status="validated")
        if not held.update(status="expired", expires_at=now):
            raise NotFound()
        _note(actor, "consumer_key.expire", credential_id, now)


def restrict(*, actor: Actor, credential_id: int, allowed_ips: Sequence[str], now: datetime) -> None:
    """Accept a consumer key of the actor's from these networks alone; none means anywhere.

    Raises NotFound, Malformed.
    """
    require_readable_networks(allowed_ips)
    with transaction.atomic(durable=True):
        held = OvhCredential.objects.filter(pk=credential_id, person_id=actor.person_id, status="validated")
        if not held.update(allowed_ips=list(allowed_ips)):
            raise NotFound()
        _note(actor, "consumer_key.restrict", credential_id, now)


def remove_application(*, actor: Actor, application_id: int, now: datetime) -> None:
    """Remove an application of the actor's and every credential that belongs to it. Raises NotFound."""
    with transaction.atomic(durable=True):
        deleted, _ = OvhApplication.objects.filter(pk=application_id, person_id=actor.person_id).delete()
        if not deleted:
            raise NotFound()
        _note(actor, "application.remove", application_id, now)


def _note(actor: Actor, action: str, row_id: int, now: datetime) -> None:
    audit.write(action=action, now=now, actor=actor, person=find.person(actor.person_id), id=str(row_id))
