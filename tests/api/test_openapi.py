"""The description is true: one document, every call and refusal in it, and the page of the reference."""

import json
import re
from typing import Any

from django.test import Client
from pydantic import TypeAdapter

from linekey.api import shapes
from linekey.api.shapes import Problem
from tests.api.programs import CALLS, described, send
from tests.docs.pages import rows, text_of

PAGE = "docs/reference/api.md"


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
    assert described()["openapi"].startswith("3.1") and len(CALLS) == 10
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
        assert bool(once) == (method == "POST" and path.startswith("/api/v1/")), path


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
    for model in (
        shapes.Me,
        shapes.Service,
        shapes.ServiceDetail,
        shapes.Progress,
        shapes.Step,
        shapes.Receipt,
    ):
        assert not [name for name in model.model_fields if secret.search(name)]


def test_the_page_lists_the_calls_of_the_document() -> None:
    table = text_of(PAGE).partition("## Calls\n")[2].partition("\n## ")[0]
    told = [
        [
            f"`{method} {path}`",
            operation["summary"],
            f"`{operation['x-scope']}`" if "x-scope" in operation else "",
            next(status for status in operation["responses"] if status.startswith("2")),
        ]
        for method, path, operation in operations()
    ]
    assert rows(table) == told


def test_the_page_lists_every_code_of_the_document() -> None:
    table = text_of(PAGE).partition("## Problems\n")[2].partition("\n## ")[0]
    codes = {
        (status, code)
        for _, _, told in operations()
        for status, response in told["responses"].items()
        if int(status) >= 400
        for code in response["content"]["application/problem+json"]["examples"]
    }
    outside = {("404", "unknown_call"), ("405", "method_not_allowed"), ("500", "internal_error")}
    assert {(cells[1], cells[0].strip("`")) for cells in rows(table)} == codes | outside
