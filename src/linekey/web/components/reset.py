"""Reset a secret and show it once (CTX-5, CTX-6): the same two pages for a customer and for staff.

GET names the object, what is connected and the consequence, and changes nothing. POST answers the page
itself, without a redirect: the secret exists in that answer and nowhere else, and is never asked for again
(law 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from linekey.domain.kinds import SIP_LINE, Verb
from linekey.records import pages
from linekey.records.pages import ServicePage, WhyNot
from linekey.usecases import rotate_credential
from linekey.web.components import live, operation
from linekey.web.components.choice import Choice, choice_of, mode_of
from linekey.web.components.drops import connected_of
from linekey.web.components.reasons import refuse_if_impossible
from linekey.web.components.subject import subject_of
from linekey.web.session import SignedInRequest, require_recent


@dataclass(frozen=True)
class Places:
    """Where the two pages lie among others; addresses, as `reverse` gives them."""

    back: str
    """The page of the service: where « cancel » leads, and « I have noted it »."""
    look: str
    """Where the network is asked what is connected."""
    crumbs: Sequence[tuple[str, str]] = ()


def reset_page(request: SignedInRequest, reference: str, places: Places) -> HttpResponseBase:
    now, mode = timezone.now(), mode_of(request)
    page = pages.service(request.actor, reference, now=now)
    refuse_if_impossible(page, request.actor, Verb.RESET)
    require_recent(request, now)
    shown = {
        "page": page,
        "title": _title(page),
        "subject": subject_of(page),
        "places": places,
        "crumbs": places.crumbs,
    }
    if request.method != "POST":
        choice = choice_of(page.rotation, page.row.kind, now, request)
        asked = {
            "operation": operation.fresh(),
            "consequences": _consequences(page, choice),
            "choice": choice,
            "tone": "primary" if choice.free else "danger",
            "connected": connected_of(page),
            "live": live.at_rest(page, places.look, now, brief=True),
        }
        return render(request, "linekey/components/reset_confirm.html", shown | asked)
    receipt = rotate_credential.reset(
        actor=request.actor, reference=reference, operation=operation.of(request), now=now, mode=mode
    )
    response = render(request, "linekey/components/reset_done.html", shown | {"secret": receipt.shown_once})
    response.headers["Cache-Control"] = "no-store"
    return response


def _title(page: ServicePage) -> str:
    line = page.row.kind == SIP_LINE.code
    return _("Reset the SIP password") if line else _("Reset the PPPoE password")


def _consequences(page: ServicePage, choice: Choice) -> list[str]:
    drawn = _("A strong new password is drawn, and shown once on the next page.")
    if choice.free or page.rotation.why_not is WhyNot.NOTHING_OLD:
        return [drawn]
    if page.row.kind == SIP_LINE.code:
        return [
            drawn,
            _("The current password is refused at once and the registrations made with it are dropped."),
            _("The service is interrupted until the phone is set up again with the new password."),
        ]
    return [
        drawn,
        _("The current password is refused at once and the session in progress is cut."),
        _("The access is interrupted until the box is set up again with the new password."),
    ]
