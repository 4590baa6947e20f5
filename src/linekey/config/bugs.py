"""The answer to a bug, or to an outage of our own, in the language of the door it was met at."""

import sys

from django.http import HttpRequest, HttpResponse

from linekey.api import problems
from linekey.api_ovh import answers
from linekey.config.outage import RETRY_AFTER_SECONDS, is_outage
from linekey.web import errors


def answer(request: HttpRequest) -> HttpResponse:
    """Called by Django while it handles the exception, wherever between the doors that was met."""
    away = is_outage(sys.exception())
    response = _answer(request, away=away)
    if away:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _answer(request: HttpRequest, *, away: bool) -> HttpResponse:
    if request.path.startswith(("/1.0/", "/v1/")):
        return answers.refusal(answers.AWAY if away else answers.BUG)
    if request.path.startswith(("/api/v1/", "/authentication/v1/")):
        return problems.answer(request, problems.AWAY if away else problems.BUG)
    return errors.unavailable(request) if away else errors.server_error(request)
