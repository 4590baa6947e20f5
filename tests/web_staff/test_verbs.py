"""Reset, send, retire: asked first, done once, and a secret shown once."""

import re
from datetime import datetime

import pytest
from django.test import Client

from linekey.records.models import AuditEntry, CredentialVersion, Observation, OutboxEffect, Service
from tests.build import Cast
from tests.web_staff.conftest import Browser

VERBS = ["reinitialiser", "envoyer", "retirer"]


def _address(service: Service, verb: str) -> str:
    return f"/revendeur/services/{service.reference}/{verb}"


def _operation(client: Client, address: str) -> dict[str, str]:
    page = client.get(address)
    assert page.status_code == 200
    found = re.search(r'name="operation" value="([^"]+)"', page.content.decode())
    assert found
    return {"operation": found[1]}


@pytest.mark.parametrize("verb", VERBS)
def test_the_proof_is_asked_for_before_the_form_is_shown(cast: Cast, browser: Browser, verb: str) -> None:
    address = _address(cast.access, verb)
    answer = browser(cast.chen, proved=False).get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/confirmer?next=%2Frevendeur%2Fservices%2F")


def test_the_reset_names_the_number_and_what_will_drop(cast: Cast, browser: Browser, now: datetime) -> None:
    phone = {"user_agent": "Snom D785", "received_from": "192.0.2.14:5060", "contact": "sip:x@192.0.2.14"}
    Observation.objects.create(
        service=cast.licence, seen_at=now, online=True, facts={"registrations": [phone]}
    )
    asked = browser(cast.chen).get(_address(cast.licence, "reinitialiser")).content.decode()
    assert "01\u00a084\u00a078\u00a001\u00a017" in asked
    assert "interrupted until the phone is set up again" in asked
    assert "Snom D785" in asked and "192.0.2.14:5060" in asked
    assert not CredentialVersion.objects.exists()


def test_a_reset_shows_its_secret_once_in_the_bar_and_stores_no_page(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), _address(cast.licence, "reinitialiser")
    operation = _operation(chen, address)
    answer = chen.post(address, operation)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    found = re.search(r'id="shown-once"[^>]*>([^<]{16})</code>', answer.content.decode())
    assert found
    again = chen.post(address, operation)
    assert again.status_code == 409 and found[1] not in again.content.decode()
    later = chen.get(f"/revendeur/services/{cast.licence.reference}")
    assert found[1] not in later.content.decode()
    assert found[1] not in str(dict(chen.session))
    assert CredentialVersion.objects.count() == 1


@pytest.mark.parametrize("operation", ["", "short", "x" * 10_000, "a\0" * 20, "é" * 32, "<" * 32])
@pytest.mark.parametrize("verb", VERBS)
def test_no_invented_operation_changes_anything(
    cast: Cast, browser: Browser, verb: str, operation: str
) -> None:
    answer = browser(cast.chen).post(_address(cast.access, verb), {"operation": operation})
    assert answer.status_code == 400
    assert not OutboxEffect.objects.exists()


def test_credentials_sent_twice_by_a_double_click_are_one_change(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), _address(cast.access, "envoyer")
    operation = _operation(chen, address)
    for _ in range(2):
        answer = chen.post(address, operation)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/revendeur/services/{cast.access.reference}"
    assert CredentialVersion.objects.count() == 1
    kinds = OutboxEffect.objects.order_by("step").values_list("kind", flat=True)
    assert list(kinds) == ["deliver", "push", "disconnect", "watch"]


def test_a_password_which_may_have_leaked_is_cut_before_the_mail(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), _address(cast.access, "envoyer")
    chen.post(address, _operation(chen, address) | {"compromised": "yes"})
    kinds = OutboxEffect.objects.order_by("step").values_list("kind", flat=True)
    assert list(kinds) == ["push", "disconnect", "deliver", "watch"]


def test_a_line_gets_a_link_and_nothing_changes_before_it_is_opened(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), _address(cast.line, "envoyer")
    assert "one-time link" in chen.get(address).content.decode()
    chen.post(address, _operation(chen, address))
    assert list(OutboxEffect.objects.values_list("kind", flat=True)) == ["invite"]
    assert not CredentialVersion.objects.exists()


def test_retiring_twice_by_a_double_click_is_one_change(cast: Cast, browser: Browser) -> None:
    chen, address = browser(cast.chen), _address(cast.access, "retirer")
    operation = _operation(chen, address)
    assert [chen.post(address, operation).status_code for _ in range(2)] == [303, 303]
    assert CredentialVersion.objects.get().verb == "retire"
    assert AuditEntry.objects.filter(action="credential.retire").count() == 1


def test_who_may_not_retire_is_told_so(cast: Cast, browser: Browser) -> None:
    cast.bruno.role = "company_admin"
    cast.bruno.save()
    bruno, address = browser(cast.bruno), _address(cast.access, "retirer")
    assert bruno.get(address).status_code == 403
    assert bruno.post(address, {"operation": "0" * 32}).status_code == 403
    assert not OutboxEffect.objects.exists()


def test_what_cannot_be_done_is_refused_before_the_form(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    assert chen.get(_address(cast.phone_line, "reinitialiser")).status_code == 409
    assert chen.get(_address(cast.phone_line, "envoyer")).status_code == 409
    assert chen.get(_address(cast.licence, "envoyer")).status_code == 409


def test_without_its_token_a_form_changes_nothing(cast: Cast, browser: Browser) -> None:
    signed = browser(cast.chen)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed.cookies
    answer = strict.post(_address(cast.access, "retirer"), {"operation": "0" * 32})
    assert answer.status_code == 403
    assert not OutboxEffect.objects.exists()
