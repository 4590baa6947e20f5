"""Give a factor up, or another name. Whoever lost their phone wants it gone at once (ACC-2, ACC-8)."""

from datetime import datetime

from django.db import transaction

from linekey.domain.access import Actor, require_owner
from linekey.domain.errors import NotFound
from linekey.domain.factors import named
from linekey.records import audit
from linekey.records.models import Factor, RecoveryCode
from linekey.usecases.end_access import end_access
from linekey.usecases.keep_factor import locked, note, what_of


def remove(*, actor: Actor, uid: str, now: datetime) -> None:
    """It opens nothing any more; with the last one the recovery codes go, which only complete a factor.

    Raises NotAllowed, StepUpNeeded, NotFound.
    """
    require_owner(actor, now)
    with transaction.atomic(durable=True):
        person = locked(actor)
        factor = _own(actor, uid)
        factor.delete()
        end_access(person, keep=actor.session_id, now=now)
        note(actor, person, "removed", what_of(factor), factor.name, now=now)
        if Factor.objects.filter(person=person).exists():
            return
        gone, _ = RecoveryCode.objects.filter(person=person).delete()
        if gone:
            note(actor, person, "removed", "codes", now=now)


def rename(*, actor: Actor, uid: str, name: str, now: datetime) -> None:
    """An empty name leaves the old one. Raises NotAllowed, StepUpNeeded, NotFound."""
    require_owner(actor, now)
    with transaction.atomic(durable=True):
        person = locked(actor)
        factor = _own(actor, uid)
        former, factor.name = factor.name, named(name, factor.name)
        factor.save(update_fields=["name"])
        audit.write(
            action="factor.renamed",
            now=now,
            actor=actor,
            person=person,
            what=what_of(factor),
            label=factor.name,
            former=former,
        )


def _own(actor: Actor, uid: str) -> Factor:
    """Raises NotFound, for somebody else's too."""
    # NUL cannot be sent to PostgreSQL at all.
    found = Factor.objects.filter(person_id=actor.person_id, uid=uid.replace("\0", "")).first()
    if found is None:
        raise NotFound()
    return found
