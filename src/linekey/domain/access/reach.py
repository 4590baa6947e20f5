"""To whom: the roles one may give, and the people one looks after. Nobody reaches above themselves."""

from collections.abc import Mapping

from linekey.domain.access.actor import Actor
from linekey.domain.access.grants import MAY
from linekey.domain.access.roles import STAFF, Action, Role
from linekey.domain.tree import OrganisationKind

MAY_GIVE: Mapping[Role, frozenset[Role]] = {
    Role.COMPANY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.PRIMARY_ADMIN: frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN}),
    Role.RESELLER: frozenset({Role.SUBSCRIBER, Role.RESELLER}),
    Role.OPERATOR_ADMIN: frozenset({Role.SUBSCRIBER, *STAFF}),
}
"""The roles which whoever may invite can give within their own organisation: no wider than their own."""

_COMPANY = frozenset({Role.SUBSCRIBER, Role.COMPANY_ADMIN, Role.PRIMARY_ADMIN})
MEMBERS_OF: Mapping[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.OPERATOR: frozenset({Role.SUBSCRIBER, *STAFF}),
    OrganisationKind.RESELLER: frozenset({Role.SUBSCRIBER, Role.RESELLER}),
    OrganisationKind.CUSTOMER: _COMPANY,
}
"""The roles there are in an organisation of each kind."""

LOOKS_AFTER: Mapping[Role, frozenset[Role]] = {
    Role.SUBSCRIBER: frozenset(),
    Role.COMPANY_ADMIN: _COMPANY - {Role.PRIMARY_ADMIN},
    Role.PRIMARY_ADMIN: _COMPANY - {Role.PRIMARY_ADMIN},
    Role.RESELLER: _COMPANY | {Role.RESELLER},
    Role.SUPPORT_AGENT: _COMPANY | {Role.RESELLER},
    Role.OPERATOR_ADMIN: frozenset(Role),
}
"""Whose account each role may act on: nobody acts on somebody above them."""


def roles_to_give(actor: Actor, *, path: str, kind: OrganisationKind) -> frozenset[Role]:
    """The roles which `actor` may give in the organisation at `path`: their own, or one below it.

    Whoever opens organisations appoints their first administrators too, whom the company cannot appoint.
    """
    if path == actor.path:
        return MAY_GIVE.get(actor.role, frozenset())
    below = path.startswith(actor.path) and actor.role in MAY[Action.OPEN_ORGANISATION]
    return MEMBERS_OF[kind] if below else frozenset()
