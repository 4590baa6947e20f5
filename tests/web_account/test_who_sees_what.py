"""Every page of the account, met by somebody not signed in, by each role, and by a stranger to it."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linekey.records.models import AccessKey, Device, Factor, OpenSession
from tests.build import Cast
from tests.web_account.conftest import Browser, codes_of, factor_of, things_of

READ = [
    "/compte",
    "/compte/mot-de-passe",
    "/compte/double-authentification",
    "/compte/sessions",
    "/compte/coordonnees",
    "/compte/cles-d-acces",
    "/compte/activite",
]
GUARDED = [
    "/compte/pin",
    "/compte/double-authentification/application",
    "/compte/double-authentification/cle",
    "/compte/double-authentification/codes",
    "/compte/coordonnees/email",
    "/compte/coordonnees/secours",
    "/compte/cles-d-acces/nouvelle",
]
SECRETS = ("sealed-canary", "hash-canary", "argon2", "-browser")


@pytest.mark.django_db
@pytest.mark.parametrize("address", READ + GUARDED)
def test_a_page_is_for_somebody_signed_in(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/connexion?next=%2Fcompte")


@pytest.mark.parametrize("who", ["ada", "bruno", "chen", "dina", "olivia"])
def test_every_role_has_an_account_and_no_page_holds_a_secret_or_stays_behind(
    cast: Cast, browser: Browser, who: str, now: datetime
) -> None:
    person = getattr(cast, who)
    things_of(person, now, "ada")
    codes_of(person, now)
    client = browser(person)
    for address in READ + GUARDED:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-store"
        page = answer.content.decode()
        assert not [secret for secret in SECRETS if secret in page], address


@pytest.mark.parametrize("address", GUARDED)
def test_a_change_wants_a_recent_proof_before_its_form(cast: Cast, browser: Browser, address: str) -> None:
    long_ago = browser(cast.ada, proved=False)
    for answer in (long_ago.get(address), long_ago.post(address)):
        assert answer.headers["Location"].startswith("/confirmer?next=")


def test_nobody_sees_or_touches_what_is_somebody_elses(
    cast: Cast, browser: Browser, ada: Client, now: datetime
) -> None:
    eves = things_of(cast.eve, now, "eve")
    factor_of(cast.ada, now, "ada")
    two_step, keys = "/compte/double-authentification/appareils", "/compte/cles-d-acces"
    for address, by_get in (
        (f"{two_step}/{eves.factor.uid}/nom", True),
        (f"{two_step}/{eves.factor.uid}/retirer", True),
        (f"{two_step}/unknown/retirer", True),
        (f"{keys}/{eves.key.key_id}/revocation", True),
        (f"/compte/sessions/{eves.session.pk}/fin", False),
        (f"/compte/navigateurs/{eves.device.pk}/oubli", False),
        ("/compte/sessions/99999999999999999999/fin", False),
        ("/compte/navigateurs/99999999999999999999/oubli", False),
        ("/compte/coordonnees/adresse", True),
        ("/compte/coordonnees/email/retirer", True),
    ):
        assert ada.post(address, {"name": "à moi"}).status_code == 404, address
        if by_get:
            assert ada.get(address).status_code == 404, address
    for address in READ:
        page = ada.get(address).content.decode()
        assert not [name for name in ("Tablette eve", "Sauvegarde eve", "203.0.113.9") if name in page], (
            address
        )
    assert Factor.objects.get(uid=eves.factor.uid).name == "Tablette eve"
    assert AccessKey.objects.get(pk=eves.key.pk).revoked_at is None
    assert OpenSession.objects.get(pk=eves.session.pk).ended_at is None
    assert Device.objects.get(pk=eves.device.pk).ended_at is None


@pytest.mark.parametrize("address", READ)
def test_a_full_account_costs_what_an_empty_one_does(
    cast: Cast, ada: Client, address: str, now: datetime
) -> None:
    with CaptureQueriesContext(connection) as few:
        ada.get(address)
    for number in range(8):
        things_of(cast.ada, now, f"n{number}")
    codes_of(cast.ada, now)
    with CaptureQueriesContext(connection) as many:
        ada.get(address)
    assert len(many) <= len(few)


def test_the_corner_of_every_page_leads_there(ada: Client) -> None:
    assert b'href="/compte"' in ada.get("/emails").content
