"""How the portal answers a Refusal: a status, a page or a notification bar, and never a 500."""

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from linekey.domain.errors import Nature, Refusal, StepUpNeeded, TooManyAttempts
from linekey.web.errors import page
from linekey.web.session import DeskRequest, go_and_come_back
from linekey.web.wording import next_step_of, sentence_of

STATUS: dict[Nature, int] = {
    Nature.MISSING: 404,
    Nature.FORBIDDEN: 403,
    Nature.UNKNOWN_CALLER: 401,
    Nature.WRONG: 422,
    Nature.UNFIT: 422,
    Nature.UNREADABLE: 400,
    Nature.CONFLICT: 409,
    Nature.OVER: 410,
    Nature.SHUT: 429,
}
OTHER_DOORS = ("/1.0/", "/v1/", "/api/v1/", "/authentication/v1/")
"""The dialect and the API answer their own refusals, in their own words."""


class AnswerRefusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return _only_a_form(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, Refusal) or request.path.startswith(OTHER_DOORS):
            return None
        return answer(request, exception)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponseBase:
    if isinstance(refusal, StepUpNeeded) and getattr(request, "actor", None) is not None:
        return go_and_come_back(request, "confirm")
    status, title, text = STATUS[refusal.nature], sentence_of(refusal), next_step_of(refusal)
    if cast(DeskRequest, request).htmx:
        said = {"tone": "danger", "title": title, "text": text, "closable": True}
        return _timed(render(request, "linekey/components/notice.html", said, status=status), refusal)
    return _timed(page(request, status, title, text, code=refusal.code), refusal)


def form_page(
    request: HttpRequest, template: str, shown: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """A page with a form: to fill it, to correct it (422), or with what the desk refused in a bar above it.

    The template shows the bar with `entry/refused.html`.
    """
    if refusal is None:
        return render(request, template, shown, status=422 if request.method == "POST" else 200)
    said = {"refused": sentence_of(refusal), "next_step": next_step_of(refusal)}
    return _timed(render(request, template, {**shown, **said}, status=STATUS[refusal.nature]), refusal)


def _only_a_form(request: HttpRequest, bare: HttpResponseNotAllowed) -> HttpResponse:
    """Somebody typed, kept or was sent back to the address of a button: a page instead of a blank."""
    told = page(
        request,
        405,
        _("This address only takes what a button sends. Nothing was changed."),
        _("Go back to the page with the button, and press it there."),
    )
    told.headers["Allow"] = bare.headers["Allow"]
    return told


def _timed(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """When to come back, as programs read it: seconds (RFC 9110 section 10.2.3)."""
    if isinstance(refusal, TooManyAttempts):
        left = math.ceil((refusal.until - timezone.now()).total_seconds())
        response.headers["Retry-After"] = str(max(left, 1))
    return response
