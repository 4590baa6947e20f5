"""`/`: what needs attention, drawn, with the action beside it; then what the person has, or their doors."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.kinds import HOSTED_PBX, SIP_LINE
from linekey.records import pages
from linekey.records.pages import Glance
from linekey.web.components.attention import at_desk
from linekey.web.components.health import block_of
from linekey.web.customer.doors import doors_for
from linekey.web.session import SignedInRequest, signed_in

MOST_SHOWN = 12
"""Services told about one by one; the lists tell of the others."""


@dataclass(frozen=True)
class Tile:
    """One service, at a glance."""

    glance: Glance
    icon: str
    address: str
    action: str
    action_address: str
    """The change one may make from here; empty when there is none."""


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    shown = {"health": block_of(pages.health_of(actor, now=now), actor, now), "doors": doors_for(actor)}
    if at_desk(actor):
        return render(request, "linekey/customer/desk_home.html", shown)
    found = pages.glances(actor, limit=MOST_SHOWN + 1)
    shown |= {"tiles": [_tile(each) for each in found[:MOST_SHOWN]], "more": len(found) > MOST_SHOWN}
    return render(request, "linekey/customer/home.html", shown)


def _tile(found: Glance) -> Tile:
    reference, nothing = found.row.reference, ("", "")
    if found.row.kind == SIP_LINE.code:
        change = (_("SIP password"), reverse("line-password", args=[reference]))
        return Tile(
            found, "phone", reverse("line", args=[reference]), *(change if found.can_change else nothing)
        )
    if found.row.kind == HOSTED_PBX.code:
        return Tile(found, "tree", reverse("staff-users", args=[reference]), *nothing)
    send = (_("New credentials"), reverse("access-send", args=[reference]))
    return Tile(found, "globe", reverse("access", args=[reference]), *(send if found.can_send else nothing))
