"""`…/identifiants`: new PPPoE credentials to the contact (PPP-4), after saying what it cuts."""

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
from linekey.usecases import rotate_credential
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
        rotate_credential.send(
            actor=request.actor,
            reference=reference,
            operation=operation.of(request),
            now=now,
            mode=mode_of(request),
        )
        return HttpResponseRedirect(f"{back}#story", status=303)
    choice, by_link = choice_of(found.rotation, found.row.kind, now, request), found.delivery is Delivery.LINK
    shown: dict[str, object] = {
        "page": found,
        "subject": subject_of(found),
        "crumbs": crumbs_of(found, _("New credentials")),
        "operation": operation.fresh(),
        "consequences": consequences(found, choice),
        "by_link": by_link,
        "free": choice.free,
        "back": back,
    }
    if not by_link:
        look = reverse("access-state", args=[reference])
        shown |= {
            "choice": choice,
            "connected": connected_of(found),
            "live": live.at_rest(found, look, now, brief=True),
        }
    return render(request, "linekey/customer/access_send.html", shown)


def consequences(found: ServicePage, choice: Choice) -> list[str]:
    """In the order they will happen."""
    to = {"address": found.contact}
    if found.delivery is Delivery.LINK and choice.free:
        return [
            _("An e-mail with a one-time link goes to %(address)s. Nothing else happens now.") % to,
            _(
                "When the link is opened, a new password is drawn and shown once. You choose there if the "
                "old one is kept for a while."
            ),
        ]
    if found.delivery is Delivery.LINK:
        return [
            _("An e-mail with a one-time link goes to %(address)s. Nothing else happens now.") % to,
            _("When the link is opened, a new password is drawn and shown once, and the session is cut."),
            _("Open it when the box is at hand: the access is down until the box has the new password."),
        ]
    mailed = _("An e-mail with the login and a new password goes to %(address)s.") % to
    if choice.free or found.rotation.why_not is WhyNot.NOTHING_OLD:
        return [
            mailed,
            _("Nothing changes on the network before the e-mail has left. The login stays the same."),
        ]
    return [
        mailed,
        _("Once the e-mail has left, the old password is refused and the session in progress is cut."),
        _("The access is down until the box has the new password. The login stays the same."),
    ]
