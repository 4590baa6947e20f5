"""Every page, met by somebody not signed in, by its owner, and by somebody it does not belong to."""

import re

import pytest
from django.test import Client

from tests.build import Cast
from tests.web.conftest import SignIn

OWN = [
    "/",
    "/telephonie",
    "/telephonie/0033972101010",
    "/telephonie/0033972101010/etat",
    "/telephonie/0033972101010/gestion",
    "/telephonie/0033972101010/gestion/mot-de-passe",
    "/telephonie/0033972101010/gestion/reinitialiser",
    "/internet",
    "/internet/xdsl-ab12345-1",
    "/internet/xdsl-ab12345-1/etat",
    "/internet/xdsl-ab12345-1/identifiants",
    "/internet/xdsl-ab12345-1/reinitialiser",
    "/emails",
    "/confirmer",
]
OF_A_SERVICE = [address for address in OWN if address.count("/") > 1]


@pytest.mark.parametrize("address", OWN)
def test_a_page_is_for_somebody_signed_in(stranger: Client, address: str) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/connexion?next=%2F")


@pytest.mark.parametrize("address", OWN)
def test_its_owner_sees_it_and_nothing_keeps_it(ada: Client, address: str) -> None:
    answer = ada.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", OF_A_SERVICE)
def test_not_yours_and_unknown_are_one_answer(cast: Cast, sign_in: SignIn, address: str) -> None:
    eve = sign_in(cast.eve)
    foreign = eve.get(address)
    unknown = eve.get(address.replace("0033972101010", "0033000000000").replace("ab12345", "zz99999"))
    assert foreign.status_code == unknown.status_code == 404
    assert b"not_found" in foreign.content


@pytest.mark.parametrize("address", ["/internet/0033972101010", "/telephonie/xdsl-ab12345-1"])
def test_a_line_is_no_access_and_an_access_is_no_line(ada: Client, address: str) -> None:
    assert ada.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/telephonie/0033972101010/gestion/mot-de-passe",
        "/telephonie/0033972101010/gestion/mot-de-passe/verifier",
        "/telephonie/0033972101010/gestion/reinitialiser",
        "/internet/xdsl-ab12345-1/identifiants",
    ],
)
def test_nobody_changes_what_is_not_theirs(cast: Cast, sign_in: SignIn, address: str) -> None:
    typed = {"password": "Tilleul-4718-bleu", "operation": "0" * 32}
    assert sign_in(cast.eve).post(address, typed).status_code == 404
    assert cast.line.versions.count() == cast.access.versions.count() == 0


def test_each_role_finds_its_own_doors(cast: Cast, sign_in: SignIn) -> None:
    assert b'href="/exploitation"' in sign_in(cast.dina).get("/").content
    reseller = sign_in(cast.chen).get("/").content
    assert b'href="/revendeur/services"' in reseller
    assert b'href="/exploitation"' not in reseller
    assert b'href="/revendeur/services"' not in sign_in(cast.ada).get("/").content


def test_the_customer_id_stands_under_name_and_e_mail(ada: Client) -> None:
    """ACC-3: on every page, top right."""
    page = ada.get("/telephonie").content.decode()
    panel = page[page.index('class="account-panel"') :]
    assert panel.index("Ada Lemoine") < panel.index("ada.lemoine@example.org") < panel.index("ab12345-lk")


def test_the_home_page_of_a_company_leads_to_each_of_its_services(cast: Cast, sign_in: SignIn) -> None:
    bruno = sign_in(cast.bruno)
    page = bruno.get("/").content.decode()
    for service in (cast.line, cast.access, cast.pbx, cast.licence):
        address = re.search(rf'href="(/[^"]*{service.reference}[^"]*)"', page)
        assert address is not None, service.reference
        assert bruno.get(address[1]).status_code == 200, address[1]
