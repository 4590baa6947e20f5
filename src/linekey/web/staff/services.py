"""`/revendeur/services`: find a service among those one sees, and open it (CTX-1, CTX-2).

The list is read by key: each page starts after a reference, so that the thousandth costs what the first does.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from linekey.domain.access import MAY, Action
from linekey.records import pages
from linekey.records.pages import ServiceRow
from linekey.web import asked
from linekey.web.session import SignedInRequest
from linekey.web.staff import words
from linekey.web.staff.doors import desk_only

ROWS = 50


@dataclass(frozen=True)
class Search:
    """What was asked for, made harmless: a kind that does not exist narrows nothing."""

    text: str
    kind: str
    after: str

    @property
    def address(self) -> str:
        wanted = {"texte": self.text, "type": self.kind, "apres": self.after}
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.kind)


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    row: ServiceRow
    kind: str
    address: str


def search_of(request: HttpRequest) -> Search:
    """Raises Malformed."""
    kind = asked.text(request, "type")
    return Search(
        asked.text(request, "texte"), kind if kind in words.KINDS else "", asked.text(request, "apres")
    )


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    search = search_of(request)
    found = pages.services(
        request.actor, kind=search.kind, text=search.text, after=search.after, limit=ROWS + 1
    )
    rows, more = found[:ROWS], len(found) > ROWS
    shown = {
        "search": search,
        "kinds": [(code, words.kind_name(code), code == search.kind) for code in words.KINDS],
        "lines": [_line(row) for row in rows],
        "first": replace(search, after="").address if search.after else "",
        "next": replace(search, after=rows[-1].reference).address if more else "",
        "longest": asked.LONGEST,
        "may_deliver": request.actor.role in MAY[Action.DELIVER],
    }
    return render(request, "linekey/staff/services.html", shown)


def _line(row: ServiceRow) -> Line:
    return Line(row, words.kind_of(row), reverse("staff-service", args=[row.reference]))
