"""What cannot be read becomes one refusal that names the first value at fault, and never quotes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from pydantic import ValidationError

from linekey.api.shapes import TokenRefresh
from linekey.domain.errors import Malformed

FORM = "application/x-www-form-urlencoded"
LONGEST_FIELD = 60
_NOT_JSON = "it is not a JSON object"
_WHYS = {
    "missing": "it is required",
    "string_type": "it must be a text",
    "extra_forbidden": "nothing reads it",
    "model_type": _NOT_JSON,
}


def malformed(faults: Sequence[Mapping[str, Any]]) -> Malformed:
    """`faults` as pydantic lists them; their `input` may be a secret and is left alone."""
    first = faults[0]
    why = _WHYS.get(first["type"]) or _lower(first["msg"].removeprefix("Value error, "))
    return Malformed(field=str(first["loc"][-1])[:LONGEST_FIELD], why=why)


def unreadable_body() -> Malformed:
    return Malformed(field="body", why=_NOT_JSON)


def refresh_in(request: HttpRequest) -> TokenRefresh:
    """JSON, or the form of RFC 6749 section 6. Raises Malformed."""
    try:
        return TokenRefresh.model_validate(_form(request) if request.content_type == FORM else _json(request))
    except ValidationError as fault:
        raise malformed(fault.errors(include_url=False, include_input=False)) from None


def _form(request: HttpRequest) -> dict[str, object]:
    """A field that comes twice is a list, which nothing reads as a text (RFC 6749 section 3.2)."""
    fields = request.POST.lists()
    return {name: values[0] if len(values) == 1 else values for name, values in fields}


def _json(request: HttpRequest) -> dict[str, object]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        raise unreadable_body() from None
    if not isinstance(found, dict):
        raise unreadable_body()
    return found


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
