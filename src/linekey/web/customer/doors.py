"""The rooms of the desk, as the home page offers them: each to the roles which have a right in it."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from linekey.domain.access import MAY, Action, Actor, Role


@dataclass(frozen=True)
class Door:
    icon: str
    title: str
    text: str
    address: str
    action: Action


DOORS = (
    Door(
        "search",
        gettext_noop("My services"),
        gettext_noop("Find a service, open its users, reset a SIP password."),
        "/revendeur/services",
        Action.SEE,
    ),
    Door(
        "people",
        gettext_noop("Members"),
        gettext_noop("Invite, unlock, reset, disable: the accounts you look after."),
        "/membres",
        Action.SEE_MEMBERS,
    ),
    Door(
        "folder",
        gettext_noop("Support cases"),
        gettext_noop("People who cannot get back in: check their proofs, decide in twos."),
        "/dossiers",
        Action.WORK_CASES,
    ),
    Door(
        "tree",
        gettext_noop("Customers and policies"),
        gettext_noop("Resellers, customers, sites, and the rules each lives under."),
        "/revendeur/organisations",
        Action.SEE_POLICY,
    ),
    Door(
        "shield",
        gettext_noop("Audit trail"),
        gettext_noop("Who did what, chained so that nothing goes missing; export and verify it."),
        "/journal",
        Action.SEE_AUDIT,
    ),
    Door(
        "pulse",
        gettext_noop("Operations"),
        gettext_noop("Network elements, and what waits or is stopped in the outbox."),
        "/exploitation",
        Action.OPERATE,
    ),
    Door(
        "phone",
        gettext_noop("Telephony"),
        gettext_noop("SIP lines, as their users see them."),
        "/telephonie",
        Action.SEE,
    ),
    Door(
        "globe",
        gettext_noop("Internet access"),
        gettext_noop("Accesses, their sessions, their PPPoE credentials."),
        "/internet",
        Action.SEE,
    ),
    Door(
        "key",
        gettext_noop("Who may do what"),
        gettext_noop("The rights of every role, and what an access key can be limited to."),
        "/droits",
        Action.SEE_POLICY,
    ),
    Door(
        "code",
        gettext_noop("Webhooks"),
        gettext_noop("Your own systems, told of each change the moment it is made."),
        "/webhooks",
        Action.SEE_WEBHOOKS,
    ),
    Door(
        "mail",
        gettext_noop("Service e-mails"),
        gettext_noop("Every mail the desk has sent to you."),
        "/emails",
        Action.SEE,
    ),
)


def doors_for(actor: Actor) -> list[Door]:
    """In words of the language in force. None for a subscriber, whose pages are all in the menu."""
    if actor.role is Role.SUBSCRIBER:
        return []
    return [
        Door(door.icon, gettext(door.title), gettext(door.text), door.address, door.action)
        for door in DOORS
        if actor.role in MAY[door.action]
    ]
