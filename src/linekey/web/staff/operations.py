"""`/exploitation`: are the elements well, and which promises are not kept yet. For staff only.

The board asks for itself again every five seconds until it is paused. A stopped step waits for a person, who
tries it again, or gives it up after reading what that means.
"""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linekey.domain.access import MAY, Action
from linekey.domain.errors import NotWaiting
from linekey.records import pages
from linekey.usecases import mend_outbox
from linekey.web import notices
from linekey.web.session import SignedInRequest, signed_in, to
from linekey.web.staff import words
from linekey.web.staff.board import board_of, concerned


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    board = board_of(pages.elements(request.actor, now=now), pages.unsettled(request.actor, now=now), now=now)
    shown = {
        "board": board,
        "paused": "pause" in request.GET,
        "may_deliver": request.actor.role in MAY[Action.DELIVER],
    }
    template = "linekey/staff/board.html" if request.htmx else "linekey/staff/operations.html"
    return render(request, template, shown)


@require_POST
@signed_in
def retry(request: SignedInRequest, effect: int) -> HttpResponseBase:
    try:
        mend_outbox.retry(actor=request.actor, effect_id=effect, now=timezone.now())
    except NotWaiting as late:
        notices.leave(request, "warning", late.sentence)
    else:
        notices.leave(
            request,
            "success",
            gettext_noop("The step is tried again."),
            gettext_noop("What it held back follows by itself."),
        )
    return to("operations")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def abandon(request: SignedInRequest, effect: int) -> HttpResponseBase:
    now = timezone.now()
    try:
        if request.method == "POST":
            mend_outbox.abandon(actor=request.actor, effect_id=effect, now=now)
            notices.leave(request, "success", gettext_noop("The change is given up."))
            return to("operations")
        stopped = pages.stopped(request.actor, effect, now=now)
    except NotWaiting as late:
        notices.leave(request, "warning", late.sentence)
        return to("operations")
    step, behind = stopped.row.step, [words.step(each.kind) for each in stopped.behind]
    consequences = words.given_up(step.kind, undone=stopped.row.undone)
    if behind:
        consequences.append(_("Given up with it: %(steps)s.") % {"steps": " · ".join(behind)})
    consequences.append(_("This cannot be taken back: to try again later, ask for a new change."))
    shown = {
        "title": _("Give this change up?"),
        "object": f"{words.step(step.kind)} – {concerned(stopped.row)}",
        "consequences": consequences,
        "button": _("Give it up"),
        "tone": "danger",
        "cancel": reverse("operations"),
        "crumbs": [(_("Operations"), reverse("operations")), (_("Give up"), "")],
    }
    return render(request, "linekey/staff/ask.html", shown)
