"""`/journal/verification`: verify the chains of one's branch, about a second's worth per request.

The state of the chains goes on asking by itself where there is JavaScript; elsewhere a button does.
"""

from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linekey.domain.inert import inert
from linekey.records import pages
from linekey.records.pages import ChainsState
from linekey.usecases import verify_audit
from linekey.web.audit import words
from linekey.web.session import SignedInRequest
from linekey.web.staff.doors import desk_only


@require_POST
@desk_only
def go_on(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    run = verify_audit.verify_some(actor=request.actor, since=_since(request), now=now)
    shown = shown_state(request, now) | {"run": run, "percent": _percent(run.entries_done, run.entries)}
    template = "_chains.html" if request.htmx else "verify.html"
    shown["crumbs"] = [(_("Audit trail"), reverse("journal")), (_("Verification"), "")]
    return render(request, f"linekey/audit/{template}", shown)


def shown_state(request: SignedInRequest, now: datetime) -> dict[str, Any]:
    state = pages.chains_state(request.actor, now=now)
    findings = [(inert(name), words.finding(found), found.is_note) for name, found in state.findings]
    return {"state": state, "state_tone": _tone(state), "findings": findings}


def _tone(state: ChainsState) -> str:
    if state.faults:
        return "danger"
    if state.waits_long:
        return "warning"
    return "success" if state.verified else "info"


def _since(request: SignedInRequest) -> datetime | None:
    """When the run began which this goes on with. What cannot be read begins a new one."""
    try:
        found = parse_datetime(request.POST.get("since", ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _percent(done: int, whole: int) -> int:
    return min(100, 100 * done // whole) if whole else 100
