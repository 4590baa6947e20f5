"""Lists of services: narrowed by a text, read by key, and never dearer for being long."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.build import Cast, sip_line
from tests.web.conftest import SignIn


def test_a_text_narrows_the_list(ada: Client) -> None:
    page = ada.get("/telephonie", {"texte": "1011"}).content
    assert b"0033972101011" in page
    assert b'href="/telephonie/0033972101010"' not in page


def test_an_empty_answer_says_what_to_do(ada: Client) -> None:
    assert b"No line matches" in ada.get("/telephonie", {"texte": "zzz"}).content
    assert b"No access matches" in ada.get("/internet", {"texte": "zzz"}).content


@pytest.fixture
def bruno(cast: Cast, sign_in: SignIn, now: datetime) -> Client:
    for number in range(60):
        sip_line(f"FPC2{number:05}", cast.lumen, now, owner=None)
    return sign_in(cast.bruno)


def test_the_next_page_starts_after_the_last_row(bruno: Client) -> None:
    first = bruno.get("/telephonie")
    assert len(first.context["rows"]) == 50
    after = first.context["next_after"]
    second = bruno.get("/telephonie", {"apres": after})
    assert (after, second.context["rows"][0].reference) == ("FPC200010", "FPC200009")
    assert second.context["next_after"] == ""


@pytest.mark.parametrize("address", ["/telephonie", "/telephonie?apres=FPC200010"])
def test_a_long_list_costs_what_a_short_one_does(
    bruno: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        bruno.get(address)


def test_a_page_of_one_service_stays_cheap(
    ada: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(16):
        ada.get("/telephonie/0033972101010/gestion")
