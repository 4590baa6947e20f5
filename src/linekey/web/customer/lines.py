"""`/telephonie`: the lines the person sees (SIP-1)."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linekey.domain.kinds import SIP_LINE
from linekey.web.components.services_list import listed
from linekey.web.session import SignedInRequest, signed_in


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    return render(request, "linekey/customer/lines.html", listed(request, SIP_LINE.code))
