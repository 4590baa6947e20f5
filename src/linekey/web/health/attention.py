"""`/sante`: what needs attention as on the home page; `/sante/<kind>`: all of one kind, page by page."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.attention import TABLE
from linekey.domain.errors import NotFound
from linekey.records import pages
from linekey.web.asked import whole
from linekey.web.components import attention
from linekey.web.components.health import block_of
from linekey.web.session import SignedInRequest, signed_in


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    now = timezone.now()
    found = pages.health_of(request.actor, now=now)
    shown = {"health": block_of(found, request.actor, now), "crumbs": _crumbs()}
    return render(request, "linekey/health/health.html", shown)


@require_safe
@signed_in
def kind_page(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """Raises NotFound for a kind there is none of."""
    what = attention.KINDS_BY_SLUG.get(kind)
    if what is None:
        raise NotFound()
    now, after = timezone.now(), whole(request, "apres")
    found = pages.attention(request.actor, what, now=now, after=after)
    title = _(TABLE[what].title)
    shown = {
        "title": title,
        "meaning": _(TABLE[what].meaning),
        "items": [attention.item_of(row, request.actor, now) for row in found.rows],
        "after": after,
        "next": found.next,
        "crumbs": _crumbs(title),
    }
    return render(request, "linekey/health/kind.html", shown)


def _crumbs(here: str = "") -> list[tuple[str, str]]:
    above = [(_("Home"), reverse("home"))]
    if not here:
        return [*above, (_("To keep an eye on"), "")]
    return [*above, (_("To keep an eye on"), reverse("health")), (here, "")]
