"""The API console: pick a call, fill its names, read the answer (PPP-8). The page itself calls nothing."""

from django.http.response import HttpResponseBase
from django.shortcuts import render

from linekey.web.session import SignedInRequest, signed_in

BASE = "/1.0"
SECTIONS = ("xdsl", "telephony", "me", "auth")


@signed_in
def console(request: SignedInRequest) -> HttpResponseBase:
    return render(
        request, "linekey/integrations/console.html", {"base": BASE, "sections": " ".join(SECTIONS)}
    )
