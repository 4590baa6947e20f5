"""Set the name of a service, and what its user licence has (CTX-3, CTX-4).

Whoever changes something says what it was when they looked. Another's change in between is told, and never
overwritten; two changes of different settings both stay.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from linekey.domain import access, licences
from linekey.domain.access import Action, Actor
from linekey.domain.errors import N_, ChangedMeanwhile, Malformed
from linekey.domain.licences import Setting, Shape
from linekey.records import audit, find
from linekey.records.licences import keep, licence_of, value_of
from linekey.records.models import Service, SipLine

NOTHING: Mapping[str, str] = MappingProxyType({})


def edit(
    *,
    actor: Actor,
    reference: str,
    changes: Mapping[str, str],
    was: Mapping[str, str] = NOTHING,
    now: datetime,
) -> list[str]:
    """Codes of what became different. `was`: what the actor saw, by code; what is not in it is not compared.

    All of `changes` or none. A value sent back as it was is no change, whoever changed it since.
    Raises NotFound, NotAllowed, StepUpNeeded, SettingNotOffered, Malformed, ChangedMeanwhile.
    """
    with transaction.atomic(durable=True):
        service = find.service(actor, reference, lock=True)
        access.require(actor, Action.EDIT, owner_id=service.owner_id, now=now)
        fresh = {}
        for code, typed in changes.items():
            setting = licences.editable(code, licence_of(service))
            if typed == was.get(code):
                continue
            new, current = licences.read(setting, typed), value_of(service, setting)
            if new in (current, was.get(code)):
                continue
            if code in was and was[code] != current:
                shown = licences.told(setting, current)
                raise ChangedMeanwhile(setting=code, field=setting.label, current=shown)
            _require_own(service, setting, new)
            fresh[code] = new
            audit.write(
                action="service.edit",
                now=now,
                actor=actor,
                service=service,
                setting=code,
                former=current,
                new=new,
            )
        keep(service, fresh)
    return list(fresh)


def _require_own(service: Service, setting: Setting, number: str) -> None:
    """Callers see a number which is the customer's (Code des postes, article L44)."""
    if setting.shape is not Shape.OWN_NUMBER or not number:
        return
    if not SipLine.objects.filter(number=number, service__organisation_id=service.organisation_id).exists():
        raise Malformed(field=setting.code, why=N_("it is none of the customer's own numbers"))
