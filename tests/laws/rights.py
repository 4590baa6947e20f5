"""Which rights each page of the portal wants, by its name in the address book. A new page is placed here."""

from django.urls import URLPattern

from linekey.domain.access import MAY, STAFF, Action, Role
from tests.laws.places import module_of

EVERYBODY = frozenset(Role)
DESK = EVERYBODY - {Role.SUBSCRIBER}
STRANGERS = frozenset[Role]()
"""Pages which want nobody signed in."""

OPEN_PAGES = (
    "linekey.web.entry.",
    "linekey.web.cases.",
    "linekey.web.language.",
    "linekey.web.theme.",
    "linekey.provision.",
)
"""Modules whose pages are for strangers."""
OWN_PAGES = (
    "linekey.web.account.",
    "linekey.web.customer.",
    "linekey.web.health.",
    "linekey.web.integrations.",
    "linekey.web.sheet.",
)
"""Modules whose pages are for everybody signed in, about what they see."""

ACTS_ON = (
    "member-unlock",
    "member-link",
    "member-mail",
    "member-password",
    "member-password-check",
    "member-role",
    "member-factors",
    "member-disable",
    "member-enable",
)
"""Pages which act on an account: also refused for somebody above, or for oneself (`access.LOOKS_AFTER`)."""
CASE_PAGES = ("linekey.web.staff.cases.",)

NEEDS: dict[str, frozenset[Role]] = {
    "confirm": EVERYBODY,
    "confirm-key": EVERYBODY,
    "line-password": MAY[Action.CHANGE],
    "line-password-check": MAY[Action.CHANGE],
    "staff-services": DESK,
    "staff-service": DESK,
    "staff-story": DESK,
    "staff-state": DESK,
    "staff-reset": MAY[Action.RESET] & DESK,
    "staff-send": MAY[Action.SEND] & DESK,
    "staff-retire": MAY[Action.RETIRE],
    "staff-phone-give": MAY[Action.GIVE_PHONE],
    "staff-phone-take": MAY[Action.GIVE_PHONE],
    "staff-cut": MAY[Action.RESET] & DESK,
    "operations": STAFF,
    "campaigns": MAY[Action.SEE_CAMPAIGNS],
    "campaign": MAY[Action.SEE_CAMPAIGNS],
    "campaign-new": MAY[Action.RUN_CAMPAIGN],
    "campaign-confirm": MAY[Action.RUN_CAMPAIGN],
    "campaign-pause": MAY[Action.RUN_CAMPAIGN],
    "campaign-resume": MAY[Action.RUN_CAMPAIGN],
    "campaign-cancel": MAY[Action.RUN_CAMPAIGN],
    "campaign-take": MAY[Action.RUN_CAMPAIGN],
    "campaign-file": MAY[Action.RUN_CAMPAIGN],
    "deliver": MAY[Action.DELIVER],
    "step-retry": STAFF,
    "step-abandon": STAFF,
    "staff-services-csv": DESK,
    "staff-state-cell": DESK,
    "staff-users": DESK,
    "staff-users-state": DESK,
    "staff-settings": MAY[Action.EDIT],
    "organisations": MAY[Action.SEE_POLICY],
    "organisation": MAY[Action.SEE_POLICY],
    "organisation-policy": MAY[Action.SEE_POLICY],
    "organisation-open": MAY[Action.OPEN_ORGANISATION],
    "organisation-import": MAY[Action.DELIVER],
    "organisation-edit": MAY[Action.EDIT_ORGANISATION],
    "organisation-policy-preview": MAY[Action.SET_POLICY],
    "site-add": MAY[Action.EDIT_ORGANISATION],
    "site-rename": MAY[Action.EDIT_ORGANISATION],
    "rights": DESK,
    "members": MAY[Action.SEE_MEMBERS],
    "member": MAY[Action.SEE_MEMBERS],
    "member-invite": MAY[Action.INVITE],
    "member-unlock": MAY[Action.UNLOCK],
    "member-link": MAY[Action.RESET_MEMBER],
    "member-mail": MAY[Action.RESET_MEMBER],
    "member-password": MAY[Action.RESET_MEMBER],
    "member-password-check": MAY[Action.RESET_MEMBER],
    "member-role": MAY[Action.GIVE_ROLE],
    "member-factors": MAY[Action.CLEAR_FACTORS],
    "member-disable": MAY[Action.DISABLE],
    "member-enable": MAY[Action.DISABLE],
    "journal": MAY[Action.SEE_AUDIT],
    "journal-export": MAY[Action.SEE_AUDIT],
    "journal-verify": MAY[Action.SEE_AUDIT],
    "service-journal": MAY[Action.SEE_AUDIT],
    "person-journal": MAY[Action.SEE_AUDIT],
    "webhooks": MAY[Action.SEE_WEBHOOKS],
    "webhook": MAY[Action.SEE_WEBHOOKS],
    "webhook-delivery": MAY[Action.SEE_WEBHOOKS],
    "webhook-new": MAY[Action.SET_WEBHOOKS],
    "webhook-test": MAY[Action.SET_WEBHOOKS],
    "webhook-renew": MAY[Action.SET_WEBHOOKS],
    "webhook-disable": MAY[Action.SET_WEBHOOKS],
    "webhook-enable": MAY[Action.SET_WEBHOOKS],
    "webhook-remove": MAY[Action.SET_WEBHOOKS],
    "webhook-replay": MAY[Action.SET_WEBHOOKS],
}


def needs(page: URLPattern) -> frozenset[Role] | None:
    """The roles it opens for; none when it is for strangers, None when nobody has placed it."""
    module = f"{module_of(page)}."
    if page.name in NEEDS:
        return NEEDS[str(page.name)]
    if module.startswith(OPEN_PAGES):
        return STRANGERS
    if module.startswith(CASE_PAGES):
        return STAFF
    return EVERYBODY if module.startswith(OWN_PAGES) else None


_TAKES = {"customer_id": "person", "organisation": "organisation"}
_REFERENCES = {
    CASE_PAGES: "",
    ("linekey.web.staff.organisation", "linekey.web.staff.policy"): "organisation",
    (
        "linekey.web.customer.",
        "linekey.web.health.",
        "linekey.web.staff.",
        "linekey.web.sheet.",
        "linekey.web.audit.",
    ): "service",
}
"""What a `reference` in the addresses of these modules names."""


def takes(page: URLPattern) -> str:
    """What the one word in its address names: `service`, `person`, `organisation`, or nothing of these."""
    words = list(page.pattern.converters)
    if len(words) != 1:
        return ""
    if words[0] != "reference":
        return _TAKES.get(words[0], "")
    module = f"{module_of(page)}."
    return next((kind for where, kind in _REFERENCES.items() if module.startswith(where)), "")
