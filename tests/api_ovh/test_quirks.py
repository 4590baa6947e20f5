"""What each official client does on the wire, as observed; every one of them must be understood."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey.api_ovh.callers import candidate_urls
from linekey.records.models import CredentialVersion, OvhCredential
from tests.api_ovh.scripts import BASE, Script, script_of, send
from tests.build import GOOD_SIP_PASSWORD, Cast

LINE = "/telephony/ab12345-lk-1/line/0033972101010"


def _asked(script: Script, **body: object) -> bytes:
    return json.dumps({"accessRules": [{"method": "GET", "path": "/me"}], **body}).encode()


def test_node_signs_https_and_leaves_the_port_out(ada: Script) -> None:
    assert ada.but(base="https://api.desk.example").get("/me").status == 200
    assert ada.but(base="https://localhost").get("/me").status == 200


def test_a_url_that_was_never_configured_is_a_bad_signature_whatever_the_host_header_says(
    ada: Script,
) -> None:
    answer = ada.but(base="http://testserver").get("/me", Host="testserver")
    assert (answer.status, answer.error) == (400, "INVALID_SIGNATURE")


def test_ipv6_and_a_path_of_a_proxy_are_candidates_too(settings: Settings) -> None:
    settings.LINEKEY_OVH_URLS = ["http://[2001:db8::1]:8000/desk/"]
    assert candidate_urls("/1.0/me?a=b") == [
        "http://[2001:db8::1]:8000/desk/1.0/me?a=b",
        "http://[2001:db8::1]/desk/1.0/me?a=b",
        "https://[2001:db8::1]/desk/1.0/me?a=b",
    ]


def test_node_does_not_sign_auth_paths_and_is_answered_403(ada: Script) -> None:
    answer = send("GET", "/1.0/auth/currentCredential", b"", {"X-Ovh-Application": ada.application_key})
    assert (answer.status, answer.error) == (403, "NOT_CREDENTIAL")


def test_python_asks_for_a_key_with_nulls(ada: Script) -> None:
    headers = {"X-Ovh-Application": ada.application_key}
    answer = send("POST", "/1.0/auth/credential", _asked(ada, redirection=None, allowedIPs=None), headers)
    assert answer.status == 200
    assert answer.value["state"] == "pendingValidation"


def test_go_asks_for_a_key_without_the_optional_fields(ada: Script) -> None:
    answer = send("POST", "/1.0/auth/credential", _asked(ada), {"X-Ovh-Application": ada.application_key})
    assert answer.status == 200
    assert len(answer.value["consumerKey"]) == 32
    address, token = answer.value["validationUrl"].split("?credentialToken=")
    assert (address, len(token)) == ("http://localhost:8000/auth/", 64)


def test_php_signs_the_request_for_a_key_or_sends_a_lone_timestamp(ada: Script) -> None:
    assert ada.post("/auth/credential", json.loads(_asked(ada))).status == 200
    lone = {"X-Ovh-Application": ada.application_key, "X-Ovh-Timestamp": "1457018875"}
    assert send("POST", "/1.0/auth/credential", _asked(ada), lone).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ],
)
def test_the_content_type_decides_nothing(ada: Script, content_type: str) -> None:
    assert ada.get("/me", **{"Content-Type": content_type}).status == 200
    answer = ada.post(f"{LINE}/changePassword", {"password": "short"}, **{"Content-Type": content_type})
    assert answer.value["details"]["code"] == "password_refused"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"password": "caf\\u00e9"}',
        '{"password": "café"}'.encode(),
        b'{"password": "a/b"}',
        b'{"password": "a\\/b"}',
        b'{"password":"\\u003c\\u003e\\u0026"}',
        b' { "password" : "x" } ',
    ],
)
def test_however_a_client_writes_its_json_the_raw_bytes_are_what_was_signed(ada: Script, raw: bytes) -> None:
    answer = ada.call("POST", f"{LINE}/changePassword", raw=raw)
    assert answer.value["details"]["code"] == "password_refused"


@pytest.mark.parametrize(
    "query", ["?status=x+y", "?status=x%20y", "?status=null&applicationId=null", "?a=true"]
)
def test_however_a_client_writes_its_query_it_is_understood(ada: Script, query: str) -> None:
    assert ada.get(f"/me/api/credential{query}").status == 200


def test_none_in_a_query_of_python_is_no_filter(ada: Script) -> None:
    assert len(ada.get("/me/api/credential?status=null").value) == 1
    assert ada.get("/me/api/credential?status=refused").value == []


def test_a_post_without_parameters_has_no_body(ada: Script, cast: Cast) -> None:
    answer = ada.post("/xdsl/xdsl-ab12345-1/requestPPPLoginMail")
    assert (answer.status, answer.value) == (200, None)
    assert CredentialVersion.objects.filter(service=cast.access).count() == 1


@pytest.mark.parametrize("headers", [{}, {"X-Ovh-Application": "whatever"}])
@pytest.mark.django_db
def test_the_time_needs_no_key(headers: dict[str, str]) -> None:
    answer = send("GET", "/1.0/auth/time", b"", headers)
    assert abs(answer.value - timezone.now().timestamp()) < 5


def test_two_identical_calls_in_one_second_are_both_answered_and_change_once(ada: Script, cast: Cast) -> None:
    at = int(timezone.now().timestamp())
    assert [ada.get("/me", at=at).status for _ in range(2)] == [200, 200]
    body = {"password": GOOD_SIP_PASSWORD.reveal()}
    assert [ada.post(f"{LINE}/changePassword", body, at=at).value for _ in range(2)] == [None, None]
    assert CredentialVersion.objects.filter(service=cast.line).count() == 1


def test_an_encoded_slash_is_signed_as_it_was_sent(ada: Script) -> None:
    answer = ada.get("/telephony/a%2Fb")
    assert (answer.status, answer.error) == (404, "NOT_FOUND")


def test_an_encoded_slash_does_not_get_around_the_access_rules(cast: Cast) -> None:
    script = script_of(cast.ada, [("POST", "/xdsl/*/nothing"), ("POST", "/xdsl%2F*")])
    answer = script.post("/xdsl/xdsl-ab12345-1%2FrequestPPPLoginMail")
    assert (answer.status, answer.error) == (403, "NOT_GRANTED_CALL")


def test_without_the_raw_address_the_decoded_one_is_used(ada: Script) -> None:
    signed = ada.sign("GET", f"{BASE}/1.0/me?x=a+b", b"", int(timezone.now().timestamp()))
    assert Client().get("/1.0/me?x=a+b", headers=signed).status_code == 200
    # An absolute form, as a proxy may write it (RFC 9112 section 3.2.2), says no more than the path.
    raw = "http://elsewhere.example/1.0/me?x=a+b"
    assert Client().get("/1.0/me?x=a+b", headers=signed, RAW_URI=raw).status_code == 200


@pytest.mark.parametrize("prefix", ["/1.0", "/v1"])
def test_both_prefixes_are_the_same_api(ada: Script, prefix: str) -> None:
    assert ada.get("/me", prefix=prefix).value["nichandle"] == "ab12345-lk"


@pytest.mark.parametrize("skew", [-280, 280])
def test_a_clock_a_few_minutes_off_is_forgiven(ada: Script, skew: int) -> None:
    at = int((timezone.now() + timedelta(seconds=skew)).timestamp())
    assert ada.get("/me", at=at).status == 200


def test_a_use_is_noted_to_the_minute(ada: Script) -> None:
    ada.get("/me")
    first = OvhCredential.objects.get().last_use_at
    ada.get("/me")
    assert first is not None and OvhCredential.objects.get().last_use_at == first
