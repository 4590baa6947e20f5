"""What stands around every page of one's own account: where we are, the other pages, the way back."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SECTIONS = {
    "account": gettext_noop("Overview"),
    "account-password": gettext_noop("Password"),
    "account-two-step": gettext_noop("Two-step verification"),
    "account-sessions": gettext_noop("Sessions"),
    "account-contacts": gettext_noop("Contact details"),
    "account-keys": gettext_noop("Access keys"),
    "account-activity": gettext_noop("Activity"),
}
"""URL name of each page, and how its tab is called."""


def frame(current: str, *, leaf: str = "") -> dict[str, Any]:
    """`current` is one of SECTIONS, `leaf` the name of a page below it."""
    home, section = reverse("account"), (_(SECTIONS[current]), reverse(current))
    way = [(_("My account"), home)]
    if current != "account":
        way.append(section)
    if leaf:
        way.append((leaf, ""))
    return {
        "crumbs": [*way[:-1], (way[-1][0], "")],
        "back": way[-2] if len(way) > 1 else None,
        "tabs_label": _("My account"),
        "tabs": [(_(label), reverse(name), name == current) for name, label in SECTIONS.items()],
    }
