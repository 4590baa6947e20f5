"""Plain words for the states, modes, hand-overs and reasons of campaigns."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext, gettext_noop, ngettext

from linekey.domain.campaigns import CampaignMode, CampaignState, HandOver, LineState, Reason, Why

STATES: Mapping[CampaignState, tuple[str, str]] = {
    CampaignState.DRAFTED: ("info", gettext_noop("Listing services")),
    CampaignState.RUNNING: ("info", gettext_noop("Running")),
    CampaignState.PAUSED: ("warning", gettext_noop("Paused")),
    CampaignState.STOPPED: ("danger", gettext_noop("Stopped by itself")),
    CampaignState.DONE: ("success", gettext_noop("Finished")),
    CampaignState.CANCELLED: ("neutral", gettext_noop("Cancelled")),
}
LINES: Mapping[LineState, tuple[str, str]] = {
    LineState.WAITING: ("neutral", gettext_noop("Not begun")),
    LineState.RECORDED: ("info", gettext_noop("On its way")),
    LineState.DONE: ("success", gettext_noop("In force")),
    LineState.FAILED: ("danger", gettext_noop("Refused")),
    LineState.SKIPPED: ("warning", gettext_noop("Left as it was")),
}
REASONS: Mapping[Reason, str] = {
    Reason.NONE_TO_HAVE: gettext_noop("A hosted PBX has no password of its own; its user licences have."),
    Reason.NOT_ACTIVE: gettext_noop("The service is not active."),
    Reason.MANAGED_PHONE: gettext_noop("Its Plug & Phone handset gets its password by itself."),
    Reason.NOTHING_OLD: gettext_noop("It has no password on the network, so none can have leaked."),
    Reason.NO_GRACE: gettext_noop("Its network element cannot keep the old password beside the new one."),
    Reason.NO_CONTACT: gettext_noop("It has no contact to send a link to."),
    Reason.NOT_YOURS: gettext_noop("It is no longer among the services of the campaign’s maker."),
    Reason.OVERTAKEN: gettext_noop("Somebody made a newer password meanwhile."),
    Reason.REFUSED: gettext_noop("The network or the mail server refused; its page tells which."),
}
MODES: Mapping[CampaignMode, tuple[str, str]] = {
    CampaignMode.GRACE: (
        gettext_noop("Without an outage"),
        gettext_noop(
            "Each old password works until the new one is used, or until the deadline of its policy."
        ),
    ),
    CampaignMode.IMMEDIATE: (
        gettext_noop("Cut at once"),
        gettext_noop("Each old password is refused from the change on, and what uses it is cut off."),
    ),
    CampaignMode.COMPROMISED: (
        gettext_noop("Compromised: cut first"),
        gettext_noop("The network comes first, even where the owner cannot be reached by e-mail."),
    ),
}
HAND_OVERS: Mapping[HandOver, tuple[str, str]] = {
    HandOver.LINK: (
        gettext_noop("A one-time link to each owner"),
        gettext_noop("One e-mail per service. Its owner opens the link to have a password of their own."),
    ),
    HandOver.FILE: (
        gettext_noop("One encrypted file for me"),
        gettext_noop("You alone can open it. No owner is written to: telling them is up to you."),
    ),
}
WHY: Mapping[Why, str] = {
    Why.FAILURES: gettext_noop("Too many changes were refused. Look at some of them before you resume it."),
    Why.MAKER: gettext_noop("Whoever began it may not run campaigns any more."),
}


def reason_of(code: str) -> str:
    return gettext(REASONS[Reason(code)]) if code else ""


def lasting(time: timedelta) -> str:
    """« 40 seconds », « 12 minutes », « 3 hours »: as exact as anybody wants to know."""
    seconds = int(time.total_seconds())
    if seconds < 90:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
