"""What goes back: values, nulls, and every refusal as the one object all official clients can read.

    {"class": "Client::Forbidden", "errorCode": "NOT_GRANTED_CALL", "httpCode": "403 Forbidden",
     "message": "This call has not been granted", "details": {"code": "call_not_granted", "nextStep": "…"}}

`details` maps text to text: go-ovh reads nothing else. Messages are English, as OVH's are: scripts read them.
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

from linekey.domain import errors
from linekey.domain.errors import Nature, PasswordRefused, Refusal
from linekey.domain.password_rules import Rule

EXPIRED = 460
"""The dialect's own status for a service that is not active any more."""

Answer = tuple[int, str, str]
"""Status, `errorCode`, `class`."""
_FORBIDDEN: Answer = (403, "FORBIDDEN", "Client::Forbidden")
_UNFIT: Answer = (400, "INVALID_ARGUMENT", "Client::BadRequest")
_CONFLICT: Answer = (409, "CONFLICT", "Client::Conflict")
_MISSING: Answer = (404, "NOT_FOUND", "Client::NotFound")

BY_NATURE: dict[Nature, Answer] = {
    Nature.MISSING: _MISSING,
    Nature.FORBIDDEN: _FORBIDDEN,
    Nature.UNKNOWN_CALLER: (403, "INVALID_CREDENTIAL", "Client::Forbidden"),
    Nature.WRONG: _FORBIDDEN,
    Nature.UNFIT: _UNFIT,
    Nature.UNREADABLE: _UNFIT,
    Nature.CONFLICT: _CONFLICT,
    Nature.OVER: _CONFLICT,
    Nature.SHUT: _FORBIDDEN,
}
BY_NAME: dict[type[Refusal], Answer] = {
    errors.ScopeNotGranted: (403, "NOT_GRANTED_CALL", "Client::Forbidden"),
    errors.ManagedByPhone: _FORBIDDEN,
    errors.ServiceNotActive: (EXPIRED, "EXPIRED", "Client::Expired"),
    errors.VerbNotOffered: _UNFIT,
    errors.LinkNotValid: _MISSING,
    errors.UnknownApplication: (403, "INVALID_KEY", "Client::Forbidden"),
    errors.UnknownConsumerKey: (403, "NOT_CREDENTIAL", "Client::Forbidden"),
    errors.ConsumerKeyNotValid: (403, "INVALID_CREDENTIAL", "Client::Forbidden"),
    errors.BadSignature: (400, "INVALID_SIGNATURE", "Client::BadRequest"),
    errors.CallOutOfTime: (400, "QUERY_TIME_OUT", "Client::BadRequest"),
    errors.CallNotGranted: (403, "NOT_GRANTED_CALL", "Client::Forbidden"),
}
"""What the dialect has a word of its own for."""


def answer_to(kind: type[Refusal]) -> Answer:
    return BY_NAME.get(kind, BY_NATURE[kind.nature])


@dataclass(eq=False)
class Fault(Exception):
    """What is wrong with the call itself, before any use-case was asked."""

    status: int
    error_code: str
    family: str
    """`class` of the answer."""
    code: str
    message: str
    next_step: str
    details: dict[str, str] = field(default_factory=dict)


BUG = Fault(
    500,
    "INTERNAL_ERROR",
    "Server::InternalServerError",
    "internal_error",
    "Something broke on our side",
    "A change that was answered before is not lost. Try again in a moment.",
)
AWAY = Fault(
    503,
    "SERVICE_UNAVAILABLE",
    "Server::ServiceUnavailable",
    "unavailable",
    "The desk cannot reach its records at the moment",
    "Look whether your change was made, and send it again if it was not: nothing that was answered is lost.",
)


def fault_of(refusal: Refusal) -> Fault:
    status, error_code, family = answer_to(type(refusal))
    return Fault(
        status=status,
        error_code=error_code,
        family=family,
        code=refusal.code,
        message=_filled(refusal.sentence, refusal.values).rstrip("."),
        next_step=_filled(refusal.next_step, refusal.values),
        details=_broken_rules(refusal),
    )


def answer(value: object) -> HttpResponse:
    """Nothing is `null`, never an empty body: python-ovh cannot read that."""
    return JsonResponse(value, safe=False)


def refusal(fault: Fault) -> HttpResponse:
    phrase = "Resource Expired" if fault.status == EXPIRED else HTTPStatus(fault.status).phrase
    body = {
        "class": fault.family,
        "errorCode": fault.error_code,
        "httpCode": f"{fault.status} {phrase}",
        "message": fault.message,
        "details": {"code": fault.code, "nextStep": fault.next_step, **fault.details},
    }
    return JsonResponse(body, status=fault.status, reason=phrase)


def _broken_rules(refusal: Refusal) -> dict[str, str]:
    """`{"rule.length": "Use at least 8 and at most 20 characters."}` for a password that breaks rules."""
    if not isinstance(refusal, PasswordRefused):
        return {}
    return {
        f"rule.{rule.code}": _filled(rule.advice, dict(rule.values))
        for rule in refusal.broken
        if isinstance(rule, Rule)
    }


def _filled(sentence: str, values: dict[str, object]) -> str:
    return sentence % values if values else sentence
