"""What the network sees of a service now: asked of the worker, then looked for until its answer is there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_noop

from linekey.records import pages
from linekey.records.pages import ServicePage
from linekey.usecases import observe_service
from linekey.web import asked, notices
from linekey.web.components.drops import connected_of
from linekey.web.session import SignedInRequest, page_of

FRESH = timedelta(seconds=5)
STALE = timedelta(minutes=1)
"""Older than that, the page asks by itself when it is opened."""
BRIEF = "bref"
MOST_LOOKS = 20
"""Half a second apart: after ten seconds the page says that nothing answers, and stops asking."""


@dataclass(frozen=True)
class Live:
    """What `components/live.html` draws beside `page`."""

    address: str
    ask_by_itself: bool = False
    next_look: str = ""
    """Where to look again in half a second, while waiting."""
    silent: bool = False
    brief: bool = False
    """Names what is connected, beside a question, and nothing more."""

    @property
    def waiting(self) -> bool:
        return bool(self.next_look)


def at_rest(page: ServicePage, address: str, now: datetime, *, brief: bool = False) -> Live:
    seen = page.observed
    ask = seen is None or now - seen.seen_at > STALE
    return Live(f"{address}?{BRIEF}=1" if brief else address, ask_by_itself=ask, brief=brief)


def answer(
    request: SignedInRequest,
    reference: str,
    address: str,
    now: datetime,
    template: str = "linekey/components/live.html",
) -> HttpResponseBase:
    """POST asks; GET looks whether the answer is there. `template` draws the fragment."""
    if request.method == "POST":
        observe_service.refresh(actor=request.actor, reference=reference, now=now)
        if not request.htmx:
            notices.leave(
                request,
                "info",
                gettext_noop("The network is being asked."),
                gettext_noop("Reload the page in a moment to read its answer."),
            )
            return HttpResponseRedirect(page_of(request), status=303)
    page = pages.service(request.actor, reference, now=now)
    shown: dict[str, object] = {"page": page, "live": _next(request, page, address, now)}
    if asked.text(request, BRIEF):
        template = "linekey/components/connected.html"
        shown["connected"] = connected_of(page)
    return render(request, template, shown)


def _next(request: HttpRequest, page: ServicePage, address: str, now: datetime) -> Live:
    before = asked.text(request, "vu") if request.method == "GET" else _print(page)
    looks = (asked.whole(request, "essai") or 0) if request.method == "GET" else 0
    kept = {BRIEF: "1"} if asked.text(request, BRIEF) else {}
    again = Live(f"{address}?{urlencode(kept)}" if kept else address, brief=bool(kept))
    fresh = page.observed is not None and now - page.observed.seen_at < FRESH
    if fresh or _print(page) != before:
        return again
    if looks >= MOST_LOOKS:
        return replace(again, silent=True)
    next_look = urlencode({**kept, "vu": before, "essai": looks + 1})
    return replace(again, next_look=f"{address}?{next_look}")


def _print(page: ServicePage) -> str:
    return page.observed.seen_at.strftime("%Y%m%d%H%M%S%f") if page.observed else "0"
