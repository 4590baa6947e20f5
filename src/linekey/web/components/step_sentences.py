"""What one step of a change says, in each state, for a line and for an access."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from linekey.domain.effects import StepState
from linekey.domain.kinds import SIP_LINE
from linekey.records.pages import Grace, ServicePage, Step
from linekey.web.components import answers, grace_sentences, phone_sentences

_REGISTRAR, _RADIUS, _MAIL, _DEVICE = "registrar", "radius", "mail", "device"

TITLES: Mapping[tuple[str, str], str] = {
    ("push", _REGISTRAR): N_("Written on the registrar"),
    ("push", _RADIUS): N_("Written on the RADIUS server"),
    ("retire", _REGISTRAR): N_("Withdrawn from the registrar"),
    ("retire", _RADIUS): N_("Withdrawn from the RADIUS server"),
    ("drop", _REGISTRAR): N_("Old registrations dropped"),
    ("disconnect", _RADIUS): N_("Old session cut"),
    ("deliver", _MAIL): N_("Credentials sent by e-mail"),
    ("invite", _MAIL): N_("One-time link sent by e-mail"),
    ("notify", _MAIL): N_("Notice sent by e-mail"),
    ("release", _REGISTRAR): N_("Old password retired"),
    ("release", _RADIUS): N_("Old password retired"),
    ("watch", _DEVICE): N_("Equipment back"),
    ("notify_phone", _REGISTRAR): N_("Handset told to fetch its configuration"),
    ("fetch", _DEVICE): N_("New password fetched by the handset"),
}
_SILENT = {
    _REGISTRAR: N_(
        "The registrar has not answered since %(since)s. Next try %(due)s; your change is not lost."
    ),
    _RADIUS: N_(
        "The RADIUS server has not answered since %(since)s. Next try %(due)s; your change is not lost."
    ),
    _MAIL: N_("The mail server has not answered since %(since)s. Next try %(due)s; the e-mail is not lost."),
    _DEVICE: N_("The network cannot be asked since %(since)s. Next try %(due)s."),
}
_REFUSED = {
    _REGISTRAR: N_("The registrar refused it. A technician must look at it."),
    _RADIUS: N_("The RADIUS server refused it. A technician must look at it."),
    _MAIL: N_("The mail server refused the e-mail. Check the contact address with support."),
    _DEVICE: N_("The network refused to say. A technician must look at it."),
}
_PENDING = {
    "push": N_("In a moment."),
    "retire": N_("In a moment."),
    "drop": N_("Follows at once."),
    "disconnect": N_("Follows at once."),
    "deliver": N_("In a moment."),
    "invite": N_("In a moment."),
    "notify": N_("In a moment."),
    "release": N_("Once the new password is on the network."),
    "watch": N_("We watch for it once the new password is in force."),
    "notify_phone": N_("It is not registered now: it is told as soon as it is back."),
    "fetch": N_("We wait for it. Until it comes, its present password keeps working."),
}


def whose(step: Step, page: ServicePage) -> str:
    if step.kind in ("deliver", "invite", "notify"):
        return _MAIL
    if step.kind in ("watch", "fetch"):
        return _DEVICE
    return _REGISTRAR if page.row.kind == SIP_LINE.code else _RADIUS


def tell(step: Step, page: ServicePage, look: str, now: datetime) -> tuple[str, str]:
    """Title and sentence."""
    whom = whose(step, page)
    title = _(TITLES.get((step.kind, whom), N_("Step of the change")))
    if step.kind == "watch" and kept(page):
        title = _("New password used")
    match step.state:
        case StepState.DONE:
            return title, _done(step, page, whom)
        case StepState.DEAD:
            return title, _(_REFUSED[whom])
        case StepState.BLOCKED:
            return title, _(
                "Held back by the step that stopped: nobody is cut before they hold the new password."
            )
        case StepState.SKIPPED:
            return title, _("Not needed: a newer change replaced it.")
        case StepState.ABANDONED:
            return title, _("Given up by support.")
    if step.trouble:
        return title, _(_SILENT[whom]) % {"since": _clock(step.since), "due": _due(step.due, now)}
    if step.kind in ("watch", "release") and (grace := kept(page)) and grace.retire_at:
        return title, grace_sentences.waiting(step, grace, look, now)
    if step.kind == "watch" and look == "running":
        return title, _("Waiting for it to come back with the new password.")
    return title, _(_PENDING.get(step.kind, N_("In a moment.")))


def _done(step: Step, page: ServicePage, whom: str) -> str:
    match step.kind:
        case "push" if page.progress and page.progress.grace:
            return (
                _("The registrar takes the new password, and the old one for a while.")
                if whom == _REGISTRAR
                else _("The RADIUS server takes the new password, and the old one for a while.")
            )
        case "push":
            return (
                _("The registrar takes the new password and refuses the old one.")
                if whom == _REGISTRAR
                else _("The RADIUS server takes the new password and refuses the old one.")
            )
        case "retire":
            return _("No password is accepted any more.")
        case "drop":
            return _dropped(step.result.get("dropped"))
        case "disconnect":
            return answers.told(step.result.get("answers"))
        case "deliver":
            return _("Sent to %(address)s: login and new password.") % {"address": page.contact}
        case "invite":
            return _("Sent to %(address)s. The current password works until the link is opened.") % {
                "address": page.contact
            }
        case "notify":
            if step.result.get("told") is False:
                return _("This service has no contact to write to.")
            return _("Sent to %(address)s.") % {"address": page.contact}
        case "notify_phone":
            return phone_sentences.told(step)
        case "fetch":
            return phone_sentences.fetched(step)
        case "release":
            return grace_sentences.retired(step, page)
        case "watch":
            grace = kept(page)
            return grace_sentences.used(grace, page) if grace else _back(step)
    return ""


def kept(page: ServicePage) -> Grace | None:
    """The grace of the latest change, unless it was ended before its time: then the old password was cut."""
    grace = page.progress.grace if page.progress else None
    return grace if grace and grace.lasts else None


def _dropped(count: object) -> str:
    if not isinstance(count, int) or count < 1:
        return _("No device was registered.")
    return ngettext(
        "%(count)d registration made with the old password was dropped.",
        "%(count)d registrations made with the old password were dropped.",
        count,
    ) % {"count": count}


def _back(step: Step) -> str:
    seen = step.result
    if not seen.get("back"):
        return _("Not seen within half an hour.")
    at = _clock_of(seen.get("at")) or _clock(step.since)
    if agent := str(seen.get("user_agent") or ""):
        return _("Back at %(at)s with %(agent)s.") % {"at": at, "agent": agent}
    if address := str(seen.get("address") or ""):
        return _("Back at %(at)s with the address %(address)s.") % {"at": at, "address": address}
    return _("Back at %(at)s.") % {"at": at}


def went_badly(step: Step) -> bool:
    """Done, and yet something the person must know: a session that may live on, a device that is away."""
    if step.kind == "watch":
        return not step.result.get("back")
    if step.kind == "fetch":
        return not step.result.get("fetched")
    return step.kind == "disconnect" and answers.doubtful(step.result.get("answers"))


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def _clock_of(text: object) -> str:
    try:
        return date_format(timezone.localtime(datetime.fromisoformat(str(text))), "H:i:s")
    except ValueError:
        return ""


def _due(moment: datetime, now: datetime) -> str:
    seconds = round((moment - now).total_seconds())
    if seconds < 1:
        return _("right now")
    if seconds < 90:
        return _("in %(count)d s") % {"count": seconds}
    return _("in %(count)d min") % {"count": round(seconds / 60)}
