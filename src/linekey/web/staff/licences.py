"""`/revendeur/services/<ref>/utilisateurs`: the users of a hosted PBX (CTX-3).

The list is read by key: each page starts after a reference, so that the thousandth costs what the first does.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from linekey.records import pages
from linekey.records.pages import LicenceRow
from linekey.usecases import observe_service
from linekey.web import asked, notices
from linekey.web.components import live
from linekey.web.components.live import MOST_LOOKS, STALE, Live
from linekey.web.session import SignedInRequest, page_of
from linekey.web.staff import licence_words, words
from linekey.web.staff.doors import desk_only
from linekey.web.staff.licence_words import Fact
from linekey.web.staff.service import tabs_of, trail

ROWS = 50
_FAR = 10**14
"""Milliseconds; more is no moment of ours."""


@dataclass(frozen=True)
class User:
    """One row of the table, in words."""

    row: LicenceRow
    kind: str
    address: str
    edit: str
    """Where its form is; empty when this actor may not."""
    facts: dict[str, Fact]
    live: Live


@dataclass(frozen=True)
class Looking:
    """The network is asked about every row of the page; what `licences/_looking.html` draws."""

    address: str
    ask_by_itself: bool = False
    next_look: str = ""
    """Where to look again in half a second, while waiting."""
    seen: int = 0
    rows: int = 0
    silent: bool = False

    @property
    def waiting(self) -> bool:
        return bool(self.next_look)


@require_safe
@desk_only
def users(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now, text, after = timezone.now(), asked.text(request, "texte"), asked.text(request, "apres")
    pbx = pages.service(request.actor, reference, now=now)
    rows, more = _rows(request, reference, text, after)
    own = reverse("staff-users", args=[reference])
    shown = {
        "page": pbx,
        "tabs": tabs_of(reference, "staff-users"),
        "crumbs": trail(reference),
        "users": [drawn_row(row) for row in rows],
        "text": text,
        "first": _address(own, text) if after else "",
        "next": _address(own, text, rows[-1].reference) if more else "",
        "looking": Looking(
            _address(reverse("staff-users-state", args=[reference]), text, after),
            ask_by_itself=any(_is_stale(row, now) for row in rows),
        ),
    }
    return render(request, "linekey/staff/licences/users.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def look(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """POST has the worker look at every row of the page; GET reads what it has seen so far."""
    now, text, after = timezone.now(), asked.text(request, "texte"), asked.text(request, "apres")
    rows, _more = _rows(request, reference, text, after)
    if request.method == "POST":
        observe_service.refresh_all(actor=request.actor, references=[row.reference for row in rows], now=now)
        if not request.htmx:
            notices.leave(
                request,
                "info",
                gettext_noop("The network is being asked."),
                gettext_noop("Reload the page in a moment to read its answer."),
            )
            return HttpResponseRedirect(page_of(request), status=303)
    address = _address(reverse("staff-users-state", args=[reference]), text, after)
    shown = {
        "looking": _looking(request, rows, address, now),
        "users": [drawn_row(row) for row in rows],
    }
    return render(request, "linekey/staff/licences/looked.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def state(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """The state of one row: POST has the worker look, GET reads what it saw."""
    address = reverse("staff-state-cell", args=[reference])
    return live.answer(request, reference, address, timezone.now(), "linekey/staff/licences/_live_cell.html")


def drawn_row(row: LicenceRow) -> User:
    return User(
        row,
        words.licence_name(row.licence),
        reverse("staff-service", args=[row.reference]),
        reverse("staff-settings", args=[row.reference, licence_words.USER.code]) if row.may_edit else "",
        {fact.code: fact for fact in licence_words.facts(row, licence_words.INFORMATION)},
        Live(reverse("staff-state-cell", args=[row.reference])),
    )


def _rows(request: SignedInRequest, reference: str, text: str, after: str) -> tuple[list[LicenceRow], bool]:
    """Those of the page, and whether there are more behind."""
    found = pages.users(request.actor, reference, text=text, after=after, limit=ROWS + 1)
    return found[:ROWS], len(found) > ROWS


def _looking(request: SignedInRequest, rows: list[LicenceRow], address: str, now: datetime) -> Looking:
    asked_at, looks = now, 0
    if request.method != "POST":
        asked_at = datetime.fromtimestamp((asked.whole(request, "demande") or 0) % _FAR / 1000, now.tzinfo)
        looks = asked.whole(request, "essai") or 0
    since = asked_at - observe_service.FRESH
    seen = sum(row.observed is not None and row.observed.seen_at >= since for row in rows)
    if seen == len(rows) or looks >= MOST_LOOKS:
        return Looking(address, seen=seen, rows=len(rows), silent=seen < len(rows))
    again = {"demande": int(asked_at.timestamp() * 1000), "essai": looks + 1}
    return Looking(address, next_look=f"{address}&{urlencode(again)}", seen=seen, rows=len(rows))


def _is_stale(row: LicenceRow, now: datetime) -> bool:
    return row.observed is None or now - row.observed.seen_at > STALE


def _address(page: str, text: str, after: str = "") -> str:
    return f"{page}?{urlencode({'texte': text, 'apres': after})}"
