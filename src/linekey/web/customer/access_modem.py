"""`…/modem-reinitialise`: the modem lost its settings, its credentials are renewed and delivered (PPP-2)."""

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linekey.domain.access import Role
from linekey.domain.kinds import Delivery, Verb
from linekey.records.pages import ServicePage, WhyNot
from linekey.usecases import renew_after_reset
from linekey.web.components import live, operation
from linekey.web.components.choice import Choice, choice_of, mode_of
from linekey.web.components.drops import connected_of
from linekey.web.components.reasons import refuse_if_impossible
from linekey.web.components.subject import subject_of
from linekey.web.customer.access import crumbs_of, find
from linekey.web.session import SignedInRequest, require_recent, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = find(request, reference, now)
    refuse_if_impossible(found, request.actor, Verb.SEND)
    back = reverse("access", args=[reference])
    if request.actor.role is not Role.SUBSCRIBER:
        require_recent(request, now)
    if request.method == "POST":
        renew_after_reset.renew(
            actor=request.actor,
            reference=reference,
            operation=operation.of(request),
            now=now,
            mode=mode_of(request),
        )
        return HttpResponseRedirect(f"{back}#story", status=303)
    choice = choice_of(found.rotation, found.row.kind, now, request)
    shown: dict[str, object] = {
        "page": found,
        "subject": subject_of(found),
        "crumbs": crumbs_of(found, _("The modem was reset")),
        "operation": operation.fresh(),
        "consequences": consequences(found, choice),
        "back": back,
    }
    if found.delivery is Delivery.MAIL:
        look = reverse("access-state", args=[reference])
        shown |= {
            "choice": choice,
            "connected": connected_of(found),
            "live": live.at_rest(found, look, now, brief=True),
        }
    return render(request, "linekey/customer/access_modem.html", shown)


def consequences(found: ServicePage, choice: Choice) -> list[str]:
    """In the order they will happen."""
    to = {"address": found.contact}
    login = _("The login stays the same; the password always changes.")
    kept = choice.free or found.rotation.why_not is WhyNot.NOTHING_OLD
    if found.delivery is Delivery.LINK and kept:
        return [
            _("An e-mail with a one-time link goes to %(address)s. Nothing changes until it is opened.") % to,
            _("When the link is opened, a new password is drawn and shown once."),
            login,
        ]
    if found.delivery is Delivery.LINK:
        return [
            _("An e-mail with a one-time link goes to %(address)s. Nothing changes until it is opened.") % to,
            _("When the link is opened, a new password is drawn and shown once, and any session is cut."),
            login,
        ]
    mailed = _("An e-mail with the login and a new password goes to %(address)s.") % to
    if kept:
        return [mailed, login]
    return [
        mailed,
        _("Once the e-mail has left, the old password is refused and any session is cut."),
        login,
    ]
