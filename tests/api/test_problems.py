"""Whatever goes wrong is a problem (RFC 9457), in English, with a code scripts can rely on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from linekey.api.problems import BUG, STATUS, answer, problem_of
from linekey.domain.errors import ManagedByPhone, Nature, PasswordRefused, Refusal, TooManyAttempts
from tests.api.programs import CALLS, ONCE, Call, Program, send
from tests.build import PORTAL_PASSWORD, Cast


def refusals(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in root.__subclasses__():
        if each.__module__.startswith("linekey."):
            yield each
        yield from refusals(each)


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(Nature)
    assert all(400 <= status < 500 for status in STATUS.values())


@pytest.mark.parametrize("kind", list(refusals()), ids=lambda kind: kind.code)
def test_every_refusal_says_what_to_do(kind: type[Refusal]) -> None:
    values = {
        "phone": "x",
        "left": "1",
        "scope": "read",
        "field": "x",
        "why": "x",
        "current": "x",
        "least": 20,
    }
    if issubclass(kind, TooManyAttempts):
        refusal: Refusal = kind(timezone.now())
    elif kind is PasswordRefused:
        refusal = PasswordRefused([])
    else:
        refusal = kind(**values)
    problem = problem_of(refusal)
    assert problem["code"] == kind.code and problem["type"].endswith(f":{kind.code}")
    assert problem["detail"] and problem["next_step"] and "%(" not in problem["detail"] + problem["next_step"]


def test_a_problem_is_english_whatever_the_caller_reads(cast: Cast) -> None:
    browser = Client(headers={"accept-language": "fr"})
    answer = send("GET", "/api/v1/me", browser=browser)
    assert answer.value["detail"] == "This access key or token is not valid."
    assert answer.headers["Content-Language"] == "en"


def test_a_problem_names_the_handset_and_what_to_do() -> None:
    problem = problem_of(ManagedByPhone(phone="Yealink T46U"))
    assert "Yealink T46U" in problem["detail"] and "reset the handset" in problem["next_step"]


@pytest.mark.parametrize(("left", "told"), [(-5, "1"), (0, "1"), (1.2, "2"), (3600, "3600")])
def test_who_must_wait_is_told_how_many_seconds(left: float, told: str) -> None:
    until = timezone.now() + timedelta(seconds=left)
    response = answer(RequestFactory().get("/api/v1/me"), TooManyAttempts(until))
    assert response.headers["Retry-After"] == told
    assert until.isoformat(timespec="seconds") in problem_of(TooManyAttempts(until))["detail"]


def test_a_bug_is_told_without_a_word_about_it() -> None:
    response = answer(RequestFactory().get("/api/v1/me"), BUG)
    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/me/",
        "/api/v1/services/",
        "/api/v1/services/a/b",
        "/api/v1/services/a/progress/b",
        "/api/v1/services/a%2Fb/reset/",
        "/api/v1/docs",
        "/api/v1/%00",
        "/api/v1/é",
        "/authentication/v1",
        "/authentication/v1/",
        "/authentication/v1/token/",
        "/authentication/v1/token/access-key/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_an_unknown_path_is_a_problem_for_everybody(db: None, method: str, path: str) -> None:
    answer = send(method, path)
    assert (answer.status, answer.code) == (404, "unknown_call")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_another_method_is_a_problem_that_names_the_right_one(ada: Program, call: Call, method: str) -> None:
    right = {each.method for each in CALLS if each.path == call.path}
    if method in right:
        return
    headers = {
        "Authorization": f"Bearer {ada.bearer}",
        "Idempotency-Key": ONCE,
        "Origin": "https://tool.example",
    }
    answer = send(method, call.path, call.body, headers=headers)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == right


def test_no_session_is_begun_or_ended_by_a_call(cast: Cast) -> None:
    browser = Client(headers={"accept-language": "en"})
    typed = {"identifier": "ab12345-lk", "password": PORTAL_PASSWORD.reveal()}
    browser.post("/connexion", typed)
    held = {name: cookie.value for name, cookie in browser.cookies.items()}
    send("GET", "/api/v1/me", browser=browser)
    assert {name: cookie.value for name, cookie in browser.cookies.items()} == held
    assert browser.get("/").status_code == 200


def test_the_portal_keeps_its_own_pages(db: None) -> None:
    assert Client().get("/api").headers["Content-Type"].startswith("text/html")
    assert Client().get("/").status_code == 303
