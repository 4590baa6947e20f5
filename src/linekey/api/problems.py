"""Every refusal as a problem (RFC 9457), in English, with the code scripts rely on and the next step.

    {"type": "urn:linekey:problem:scope_not_granted", "title": "Scope not granted", "status": 403,
     "detail": "This access key does not include this action.", "code": "scope_not_granted",
     "next_step": "Make a key with the scope “credentials”."}

`field` is added where one value is at fault, `broken` where a password breaks rules.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from linekey.domain import tracing
from linekey.domain.errors import (
    Malformed,
    Nature,
    PasswordRefused,
    Refusal,
    ScopeNotGranted,
    TooManyAttempts,
)
from linekey.domain.password_rules import Rule

MEDIA_TYPE = "application/problem+json"

STATUS: dict[Nature, int] = {
    Nature.MISSING: 404,
    Nature.FORBIDDEN: 403,
    Nature.UNKNOWN_CALLER: 401,
    Nature.WRONG: 403,
    Nature.UNFIT: 422,
    Nature.UNREADABLE: 400,
    Nature.CONFLICT: 409,
    Nature.OVER: 410,
    Nature.SHUT: 429,
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with the call itself, before any use-case was asked."""

    status: int
    code: str
    sentence: str
    next_step: str


UNKNOWN_CALL = Fault(
    404, "unknown_call", "There is no such call.", "Look it up in the description at /api/v1/openapi.json."
)
METHOD_NOT_ALLOWED = Fault(
    405, "method_not_allowed", "This call does not take this method.", "Use one that the header Allow names."
)
BODY_TOO_LARGE = Fault(
    413,
    "body_too_large",
    "The body of this request is too large.",
    "Send at most 64 kB, and say how many bytes.",
)
BUG = Fault(
    500,
    "internal_error",
    "Something broke on our side.",
    "Send the same request again, with the same Idempotency-Key: what was done is not done twice.",
)
AWAY = Fault(
    503,
    "unavailable",
    "The desk cannot reach its records at the moment.",
    "Send the same request again in a few seconds, with the same Idempotency-Key: what was done is not "
    "done twice.",
)


def answer(request: HttpRequest, found: Refusal | Fault) -> HttpResponse:
    response = _response(_traced(problem_of(found)))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = _challenge(request)
    if isinstance(found, ScopeNotGranted):
        scope = found.values["scope"]
        response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope}"'
    if isinstance(found, TooManyAttempts):
        left = (found.until - timezone.now()).total_seconds()
        response.headers["Retry-After"] = str(max(1, ceil(left)))
    return response


def _traced(problem: dict[str, Any]) -> dict[str, Any]:
    """`instance` names this very answer (RFC 9457 section 3.1.5): what support finds it by in every log."""
    number = tracing.current()
    return {**problem, "instance": f"urn:linekey:request:{number}"} if number else problem


def problem_of(found: Refusal | Fault) -> dict[str, Any]:
    if isinstance(found, Fault):
        return _problem(found.status, found.code, found.sentence, found.next_step)
    values = {name: _told(value) for name, value in found.values.items()}
    sentence, next_step = (_filled(text, values) for text in (found.sentence, found.next_step))
    problem = _problem(STATUS[found.nature], found.code, sentence, next_step)
    if isinstance(found, Malformed):
        problem["field"] = values["field"]
    if isinstance(found, PasswordRefused):
        problem["broken"] = [
            {"rule": rule.code, "advice": _filled(rule.advice, dict(rule.values))}
            for rule in found.broken
            if isinstance(rule, Rule)
        ]
    return problem


def _problem(status: int, code: str, sentence: str, next_step: str) -> dict[str, Any]:
    return {
        "type": f"urn:linekey:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": sentence,
        "code": code,
        "next_step": next_step,
    }


def _response(problem: dict[str, Any]) -> HttpResponse:
    return JsonResponse(problem, status=problem["status"], content_type=MEDIA_TYPE)


def _challenge(request: HttpRequest) -> str:
    """No error is named to whoever presented nothing (RFC 6750 section 3.1)."""
    return 'Bearer error="invalid_token"' if "Authorization" in request.headers else "Bearer"


def _told(value: object) -> object:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _filled(sentence: str, values: dict[str, Any]) -> str:
    return sentence % values if values else sentence
