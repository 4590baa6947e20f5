"""Who may do what to whose: roles, the tenant path, and which actions want a recent proof.

`grants.py` is the table to read first. One name for all of it: `linekey.domain.access`.
"""

from linekey.domain.access.actor import Actor, sees, sees_person
from linekey.domain.access.asking import (
    CLOCKS_DIFFER,
    STEP_UP_LASTS,
    recently_confirmed,
    require,
    require_over,
    require_owner,
    require_scope,
    role_may,
)
from linekey.domain.access.grants import GRANTS, MAY, SCOPE_OF, STEP_UP_ACTIONS, Grant, Proof, scopes_for
from linekey.domain.access.reach import LOOKS_AFTER, MAY_GIVE, MEMBERS_OF, roles_to_give
from linekey.domain.access.roles import STAFF, Action, Door, Role, Scope

__all__ = [
    "CLOCKS_DIFFER",
    "GRANTS",
    "LOOKS_AFTER",
    "MAY",
    "MAY_GIVE",
    "MEMBERS_OF",
    "SCOPE_OF",
    "STAFF",
    "STEP_UP_ACTIONS",
    "STEP_UP_LASTS",
    "Action",
    "Actor",
    "Door",
    "Grant",
    "Proof",
    "Role",
    "Scope",
    "recently_confirmed",
    "require",
    "require_over",
    "require_owner",
    "require_scope",
    "role_may",
    "roles_to_give",
    "scopes_for",
    "sees",
    "sees_person",
]
