"""What an operation says of itself: the bearer it wants, and every refusal, with an example."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from linekey.api.callers import Bearer
from linekey.api.problems import BODY_TOO_LARGE, MEDIA_TYPE, Fault, problem_of
from linekey.domain import errors
from linekey.domain.access import MAY, SCOPE_OF, Action, Role
from linekey.domain.errors import Malformed, Refusal
from linekey.domain.password_rules import PRESETS

KEY_NOT_VALID = errors.AccessKeyNotValid()
DOOR_SHUT = errors.TooManyAttempts(datetime(2026, 3, 2, 10, 30, tzinfo=UTC))
NOT_FOUND = errors.NotFound()
MANAGED = errors.ManagedByPhone(phone="Yealink T46U")
NO_CONTACT = errors.NoContact()
SHOWN = errors.AlreadyShown()
NO_GRACE = errors.GraceNotOffered()
OVER = errors.GraceOver()
BROKEN = errors.PasswordRefused(PRESETS["legacy"][:1])
_EVERY_VERB = (errors.NotAllowed(), NOT_FOUND, errors.VerbNotOffered(), errors.ServiceNotActive())


def missing(field: str) -> Malformed:
    return Malformed(field=field, why="it is required")


def needs(action: Action, *found: Refusal | Fault) -> dict[str, Any]:
    """Of every operation that acts for somebody: arguments of ninja's decorators."""
    scope = SCOPE_OF[action].value
    refused = may_refuse(KEY_NOT_VALID, errors.ScopeNotGranted(scope=scope), *found)
    rights = {"x-scope": scope, "x-roles": [role.value for role in Role if role in MAY[action]]}
    return {"auth": Bearer(action), "openapi_extra": {**refused, **rights}}


def changes(action: Action, *found: Refusal) -> dict[str, Any]:
    """Of the verbs."""
    return needs(action, missing("Idempotency-Key"), BODY_TOO_LARGE, *_EVERY_VERB, *found)


def may_refuse(*found: Refusal | Fault) -> dict[str, Any]:
    """`responses` of OpenAPI, by status, with one example per code."""
    responses: dict[int, dict[str, Any]] = {}
    for problem in map(problem_of, found):
        shown = responses.setdefault(problem["status"], _response(problem["status"]))
        shown["content"][MEDIA_TYPE]["examples"][problem["code"]] = {"value": problem}
    return {"responses": responses}


def either_body(model: type[BaseModel], *media_types: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {
        "requestBody": {"required": True, "content": {media: {"schema": schema} for media in media_types}}
    }


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }
