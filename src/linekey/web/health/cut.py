"""`/sante/couper/<reference>`: stop an attack in one step. The page names the line and what drops.

POST answers the page itself: the new secret exists in that answer and nowhere else (law 6). The old one is
refused at once, whatever the policy says of others.
"""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linekey.domain.kinds import SIP_LINE, Mode, Verb
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.usecases import rotate_credential
from linekey.web.components import live, operation
from linekey.web.components.attention import service_address, state_address
from linekey.web.components.drops import connected_of
from linekey.web.components.reasons import refuse_if_impossible
from linekey.web.components.reset import Places
from linekey.web.components.subject import subject_of
from linekey.web.session import SignedInRequest, require_recent, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, actor = timezone.now(), request.actor
    found = pages.service(actor, reference, now=now)
    refuse_if_impossible(found, actor, Verb.RESET)
    require_recent(request, now)
    own = service_address(actor, found.row.kind, reference)
    places = Places(own, state_address(actor, found.row.kind, reference), _crumbs(found, own))
    shown = {"page": found, "subject": subject_of(found), "places": places, "crumbs": places.crumbs}
    if request.method == "POST":
        receipt = rotate_credential.reset(
            actor=actor,
            reference=reference,
            operation=operation.of(request),
            now=now,
            mode=Mode.IMMEDIATE,
        )
        done = shown | {"secret": receipt.shown_once}
        response = render(request, "linekey/components/reset_done.html", done)
        response.headers["Cache-Control"] = "no-store"
        return response
    asked = {
        "title": _("Cut now"),
        "operation": operation.fresh(),
        "consequences": _consequences(found),
        "connected": connected_of(found),
        "live": live.at_rest(found, places.look, now, brief=True),
    }
    return render(request, "linekey/health/cut.html", shown | asked)


def _crumbs(found: ServicePage, own: str) -> list[tuple[str, str]]:
    return [
        (_("To keep an eye on"), reverse("health")),
        (found.row.name or found.row.reference, own),
        (_("Cut now"), ""),
    ]


def _consequences(found: ServicePage) -> list[str]:
    line = found.row.kind == SIP_LINE.code
    return [
        _("The password in force is refused at once: whoever found it is out."),
        _("The registrations made with it are dropped, and the line is interrupted.")
        if line
        else _("The session opened with it is cut, and the access is interrupted."),
        _("A strong new password is drawn, and shown once on the next page: put it in the phone.")
        if line
        else _("A strong new password is drawn, and shown once on the next page: put it in the box."),
    ]
