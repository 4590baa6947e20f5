"""The answer to a bug, in the language of the door it was met at."""

from django.http import HttpRequest, HttpResponse

from linekey.api import problems
from linekey.api_ovh import answers
from linekey.web import errors


def answer(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(("/1.0/", "/v1/")):
        return answers.refusal(answers.BUG)
    if request.path.startswith(("/api/v1/", "/authentication/v1/")):
        return problems.answer(request, problems.BUG)
    return errors.server_error(request)
