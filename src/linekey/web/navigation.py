"""Where each role can go from anywhere: at most five places, so that they fit the bottom of a phone."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from linekey.domain.access import Actor, Role


@dataclass(frozen=True)
class Link:
    icon: str
    label: str
    address: str
    current: bool = False


_HOME = Link("home", gettext_noop("Home"), "/")
_MAILS = Link("mail", gettext_noop("Service e-mails"), "/emails")
_CUSTOMER = (
    _HOME,
    Link("phone", gettext_noop("Telephony"), "/telephonie"),
    Link("globe", gettext_noop("Internet access"), "/internet"),
    _MAILS,
)
_SERVICES = Link("search", gettext_noop("My services"), "/revendeur/services")
_MEMBERS = Link("people", gettext_noop("Members"), "/membres")
_CASES = Link("folder", gettext_noop("Support cases"), "/dossiers")
_CUSTOMERS = Link("tree", gettext_noop("Customers"), "/revendeur/organisations")
_JOURNAL = Link("shield", gettext_noop("Audit trail"), "/journal")
# What finds no room here stands on the home page, `web.customer.doors`.
_COMPANY = (*_CUSTOMER[:-1], _SERVICES, _MEMBERS)
_STAFF = (_HOME, _SERVICES, _MEMBERS, _CASES, Link("pulse", gettext_noop("Operations"), "/exploitation"))
PLACES: dict[Role, tuple[Link, ...]] = {
    Role.SUBSCRIBER: _CUSTOMER,
    Role.COMPANY_ADMIN: _COMPANY,
    Role.PRIMARY_ADMIN: _COMPANY,
    Role.RESELLER: (_HOME, _SERVICES, _CUSTOMERS, _MEMBERS, _JOURNAL),
    Role.SUPPORT_AGENT: _STAFF,
    Role.OPERATOR_ADMIN: _STAFF,
}


def links_for(actor: Actor, path: str) -> list[Link]:
    """The links of this role; the current one is where `path` lies."""
    return [
        Link(link.icon, gettext(link.label), link.address, _within(path, link.address))
        for link in PLACES[actor.role]
    ]


def _within(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(f"{address}/"))
