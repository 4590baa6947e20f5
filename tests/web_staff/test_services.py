"""Finding a service: who sees what, searching, pages by key, and nothing that breaks it."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linekey.records.models import Service
from linekey.web.staff.services import ROWS
from tests.build import Cast, sip_line
from tests.web_staff.conftest import Browser

LIST = "/revendeur/services"


def _references(client: Client, **asked: str) -> list[str]:
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return [line.row.reference for line in answer.context["lines"]]


def test_a_stranger_signs_in_first_and_comes_back(cast: Cast) -> None:
    answer = Client().get(LIST)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/connexion?next=%2Frevendeur%2Fservices"


def test_ada_has_pages_of_her_own(cast: Cast, browser: Browser) -> None:
    assert browser(cast.ada).get(LIST).status_code == 403
    assert browser(cast.ada).get(f"{LIST}/{cast.line.reference}").status_code == 403


def test_chen_sees_the_services_of_his_customers_and_no_others(cast: Cast, browser: Browser) -> None:
    his = (cast.line, cast.phone_line, cast.access, cast.pbx, cast.menu, cast.fax, cast.licence)
    assert sorted(_references(browser(cast.chen))) == sorted(service.reference for service in his)


def test_bruno_sees_his_company_and_dina_everything(cast: Cast, browser: Browser) -> None:
    assert len(_references(browser(cast.bruno))) == 7
    assert len(_references(browser(cast.dina))) == 11


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"texte": "FPC1729"}, ["FPC172932", "FPC172938", "FPC172947"]),
        ({"texte": "972101011"}, ["0033972101011"]),
        ({"texte": "lumen", "type": "pppoe_access"}, ["xdsl-ab12345-1"]),
        ({"texte": "ab12345001@"}, ["xdsl-ab12345-1"]),
        ({"texte": "nobody"}, []),
        ({"type": "no such kind", "texte": "FPC172947"}, ["FPC172947"]),
        ({"texte": "0033972202020"}, []),
    ],
)
def test_chen_searches_by_anything_he_knows(
    cast: Cast, browser: Browser, asked: dict[str, str], found: list[str]
) -> None:
    assert sorted(_references(browser(cast.chen), **asked)) == found


def test_each_page_goes_on_where_the_last_one_ended(cast: Cast, browser: Browser, now: datetime) -> None:
    for number in range(ROWS + 5):
        sip_line(f"FPC2{number:05d}", cast.lumen, now, owner=None, licence="simple")
    client = browser(cast.chen)
    first = client.get(LIST, {"texte": "FPC2"})
    assert len(first.context["lines"]) == ROWS
    second = client.get(first.context["part"].next)
    assert [line.row.reference for line in second.context["lines"]] == [
        f"FPC2{number:05d}" for number in reversed(range(5))
    ]
    assert second.context["part"].next == ""
    back = client.get(second.context["part"].previous)
    assert back.context["lines"] == first.context["lines"]
    assert back.context["part"].next == first.context["part"].next
    assert back.context["part"].previous == first.context["part"].previous == ""


def test_in_the_middle_of_a_long_list_one_goes_both_ways(cast: Cast, browser: Browser, now: datetime) -> None:
    for number in range(3 * ROWS):
        sip_line(f"FPC2{number:05d}", cast.lumen, now, owner=None, licence="simple")
    client = browser(cast.chen)
    pages = [client.get(LIST, {"texte": "FPC2"})]
    while pages[-1].context["part"].next:
        pages.append(client.get(pages[-1].context["part"].next))
    assert [len(page.context["lines"]) for page in pages] == [ROWS, ROWS, ROWS]
    back = client.get(pages[-1].context["part"].previous)
    assert back.context["lines"] == pages[1].context["lines"]
    assert client.get(back.context["part"].previous).context["lines"] == pages[0].context["lines"]


def test_the_list_costs_the_same_for_one_row_and_for_a_page_of_them(
    cast: Cast, browser: Browser, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(cast.chen)
    for number in range(ROWS):
        sip_line(f"FPC3{number:05d}", cast.lumen, now, owner=cast.ada, licence="svi")
    with django_assert_max_num_queries(9):
        client.get(LIST, {"texte": "FPC172947"})
    with django_assert_max_num_queries(9):
        assert len(client.get(LIST, {"texte": "FPC3"}).context["lines"]) == ROWS


@pytest.mark.parametrize("name", ["texte", "type", "apres"])
@pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "\x1b[31m", "%", "'\"", "é" * 100, "\u202e"])
def test_no_input_breaks_the_list(cast: Cast, browser: Browser, name: str, value: str) -> None:
    assert browser(cast.chen).get(LIST, {name: value}).status_code in (200, 400)


def test_what_is_typed_is_shown_as_text(cast: Cast, browser: Browser) -> None:
    answer = browser(cast.chen).get(LIST, {"texte": "<script>"})
    assert b'<script>"' not in answer.content and b"&lt;script&gt;" in answer.content


def test_a_suspended_service_says_so(cast: Cast, browser: Browser) -> None:
    Service.objects.filter(pk=cast.licence.pk).update(state="suspended")
    assert "Suspended" in browser(cast.chen).get(LIST).content.decode()
