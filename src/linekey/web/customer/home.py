"""`/`: what the person has, what needs attention, the action beside it. Staff find their own doors."""

from dataclasses import dataclass
from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linekey.domain.access import Actor, Role
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.web.components.timeline import story
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


@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    actor, now = request.actor, timezone.now()
    if actor.is_staff or actor.role is Role.RESELLER:
        return render(request, "linekey/customer/desk_home.html", {"staff": actor.is_staff})
    rows = pages.services(actor)
    tiles = [_tile(pages.service(actor, row.reference, now=now)) for row in rows[:MOST_SHOWN]]
    shown = {
        "tiles": tiles,
        "more": len(rows) > MOST_SHOWN,
        "attention": [found for tile in tiles for found in _attention(tile, actor, now)],
    }
    return render(request, "linekey/customer/home.html", shown)


def _tile(found: ServicePage) -> Tile:
    sip = found.row.kind == "sip_line"
    return Tile(
        found, "phone" if sip else "globe", reverse("line" if sip else "access", args=[found.row.reference])
    )


def _attention(tile: Tile, actor: Actor, now: datetime) -> list[Attention]:
    found, subject = [], tile.page.row.name or tile.page.row.reference
    sip = tile.page.row.kind == "sip_line"
    told = story(tile.page, now)
    if told and told.tone in ("danger", "warning"):
        follow = reverse("line-manage" if sip else "access", args=[tile.page.row.reference])
        found.append(Attention(told.tone, subject, told.headline, _("Follow the change"), follow))
    if tile.page.renew_due:
        action, address = _renewal(tile, sip)
        found.append(
            Attention("warning", subject, _("The password is old: it is time to renew it."), action, address)
        )
    if tile.page.row.state != "active":
        found.append(
            Attention(
                "warning", subject, _("This service is not active."), _("See the service"), tile.address
            )
        )
    return found


def _renewal(tile: Tile, sip: bool) -> tuple[str, str]:
    reference = tile.page.row.reference
    if sip and tile.page.can_change:
        return _("Change the password"), reverse("line-password", args=[reference])
    if not sip and tile.page.can_send:
        return _("Get new credentials"), reverse("access-send", args=[reference])
    return _("See the service"), tile.address
