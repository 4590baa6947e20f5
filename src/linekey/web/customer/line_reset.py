"""`…/gestion/reinitialiser`: a drawn SIP password, shown once."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linekey.web.components.reset import Places, reset_page
from linekey.web.customer.line import find, frame
from linekey.web.session import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = find(request, reference, timezone.now())
    crumbs = frame(found, "line-manage", leaf=_("Reset"))["crumbs"]
    back, look = (reverse(name, args=[reference]) for name in ("line-manage", "line-state"))
    return reset_page(request, reference, Places(back, look, crumbs))
