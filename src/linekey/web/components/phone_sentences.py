"""What the timeline says of a handset which is to fetch a new password by itself (SIP-6)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.phones_care import COMES_WITHIN
from linekey.records.pages import Step
from linekey.web.templatetags.desk import clock


def expected() -> tuple[str, str, str]:
    """Headline, tone, and what to do."""
    return (
        _("The handset is to fetch a new password."),
        "info",
        _("Nothing is cut: its present password works until it has come. Restart it to be quicker."),
    )


def never_came() -> tuple[str, str, str]:
    return (
        _("The handset has not come for its new password."),
        "warning",
        _(
            "Nothing was cut. Check that it is plugged in and has internet access, then restart it: it is "
            "served whenever it comes. After a reset to factory settings, give it a new first-access address."
        ),
    )


def told(step: Step) -> str:
    """The registrar passed it on, or it came without."""
    count = step.result.get("asked")
    if not isinstance(count, int) or count < 1:
        return (
            _("Not needed: it came by itself.")
            if step.result.get("fetched")
            else _("It was never registered.")
        )
    return ngettext(
        "The registrar told %(count)d registered device.",
        "The registrar told %(count)d registered devices.",
        count,
    ) % {"count": count}


def fetched(step: Step) -> str:
    if step.result.get("fetched"):
        return _("It came at %(at)s.") % {"at": clock(str(step.result.get("at")))}
    return ngettext(
        "It has not come for %(count)d day.", "It has not come for %(count)d days.", COMES_WITHIN.days
    ) % {"count": COMES_WITHIN.days}
