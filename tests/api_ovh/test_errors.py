"""Whatever goes wrong, an object comes back that all four official clients can read."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from linekey.api_ovh.answers import BY_NATURE, answer_to, fault_of
from linekey.api_ovh.answers import refusal as answer_of
from linekey.api_ovh.calls import Call
from linekey.api_ovh.urls import CALLS
from linekey.domain.errors import ManagedByPhone, Nature, Refusal
from tests.api_ovh.scripts import Answer, Script, send


def _family(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _family(child)


def require_readable(answer: Answer) -> None:
    """The superset of both shapes the clients know, and go-ovh's `map[string]string`."""
    assert set(answer.value) == {"class", "errorCode", "httpCode", "message", "details"}
    assert re.fullmatch(rf"{answer.status} [A-Z][A-Za-z -]+", answer.value["httpCode"])
    assert all(isinstance(text, str) for text in answer.value["details"].values())
    assert {"code", "nextStep"} <= set(answer.value["details"])
    assert answer.headers["X-OVH-QUERYID"]


OURS = [kind for kind in _family(Refusal) if kind.__module__.startswith("linekey.")]


def test_every_nature_of_refusal_has_its_answer() -> None:
    assert set(BY_NATURE) == set(Nature)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.code)
def test_every_answer_has_a_status_clients_know(kind: type[Refusal]) -> None:
    assert answer_to(kind)[0] in (400, 403, 404, 409, 460)


def test_a_refusal_names_the_handset_and_what_to_do() -> None:
    body = answer_of(fault_of(ManagedByPhone(phone="Yealink T46U"))).content.decode()
    assert "Yealink T46U" in body and "reset the handset" in body


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nothing", "/me/", "/telephony/a/b/c/d/e", "/%00", "/é", "/xdsl.xml"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_url_is_a_404_object(method: str, path: str) -> None:
    answer = send(method, f"/1.0{path}", b"", {})
    assert answer.status == 404
    require_readable(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_a_method_that_does_not_exist_is_a_405_object(method: str) -> None:
    answer = send(method, "/1.0/auth/time", b"", {})
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, OPTIONS"
    require_readable(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_without_keys_every_call_but_the_open_ones_is_a_403_object(call: Call) -> None:
    path = re.sub(r"\{\w+\}", "1", call.path)
    answer = send(call.method, f"/1.0{path}", b"", {})
    if path in ("/auth/time", "/auth.json", "/me.json", "/telephony.json", "/xdsl.json"):
        assert answer.status == 200
    elif path == "/auth/credential":
        assert answer.status == 400
    else:
        assert (answer.status, answer.error) == (403, "NOT_CREDENTIAL")
        require_readable(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "unknown", "x" * 5000, "é", "a\tb"])
def test_an_unknown_application_is_invalid_key(key: str) -> None:
    body = b'{"accessRules": [{"method": "GET", "path": "/me"}]}'
    answer = send("POST", "/1.0/auth/credential", body, {"X-Ovh-Application": key})
    assert (answer.status, answer.error) == (403, "INVALID_KEY")
    require_readable(answer)


def test_every_answer_carries_a_query_id_of_its_own(ada: Script) -> None:
    ids = {ada.get(path).headers["X-OVH-QUERYID"] for path in ("/me", "/me", "/nothing", "/auth/time")}
    assert len(ids) == 4


def test_nothing_is_a_null_and_never_an_empty_body(ada: Script) -> None:
    answer = ada.post("/auth/logout")
    assert (answer.status, answer.value, answer.headers["Content-Type"]) == (200, None, "application/json")


@pytest.mark.parametrize("path", ["/1.0/me", "/v1/xdsl", "/1.0/nothing"])
def test_a_page_elsewhere_may_ask_first_and_never_with_credentials(path: str) -> None:
    response = Client().options(path, headers={"Origin": "https://tool.example"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    for name in ("Timestamp", "Consumer", "Application", "Signature", "Session"):
        assert f"X-Ovh-{name}" in response.headers["Access-Control-Allow-Headers"]


def test_answers_are_never_stored(ada: Script) -> None:
    assert ada.get("/me").headers["Cache-Control"] == "no-store"
