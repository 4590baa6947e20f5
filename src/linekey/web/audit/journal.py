"""`/journal`, `…/services/<ref>/journal`, `/membres/<id>/journal`: what happened, newest first, with seals.

Whatever others wrote (names, browsers) is shown inert: it cannot forge a line, nor turn one round.
"""

from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.inert import inert
from linekey.records import pages
from linekey.records.pages import JournalRow
from linekey.web import asked
from linekey.web.account.happenings import Happening, told
from linekey.web.audit import asked_for, words
from linekey.web.audit.asked_for import Asked
from linekey.web.audit.verify import shown_state
from linekey.web.session import SignedInRequest
from linekey.web.staff.doors import desk_only


@dataclass(frozen=True)
class Line:
    """One entry, in words."""

    row: JournalRow
    icon: str
    tone: str
    sentence: str
    by: str
    door: str
    about: str
    """Name of whom it is about, when that is not who acted."""
    address: str
    device: str


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    found = asked_for.read(request)
    shown = {"crumbs": [(_("Audit trail"), "")], "plain": reverse("journal"), "whole": True}
    return _render(request, found, found, shown)


@require_safe
@desk_only
def of_service(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = asked_for.read(request)
    reference, name = pages.journal_service(request.actor, reference, now=timezone.now())
    crumbs = [
        (_("My services"), reverse("staff-services")),
        (reference, reverse("staff-service", args=[reference])),
        (_("Audit trail"), ""),
    ]
    plain = reverse("service-journal", args=[reference])
    shown = {"crumbs": crumbs, "plain": plain, "subject": f"{reference} – {inert(name)}", "of": "service"}
    return _render(request, found, asked_for.of_service(found, reference), shown)


@require_safe
@desk_only
def of_person(request: SignedInRequest, customer_id: str) -> HttpResponseBase:
    found = asked_for.read(request)
    customer_id, name = pages.journal_person(request.actor, customer_id, now=timezone.now())
    crumbs = [(_("Audit trail"), reverse("journal")), (inert(name), "")]
    plain = reverse("person-journal", args=[customer_id])
    shown = {"crumbs": crumbs, "plain": plain, "subject": f"{customer_id} – {inert(name)}", "of": "person"}
    return _render(request, found, asked_for.of_person(found, customer_id), shown)


def _render(
    request: SignedInRequest, typed: Asked, narrowed: Asked, shown: dict[str, Any]
) -> HttpResponseBase:
    now, before = timezone.now(), asked.whole(request, "avant")
    found = pages.journal_page(request.actor, narrowed.narrowed, now=now, before=before)
    shown |= {
        "asked": typed,
        "groups": [(code, _(name), code == typed.group) for code, name in words.GROUPS.items()],
        "doors": [(code, _(name), code == typed.door) for code, name in words.DOORS.items()],
        "lines": [line_of(row) for row in found.rows],
        "before": before,
        "newest": typed.query() if before else "",
        "older": typed.query(avant=found.next) if found.next else "",
        "csv": reverse("journal-export") + narrowed.query(format="csv"),
        "json": reverse("journal-export") + narrowed.query(format="json"),
        "longest": asked.LONGEST,
    }
    if "whole" in shown:
        shown |= shown_state(request, now)
    return render(request, "linekey/audit/journal.html", shown)


def line_of(row: JournalRow) -> Line:
    what: Happening = told(row.action, row.service, row.facts)
    about = row.person_name if row.person and row.person != row.by_id else ""
    return Line(
        row=row,
        icon=what.icon,
        tone=what.tone,
        sentence=inert(what.sentence),
        by=inert(row.by),
        door=words.door(row.door),
        about=inert(about),
        address=inert(str(row.facts.get("address", ""))),
        device=inert(str(row.facts.get("device", ""))),
    )
