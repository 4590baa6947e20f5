"""`/`: what the person has, what needs attention, the action beside it. Staff find their own doors."""

from dataclasses import dataclass
from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.access import Actor, Role
from linekey.domain.kinds import HOSTED_PBX, SIP_LINE
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.web.components.timeline import story
from linekey.web.customer.doors import doors_for
from linekey.web.session import SignedInRequest, signed_in

MOST_SHOWN = 12
"""Services told about one by one; the lists tell of the others."""


@dataclass(frozen=True)
class Attention:
    """Something to do about one service."""

    tone: str
    subject: str
    sentence: str
    action: str
    address: str


@dataclass(frozen=True)
class Tile:
    """One service, at a glance."""

    page: ServicePage
    icon: str
    address: str
    action: str
    action_address: str
    """The change one may make from here; empty when there is none."""


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    if actor.is_staff or actor.role is Role.RESELLER:
        return render(request, "linekey/customer/desk_home.html", {"doors": doors_for(actor)})
    rows = pages.services(actor)
    tiles = [_tile(pages.service(actor, row.reference, now=now)) for row in rows[:MOST_SHOWN]]
    shown = {
        "tiles": tiles,
        "more": len(rows) > MOST_SHOWN,
        "doors": doors_for(actor),
        "attention": [found for tile in tiles for found in _attention(tile, actor, now)],
    }
    return render(request, "linekey/customer/home.html", shown)


def _tile(found: ServicePage) -> Tile:
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


def _attention(tile: Tile, actor: Actor, now: datetime) -> list[Attention]:
    found, subject = [], tile.page.row.name or tile.page.row.reference
    sip = tile.page.row.kind == SIP_LINE.code
    told = story(tile.page, now)
    if told and told.tone in ("danger", "warning"):
        follow = reverse("line-manage" if sip else "access", args=[tile.page.row.reference])
        found.append(Attention(told.tone, subject, told.headline, _("Follow the change"), follow))
    if tile.page.renew_due:
        action, address = tile.action or _("See the service"), tile.action_address or tile.address
        old = _("The password is old: it is time to renew it.")
        found.append(Attention("warning", subject, old, action, address))
    if tile.page.row.state != "active":
        found.append(
            Attention(
                "warning", subject, _("This service is not active."), _("See the service"), tile.address
            )
        )
    return found
