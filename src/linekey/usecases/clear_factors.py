"""Remove every second factor of a member who lost them (TEAM-6): the password alone lets them in, for once.

A primary administrator's are only removed through a case: no colleague must take a company over.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role
from linekey.domain.errors import OnlyByCase
from linekey.records import audit, members
from linekey.records.models import Factor, Person, RecoveryCode
from linekey.usecases.act_on_member import tell_owner
from linekey.usecases.end_access import end_access


def clear(*, actor: Actor, customer_id: str, now: datetime) -> None:
    """Nothing happens, and nobody is told, where there is no factor.

    Raises NotFound, OnlyByCase, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself.
    """
    with transaction.atomic(durable=True):
        member = members.member(actor, customer_id, lock=True)
        if member.role == Role.PRIMARY_ADMIN and member.pk != actor.person_id:
            raise OnlyByCase()
        access.require_over(actor, Action.CLEAR_FACTORS, person_id=member.pk, role=Role(member.role), now=now)
        if remove_all(member, now=now):
            audit.write(action="member.factors_cleared", now=now, actor=actor, person=member)
            tell_owner(actor, member, "factors_cleared", now=now)


def remove_all(person: Person, *, now: datetime) -> bool:
    """Factors and recovery codes; every session and every trust ends with them. False when there was none.

    Within a transaction which holds the person.
    """
    factors, _ = Factor.objects.filter(person=person).delete()
    codes, _ = RecoveryCode.objects.filter(person=person).delete()
    if factors or codes:
        end_access(person, keep=None, now=now)
    return bool(factors or codes)
