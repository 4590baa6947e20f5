"""Who may do what to whose: roles, the tenant path, and which actions want a recent proof."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linekey.domain.errors import NotAllowed, ScopeNotGranted, StepUpNeeded
from linekey.domain.kinds import Verb


class Role(StrEnum):
    SUBSCRIBER = "subscriber"
    COMPANY_ADMIN = "company_admin"
    PRIMARY_ADMIN = "primary_admin"
    RESELLER = "reseller"
    SUPPORT_AGENT = "support_agent"
    OPERATOR_ADMIN = "operator_admin"


class Scope(StrEnum):
    """What an access key can be limited to (TEAM-5)."""

    READ = "read"
    """See services and what becomes of a change."""
    CREDENTIALS = "credentials"
    """Change, reset, send and retire the credentials of services."""


class Door(StrEnum):
    """Which door an actor came through."""

    PORTAL = "portal"
    API = "api"
    """A program with an access key, or one which speaks the OVH dialect."""
    LINK = "link"
    """Holds a one-time link, and may do what that link says, nothing else."""


class Action(StrEnum):
    SEE = "see"
    CHANGE = "change"
    RESET = "reset"
    SEND = "send"
    RETIRE = "retire"
    DELIVER = "deliver"
    """Open a new service and send its first credentials."""
    OPERATE = "operate"
    """See the elements and the outbox; retry and abandon."""
    INVITE = "invite"
    """Open an account for a colleague, whose owner alone chooses the password (TEAM-10)."""


SCOPE_OF: dict[Action, Scope] = {
    Action.SEE: Scope.READ,
    Action.CHANGE: Scope.CREDENTIALS,
    Action.RESET: Scope.CREDENTIALS,
    Action.SEND: Scope.CREDENTIALS,
    Action.RETIRE: Scope.CREDENTIALS,
}
"""An action which is not here cannot be had with an access key."""

STAFF = frozenset({Role.SUPPORT_AGENT, Role.OPERATOR_ADMIN})
_OWNERS = frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN})
_DESKS = frozenset({Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN, Role.RESELLER}) | STAFF

MAY: dict[Action, frozenset[Role]] = {
    Action.SEE: frozenset(Role),
    # Staff and resellers reset or send, and never choose or learn a person's long-lived secret.
    Action.CHANGE: _OWNERS,
    Action.RESET: _OWNERS | _DESKS,
    Action.SEND: _OWNERS | _DESKS,
    Action.RETIRE: _DESKS - {Role.COMPANY_ADMIN},
    Action.DELIVER: frozenset({Role.RESELLER, Role.OPERATOR_ADMIN}),
    Action.OPERATE: STAFF,
    Action.INVITE: _DESKS - {Role.SUPPORT_AGENT},
}

MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.COMPANY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.PRIMARY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.RESELLER: frozenset({Role.SUBSCRIBER, Role.RESELLER}),
    Role.OPERATOR_ADMIN: frozenset({Role.SUBSCRIBER, *STAFF}),
}
"""The roles which whoever may invite can give within their own organisation: no wider than their own."""

STEP_UP_ACTIONS = frozenset({Action.RESET, Action.RETIRE, Action.DELIVER, Action.INVITE})
STEP_UP_LASTS = timedelta(minutes=15)
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class Actor:
    """Whoever acts, as every door presents them. Built by the door, believed by nobody without a check."""

    person_id: int
    customer_id: str
    role: Role
    path: str
    """Tenant path of their organisation, `1.4.9.`: what they may see starts with it."""
    confirmed_at: datetime | None = None
    """Last proof of password or factor."""
    door: Door = Door.PORTAL
    language: str = "fr"
    session_id: int | None = None
    """The open session they act from; None behind other doors."""
    scopes: frozenset[Scope] | None = None
    """What their access key is limited to; None when they hold no key."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def sees(actor: Actor, *, path: str, owner_id: int | None) -> bool:
    """May `actor` know that a service exists? A subscriber sees their own; others see their branch."""
    if actor.role is Role.SUBSCRIBER:
        return owner_id == actor.person_id
    return path.startswith(actor.path)


def role_may(actor: Actor, verb: Verb) -> bool:
    """Does the role include the verb at all? What a page asks before it draws a button."""
    return actor.role in MAY[Action(verb.value)]


def require(actor: Actor, action: Action, *, owner_id: int | None, now: datetime) -> None:
    """Refuse unless the role includes the action and, where it is guarded, the proof is recent.

    Acting on another person's service is always guarded. An API call proves possession of keys which
    were granted after a password, and a one-time link is itself the proof: neither can be asked to step up.
    """
    if actor.role not in MAY[action]:
        raise NotAllowed()
    require_scope(actor, action)
    if actor.door is not Door.PORTAL or action is Action.SEE:
        return
    another = owner_id is not None and owner_id != actor.person_id
    if (action in STEP_UP_ACTIONS or (another and action is not Action.OPERATE)) and not recently_confirmed(
        actor, now
    ):
        raise StepUpNeeded()


def require_scope(actor: Actor, action: Action) -> None:
    """Raises ScopeNotGranted when the actor holds an access key which leaves the action out."""
    if actor.scopes is None:
        return
    scope = SCOPE_OF.get(action)
    if scope is None:
        raise NotAllowed()
    if scope not in actor.scopes:
        raise ScopeNotGranted(scope=scope.value)


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
