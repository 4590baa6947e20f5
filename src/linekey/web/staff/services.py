"""`/revendeur/services`: find a service among those one sees, and open it (CTX-1, CTX-2).

The list is read by key: each page starts after a reference, so that the thousandth costs what the first does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from linekey.domain.access import MAY, Action, Actor
from linekey.records import pages
from linekey.records.pages import ServiceRow
from linekey.usecases import export_services
from linekey.web import asked
from linekey.web.session import SignedInRequest
from linekey.web.staff import words
from linekey.web.staff.doors import desk_only
from linekey.web.staff.finder import Finder
from linekey.web.templatetags.desk import state_label

ROWS = 50


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    row: ServiceRow
    kind: str
    address: str


@dataclass(frozen=True)
class Part:
    """The rows of one page, and where the pages beside it are; empty when there is none."""

    rows: list[ServiceRow]
    previous: str
    next: str


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    finder = Finder.of(request)
    part = _part(request.actor, finder)
    shown = {
        "finder": finder,
        "lines": [_line(row) for row in part.rows],
        "part": part,
        "first": finder.address() if finder.after or finder.before else "",
        "csv": finder.address(view="staff-services-csv"),
        "longest": asked.LONGEST,
        "may_deliver": request.actor.role in MAY[Action.DELIVER],
        "may_see_campaigns": request.actor.role in MAY[Action.SEE_CAMPAIGNS],
    }
    return render(request, "linekey/staff/services.html", shown)


@require_GET
@desk_only
def export(request: SignedInRequest) -> HttpResponseBase:
    """Everything the filters show, whatever page one was on."""
    now = timezone.now()
    lines = export_services.export(
        actor=request.actor, filters=Finder.of(request).filters, columns=_columns(), now=now
    )
    spoken = _spoken(lines, translation.get_language() or "fr")
    response = StreamingHttpResponse(spoken, content_type="text/csv; charset=utf-8")
    day = timezone.localtime(now).date().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="services-{day}.csv"'
    return response


def _part(actor: Actor, finder: Finder) -> Part:
    if finder.before:
        found = pages.services(actor, finder.filters, before=finder.before, limit=ROWS + 1)
        if len(found) > ROWS:
            rows = found[1:]
            return Part(
                rows, finder.address(before=rows[0].reference), finder.address(after=rows[-1].reference)
            )
        # Right before it there is the first page, and that one is never cut short.
        return _forward(actor, finder, "")
    return _forward(actor, finder, finder.after)


def _forward(actor: Actor, finder: Finder, after: str) -> Part:
    found = pages.services(actor, finder.filters, after=after, limit=ROWS + 1)
    rows = found[:ROWS]
    return Part(
        rows,
        finder.address(before=rows[0].reference) if after and rows else "",
        finder.address(after=rows[-1].reference) if len(found) > ROWS else "",
    )


def _line(row: ServiceRow) -> Line:
    return Line(row, words.kind_of(row), reverse("staff-service", args=[row.reference]))


def _columns() -> export_services.Columns:
    return {
        _("Service ref."): lambda row: row.reference,
        _("Service name"): lambda row: row.name,
        _("Client"): lambda row: row.organisation,
        _("Client ref."): lambda row: row.client_reference,
        _("Client account"): lambda row: row.billing_account,
        _("End client’s name"): lambda row: row.end_client,
        _("Site"): lambda row: row.site,
        _("Service type"): words.kind_of,
        _("Contracted product ref."): lambda row: row.product,
        _("Accountcode ref."): lambda row: row.accountcode,
        _("Number"): lambda row: row.number,
        _("IP address"): lambda row: row.address,
        _("Service state"): lambda row: state_label(row.state),
    }


def _spoken(lines: Iterator[bytes], language: str) -> Iterator[bytes]:
    """In the person's language still, when the file is sent after the page's own time is over."""
    while True:
        with translation.override(language):
            line = next(lines, b"")
        if not line:
            return
        yield line
