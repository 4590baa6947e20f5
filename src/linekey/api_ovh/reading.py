"""Reads what was sent: path, query and JSON body become what a call declares, or Malformed is raised."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from linekey.api_ovh.calls import Call, Parameter
from linekey.domain.errors import Malformed
from linekey.domain.secret import Secret

LARGEST_BODY = 64 * 1024
_LARGEST_LONG = 2**63 - 1


def values_of(call: Call, path: Mapping[str, str], query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """By parameter name; None for what was not sent, or sent as null."""
    sent: dict[str, Any] = {"path": path, "query": query, "body": {}}
    if call.method in ("POST", "PUT"):
        sent["body"] = _object(body)
        _refuse_unknown(call, sent["body"])
    return {parameter.name: _value(parameter, sent[parameter.where]) for parameter in call.parameters}


def _value(parameter: Parameter, sent: Mapping[str, Any]) -> Any:
    value = sent.get(parameter.name)
    # python-ovh writes None into a query as the word.
    if value is None or (parameter.where == "query" and value == "null"):
        if parameter.required:
            raise Malformed(field=parameter.name, why="it is required")
        return None
    return READERS[parameter.type](parameter.name, value)


def _object(body: bytes) -> dict[str, Any]:
    """An empty body is an empty object: clients post nothing when there is nothing to say."""
    if not body:
        return {}
    try:
        # Bytes of another encoding, a number of thousands of digits and a thousand brackets are all bad JSON.
        found = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Malformed(field="body", why="it is not JSON") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Malformed(field="body", why="it must be a JSON object")
    return found


def _refuse_unknown(call: Call, body: Mapping[str, Any]) -> None:
    """A field nobody reads is an error: a mistyped `password` must not become « draw one »."""
    known = {parameter.name for parameter in call.parameters if parameter.where == "body"}
    if any(name not in known for name in body):
        raise Malformed(field="body", why=f"it may hold {', '.join(sorted(known)) or 'nothing'}")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Malformed(field=name, why="it must be a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Malformed(field=name, why="it holds half a character") from None
    return value


def _password(name: str, value: object) -> Secret:
    return Secret(_text(name, value))


def _long(name: str, value: object) -> int:
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(written, str) or not (written.isascii() and written.isdigit() and len(written) < 20):
        raise Malformed(field=name, why="it must be a whole number")
    return min(int(written), _LARGEST_LONG)


def _networks(name: str, value: object) -> list[str]:
    if not isinstance(value, list):
        raise Malformed(field=name, why="it must be a list of addresses")
    return [_text(name, item) for item in value]


def _rules(name: str, value: object) -> list[tuple[str, str]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed(field=name, why="it must be a list of {method, path}")
    return [(_text("method", item.get("method")), _text("path", item.get("path"))) for item in value]


READERS: dict[str, Callable[[str, object], Any]] = {
    "string": _text,
    "password": _password,
    "long": _long,
    "ipBlock[]": _networks,
    "auth.AccessRule[]": _rules,
}
