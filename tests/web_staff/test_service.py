"""The page of one service: what it tells, which actions it offers to whom, and what stays hidden."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linekey.records.models import Observation, OutboxEffect, Service
from linekey.usecases import rotate_credential
from tests.build import Cast, actor
from tests.web_staff.conftest import Browser

BELOW = ["", "/suivi", "/etat", "/reinitialiser", "/envoyer", "/retirer"]


def _address(service: Service, below: str = "") -> str:
    return f"/revendeur/services/{service.reference}{below}"


def _offered(client: Client, service: Service) -> dict[str, str]:
    """Each action drawn, with the reason when it is greyed out."""
    choices = client.get(_address(service)).context["choices"]
    return {choice.id: choice.reason for choice in choices}


@pytest.mark.parametrize("below", BELOW)
def test_another_resellers_service_and_an_unknown_one_are_the_same_answer(
    cast: Cast, browser: Browser, below: str
) -> None:
    chen = browser(cast.chen)
    theirs, unknown = (
        chen.get(f"/revendeur/services/{reference}{below}", headers={"HX-Request": "true"})
        for reference in (cast.eves_line.reference, "0033972999999")
    )
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("reference", ["a%00b", "x" * 5_000, "%1b", "..", "%F0%9F%92%A9", "a b"])
def test_no_reference_breaks_a_page(cast: Cast, browser: Browser, reference: str, below: str) -> None:
    address = f"/revendeur/services/{reference}{below}"
    assert browser(cast.chen).get(address).status_code == 404
    assert browser(cast.chen).post(address).status_code in (404, 405)


@pytest.mark.parametrize("below", BELOW)
def test_strangers_sign_in_and_subscribers_have_their_own_pages(
    cast: Cast, browser: Browser, below: str
) -> None:
    assert Client().get(_address(cast.line, below)).headers["Location"].startswith("/connexion?next=")
    assert browser(cast.ada).get(_address(cast.line, below)).status_code == 403


def test_the_page_tells_what_the_desk_knows(cast: Cast, browser: Browser) -> None:
    told = browser(cast.chen).get(_address(cast.licence)).content.decode()
    for fact in ("FPC172947", "Simple licence", "Atelier Lumen", "Roubaix", "sip.linekey.test"):
        assert fact in told
    assert "ada.lemoine@example.org" not in browser(cast.chen).get(_address(cast.line)).content.decode()


def test_each_role_is_offered_what_it_may_do(cast: Cast, browser: Browser) -> None:
    assert _offered(browser(cast.chen), cast.access) == {"reset": "", "send": "", "retire": ""}
    assert _offered(browser(cast.dina), cast.access) == {"reset": "", "send": "", "retire": ""}
    cast.bruno.role = "company_admin"
    cast.bruno.save()
    assert _offered(browser(cast.bruno), cast.access) == {"reset": "", "send": ""}


def test_a_greyed_action_says_why(cast: Cast, browser: Browser) -> None:
    assert "Yealink T46U" in _offered(browser(cast.chen), cast.phone_line)["reset"]
    assert _offered(browser(cast.chen), cast.licence)["send"].startswith("This service has no contact")
    Service.objects.filter(pk=cast.line.pk).update(state="suspended")
    assert all("not active" in reason for reason in _offered(browser(cast.chen), cast.line).values())


def test_the_page_shows_the_devices_seen(cast: Cast, browser: Browser, now: datetime) -> None:
    _seen(cast.licence, now)
    told = browser(cast.chen).get(_address(cast.licence)).content.decode()
    assert "Snom D785" in told and "192.0.2.14:5060" in told


def test_refreshing_asks_the_worker_once(cast: Cast, browser: Browser) -> None:
    chen = browser(cast.chen)
    for _ in range(3):
        answer = chen.post(_address(cast.licence, "/etat"), headers={"HX-Request": "true"})
        assert answer.status_code == 200
    assert OutboxEffect.objects.filter(service=cast.licence, kind="observe").count() == 1


def test_the_current_change_is_followed(cast: Cast, browser: Browser, now: datetime) -> None:
    rotate_credential.retire(
        actor=actor(cast.chen, now), reference=cast.licence.reference, operation="x", now=now
    )
    answer = browser(cast.chen).get(_address(cast.licence, "/suivi"), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and 'id="story"' in answer.content.decode()


def test_the_page_costs_the_same_whatever_lies_behind_it(
    cast: Cast, browser: Browser, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        rotate_credential.retire(
            actor=actor(cast.chen, now),
            reference=cast.licence.reference,
            operation=str(number),
            now=now + timedelta(seconds=number),
        )
    chen = browser(cast.chen)
    with django_assert_max_num_queries(22):
        chen.get(_address(cast.licence))


def _seen(service: Service, now: datetime) -> None:
    phone = {
        "contact": "sip:FPC172947@192.0.2.14:5060",
        "user_agent": "Snom D785",
        "received_from": "192.0.2.14:5060",
        "registered_at": now.isoformat(),
        "expires_seconds": 600,
    }
    Observation.objects.create(service=service, seen_at=now, online=True, facts={"registrations": [phone]})
