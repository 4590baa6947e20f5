"""Shut and open a member's account (TEAM-8), and change what they may do.

Whoever it happens to is told at every address they have. Nothing happens twice: what is so already stays.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from linekey.domain.access import Action, Actor, Role, roles_to_give
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.errors import HasPrimaryAdministrator, NotAllowed
from linekey.domain.members import DisabledFor, reason_of, reasons_for
from linekey.domain.tree import OrganisationKind
from linekey.records import audit, outbox
from linekey.records.models import Organisation, Person
from linekey.usecases.act_on_member import by, seen, tell_owner
from linekey.usecases.end_access import end_access


def disable(*, actor: Actor, customer_id: str, reason: DisabledFor, now: datetime) -> None:
    """Nobody signs in any more; every session, link and token ends. Access keys sleep until it is enabled.

    Raises NotFound, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself.
    """
    with transaction.atomic(durable=True):
        member = seen(actor, Action.DISABLE, customer_id, now=now, lock=True)
        if reason not in reasons_for(actor):
            raise NotAllowed()
        if not _set(member, is_active=False, disabled_for=reason):
            return
        end_access(member, keep=None, now=now)
        why = reason.value
        audit.write(action="member.disabled", now=now, actor=actor, person=member, why=why)
        tell_owner(actor, member, "member_disabled", now=now, why=why)


def enable(*, actor: Actor, customer_id: str, now: datetime) -> None:
    """The account is as it was; whoever was signed in signs in again.

    Raises NotFound, NotAllowed (also when it was disabled for a reason which is not the actor's to lift),
    ScopeNotGranted, StepUpNeeded, NotOnYourself.
    """
    with transaction.atomic(durable=True):
        member = seen(actor, Action.DISABLE, customer_id, now=now, lock=True)
        if not member.is_active and reason_of(member.disabled_for) not in reasons_for(actor):
            raise NotAllowed()
        if _set(member, is_active=True, disabled_for=""):
            audit.write(action="member.enabled", now=now, actor=actor, person=member)
            tell_owner(actor, member, "member_enabled", now=now)


def change_role(*, actor: Actor, customer_id: str, role: Role, now: datetime) -> None:
    """They sign in again as what they are now; every link sent before is dead (law 8).

    Raises NotFound, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself, HasPrimaryAdministrator.
    """
    with transaction.atomic(durable=True):
        member = seen(actor, Action.GIVE_ROLE, customer_id, now=now, lock=True)
        own = member.organisation
        if role not in roles_to_give(actor, path=own.path, kind=OrganisationKind(own.kind)):
            raise NotAllowed()
        if role == member.role:
            return
        if role is Role.PRIMARY_ADMIN:
            _require_vacant(own)
        Person.objects.filter(pk=member.pk).update(role=role)
        end_access(member, keep=None, now=now)
        audit.write(
            action="member.role_changed",
            now=now,
            actor=actor,
            person=member,
            role=role.value,
            former=member.role,
        )
        tell_owner(actor, member, "role_changed", now=now, role=role.value)
        if member.activated_at is None:
            # Their link died with the old role.
            again = Effect(EffectKind.ACTIVATE, message="welcome", facts={"by": by(actor)})
            outbox.put([again], plan=uuid4().hex, now=now, person=member)


def _set(member: Person, *, is_active: bool, disabled_for: str) -> bool:
    """False when it is so already: the first reason stands, until the account was enabled."""
    others = Person.objects.filter(pk=member.pk).exclude(is_active=is_active)
    return bool(others.update(is_active=is_active, disabled_for=disabled_for))


def _require_vacant(organisation: Organisation) -> None:
    """One primary administrator per company: of two appointed at once, one is. Raises the refusal."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Person.objects.filter(organisation=organisation, role=Role.PRIMARY_ADMIN).exists():
        raise HasPrimaryAdministrator()
