"""The description is true: one document, every call and refusal in it, and the page of the reference."""

import json
import re
from typing import Any

from django.test import Client
from pydantic import TypeAdapter

from linekey.api.shapes import Problem
from tests.api.programs import described, send

VERIFIES = "/api/v1/audit/verify"
"""It looks, and makes nothing: sent twice it looks twice."""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, told)
        for path, methods in described()["paths"].items()
        for method, told in methods.items()
    ]


def test_the_description_is_open_and_one_document() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == described()
    assert described()["openapi"].startswith("3.1")
    assert send("POST", "/api/v1/openapi.json").headers["Allow"] == "GET"


def test_it_loads_nothing_from_afar_and_names_no_machine() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", json.dumps(described())))
    assert hosts <= {"desk.example"}


def test_every_call_says_what_it_does_and_how_it_can_fail() -> None:
    names = [told["operationId"] for _, _, told in operations()]
    assert len(names) == len(set(names))
    for method, path, told in operations():
        assert told["summary"] and told["tags"], path
        assert "401" in told["responses"], path
        assert told.get("security") == ([{"Bearer": []}] if told.get("x-scope") else None), path
        once = [name for name in told["parameters"] if name["name"] == "Idempotency-Key"]
        makes = method == "POST" and path.startswith("/api/v1/") and path != VERIFIES
        assert bool(once) == makes, path


def test_every_reference_leads_somewhere() -> None:
    schemas = described()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described())))
    assert named <= set(schemas) and '"$defs"' not in json.dumps(described())
    assert set(described()["components"]["securitySchemes"]) == {"Bearer"}


def test_the_example_of_every_refusal_is_a_problem() -> None:
    for _, _, told in operations():
        for status, response in told["responses"].items():
            if int(status) < 400:
                continue
            for code, example in response["content"]["application/problem+json"]["examples"].items():
                problem = TypeAdapter(Problem).validate_python(example["value"])
                assert (problem.code, str(problem.status)) == (code, status)


def test_every_field_of_an_answer_is_told_and_no_answer_of_reading_has_a_secret() -> None:
    """CVE-2024-5386: no field of a page can carry what opens something."""
    secret = re.compile(r"secret(?!_since)|password|token|digest|sealed|pin\b|seed", re.IGNORECASE)
    # What is sent to us or shown once to whoever made it. That a password must be changed, and the digests
    # of audit entries, open nothing.
    carry = {"Tokens", "KeyExchange", "NewPassword", "ShownOnce", "WebhookSecret"}
    harmless = {"must_change_password", "digest"}
    for name, schema in described()["components"]["schemas"].items():
        if name not in carry:
            fields = set(schema.get("properties", {})) - harmless
            assert not [field for field in fields if secret.search(field)], name
