"""Calls of the in-browser console: the session's rights, and the same caution as any form (PPP-8)."""

from typing import Any

import pytest
from django.test import Client

from linekey.records.models import CredentialVersion
from tests.api_ovh.browser import browser_of
from tests.api_ovh.scripts import Script
from tests.build import GOOD_SIP_PASSWORD, Cast

MAIL = "/1.0/xdsl/xdsl-ab12345-1/requestPPPLoginMail"
CHANGE = "/1.0/telephony/ab12345-lk-1/line/0033972101010/changePassword"


@pytest.fixture
def token() -> str:
    return "a" * 32


def _ada(cast: Cast, token: str = "", *, recent: bool = True) -> Client:
    browser = browser_of(cast.ada, recent=recent, checks_csrf=True)
    if token:
        browser.cookies["csrftoken"] = token
    return browser


def _post(browser: Client, path: str, **headers: str) -> Any:
    return browser.post(path, b"", content_type="application/json", headers=headers)


def test_somebody_signed_in_reads_with_their_session(cast: Cast) -> None:
    assert _ada(cast).get("/1.0/me").json()["nichandle"] == "ab12345-lk"
    assert _ada(cast).get("/1.0/xdsl").json() == ["xdsl-ab12345-1"]


def test_nobody_signed_in_reads_nothing(cast: Cast) -> None:
    assert Client().get("/1.0/me").json()["errorCode"] == "NOT_CREDENTIAL"


def test_a_call_from_another_site_changes_nothing(cast: Cast, token: str) -> None:
    for sent in ({}, {"X-CSRFToken": "short"}, {"X-CSRFToken": "b" * 32}):
        answer = _post(_ada(cast, token), MAIL, **sent)
        assert answer.status_code == 403
        assert answer.json()["details"]["code"] == "csrf_failed"
    assert not CredentialVersion.objects.exists()


def test_a_forms_content_type_does_not_get_around_the_token(cast: Cast, token: str) -> None:
    answer = _ada(cast, token).post(MAIL, {"a": "b"})
    assert answer.json()["details"]["code"] == "csrf_failed"


def test_execute_answers_null(cast: Cast, token: str) -> None:
    answer = _post(_ada(cast, token), MAIL, **{"X-CSRFToken": token})
    assert (answer.status_code, answer.content) == (200, b"null")
    assert CredentialVersion.objects.count() == 1


def test_one_click_sent_twice_is_one_change_and_two_clicks_are_two(cast: Cast, token: str) -> None:
    browser = _ada(cast, token)
    for once in ("one", "one", "two"):
        headers = {"X-CSRFToken": token, "Idempotency-Key": once}
        assert _post(browser, MAIL, **headers).json() is None
    assert _post(browser, MAIL, **{"X-CSRFToken": token}).json() is None
    assert CredentialVersion.objects.count() == 3


def test_acting_for_somebody_else_wants_a_recent_proof(cast: Cast, token: str) -> None:
    bruno = browser_of(cast.bruno, recent=False, checks_csrf=True)
    bruno.cookies["csrftoken"] = token
    answer = bruno.post(
        CHANGE,
        {"password": GOOD_SIP_PASSWORD.reveal()},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 403
    assert answer.json()["details"]["code"] == "step_up_needed"
    assert not CredentialVersion.objects.exists()


def test_the_console_has_no_consumer_key_to_speak_of(cast: Cast, token: str) -> None:
    browser = _ada(cast, token)
    assert browser.get("/1.0/auth/currentCredential").json()["errorCode"] == "NOT_CREDENTIAL"
    assert _post(browser, "/1.0/auth/logout", **{"X-CSRFToken": token}).status_code == 403
    assert browser.get("/1.0/auth/details").json()["allowedRoutes"] == [{"method": "*", "path": "/*"}]


def test_a_session_does_not_help_a_bad_signature(ada: Script, cast: Cast) -> None:
    answer = _ada(cast).get("/1.0/me", headers={"X-Ovh-Application": ada.application_key})
    assert answer.json()["errorCode"] == "NOT_CREDENTIAL"
    lone = _ada(cast).get("/1.0/me", headers={"X-Ovh-Consumer": ada.consumer_key})
    assert lone.json()["errorCode"] == "INVALID_KEY"


def test_the_console_of_a_signed_out_session_is_refused(cast: Cast, token: str) -> None:
    browser = _ada(cast, token)
    cast.ada.set_password("une autre longue phrase")
    cast.ada.save()
    assert browser.get("/1.0/me").status_code == 403
