"""Plain words for what the desk stores as codes: kinds of service, elements, steps.

A code nobody named yet is shown as it is: a page with a strange word beats no page.
"""

from django.utils.translation import gettext, gettext_noop, pgettext

from linekey.domain.kinds import HOSTED_PBX, PPPOE_ACCESS, SIP_LINE
from linekey.domain.tree import OrganisationKind
from linekey.records.pages import ServiceRow

KINDS = {
    SIP_LINE.code: gettext_noop("SIP line"),
    PPPOE_ACCESS.code: gettext_noop("Internet access"),
    HOSTED_PBX.code: gettext_noop("Hosted PBX"),
}
LICENCES = {
    "simple": gettext_noop("Simple licence"),
    "svi": gettext_noop("Voice menu licence"),
    "fax": gettext_noop("Business fax licence"),
}
TECHNOLOGIES = {"adsl": "ADSL", "vdsl": "VDSL", "sdsl": "SDSL", "ftth": "FTTH", "ftte": "FTTE"}
ROLES = {
    "registrar": ("phone", gettext_noop("SIP registrar: phones sign in here")),
    "access_server": ("globe", gettext_noop("RADIUS server: internet accesses sign in here")),
    "mail": ("mail", gettext_noop("Mail server: takes our e-mails")),
    "sms": ("device", gettext_noop("SMS gateway: takes our texts")),
}
STEPS = {
    "push": gettext_noop("Put the new password on the network"),
    "retire": gettext_noop("Remove the password from the network"),
    "release": gettext_noop("Retire the old password that was kept for a while"),
    "drop": gettext_noop("Sign out the phones that use the old password"),
    "disconnect": gettext_noop("Cut the sessions opened with the old password"),
    "deliver": gettext_noop("Mail the new password to the contact"),
    "invite": gettext_noop("Mail a one-time link to the contact"),
    "notify": gettext_noop("Tell the contact by e-mail"),
    "recover": gettext_noop("Mail the link of a lost account password"),
    "watch": gettext_noop("Wait for the device to come back"),
    "observe": gettext_noop("Look at the network"),
    "notify_phone": gettext_noop("Tell the handset to fetch its configuration"),
    "fetch": gettext_noop("Wait for the handset to come"),
}


def organisation_kind(kind: str) -> str:
    return {
        OrganisationKind.OPERATOR: gettext("Operator"),
        OrganisationKind.RESELLER: gettext("Reseller"),
        OrganisationKind.CUSTOMER: gettext("Customer"),
    }[OrganisationKind(kind)]


def kind_name(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


def licence_name(licence: str) -> str:
    return gettext(LICENCES[licence]) if licence in LICENCES else licence


def kind_of(row: ServiceRow) -> str:
    """« Licence simple », « Accès internet FTTH »."""
    if row.licence:
        return licence_name(row.licence)
    return f"{kind_name(row.kind)} {TECHNOLOGIES.get(row.technology, row.technology)}".strip()


def step(kind: str) -> str:
    return gettext(STEPS[kind]) if kind in STEPS else kind


def role_of(role: str) -> tuple[str, str]:
    """Icon of an element, and what it is for."""
    icon, name = ROLES.get(role, ("pulse", role))
    return icon, gettext(name) if role in ROLES else name


def step_state(state: str, *, troubled: bool) -> tuple[str, str]:
    """Tone and word of where a step stands."""
    return {
        "waiting": ("warning" if troubled else "info", pgettext("step", "Waiting")),
        "claimed": ("warning" if troubled else "info", pgettext("step", "Under way")),
        "dead": ("danger", pgettext("step", "Stopped")),
        "blocked": ("neutral", pgettext("step", "Held back")),
    }.get(state, ("neutral", state))


def given_up(kind: str, *, undone: bool) -> list[str]:
    """What giving a step up means, for whoever must decide."""
    if kind == "retire":
        return [gettext("The password is not removed: the one in force keeps working.")]
    if undone:
        return [
            gettext("The new password never becomes true; the old one stays."),
            gettext("If the new one was shown or mailed already, tell the person it does not work."),
        ]
    return {
        "release": [
            gettext("The old password is refused from its deadline on all the same, by the network itself.")
        ],
        "drop": [
            gettext("Phones that signed in with the old password stay connected until they sign in again.")
        ],
        "disconnect": [
            gettext("Sessions opened with the old password stay open until they end by themselves.")
        ],
        "deliver": [
            gettext(
                "The network has the new password, and the contact never receives it: the service stays down."
            ),
            gettext("Reset it, or send it to another address, afterwards."),
        ],
        "invite": [
            gettext("The contact receives no link. Nothing changes: the password in force keeps working.")
        ],
        "notify": [gettext("The contact is not told. The change itself is made and stays.")],
        "recover": [gettext("No link is sent. The person can ask for another one.")],
    }.get(kind, [gettext("This step is never made.")])
