"""Bad input is a 400 that names the field, never a 500 and never half a change."""

from typing import Any

import pytest

from linekey.api_ovh import reading
from linekey.api_ovh.urls import CALLS
from linekey.records.models import CredentialVersion, OvhCredential
from tests.api_ovh.scripts import Script, send
from tests.api_ovh.test_errors import require_readable
from tests.build import Cast

CHANGE = "/telephony/ab12345-lk-1/line/0033972101010/changePassword"
GET_ME = {"method": "GET", "path": "/me"}


def _require_malformed(answer: Any) -> None:
    assert (answer.status, answer.value["details"]["code"]) == (400, "malformed")
    require_readable(answer)


def test_every_type_of_the_registry_has_a_reader() -> None:
    assert {parameter.type for call in CALLS for parameter in call.parameters} <= set(reading.READERS)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"password=x",
        b"[]",
        b'"text"',
        b"12",
        b"true",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"password": ' + b"9" * 5000 + b"}",
        b"{}{}",
    ],
    ids=range(10),
)
def test_what_is_not_a_json_object_is_malformed(ada: Script, raw: bytes) -> None:
    _require_malformed(ada.call("POST", CHANGE, raw=raw))
    assert not CredentialVersion.objects.exists()


@pytest.mark.parametrize("value", [1, True, [], {}, ["x"], 1.5, "\ud800"])
def test_a_password_that_is_no_text_is_malformed(ada: Script, value: object) -> None:
    _require_malformed(ada.post(CHANGE, {"password": value}))
    assert not CredentialVersion.objects.exists()


def test_a_mistyped_field_is_refused_rather_than_ignored(ada: Script) -> None:
    """Without it, `pasword` would draw a password nobody asked for."""
    answer = ada.post(CHANGE, {"pasword": "Tilleul-4718-bleu"})
    _require_malformed(answer)
    assert "password" in answer.value["message"]


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "x" * 10_000,
        "abc\x00def12",
        "Tilleul\r\n4718",
        "Tilleul 4718",
        "é" * 12,
        "\u202e12345abc",
    ],
)
def test_a_bad_password_is_refused_rule_by_rule(ada: Script, password: str) -> None:
    answer = ada.post(CHANGE, {"password": password})
    assert (answer.status, answer.value["details"]["code"]) == (400, "password_refused")
    assert any(name.startswith("rule.") for name in answer.value["details"])
    assert not password or password not in str(answer.value)
    require_readable(answer)
    assert not CredentialVersion.objects.exists()


@pytest.mark.parametrize("body", [b"null", b"{}", b'{"password": null}', b""])
def test_no_password_is_a_link_to_the_owner(ada: Script, cast: Cast, body: bytes) -> None:
    answer = ada.call("POST", CHANGE, raw=body)
    assert (answer.status, answer.value) == (200, None)
    # The link draws it when it is opened: nothing changed yet.
    assert not CredentialVersion.objects.exists()
    assert cast.line.outboxeffect_set.filter(kind="invite").count() == 1


def test_a_body_over_the_limit_is_413_before_it_is_read(ada: Script) -> None:
    answer = ada.post(CHANGE, {"password": "x" * reading.LARGEST_BODY})
    assert answer.status == 413
    require_readable(answer)
    assert ada.post(CHANGE, {"password": "x" * (reading.LARGEST_BODY - 100)}).status == 400


@pytest.mark.parametrize("length", ["-1", "many", "²"])
def test_a_length_that_is_none_is_413(ada: Script, length: str) -> None:
    answer = ada.post(CHANGE, {"password": "x"}, **{"Content-Length": length})
    assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"accessRules": None},
        {"accessRules": []},
        {"accessRules": "GET /me"},
        {"accessRules": ["GET /me"]},
        {"accessRules": [{}]},
        {"accessRules": [{"method": "GET"}]},
        {"accessRules": [{"method": 1, "path": "/me"}]},
        {"accessRules": [{"method": "PATCH", "path": "/me"}]},
        {"accessRules": [{"method": "GET", "path": "me"}]},
        {"accessRules": [{"method": "GET", "path": "/a\nb"}]},
        {"accessRules": [{"method": "GET", "path": "/" + "x" * 400}]},
        {"accessRules": [GET_ME] * 101},
        {"accessRules": [GET_ME], "redirection": 1},
        {"accessRules": [GET_ME], "redirection": "javascript:alert(1)"},
        {"accessRules": [GET_ME], "redirection": "//evil.example"},
        {"accessRules": [GET_ME], "redirection": "https://"},
        {"accessRules": [GET_ME], "redirection": "https://ok.example@evil.example/"},
        {"accessRules": [GET_ME], "redirection": "https://ok.example\\evil"},
        {"accessRules": [GET_ME], "redirection": "https://ok.example/\r\nSet-Cookie: a=b"},
        {"accessRules": [GET_ME], "redirection": "https://[ok.example/"},
        {"accessRules": [GET_ME], "redirection": "https://ok.example:99999/"},
        {"accessRules": [GET_ME], "redirection": "https://ok.example/" + "x" * 500},
        {"accessRules": [GET_ME], "redirection": "https://ok.example/\x00"},
        {"accessRules": [GET_ME], "allowedIPs": "192.0.2.1"},
        {"accessRules": [GET_ME], "allowedIPs": [1]},
        {"accessRules": [GET_ME], "allowedIPs": ["here"]},
        {"accessRules": [GET_ME], "allowedIPs": ["192.0.2.1"] * 101},
        {"accessRules": [GET_ME], "unknown": 1},
    ],
    ids=range(29),
)
def test_a_key_cannot_be_asked_for_with_nonsense(ada: Script, body: object) -> None:
    before = OvhCredential.objects.count()
    _require_malformed(ada.post("/auth/credential", body))
    assert OvhCredential.objects.count() == before


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "0x1", "²", "1" * 40, "1_0", "%00"])
def test_a_number_that_is_none_is_malformed(ada: Script, number: str) -> None:
    _require_malformed(ada.get(f"/me/api/credential/{number}"))
    _require_malformed(ada.get(f"/me/notification/email/history/{number}"))
    _require_malformed(ada.get(f"/me/api/credential?applicationId={number}"))


def test_the_largest_number_is_simply_unknown(ada: Script) -> None:
    for number in (2**63 - 1, 2**63, 10**19 - 1):
        assert ada.get(f"/me/api/credential/{number}").status == 404
        assert ada.get(f"/me/notification/email/history/{number}").status == 404
        assert ada.get(f"/me/api/credential/{number}/application").status == 404
        assert ada.get(f"/me/api/credential?applicationId={number}").value == []


@pytest.mark.parametrize("query", ["?status=%00", "?status=%ff%fe", "?status=" + "x" * 5000, "?&&=&"])
def test_a_query_of_nonsense_finds_nothing_and_breaks_nothing(ada: Script, query: str) -> None:
    assert ada.get(f"/me/api/credential{query}").status == 200


def test_strangers_learn_nothing_about_a_body(ada: Script) -> None:
    assert send("POST", f"/1.0{CHANGE}", b"{", {}).error == "NOT_CREDENTIAL"
