"""A password somebody else made opens the page that replaces it, and nothing else (TEAM-2)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from linekey.domain.access import Scope
from linekey.records.models import Person
from tests.api.programs import Program, key_of
from tests.build import PORTAL_PASSWORD, Cast
from tests.web.conftest import seated

NEW = "une tout autre phrase à moi"
OPEN = {"/connexion", "/apparence", "/langue", "/deconnexion", "/compte/mot-de-passe"}


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Client:
    Person.objects.filter(pk=cast.ada.pk).update(
        must_change_password=True, password_expires_at=now + timedelta(hours=1)
    )
    return seated(cast.ada)


def addresses() -> list[str]:
    """Every page of the portal whose address needs nothing."""

    def within(patterns: list[URLPattern | URLResolver], start: str) -> list[str]:
        found = []
        for pattern in patterns:
            here = start + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += within(pattern.url_patterns, here)
            elif "<" not in here and "^" not in here:
                found.append(f"/{here}")
        return found

    return within(get_resolver().url_patterns, "")


def test_every_page_of_somebody_signed_in_leads_there_and_says_why(cast: Cast, ada: Client) -> None:
    barred = 0
    other = seated(cast.bruno)
    for address in addresses():
        before = other.get(address)
        after = ada.get(address)
        if after.headers.get("Location") == "/compte/mot-de-passe":
            barred += 1
        elif address not in OPEN:
            # What a stranger may see too, or what no page is.
            assert after.status_code != 200 or Client().get(address).status_code == 200, address
            assert before.status_code < 500
    assert barred > 20
    page = ada.get("/compte/mot-de-passe")
    assert page.status_code == 200 and b"was set for you" in page.content


def test_fragments_and_forms_lead_there_too(ada: Client) -> None:
    answer = ada.get("/telephonie", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/compte/mot-de-passe"
    assert ada.post("/compte/pin", {"pin": "482915"}).headers["Location"] == "/compte/mot-de-passe"
    assert ada.post("/compte/mot-de-passe/verifier", {"password": NEW}).status_code == 200


def test_the_console_is_shut_and_programs_go_on(cast: Cast, ada: Client) -> None:
    shut = ada.get("/1.0/me")
    assert (shut.status_code, shut.json()["details"]["code"]) == (403, "must_change_password")
    assert Program.with_token(key_of(cast.ada, {Scope.READ})).get("/me").status == 200


def test_after_the_change_everything_is_open(cast: Cast, ada: Client) -> None:
    typed = {"current": PORTAL_PASSWORD.reveal(), "password": NEW}
    answer = ada.post("/compte/mot-de-passe", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert ada.get("/compte").status_code == 200
    cast.ada.refresh_from_db()
    assert not cast.ada.must_change_password and cast.ada.password_expires_at is None


def test_leaving_speaking_and_dimming_stay_possible(ada: Client) -> None:
    assert ada.post("/langue", {"language": "fr"}).status_code < 400
    assert ada.post("/apparence", {"theme": "dark"}).status_code < 400
    assert ada.post("/deconnexion").headers["Location"] == "/connexion"
