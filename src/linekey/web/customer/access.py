"""`/internet/<reference>`: the box *Accès Internet* (PPP-3), the session, the log, and the latest change."""

from datetime import datetime

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linekey.domain.errors import NotFound
from linekey.domain.kinds import PPPOE_ACCESS, Verb
from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.web.components import health, live, progress
from linekey.web.components.reasons import why_not
from linekey.web.components.subject import subject_of
from linekey.web.components.timeline import story
from linekey.web.session import SignedInRequest, signed_in


def find(request: SignedInRequest, reference: str, now: datetime) -> ServicePage:
    """An access. Raises NotFound, for a line too: its page is elsewhere."""
    found = pages.service(request.actor, reference, now=now)
    if found.row.kind != PPPOE_ACCESS.code:
        raise NotFound()
    return found


def crumbs_of(found: ServicePage, leaf: str = "") -> list[tuple[str, str]]:
    name, address = found.row.name or found.row.reference, reverse("access", args=[found.row.reference])
    above = [(_("Internet access"), reverse("accesses"))]
    return [*above, (name, address), (leaf, "")] if leaf else [*above, (name, "")]


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    found = find(request, reference, now)
    shown = {
        "page": found,
        "subject": subject_of(found),
        "crumbs": crumbs_of(found),
        "live": live.at_rest(found, reverse("access-state", args=[reference]), now),
        "story": story(found, now),
        "story_address": reverse("access-progress", args=[reference]),
        "story_cut": reverse("access-cut", args=[reference]),
        "send_reason": why_not(found, request.actor, Verb.SEND),
        "renew_after": PPPOE_ACCESS.renew_after_days,
    } | health.shown(request.actor, reference, now)
    return render(request, "linekey/customer/access.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def state(request: SignedInRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    find(request, reference, now)
    return live.answer(request, reference, reverse("access-state", args=[reference]), now)


@require_safe
@signed_in
def follow(request: SignedInRequest, reference: str) -> HttpResponseBase:
    find(request, reference, timezone.now())
    own, cut = (reverse(name, args=[reference]) for name in ("access-progress", "access-cut"))
    return progress.answer(request, reference, own, cut)
