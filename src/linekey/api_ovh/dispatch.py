"""One way in for every call: who asks, what do they send, the handler; an object goes back, always."""

import logging
from collections.abc import Callable, Mapping
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from linekey.api_ovh import answers, callers, reading
from linekey.api_ovh.answers import Fault
from linekey.api_ovh.calls import Asked, Call, Needs
from linekey.domain.errors import Refusal

log = logging.getLogger(__name__)

HEADERS = {
    "Access-Control-Allow-Origin": "*",  # without credentials: a page elsewhere can sign, never use a session
    "Access-Control-Allow-Headers": "X-Ovh-Timestamp, X-Ovh-Consumer, X-Ovh-Application, X-Ovh-Signature, "
    "X-Ovh-Session, Authorization, Content-Type",
    "Access-Control-Expose-Headers": "X-OVH-QUERYID",
    "Cache-Control": "no-store",
}


def door(path: str, calls: Mapping[str, Call]) -> Callable[..., HttpResponse]:
    """The view of one path; `calls` by method."""

    @csrf_exempt  # a signed call needs none; callers.identify asks it of the console
    def view(request: HttpRequest, **places: str) -> HttpResponse:
        return _through(request, path, calls, places)

    return view


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return _through(request, "?", {}, {})


def _through(
    request: HttpRequest, path: str, calls: Mapping[str, Call], places: Mapping[str, str]
) -> HttpResponse:
    query_id = f"LK.{uuid4()}"
    try:
        response = _preflight() if request.method == "OPTIONS" else _answered(request, calls, places)
    except Refusal as refusal:
        response = answers.refusal(answers.fault_of(refusal))
    except Fault as fault:
        response = answers.refusal(fault)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["X-OVH-QUERYID"] = query_id
    allowed = ", ".join([*calls, "OPTIONS"])
    response.headers["Access-Control-Allow-Methods"] = allowed
    if response.status_code == 405:
        response.headers["Allow"] = allowed
    # The registry's path, not the caller's: what a stranger writes has no place in the log.
    log.info(
        "%s %s %s %s",
        query_id,
        request.method if request.method in calls else "?",
        path,
        response.status_code,
    )
    return response


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Access-Control-Max-Age"] = "3600"
    return response


def _answered(request: HttpRequest, calls: Mapping[str, Call], places: Mapping[str, str]) -> HttpResponse:
    if not calls:
        raise Fault(
            404,
            "NOT_FOUND",
            "Client::NotFound",
            "unknown_call",
            "Got an invalid (or empty) URL",
            "Look the call up in the schema documents: /auth.json, /me.json, /telephony.json, /xdsl.json.",
        )
    call = calls.get(request.method or "")
    if call is None:
        raise Fault(
            405,
            "METHOD_NOT_ALLOWED",
            "Client::MethodNotAllowed",
            "method_not_allowed",
            "This method does not exist for this URL",
            f"Use {' or '.join(calls)}.",
        )
    body, now = _body(request), timezone.now()
    actor, credential_id, operation = None, None, ""
    if call.needs is Needs.PERSON:
        who = callers.identify(request, body, now)
        actor, credential_id, operation = who.actor, who.credential_id, who.operation
    values = reading.values_of(call, places, request.GET, body)
    application_key = callers.header(request, "X-Ovh-Application")
    return answers.answer(call.handler(Asked(actor, application_key, credential_id, operation, now, values)))


def _body(request: HttpRequest) -> bytes:
    """The raw bytes: what was signed. Too large a body is refused before it is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()) or int(announced) > reading.LARGEST_BODY:
        raise Fault(
            413,
            "REQUEST_TOO_LARGE",
            "Client::RequestTooLarge",
            "body_too_large",
            "The body of this request is too large",
            f"Send at most {reading.LARGEST_BODY} bytes.",
        )
    return request.body
