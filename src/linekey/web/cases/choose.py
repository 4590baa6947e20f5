"""`/aide-connexion/dossier`: which trouble is it, what a case asks for, how long it takes, what is faster."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linekey.records import pages
from linekey.web.cases.situations import SITUATIONS
from linekey.web.components.case_words import hours_told


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    shown = {"situations": SITUATIONS, "wait": hours_told(pages.case_wait_hours())}
    return render(request, "linekey/cases/choose.html", shown)
