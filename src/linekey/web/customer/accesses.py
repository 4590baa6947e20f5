"""`/internet`: the internet accesses the person sees."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linekey.domain.kinds import PPPOE_ACCESS
from linekey.web.components.services_list import listed
from linekey.web.session import SignedInRequest, signed_in


@require_safe
@signed_in
def page(request: SignedInRequest) -> HttpResponseBase:
    return render(request, "linekey/customer/accesses.html", listed(request, PPPOE_ACCESS.code))
