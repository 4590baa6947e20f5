"""`…/couper`: the old password of a line or access is refused now, not at the end of its grace (NEW-1)."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linekey.web.components.cut import cut_page
from linekey.web.components.reset import Places
from linekey.web.customer import access, line
from linekey.web.session import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def of_line(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = line.find(request, reference, timezone.now())
    back, look = (reverse(name, args=[reference]) for name in ("line-manage", "line-state"))
    crumbs = line.frame(found, "line-manage", leaf=_("Cut now"))["crumbs"]
    return cut_page(request, reference, Places(back, look, crumbs))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def of_access(request: SignedInRequest, reference: str) -> HttpResponseBase:
    found = access.find(request, reference, timezone.now())
    back, look = (reverse(name, args=[reference]) for name in ("access", "access-state"))
    return cut_page(request, reference, Places(back, look, access.crumbs_of(found, _("Cut now"))))
