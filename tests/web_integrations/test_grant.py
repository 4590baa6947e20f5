"""The page on which a person lets a program act for them, or does not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from linekey.records.models import OvhCredential
from linekey.usecases import authorise_application
from linekey.usecases.create_application import NewApplication
from tests.api_ovh.browser import browser_of
from tests.build import Cast
from tests.web_integrations.conftest import REDIRECTION


def _english(cast: Cast, *, recent: bool = True) -> Client:
    cast.ada.language = "en"
    cast.ada.save()
    return browser_of(cast.ada, recent=recent)


def test_a_person_who_is_not_signed_in_signs_in_and_comes_back(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 303
    address = urlsplit(answer["Location"])
    assert address.path == "/connexion"
    assert parse_qs(address.query)["next"] == [page]


def test_the_page_says_who_what_from_where_and_where_to(cast: Cast, page: str) -> None:
    text = _english(cast).get(page).content.decode()
    for told in ("Facturation", "Factures du mois", "192.0.2.0/24", "facturation.example", "POST /xdsl/*"):
        assert told in text
    assert text.count("can make new passwords") == 1
    for choice in ("1 day", "7 days", "30 days", "1 year", "Without end"):
        assert choice in text


def test_the_page_tells_its_address_to_nobody(cast: Cast, page: str) -> None:
    answer = browser_of(cast.ada).get(page)
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["Cache-Control"] == "no-store"


def test_without_a_recent_proof_the_person_confirms_first(cast: Cast, page: str) -> None:
    answer = browser_of(cast.ada, recent=False).get(page)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/confirmer?next=%2Fauth%2F%3FcredentialToken")


def test_a_proof_that_grew_old_on_the_page_keeps_the_token(cast: Cast, page: str) -> None:
    answer = browser_of(cast.ada, recent=False).post(page, {"decision": "accept", "lasts": "30"})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert OvhCredential.objects.get().status == "pendingValidation"


@pytest.mark.parametrize(("lasts", "days"), [("1", 1), ("7", 7), ("30", 30), ("365", 365), ("0", None)])
def test_accepting_grants_for_as_long_as_was_chosen(
    cast: Cast, page: str, lasts: str, days: int | None
) -> None:
    answer = browser_of(cast.ada).post(page, {"decision": "accept", "lasts": lasts})
    row = OvhCredential.objects.get()
    assert (answer.status_code, row.status, row.person) == (200, "validated", cast.ada)
    if days is None:
        assert row.expires_at is None
    else:
        assert row.expires_at is not None
        assert abs(row.expires_at - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_the_browser_goes_where_the_application_asked_and_nowhere_else(
    cast: Cast, page: str, decision: str
) -> None:
    target = f"{page}&redirection=https://evil.example"
    answer = browser_of(cast.ada).post(target, {"decision": decision, "lasts": "1"})
    assert answer["Refresh"] == f"0; url={REDIRECTION}"
    assert "evil.example" not in answer.content.decode()


def test_refusing_gives_nothing(cast: Cast, page: str) -> None:
    answer = _english(cast).post(page, {"decision": "refuse"})
    assert "Access refused" in answer.content.decode()
    assert OvhCredential.objects.get().status == "refused"


def test_without_an_address_to_go_to_the_page_is_the_end(cast: Cast, application: NewApplication) -> None:
    new = authorise_application.ask_credential(
        application_key=application.key,
        rules=[("DELETE", "/elsewhere")],
        redirection="",
        allowed_ips=[],
        now=timezone.now(),
    )
    page = f"/auth/?credentialToken={new.validation_token.reveal()}"
    assert "any address" in _english(cast).get(page).content.decode()
    answer = _english(cast).post(page, {"decision": "accept", "lasts": "1"})
    assert "Refresh" not in answer


@pytest.mark.parametrize("form", [{}, {"decision": "maybe"}, {"decision": ""}, {"decision": "accept\0"}])
def test_an_unreadable_decision_decides_nothing(cast: Cast, page: str, form: dict[str, str]) -> None:
    assert browser_of(cast.ada).post(page, form).status_code == 400
    assert OvhCredential.objects.get().status == "pendingValidation"


@pytest.mark.parametrize("lasts", ["", "2", "-1", "forever"])
def test_a_validity_that_was_not_offered_is_refused(cast: Cast, page: str, lasts: str) -> None:
    answer = browser_of(cast.ada).post(page, {"decision": "accept", "lasts": lasts})
    assert 'class="wrongs"' in answer.content.decode()
    assert OvhCredential.objects.get().status == "pendingValidation"


@pytest.mark.parametrize("token", ["", "x", "x" * 64, "%00", "%ff", "é"])
def test_a_forged_link_is_a_clear_page(cast: Cast, token: str) -> None:
    answer = _english(cast).get(f"/auth/?credentialToken={token}")
    assert answer.status_code == 410
    assert "no longer valid" in answer.content.decode()


def test_a_used_link_is_a_clear_page(cast: Cast, page: str) -> None:
    browser = _english(cast)
    browser.post(page, {"decision": "accept", "lasts": "1"})
    assert browser.get(page).status_code == 410
    assert browser.post(page, {"decision": "refuse"}).status_code == 410


def test_an_expired_link_is_a_clear_page(cast: Cast, page: str) -> None:
    OvhCredential.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert _english(cast).get(page).status_code == 410


def test_the_decision_needs_the_token_of_its_form(cast: Cast, page: str) -> None:
    browser = browser_of(cast.ada, checks_csrf=True)
    assert browser.post(page, {"decision": "accept", "lasts": "1"}).status_code == 403
    assert OvhCredential.objects.get().status == "pendingValidation"
