"""`/compte/activite`: the audit trail of one's own account, newest first, a page at a time."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linekey.records import pages
from linekey.records.pages import ActivityRow
from linekey.web import asked
from linekey.web.account.frame import frame
from linekey.web.account.happenings import Happening, told
from linekey.web.session import SignedInRequest, signed_in


@dataclass(frozen=True)
class Line:
    row: ActivityRow
    what: Happening
    address: str


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    before = asked.whole(request, "avant")
    found = pages.activity(request.actor, before)
    shown = frame("account-activity") | {
        "lines": [
            Line(row, told(row.action, row.service, row.facts), row.facts.get("address", ""))
            for row in found.rows
        ],
        "before": before,
        "next_before": found.next,
    }
    return render(request, "linekey/account/activity.html", shown)
