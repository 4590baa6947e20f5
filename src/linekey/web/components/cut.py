"""Cut now: end the grace of a service before its time, the same page for a customer and for staff (NEW-1).

GET names the object, what is connected and the consequence; POST does it once.
"""

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from linekey.domain.access import role_may
from linekey.domain.errors import GraceOver, NotAllowed
from linekey.domain.kinds import SIP_LINE, Verb
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.usecases import end_grace
from linekey.web.components import live, operation
from linekey.web.components.drops import connected_of
from linekey.web.components.reset import Places
from linekey.web.components.subject import subject_of
from linekey.web.session import SignedInRequest, require_recent


def cut_page(request: SignedInRequest, reference: str, places: Places) -> HttpResponseBase:
    now = timezone.now()
    page = pages.service(request.actor, reference, now=now)
    if not role_may(request.actor, Verb.RESET):
        raise NotAllowed()
    require_recent(request, now)
    if request.method == "POST":
        end_grace.end(actor=request.actor, reference=reference, operation=operation.of(request), now=now)
        return HttpResponseRedirect(f"{places.back}#story", status=303)
    if not page.can_cut:
        raise GraceOver()
    shown = {
        "page": page,
        "subject": subject_of(page),
        "places": places,
        "crumbs": places.crumbs,
        "operation": operation.fresh(),
        "consequences": _consequences(page),
        "connected": connected_of(page),
        "live": live.at_rest(page, places.look, now, brief=True),
    }
    return render(request, "linekey/components/cut_confirm.html", shown)


def _consequences(page: ServicePage) -> list[str]:
    if page.row.kind == SIP_LINE.code:
        return [
            _("The old password is refused at once, and the registrations of the line are dropped."),
            _("A phone which has the new password registers again by itself within a minute or so."),
            _("A phone which still has the old one can neither make nor receive calls until it is set up."),
        ]
    return [
        _("The old password is refused at once, and the session in progress is cut."),
        _("A box which has the new password connects again by itself within a minute or so."),
        _("A box which still has the old one stays offline until it is set up."),
    ]
