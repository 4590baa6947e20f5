"""`GET /xdsl.json` and its like: what can be called, written from the registry the addresses come from.

Shape of OVH's own documents (Swagger 1.x): `{"apiVersion", "basePath", "resourcePath", "apis": [{"path",
"operations": [{"httpMethod", "parameters": [...], "responseType", ...}]}], "models"}`. Ours adds `effects`,
so that a console can warn before a call which makes a new password.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings

from linekey.api_ovh.calls import Asked, Call, Needs, Parameter


def document(section: str, calls: Iterable[Call]) -> dict[str, Any]:
    return {
        "apiVersion": "1.0",
        "basePath": f"{settings.LINEKEY_PUBLIC_URL}/1.0",
        "resourcePath": f"/{section}",
        "apis": [
            {"path": path, "description": "", "operations": [_operation(call) for call in group]}
            for path, group in groupby(sorted(calls, key=_by_path), key=_by_path)
        ],
        "models": {},
    }


def schema_call(section: str, calls: tuple[Call, ...]) -> Call:
    def answer(asked: Asked) -> dict[str, Any]:
        return document(section, calls)

    about = f"Get the calls of /{section}"
    return Call("GET", f"/{section}.json", about, "object", answer, needs=Needs.NOTHING)


def _by_path(call: Call) -> str:
    return call.path


def _operation(call: Call) -> dict[str, Any]:
    return {
        "httpMethod": call.method,
        "description": call.description,
        "noAuthentication": call.needs is not Needs.PERSON,
        "parameters": [_parameter(item) for item in call.parameters],
        "responseType": call.answers,
        "effects": [effect.value for effect in call.effects],
        "apiStatus": {"value": "PRODUCTION", "description": "Stable production version"},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "dataType": parameter.type,
        "paramType": parameter.where,
        "required": parameter.required,
        "description": parameter.description,
    }
