"""`/aide-connexion`: every trouble with signing in and the way out of it (TEAM-8), the same for everybody."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    return render(request, "linekey/entry/sign_in_help.html")
