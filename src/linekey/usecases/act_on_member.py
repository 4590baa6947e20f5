"""Find a member, ask whether the actor may, and tell the owner: what the use-cases about members share.

Unknown and not-yours are one answer before anything else is asked (law 11).
"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from linekey.domain import access
from linekey.domain.access import Action, Actor, Role
from linekey.records import find, members
from linekey.records.models import OutboxEffect, Person
from linekey.usecases.tell_contacts import tell


def seen(actor: Actor, action: Action, customer_id: str, *, now: datetime, lock: bool = False) -> Person:
    """The member, once the actor may do this; `lock` takes the row for the transaction.

    Raises NotFound, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself.
    """
    member = members.member(actor, customer_id, lock=lock)
    access.require_over(actor, action, person_id=member.pk, role=Role(member.role), now=now)
    return member


def tell_owner(actor: Actor, member: Person, message: str, *, now: datetime, **facts: str) -> None:
    """At every address of theirs, with the organisation that acted. Within a transaction."""
    tell(member, message, {**facts, "by": by(actor)}, now=now)


def by(actor: Actor) -> str:
    """As the owner is told who acted: which organisation, and nobody's name."""
    return find.person(actor.person_id).organisation.name


def plan_of(actor: Actor, member: str, operation: str) -> str:
    """The same request about the same member is one plan, however often it arrives."""
    return uuid5(NAMESPACE_URL, f"linekey:member:{member}:{actor.person_id}:{operation}").hex


def was_asked(plan: str) -> bool:
    return OutboxEffect.objects.filter(plan=plan).exists()
