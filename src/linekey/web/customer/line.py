"""`/telephonie/<reference>`: general information of a line, and what the registrar sees of it now."""

from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import NotFound
from linekey.domain.kinds import SIP_LINE
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.web.components import health, live, phone
from linekey.web.components.subject import subject_of
from linekey.web.session import SignedInRequest, signed_in


def find(request: SignedInRequest, reference: str, now: datetime) -> ServicePage:
    """A line. Raises NotFound, for an access too: its page is elsewhere."""
    found = pages.service(request.actor, reference, now=now)
    if found.row.kind != SIP_LINE.code:
        raise NotFound()
    return found


def frame(found: ServicePage, current: str, *, leaf: str = "") -> dict[str, Any]:
    """What every page of a line shows around itself; `current` is a URL name, `leaf` a page below it."""
    reference, name = found.row.reference, found.row.name or found.row.reference
    general, manage = reverse("line", args=[reference]), reverse("line-manage", args=[reference])
    crumbs = [(_("Telephony"), reverse("lines")), (name, general if leaf else "")]
    handset = reverse("line-phone", args=[reference])
    if leaf:
        above = (_("Handset"), handset) if current == "line-phone" else (_("Management"), manage)
        crumbs = [*crumbs[:1], (name, general), above, (leaf, "")]
    return {
        "page": found,
        "subject": subject_of(found),
        "crumbs": crumbs,
        "tabs_label": name,
        "tabs": [
            (_("General information"), general, current == "line"),
            (_("Management"), manage, current == "line-manage"),
            (_("Handset"), handset, current == "line-phone"),
        ],
    }


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = find(request, reference, now)
    shown = frame(found, "line") | {"live": live.at_rest(found, reverse("line-state", args=[reference]), now)}
    shown |= phone.card(found, request.actor, now) | health.shown(request.actor, reference, now)
    return render(request, "linekey/customer/line.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def state(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    find(request, reference, now)
    return live.answer(request, reference, reverse("line-state", args=[reference]), now)
