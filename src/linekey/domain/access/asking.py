"""The questions every use-case asks before it does anything, answered with a refusal or with nothing."""

from datetime import datetime, timedelta

from linekey.domain.access.actor import Actor
from linekey.domain.access.grants import GRANTS, Proof
from linekey.domain.access.reach import LOOKS_AFTER
from linekey.domain.access.roles import Action, Door, Role
from linekey.domain.errors import NotAllowed, NotOnYourself, ScopeNotGranted, StepUpNeeded
from linekey.domain.kinds import Verb

STEP_UP_LASTS = timedelta(minutes=15)
CLOCKS_DIFFER = timedelta(minutes=1)


def role_may(actor: Actor, verb: Verb) -> bool:
    """Does the role include the verb at all? What a page asks before it draws a button."""
    return actor.role in GRANTS[Action(verb.value)].roles


def require(actor: Actor, action: Action, *, owner_id: int | None, now: datetime) -> None:
    """Refuse unless the role includes the action and, where it is guarded, the proof is recent.

    Acting on another person's service is always guarded. An API call proves possession of keys which
    were granted after a password, and a one-time link is itself the proof: neither can be asked to step up.
    """
    if actor.role not in GRANTS[action].roles:
        raise NotAllowed()
    require_scope(actor, action)
    if actor.door is not Door.PORTAL:
        return
    another = owner_id is not None and owner_id != actor.person_id
    proof = GRANTS[action].proof
    guarded = proof is Proof.ALWAYS or (another and proof is Proof.FOR_ANOTHER)
    if guarded and not recently_confirmed(actor, now):
        raise StepUpNeeded()


def require_scope(actor: Actor, action: Action) -> None:
    """Raises ScopeNotGranted when the actor holds an access key which leaves the action out."""
    if actor.scopes is None:
        return
    scope = GRANTS[action].scope
    if scope is None:
        raise NotAllowed()
    if scope not in actor.scopes:
        raise ScopeNotGranted(scope=scope.value)


def require_over(actor: Actor, action: Action, *, person_id: int, role: Role, now: datetime) -> None:
    """`require`, for an action on the account of a person whom the actor was found to see.

    Raises NotAllowed, ScopeNotGranted, StepUpNeeded; NotOnYourself for one's own account.
    """
    require(actor, action, owner_id=None, now=now)
    if person_id == actor.person_id:
        raise NotOnYourself()
    if role not in LOOKS_AFTER[actor.role]:
        raise NotAllowed()


def require_owner(actor: Actor, now: datetime) -> None:
    """Changes of one's own account: in the portal, after a recent proof. No access key and no link ever may.

    Raises NotAllowed, StepUpNeeded.
    """
    if actor.door is not Door.PORTAL:
        raise NotAllowed()
    if not recently_confirmed(actor, now):
        raise StepUpNeeded()


def recently_confirmed(actor: Actor, now: datetime) -> bool:
    """A proof of a moment to come is none: a clock that jumped back must not make it last.

    Two machines' clocks may differ by `CLOCKS_DIFFER` all the same.
    """
    return actor.confirmed_at is not None and -CLOCKS_DIFFER <= now - actor.confirmed_at < STEP_UP_LASTS
