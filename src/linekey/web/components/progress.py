"""The fragment in which a change tells how far it is: sent again only when its story has changed."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from linekey.records import pages
from linekey.web import asked
from linekey.web.components.timeline import story
from linekey.web.session import SignedInRequest


def answer(request: SignedInRequest, reference: str, address: str, cut: str) -> HttpResponseBase:
    """204 while nothing new happened: htmx then leaves the page alone, and a screen reader stays silent.

    `cut` is the page that ends a grace before its time.
    """
    now = timezone.now()
    page = pages.service(request.actor, reference, now=now)
    told = story(page, now)
    if told is None or (told.wait and told.print == asked.text(request, "vu")):
        return HttpResponse(status=204)
    shown = {"page": page, "story": told, "story_address": address, "story_cut": cut, "story_changed": True}
    return render(request, "linekey/components/timeline.html", shown)
