"""What a change says while the old password is accepted beside the new one, and how that ended (NEW-2).

The proof is the element's own word: who used the new password, from where and when.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import Grace, ServicePage, Step
from linekey.web.wording import deadline

LATE = timedelta(hours=1)
"""After that nobody is on their way to the device any more: the page says what to do."""


def is_late(grace: Grace, now: datetime) -> bool:
    """Has nobody used the new password for long? Counted from when the element took it."""
    return grace.open and grace.retire_at is not None and now - (grace.retire_at - grace.lasts) > LATE


def waiting(step: Step, grace: Grace, look: str, now: datetime) -> str:
    """A step which waits for the first use of the new password, or for the deadline."""
    at_last = grace.retire_at or now
    at = {"until": deadline(at_last), "time": timesince(at_last - grace.lasts, now, depth=1)}
    if step.kind == "release":
        return _("As soon as the new one is used, at the latest %(until)s.") % at
    if look == "trouble":
        return _("Not yet, after %(time)s. The old one still works until %(until)s.") % at
    return _("Waiting: the old one still works until %(until)s.") % at


def used(grace: Grace, page: ServicePage) -> str:
    """Who used the new password first; that nobody did."""
    if grace.used_at is None:
        return _("Nobody used it before the old one was retired.")
    at = date_format(timezone.localtime(grace.used_at), "H:i:s")
    said = {"at": at, "by": grace.used_by, "address": grace.used_from}
    if not (grace.used_by and grace.used_from):
        by = grace.used_by or grace.used_from
        return _("Used at %(at)s by %(by)s.") % {"at": at, "by": by} if by else _("Used at %(at)s.") % said
    if page.row.kind == SIP_LINE.code:
        return _("Used at %(at)s by %(by)s from %(address)s.") % said
    return _("Used at %(at)s by %(address)s, through the access server %(by)s.") % said


def retired(step: Step, page: ServicePage) -> str:
    """Why the old password is refused."""
    if page.progress and any(each.kind in ("drop", "disconnect") for each in page.progress.steps):
        return _("It is refused: somebody asked to cut it before its time.")
    if step.result.get("used"):
        return _("It is refused since the new one was used.")
    return _("It is refused: its time was over.")


def headline(grace: Grace, now: datetime, *, sip: bool) -> tuple[str, str, str]:
    """What happened, its tone, and what the person must do, once the network has the new password."""
    if grace.used_at is not None:
        return _("Done: the new password is in use, and the old one is refused."), "success", ""
    if not grace.open or grace.retire_at is None or grace.retire_at <= now:
        return (
            _("The old password was retired at its deadline, and nobody has used the new one."),
            "warning",
            _("Put the new password in the phone or the softphone, or reset it if nobody knows it.")
            if sip
            else _("Put the new password in the box or the router, or get another if nobody knows it."),
        )
    at = {"until": deadline(grace.retire_at)}
    if is_late(grace, now):
        return (
            _("No device uses the new password yet. The old one still works."),
            "warning",
            _(
                "Check that the phone has the new password, then restart it. Whatever still has the old one "
                "on %(until)s is cut off."
            )
            % at
            if sip
            else _(
                "Check that the box has the new password, then restart it. Whatever still has the old one "
                "on %(until)s is cut off."
            )
            % at,
        )
    return (
        _("The new password is in force, and nobody was cut off."),
        "success",
        _(
            "Put it in the phone or the softphone. The old one works until then, at the latest until "
            "%(until)s."
        )
        % at
        if sip
        else _(
            "Put it in the box or the router. The old one works until then, at the latest until %(until)s."
        )
        % at,
    )
