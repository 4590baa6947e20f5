"""Reset, send, retire and cut the secret of a service: GET names it and the consequences, POST does it once.

The proof of identity is asked for before the form is shown. Nobody on this side ever chooses a secret.
"""

from collections.abc import Mapping
from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods

from linekey.domain.kinds import Delivery, Verb
from linekey.domain.recovery import LASTS, Purpose
from linekey.records import pages
from linekey.records.pages import ServicePage, WhyNot
from linekey.usecases import rotate_credential
from linekey.web import notices
from linekey.web.components import live, operation
from linekey.web.components.choice import Choice, choice_of, mode_of
from linekey.web.components.cut import cut_page
from linekey.web.components.drops import connected_of
from linekey.web.components.reasons import refuse_if_impossible
from linekey.web.components.reset import Places, reset_page
from linekey.web.components.subject import subject_of
from linekey.web.session import SignedInRequest, require_recent, to
from linekey.web.staff.doors import desk_only
from linekey.web.staff.service import crumbs


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def reset(request: SignedInRequest, reference: str) -> HttpResponseBase:
    service = pages.service(request.actor, reference, now=timezone.now())
    back, look = (reverse(name, args=[reference]) for name in ("staff-service", "staff-state"))
    return reset_page(request, reference, Places(back, look, crumbs(service, _("Reset the password"))))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def send(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    service = _ready(request, reference, Verb.SEND)
    if request.method == "POST":
        rotate_credential.send(
            actor=request.actor,
            reference=reference,
            operation=operation.of(request),
            now=now,
            mode=mode_of(request),
            compromised=request.POST.get("compromised") == "yes",
        )
        notices.leave(request, "success", *_sent(service), contact=service.contact)
        return to("staff-service", reference)
    by_mail = service.delivery is Delivery.MAIL
    title = _("Send PPPoE credentials again") if by_mail else _("Send a one-time link")
    choice = choice_of(service.rotation, service.row.kind, now, request)
    shown = {
        "title": title,
        "object": subject_of(service),
        "consequences": _mailed(service, choice) if by_mail else _linked(service, choice),
        "may_have_leaked": by_mail,
        "button": _("Send the credentials") if by_mail else _("Send the link"),
        "tone": "danger" if by_mail and not choice.free else "primary",
    }
    if by_mail:
        shown |= {"choice": choice, **_connected(service, now)}
    return _ask(request, service, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def retire(request: SignedInRequest, reference: str) -> HttpResponseBase:
    service = _ready(request, reference, Verb.RETIRE)
    if request.method == "POST":
        rotate_credential.retire(
            actor=request.actor, reference=reference, operation=operation.of(request), now=timezone.now()
        )
        title = gettext_noop("The credentials of %(reference)s are being retired.")
        notices.leave(request, "success", title, gettext_noop("Follow it below."), reference=reference)
        return to("staff-service", reference)
    shown = {
        "title": _("Retire the credentials"),
        "object": subject_of(service),
        "consequences": [
            _("The network refuses every password of this service, and what is connected is cut."),
            _("The service stays down until a new password is made here."),
            _("The contact is told by e-mail."),
        ],
        "button": _("Retire the credentials"),
        "tone": "danger",
        **_connected(service, timezone.now()),
    }
    return _ask(request, service, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def cut(request: SignedInRequest, reference: str) -> HttpResponseBase:
    service = pages.service(request.actor, reference, now=timezone.now())
    back, look = (reverse(name, args=[reference]) for name in ("staff-service", "staff-state"))
    return cut_page(request, reference, Places(back, look, crumbs(service, _("Cut now"))))


def _ready(request: SignedInRequest, reference: str, verb: Verb) -> ServicePage:
    """The service, once everything that would refuse the form has been asked. Raises what the desk would."""
    now = timezone.now()
    service = pages.service(request.actor, reference, now=now)
    refuse_if_impossible(service, request.actor, verb)
    require_recent(request, now)
    return service


def _ask(request: SignedInRequest, service: ServicePage, shown: Mapping[str, object]) -> HttpResponseBase:
    known = {
        "crumbs": crumbs(service, str(shown["title"])),
        "cancel": reverse("staff-service", args=[service.row.reference]),
        "operation": operation.fresh(),
    }
    return render(request, "linekey/staff/ask.html", {**known, **shown})


def _connected(service: ServicePage, now: datetime) -> dict[str, object]:
    look = reverse("staff-state", args=[service.row.reference])
    return {"connected": connected_of(service), "live": live.at_rest(service, look, now, brief=True)}


def _mailed(service: ServicePage, choice: Choice) -> list[str]:
    drawn = _("A new password is drawn and mailed to %(contact)s with the login. You do not see it.") % {
        "contact": service.contact
    }
    if choice.free or service.rotation.why_not is WhyNot.NOTHING_OLD:
        return [drawn, _("Nothing changes on the network before the mail server has taken the mail.")]
    return [
        drawn,
        _("Once the mail server has taken the mail, the old password is refused and the session is cut."),
        _("The access is interrupted until the box is set up with the new password."),
    ]


def _linked(service: ServicePage, choice: Choice) -> list[str]:
    opened = (
        _(
            "Opening it draws a new password and shows it once. Whoever opens it chooses if the old one "
            "is kept for a while."
        )
        if choice.free
        else _("Opening it draws a new password, shows it once, and cuts what uses the old one.")
    )
    days = LASTS[Purpose.REVEAL].days
    return [
        _("A link is mailed to %(contact)s. Nothing changes before it is opened.")
        % {"contact": service.contact},
        opened,
        ngettext("The link works once, for %(count)d day.", "The link works once, for %(count)d days.", days)
        % {"count": days},
    ]


def _sent(service: ServicePage) -> tuple[str, str]:
    follow = gettext_noop("Follow it below.")
    if service.delivery is Delivery.MAIL:
        return gettext_noop("New credentials are on their way to %(contact)s."), follow
    return gettext_noop("A one-time link is on its way to %(contact)s."), follow
