"""`/revendeur/organisations`: the tree below one's own organisation, and the page of each.

The lists are read by key: each page starts after an organisation, and nothing is ever counted.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.access import MAY, Action
from linekey.domain.tree import OPENS
from linekey.records import pages
from linekey.records.pages import OrganisationRow
from linekey.web import asked
from linekey.web.session import SignedInRequest
from linekey.web.staff import words
from linekey.web.staff.doors import desk_only

ROWS = 50


@dataclass(frozen=True)
class Search:
    text: str
    after: str

    @property
    def address(self) -> str:
        wanted = {"texte": self.text, "apres": self.after}
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    row: OrganisationRow
    kind: str
    address: str


@dataclass(frozen=True)
class Listed:
    search: Search
    lines: tuple[Line, ...]
    first: str
    next: str


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    own = pages.own_organisation(request.actor)
    shown = {
        "listed": listed(request),
        "own": pages.organisation(request.actor, own, now=timezone.now()),
        "longest": asked.LONGEST,
    }
    return render(request, "linekey/staff/organisations.html", shown)


@require_safe
@desk_only
def organisation(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = pages.organisation(
        request.actor, reference, now=timezone.now(), sites_after=asked.text(request, "sites")
    )
    services = reverse("staff-services")
    if found.trail:
        services += "?" + urlencode({"client": found.row.name})
    shown = {
        "page": found,
        "kind": words.organisation_kind(found.row.kind),
        "below": bool(OPENS[found.row.kind]),
        "may_import": request.actor.role in MAY[Action.DELIVER],
        "listed": listed(request, reference),
        "services": services,
        "longest": asked.LONGEST,
        "crumbs": crumbs(found.trail, found.row.name),
    }
    return render(request, "linekey/staff/organisation.html", shown)


def listed(request: SignedInRequest, under: str = "") -> Listed:
    """What stands below, as the address asks for it. Raises Malformed, NotFound."""
    search = Search(asked.text(request, "texte"), asked.text(request, "apres"))
    now, after = timezone.now(), search.after
    found = pages.tree(request.actor, now=now, under=under, text=search.text, after=after, limit=ROWS + 1)
    rows, more = found[:ROWS], len(found) > ROWS
    return Listed(
        search=search,
        lines=tuple(_line(row) for row in rows),
        first=replace(search, after="").address if search.after else "",
        next=replace(search, after=rows[-1].id).address if more else "",
    )


def crumbs(trail: tuple[tuple[str, str], ...], *leaf: str) -> list[tuple[str, str]]:
    """Where a page stands: the list, the ancestors one sees, and the page itself."""
    above = [(name, reverse("organisation", args=[number])) for number, name in trail]
    return [(_("Organisations"), reverse("organisations")), *above, *((name, "") for name in leaf)]


def _line(row: OrganisationRow) -> Line:
    return Line(row, words.organisation_kind(row.kind), reverse("organisation", args=[row.id]))
