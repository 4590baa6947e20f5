"""End the hour of too many attempts for a member (TEAM-4): the right password lets them in at once.

What strangers typed stays counted where it came from: only what keeps this person out is forgotten.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain.access import Action, Actor
from linekey.records import audit, members, tallies
from linekey.usecases.act_on_member import seen, tell_owner


def unlock(*, actor: Actor, customer_id: str, now: datetime) -> None:
    """Nothing happens, and nobody is told, where nothing is locked: of two who ask at once, one unlocks.

    Raises NotFound, NotAllowed, ScopeNotGranted, StepUpNeeded, NotOnYourself.
    """
    with transaction.atomic(durable=True):
        member = seen(actor, Action.UNLOCK, customer_id, now=now, lock=True)
        if tallies.reopen(*members.lock_keys(member), now=now):
            audit.write(action="member.unlocked", now=now, actor=actor, person=member)
            tell_owner(actor, member, "member_unlocked", now=now)
