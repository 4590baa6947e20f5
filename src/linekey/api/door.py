"""One way in and out of every call: too much is not read, what goes wrong is a problem, nothing is stored."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from linekey.api import problems
from linekey.api.problems import BODY_TOO_LARGE, METHOD_NOT_ALLOWED, UNKNOWN_CALL
from linekey.api.reading import malformed, unreadable_body
from linekey.domain.errors import Malformed, Refusal

LARGEST_BODY = 64 * 1024
HEADERS = {"Cache-Control": "no-store", "Content-Language": "en"}

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """No CSRF check: no browser sends a bearer of its own accord, and a session opens nothing here."""

    @csrf_exempt
    @wraps(view)
    def passed(request: HttpRequest, **places: str) -> HttpResponseBase:
        response = (
            problems.answer(request, BODY_TOO_LARGE) if _is_too_large(request) else view(request, **places)
        )
        if response.status_code == METHOD_NOT_ALLOWED.status:
            allowed = response.headers["Allow"]
            response = problems.answer(request, METHOD_NOT_ALLOWED)
            response.headers["Allow"] = allowed
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return passed


def unknown(request: HttpRequest) -> HttpResponse:
    return problems.answer(request, UNKNOWN_CALL)


def answer_problems(api: NinjaAPI) -> None:
    """Instead of ninja's own words. What is none of these is a bug, and stays one."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return problems.answer(request, refusal)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        return problems.answer(request, malformed(fault.errors))

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return problems.answer(request, unreadable_body())

    @api.exception_handler(SuspiciousOperation)
    def too_many(request: HttpRequest, fault: SuspiciousOperation) -> HttpResponse:
        return problems.answer(request, Malformed(field="request", why="it holds too many fields"))

    @api.exception_handler(BadRequest)
    def another_charset(request: HttpRequest, fault: BadRequest) -> HttpResponse:
        return problems.answer(request, Malformed(field="body", why="it must be UTF-8"))


def _is_too_large(request: HttpRequest) -> bool:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    readable = announced.isascii() and announced.isdigit() and len(announced) < 10
    return not readable or int(announced) > LARGEST_BODY
