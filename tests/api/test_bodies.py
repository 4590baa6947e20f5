"""Whatever is sent, a problem comes back that names what is wrong: wrong types, other shapes, too much."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linekey.records.models import CredentialVersion
from tests.api.programs import CALLS, EXCHANGE, LINE, ONCE, REFRESH, Answer, Call, Program, key_of, send
from tests.build import Cast

WRONG: list[object] = [None, True, False, 0, 1, -1, 1.5, 10**30, [], ["x"], [["x"]], {}, {"x": "y"}, "\ud800"]
FIELDS = {
    EXCHANGE: {"accessKeyId": "LKAK" + "A" * 16, "accessKeySecret": "lksk_x"},
    REFRESH: {"grant_type": "refresh_token", "refresh_token": "lkrt_x"},
    f"/api/v1/services/{LINE}/change": {"password": "Tilleul-4718-bleu"},
}
CASES = [(path, field) for path, fields in FIELDS.items() for field in fields]
SHAPES = [
    b"",
    b"null",
    b"true",
    b"1",
    b'"text"',
    b"[]",
    b"[{}]",
    b"{",
    b"{'password': 'x'}",
    b"password=x",
    b"\xff\xfe",
    b"\x00",
    b"NaN",
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b"9" * 60_000,
    b"<password>x</password>",
]


@pytest.fixture
def bearer(cast: Cast) -> dict[str, str]:
    secret = key_of(cast.ada).secret.reveal()
    return {"Authorization": f"Bearer {secret}", "Idempotency-Key": ONCE}


def malformed(answer: Answer) -> str:
    assert (answer.status, answer.code) == (400, "malformed")
    return str(answer.value["field"])


@pytest.mark.parametrize(("path", "field"), CASES)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_value_of_another_type_is_named(
    bearer: dict[str, str], path: str, field: str, value: object
) -> None:
    answer = send("POST", path, FIELDS[path] | {field: value}, headers=bearer)
    assert malformed(answer) == field
    assert not CredentialVersion.objects.exists()


@pytest.mark.parametrize(("path", "field"), CASES)
def test_a_value_that_is_missing_is_named(bearer: dict[str, str], path: str, field: str) -> None:
    body = {name: value for name, value in FIELDS[path].items() if name != field}
    assert malformed(send("POST", path, body, headers=bearer)) == field


@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: repr(shape[:20]))
def test_a_body_of_another_shape_is_a_bad_body(bearer: dict[str, str], path: str, shape: bytes) -> None:
    assert malformed(send("POST", path, raw=shape, headers=bearer)) == "body"


def test_a_field_nobody_reads_is_an_error_where_a_password_is_chosen(bearer: dict[str, str]) -> None:
    """A mistyped name must not be dropped in silence, and a long one is not repeated whole."""
    path = f"/api/v1/services/{LINE}/change"
    body = FIELDS[path] | {"compromised": True}
    assert malformed(send("POST", path, body, headers=bearer)) == "compromised"
    assert len(malformed(send("POST", path, FIELDS[path] | {"a" * 5000: 1}, headers=bearer))) == 60


def test_a_problem_never_repeats_a_value(bearer: dict[str, str]) -> None:
    canary = ["Canari-4718-jaune"]
    for path, fields in FIELDS.items():
        for field in fields:
            answer = send("POST", path, fields | {field: canary}, headers=bearer)
            assert "Canari" not in json.dumps(answer.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    case=st.sampled_from(CASES),
)
def test_no_value_is_a_fault_of_ours(bearer: dict[str, str], value: object, case: tuple[str, str]) -> None:
    path, field = case
    assert send("POST", path, FIELDS[path] | {field: value}, headers=bearer).status < 500


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_too_large_a_body_is_not_read(db: None, call: Call) -> None:
    response = Client().generic(call.method, call.path, b" " * (64 * 1024 + 1), "application/json")
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("announced", ["1" * 5000, "-1", "abc", "1e3", "٣", "65537"])
def test_a_length_that_cannot_be_is_too_large(db: None, announced: str) -> None:
    response = Client().generic("POST", EXCHANGE, b"{}", "application/json", CONTENT_LENGTH=announced)
    assert response.status_code == 413


def test_a_body_that_just_fits_is_read(ada: Program) -> None:
    body = json.dumps({"password": "x"}).encode()
    filled = body + b" " * (64 * 1024 - len(body))
    assert ada.call("POST", f"/services/{LINE}/change", raw=filled).code == "password_refused"
