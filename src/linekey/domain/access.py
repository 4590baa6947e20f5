"""Who may do what to whose: roles, the tenant path, and which actions want a recent proof."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linekey.domain.errors import NotAllowed, NotOnYourself, ScopeNotGranted, StepUpNeeded
from linekey.domain.kinds import Verb
from linekey.domain.tree import OrganisationKind


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
    MEMBERS = "members"
    """See and help the people of one's branch."""
    CASES = "cases"
    """Read support cases and work on them."""
    AUDIT = "audit"
    """Read, export and verify the audit trail."""
    SETTINGS = "settings"
    """Read and set policies and the settings of licences."""


class Door(StrEnum):
    """Which door an actor came through."""

    PORTAL = "portal"
    API = "api"
    """A program with an access key, or one which speaks the OVH dialect."""
    LINK = "link"
    """Holds a one-time link, and may do what that link says, nothing else."""
    SERVER = "server"
    """Ran a command on the server itself, where the keys are; for whoever answers for it."""


class Action(StrEnum):
    SEE = "see"
    CHANGE = "change"
    RESET = "reset"
    SEND = "send"
    RETIRE = "retire"
    GIVE_PHONE = "give_phone"
    """Give a line a Plug & Phone handset, and take it away (SIP-3)."""
    DELIVER = "deliver"
    """Open a new service and send its first credentials."""
    OPERATE = "operate"
    """See the elements and the outbox; retry and abandon."""
    INVITE = "invite"
    """Open an account for a colleague, whose owner alone chooses the password (TEAM-10)."""
    EDIT = "edit"
    """Name and settings of a service or licence (CTX-3, CTX-4)."""
    SEE_MEMBERS = "see_members"
    UNLOCK = "unlock"
    """End the hour of too many attempts (TEAM-4)."""
    RESET_MEMBER = "reset_member"
    """Have a member get a new password: by link, by mail, or typed, as their policy says (TEAM-2)."""
    DISABLE = "disable"
    """Shut and open an account, with a reason."""
    GIVE_ROLE = "give_role"
    CLEAR_FACTORS = "clear_factors"
    """Remove a member's second factors (TEAM-6)."""
    WORK_CASES = "work_cases"
    """Read cases and their documents, write proofs down (ACC-6 to ACC-8, TEAM-11)."""
    DECIDE_CASE = "decide_case"
    SEE_AUDIT = "see_audit"
    """Read, export and verify the audit trail of one's branch (NEW-7)."""
    SEE_POLICY = "see_policy"
    SET_POLICY = "set_policy"
    OPEN_ORGANISATION = "open_organisation"
    """Open a reseller or a customer below one's own organisation."""
    EDIT_ORGANISATION = "edit_organisation"
    """Rename an organisation of one's branch, and its sites; add a site."""
    SEE_CAMPAIGNS = "see_campaigns"
    RUN_CAMPAIGN = "run_campaign"
    """Give thousands of services of one's branch a new secret each (NEW-6)."""

    SEE_WEBHOOKS = "see_webhooks"
    SET_WEBHOOKS = "set_webhooks"
    """Say which systems are told of what happens in one's branch (NEW-10)."""


SCOPE_OF: dict[Action, Scope] = {
    Action.SEE: Scope.READ,
    Action.CHANGE: Scope.CREDENTIALS,
    Action.RESET: Scope.CREDENTIALS,
    Action.SEND: Scope.CREDENTIALS,
    Action.RETIRE: Scope.CREDENTIALS,
    Action.GIVE_PHONE: Scope.CREDENTIALS,
    Action.EDIT: Scope.SETTINGS,
    Action.SEE_MEMBERS: Scope.MEMBERS,
    Action.INVITE: Scope.MEMBERS,
    Action.UNLOCK: Scope.MEMBERS,
    Action.RESET_MEMBER: Scope.MEMBERS,
    Action.DISABLE: Scope.MEMBERS,
    Action.GIVE_ROLE: Scope.MEMBERS,
    Action.CLEAR_FACTORS: Scope.MEMBERS,
    Action.WORK_CASES: Scope.CASES,
    Action.DECIDE_CASE: Scope.CASES,
    Action.SEE_AUDIT: Scope.AUDIT,
    Action.SEE_POLICY: Scope.SETTINGS,
    Action.SET_POLICY: Scope.SETTINGS,
    Action.OPEN_ORGANISATION: Scope.SETTINGS,
    Action.EDIT_ORGANISATION: Scope.SETTINGS,
    Action.SEE_CAMPAIGNS: Scope.READ,
    Action.RUN_CAMPAIGN: Scope.CREDENTIALS,
    Action.SEE_WEBHOOKS: Scope.SETTINGS,
    Action.SET_WEBHOOKS: Scope.SETTINGS,
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
    Action.GIVE_PHONE: _DESKS,
    Action.DELIVER: frozenset({Role.RESELLER, Role.OPERATOR_ADMIN}),
    Action.OPERATE: STAFF,
    Action.INVITE: _DESKS - {Role.SUPPORT_AGENT},
    Action.EDIT: _DESKS,
    Action.SEE_MEMBERS: _DESKS,
    Action.UNLOCK: _DESKS,
    Action.RESET_MEMBER: _DESKS,
    Action.DISABLE: _DESKS - {Role.SUPPORT_AGENT},
    Action.GIVE_ROLE: _DESKS - {Role.SUPPORT_AGENT},
    Action.CLEAR_FACTORS: _DESKS - {Role.SUPPORT_AGENT},
    Action.WORK_CASES: STAFF,
    Action.DECIDE_CASE: STAFF,
    Action.SEE_AUDIT: _DESKS,
    Action.SEE_POLICY: _DESKS,
    Action.SET_POLICY: frozenset({Role.PRIMARY_ADMIN, Role.RESELLER, Role.OPERATOR_ADMIN}),
    Action.OPEN_ORGANISATION: frozenset({Role.RESELLER, Role.OPERATOR_ADMIN}),
    Action.EDIT_ORGANISATION: _DESKS - {Role.SUPPORT_AGENT},
    Action.SEE_CAMPAIGNS: STAFF | {Role.RESELLER},
    Action.RUN_CAMPAIGN: frozenset({Role.RESELLER, Role.OPERATOR_ADMIN}),
    Action.SEE_WEBHOOKS: _DESKS - {Role.SUPPORT_AGENT},
    Action.SET_WEBHOOKS: _DESKS - {Role.SUPPORT_AGENT},
}

MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.COMPANY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.PRIMARY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.RESELLER: frozenset({Role.SUBSCRIBER, Role.RESELLER}),
    Role.OPERATOR_ADMIN: frozenset({Role.SUBSCRIBER, *STAFF}),
}
"""The roles which whoever may invite can give within their own organisation: no wider than their own."""

_COMPANY = frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN})
MEMBERS_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.OPERATOR: frozenset({Role.SUBSCRIBER, *STAFF}),
    OrganisationKind.RESELLER: frozenset({Role.SUBSCRIBER, Role.RESELLER}),
    OrganisationKind.CUSTOMER: _COMPANY,
}
"""The roles there are in an organisation of each kind."""
LOOKS_AFTER: dict[Role, frozenset[Role]] = {
    Role.SUBSCRIBER: frozenset(),
    Role.COMPANY_ADMIN: _COMPANY - {Role.PRIMARY_ADMIN},
    Role.PRIMARY_ADMIN: _COMPANY - {Role.PRIMARY_ADMIN},
    Role.RESELLER: _COMPANY | {Role.RESELLER},
    Role.SUPPORT_AGENT: _COMPANY | {Role.RESELLER},
    Role.OPERATOR_ADMIN: frozenset(Role),
}
"""Whose account each role may act on: nobody acts on somebody above them."""


def scopes_for(role: Role) -> frozenset[Scope]:
    """What a key of somebody in this role can be good for at all."""
    return frozenset(scope for action, scope in SCOPE_OF.items() if role in MAY[action])


READS = frozenset(
    {
        Action.SEE,
        Action.SEE_MEMBERS,
        Action.SEE_AUDIT,
        Action.SEE_POLICY,
        Action.SEE_WEBHOOKS,
        Action.SEE_CAMPAIGNS,
    }
)
"""They change nothing, and are never asked for a proof."""
STEP_UP_ACTIONS = (
    frozenset(Action) - READS - {Action.OPERATE, Action.CHANGE, Action.SEND, Action.EDIT, Action.WORK_CASES}
)
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
    must_change_password: bool = False
    """Their password was made by somebody else: in the portal it opens only the page that replaces it."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def roles_to_give(actor: Actor, *, path: str, kind: OrganisationKind) -> frozenset[Role]:
    """The roles which `actor` may give in the organisation at `path`: their own, or one below it.

    Whoever opens organisations appoints their first administrators too, whom the company cannot appoint.
    """
    if path == actor.path:
        return MAY_GIVE.get(actor.role, frozenset())
    below = path.startswith(actor.path) and actor.role in MAY[Action.OPEN_ORGANISATION]
    return MEMBERS_OF[kind] if below else frozenset()


def sees(actor: Actor, *, path: str, owner_id: int | None) -> bool:
    """May `actor` know that a service exists? A subscriber sees their own; others see their branch."""
    if actor.role is Role.SUBSCRIBER:
        return owner_id == actor.person_id
    return path.startswith(actor.path)


def sees_person(actor: Actor, *, path: str, person_id: int) -> bool:
    """May `actor` know that a person has an account? Everybody knows of themselves."""
    return person_id == actor.person_id or (actor.role is not Role.SUBSCRIBER and path.startswith(actor.path))


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
    if actor.door is not Door.PORTAL or action in READS:
        return
    another = owner_id is not None and owner_id != actor.person_id
    guarded = action in STEP_UP_ACTIONS or (another and action is not Action.OPERATE)
    if guarded and not recently_confirmed(actor, now):
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
