"""`/fiche/<reference>` and `/fiche/<reference>.pdf`: the sheet of a service, for whoever sees the service."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from linekey.domain.kinds import HOSTED_PBX
from linekey.records import pages
from linekey.web.session import SignedInRequest, signed_in
from linekey.web.sheet import paper
from linekey.web.sheet.facts import settings_of, steps_of, title_of


@require_safe
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    return render(request, "linekey/sheet/page.html", _shown(request, reference))


@require_safe
@signed_in
def pdf(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Raises NoPdf."""
    shown = _shown(request, reference)
    html = render_to_string("linekey/sheet/paper.html", shown, request=request)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", reference)
    return HttpResponse(
        paper.drawn(html),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="fiche-{name}.pdf"'},
    )


def _shown(request: SignedInRequest, reference: str) -> dict[str, Any]:
    sheet = pages.sheet(request.actor, reference)
    return {
        "sheet": sheet,
        "kind": title_of(sheet),
        "facts": settings_of(sheet),
        "steps": steps_of(sheet),
        "is_pbx": sheet.kind == HOSTED_PBX.code,
        "public_url": settings.LINEKEY_PUBLIC_URL,
        "day": timezone.localdate(),
    }
