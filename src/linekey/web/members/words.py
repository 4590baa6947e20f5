"""How the pages about members call a standing, a reason and a badge."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linekey.domain.members import DisabledFor
from linekey.records.pages import MemberRow, Standing
from linekey.web.wording import until

STANDINGS: dict[str, tuple[Standing, str]] = {
    "verrouille": (Standing.LOCKED, gettext_noop("Locked")),
    "non-active": (Standing.NOT_ACTIVATED, gettext_noop("Not activated")),
    "sans-2fa": (Standing.NO_SECOND_FACTOR, gettext_noop("Without two-step verification")),
    "desactive": (Standing.DISABLED, gettext_noop("Account disabled")),
}
"""As an address of the list says them, and as a person reads them."""

REASONS: dict[DisabledFor, str] = {
    DisabledFor.ADMINISTRATOR: gettext_noop("by an administrator"),
    DisabledFor.PAYMENT: gettext_noop("a payment is missing"),
    DisabledFor.EMAIL_CONFLICT: gettext_noop("its e-mail address conflicts with another account's"),
    DisabledFor.VALIDATION: gettext_noop("it could not be validated"),
}


@dataclass(frozen=True)
class Badge:
    tone: str
    text: str


def badges(row: MemberRow) -> list[Badge]:
    """The gravest first; an account in order has one that says so."""
    found = []
    if row.disabled_for is not None:
        found.append(Badge("danger", _("Disabled: %(why)s") % {"why": _(REASONS[row.disabled_for])}))
    if row.locked_until is not None:
        found.append(Badge("danger", _("Locked until %(clock)s") % {"clock": until(row.locked_until)}))
    if not row.activated:
        found.append(Badge("warning", _("Not activated")))
    elif row.must_change_password:
        found.append(Badge("warning", _("Temporary password")))
    if row.activated and not row.second_factor:
        found.append(Badge("neutral", _("Without two-step verification")))
    return found or [Badge("success", _("In order"))]
