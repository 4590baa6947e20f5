"""Which roles may do what, with which scope of a key, after which proof: one line for each action."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from linekey.domain.access.roles import STAFF, Action, Role, Scope


class Proof(Enum):
    """When the portal asks for a recent proof of password or factor."""

    NEVER = auto()
    FOR_ANOTHER = auto()
    """On somebody else's service, not on one's own."""
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Grant:
    roles: frozenset[Role]
    scope: Scope | None
    """None: not to be had with an access key."""
    proof: Proof


_ALL = frozenset(Role)
_OWNERS = frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN})
_DESKS = frozenset({Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN, Role.RESELLER}) | STAFF
_MANAGERS = _DESKS - {Role.SUPPORT_AGENT}
_PROVIDERS = frozenset({Role.RESELLER, Role.OPERATOR_ADMIN})

GRANTS: Mapping[Action, Grant] = {
    Action.SEE: Grant(_ALL, Scope.READ, Proof.NEVER),
    # Staff and resellers reset or send, and never choose or learn a person's long-lived secret.
    Action.CHANGE: Grant(_OWNERS, Scope.CREDENTIALS, Proof.FOR_ANOTHER),
    Action.RESET: Grant(_OWNERS | _DESKS, Scope.CREDENTIALS, Proof.ALWAYS),
    Action.SEND: Grant(_OWNERS | _DESKS, Scope.CREDENTIALS, Proof.FOR_ANOTHER),
    Action.RETIRE: Grant(_DESKS - {Role.COMPANY_ADMIN}, Scope.CREDENTIALS, Proof.ALWAYS),
    Action.GIVE_PHONE: Grant(_DESKS, Scope.CREDENTIALS, Proof.ALWAYS),
    Action.DELIVER: Grant(_PROVIDERS, None, Proof.ALWAYS),
    Action.SEE_ELEMENTS: Grant(STAFF, Scope.READ, Proof.NEVER),
    Action.OPERATE: Grant(STAFF, None, Proof.NEVER),
    Action.INVITE: Grant(_MANAGERS, Scope.MEMBERS, Proof.ALWAYS),
    Action.EDIT: Grant(_DESKS, Scope.SETTINGS, Proof.FOR_ANOTHER),
    Action.SEE_MEMBERS: Grant(_DESKS, Scope.MEMBERS, Proof.NEVER),
    Action.UNLOCK: Grant(_DESKS, Scope.MEMBERS, Proof.ALWAYS),
    Action.RESET_MEMBER: Grant(_DESKS, Scope.MEMBERS, Proof.ALWAYS),
    Action.DISABLE: Grant(_MANAGERS, Scope.MEMBERS, Proof.ALWAYS),
    Action.GIVE_ROLE: Grant(_MANAGERS, Scope.MEMBERS, Proof.ALWAYS),
    Action.CLEAR_FACTORS: Grant(_MANAGERS, Scope.MEMBERS, Proof.ALWAYS),
    Action.WORK_CASES: Grant(STAFF, Scope.CASES, Proof.FOR_ANOTHER),
    Action.DECIDE_CASE: Grant(STAFF, Scope.CASES, Proof.ALWAYS),
    Action.SEE_AUDIT: Grant(_DESKS, Scope.AUDIT, Proof.NEVER),
    Action.SEE_POLICY: Grant(_DESKS, Scope.SETTINGS, Proof.NEVER),
    Action.SET_POLICY: Grant(_PROVIDERS | {Role.PRIMARY_ADMIN}, Scope.SETTINGS, Proof.ALWAYS),
    Action.OPEN_ORGANISATION: Grant(_PROVIDERS, Scope.SETTINGS, Proof.ALWAYS),
    Action.EDIT_ORGANISATION: Grant(_MANAGERS, Scope.SETTINGS, Proof.ALWAYS),
    Action.SEE_CAMPAIGNS: Grant(STAFF | {Role.RESELLER}, Scope.READ, Proof.NEVER),
    Action.RUN_CAMPAIGN: Grant(_PROVIDERS, Scope.CREDENTIALS, Proof.ALWAYS),
    Action.SEE_WEBHOOKS: Grant(_MANAGERS, Scope.SETTINGS, Proof.NEVER),
    Action.SET_WEBHOOKS: Grant(_MANAGERS, Scope.SETTINGS, Proof.ALWAYS),
}

MAY: Mapping[Action, frozenset[Role]] = {action: grant.roles for action, grant in GRANTS.items()}
SCOPE_OF: Mapping[Action, Scope] = {action: grant.scope for action, grant in GRANTS.items() if grant.scope}
"""An action which is not here cannot be had with an access key."""
STEP_UP_ACTIONS = frozenset(action for action, grant in GRANTS.items() if grant.proof is Proof.ALWAYS)


def scopes_for(role: Role) -> frozenset[Scope]:
    """What a key of somebody in this role can be good for at all."""
    return frozenset(scope for action, scope in SCOPE_OF.items() if role in MAY[action])
