"""`/emails`: every mail the system sent to the account (PPP-6), and one of them, shown safely."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.errors import NotFound
from linekey.records import pages
from linekey.records.pages import MailPage
from linekey.records.pages.mails import PAGE_ROWS
from linekey.web import asked
from linekey.web.session import SignedInRequest, signed_in

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""An archived mail is a document of its own: it runs nothing, loads nothing, and has no origin."""


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    before = asked.whole(request, "avant")
    rows = pages.mails(request.actor, before=before)
    older = rows[-1].id if len(rows) == PAGE_ROWS else None
    shown = {"rows": rows, "before": before, "next_before": older}
    return render(request, "linekey/customer/mails.html", shown)


@require_safe
@signed_in
def mail(request: SignedInRequest, mail_id: int) -> HttpResponseBase:
    found = _find(request, mail_id)
    crumbs = [(_("Service e-mails"), reverse("mails")), (found.row.subject, "")]
    return render(request, "linekey/customer/mail.html", {"mail": found, "crumbs": crumbs})


@require_safe
@signed_in
def html(request: SignedInRequest, mail_id: int) -> HttpResponseBase:
    """The HTML version alone, for the frame of its page."""
    response = HttpResponse(_find(request, mail_id).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _find(request: SignedInRequest, mail_id: int) -> MailPage:
    found = pages.mail(request.actor, mail_id) if mail_id <= asked.LARGEST else None
    if found is None:
        raise NotFound()
    return found
