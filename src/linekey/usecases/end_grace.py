"""Cut now: end the grace of a service before its time (NEW-1).

The old secret is refused at once, and what it opened is ended. Whoever may reset a service may; never before
the element holds the new secret (law 4).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Value, When

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import GraceOver
from linekey.domain.kinds import KINDS
from linekey.domain.rotation import ending
from linekey.records import audit, find, outbox
from linekey.records.models import CredentialVersion, OutboxEffect, Service
from linekey.usecases.act_on_member import by
from linekey.usecases.rotate_credential import Receipt, plan_id


def end(*, actor: Actor, reference: str, operation: str, now: datetime) -> Receipt:
    """Raises GraceOver when the old secret is refused already, or there is none."""
    with transaction.atomic(durable=True):
        service = find.service(actor, reference, lock=True)
        access.require(actor, Action.RESET, owner_id=service.owner_id, now=now)
        plan = plan_id(service, operation)
        repeated = OutboxEffect.objects.filter(plan=plan).select_related("version").first()
        if repeated is not None and repeated.version is not None:
            return Receipt(service.reference, plan, repeated.version.number)
        version = _cut(service, now)
        # What waits for the deadline, and what waits in the lane before the cut, is due now.
        outbox.hurry_plan(version.plan, now=now)
        outbox.hurry(service, now=now)
        outbox.put(
            ending(KINDS[service.kind], by=_told(actor, service)),
            plan=plan,
            now=now,
            service=service,
            version=version,
            person=service.owner,
        )
        audit.write(
            action="credential.cut", now=now, actor=actor, service=service, version=str(version.number)
        )
        return Receipt(service.reference, plan, version.number)


def _told(actor: Actor, service: Service) -> str:
    """Whoever cuts, as the owner reads it."""
    owner = service.owner
    return owner.full_name if owner is not None and owner.pk == actor.person_id else by(actor)


def _cut(service: Service, now: datetime) -> CredentialVersion:
    """The newest version, whose grace is over. One update: the element may tell of a first use meanwhile.

    What the element has taken already is released; what it takes later has no grace.
    """
    version = find.newest_version(service)
    if version is None:
        raise GraceOver()
    is_open = CredentialVersion.objects.filter(pk=version.pk, grace__gt=0, used_at=None, released_at=None)
    retired = Case(When(live_at__isnull=False, then=Value(now)), default=None)
    if not is_open.update(grace=0, retire_at=retired):
        raise GraceOver()
    return version
