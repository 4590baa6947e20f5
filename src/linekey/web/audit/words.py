"""Plain words for what the trail stores as codes."""

from django.utils.translation import gettext, gettext_noop

from linekey.domain.trail_walk import Finding

GROUPS = {
    "sign_in": gettext_noop("Sign-ins and sessions"),
    "account": gettext_noop("Accounts and passwords"),
    "factor": gettext_noop("Second factors"),
    "credential": gettext_noop("Credentials of services"),
    "service": gettext_noop("Services and licences"),
    "member": gettext_noop("Members"),
    "case": gettext_noop("Support cases"),
    "program": gettext_noop("Access keys and applications"),
    "organisation": gettext_noop("Organisations and policies"),
    "audit": gettext_noop("The audit trail itself"),
}
DOORS = {
    "portal": gettext_noop("in the portal"),
    "api": gettext_noop("by a program"),
    "link": gettext_noop("by a one-time link"),
    "server": gettext_noop("on the server"),
    "system": gettext_noop("by the system"),
}


def door(code: str) -> str:
    return gettext(DOORS[code]) if code in DOORS else code


def finding(found: Finding) -> str:
    return gettext(found.sentence) % {"first": found.first, "last": found.last}
