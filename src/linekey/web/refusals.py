"""How the portal answers a Refusal: a status, a page or a notification bar, and never a 500."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from linekey.domain import errors
from linekey.domain.errors import Refusal, StepUpNeeded
from linekey.web.errors import page
from linekey.web.session import DeskRequest, go_and_come_back
from linekey.web.wording import next_step_of, sentence_of

STATUS: dict[type[Refusal], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.StepUpNeeded: 403,
    errors.WrongCredentials: 422,
    errors.PasswordRefused: 422,
    errors.ManagedByPhone: 409,
    errors.ServiceNotActive: 409,
    errors.NoContact: 409,
    errors.NoContact: 409,
    errors.VerbNotOffered: 409,
    errors.AlreadyShown: 409,
    errors.LinkNotValid: 410,
    errors.NotWaiting: 409,
    errors.Malformed: 400,
    errors.UnknownApplication: 403,
    errors.UnknownConsumerKey: 403,
    errors.ConsumerKeyNotValid: 403,
    errors.BadSignature: 400,
    errors.CallOutOfTime: 400,
    errors.CallNotGranted: 403,
}
OTHER_DOORS = ("/1.0/", "/v1/")
"""The dialect answers its own refusals, in its own words."""


class AnswerRefusals:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, Refusal) or request.path.startswith(OTHER_DOORS):
            return None
        return answer(request, exception)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponseBase:
    if isinstance(refusal, StepUpNeeded) and getattr(request, "actor", None) is not None:
        return go_and_come_back(request, "confirm")
    status, title, text = STATUS[type(refusal)], sentence_of(refusal), next_step_of(refusal)
    if cast(DeskRequest, request).htmx:
        said = {"tone": "danger", "title": title, "text": text, "closable": True}
        return render(request, "linekey/components/notice.html", said, status=status)
    return page(request, status, title, text, code=refusal.code)
