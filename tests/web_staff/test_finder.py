"""The filters of the list: nine of them and any mix, shared by their address, told when they are a slip."""

from typing import cast as typed

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import translation

from linekey.records.models import AuditEntry
from linekey.web.staff.finder import NAMES
from tests.build import Cast
from tests.web_staff.conftest import Browser

LIST, FILE = "/revendeur/services", "/revendeur/services.csv"


def _references(browser: Client, /, **asked: str) -> set[str]:
    answer = browser.get(LIST, asked)
    assert answer.status_code == 200
    return {line.row.reference for line in answer.context["lines"]}


def _file(browser: Client, /, **asked: str) -> str:
    answer = typed(StreamingHttpResponse, browser.get(FILE, asked))
    assert answer.status_code == 200
    return answer.getvalue().decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reference": "ctx-00217"}, {"CTX-00217"}),
        ({"client": "lumen", "type": "hosted_pbx"}, {"CTX-00217"}),
        ({"ref-client": "CLI-00042", "type": "user_licence_svi"}, {"FPC172932"}),
        ({"client-final": "Galerie", "type": "user_licence"}, {"FPC172932", "FPC172938", "FPC172947"}),
        ({"fiche": "CTX-PRO", "type": "hosted_pbx"}, {"CTX-00217"}),
        ({"accountcode": "133615", "type": "hosted_pbx"}, {"CTX-00217"}),
        ({"ip": "198.51.", "type": "plain_line"}, {"0033972101010", "0033972101011"}),
        ({"etat": "closed"}, set()),
        ({"etat": "nowhere", "type": "nothing", "page": "7", "reference": "CTX"}, {"CTX-00217"}),
    ],
)
def test_chen_finds_by_each_filter(
    cast: Cast, browser: Browser, asked: dict[str, str], found: set[str]
) -> None:
    assert _references(browser(cast.chen), **asked) == found


def test_what_narrows_the_list_is_shown_and_each_can_be_taken_away(cast: Cast, browser: Browser) -> None:
    client = browser(cast.chen)
    answer = client.get(LIST, {"client": "Lumen & Cie", "type": "plain_line", "texte": "é"})
    with translation.override("en"):
        chips = answer.context["finder"].chips
    told = [(chip.label, chip.value) for chip in chips]
    assert told[:2] == [("Contains", "é"), ("Client", "Lumen & Cie")]
    assert told[2][0] == "Service type" and b"SIP line" in answer.content
    assert chips[1].without == "/revendeur/services?texte=%C3%A9&type=plain_line"
    assert client.get(chips[1].without).context["finder"].filters.client == ""
    assert '<details class="more-filters" open>' in answer.content.decode()
    assert '<details class="more-filters">' in client.get(LIST, {"texte": "é"}).content.decode()


def test_an_address_that_is_none_is_told_and_narrows_nothing(cast: Cast, browser: Browser) -> None:
    client = browser(cast.chen)
    answer = client.get(LIST, {"ip": "192.0.2.999", "type": "hosted_pbx"})
    assert [line.row.reference for line in answer.context["lines"]] == ["CTX-00217"]
    page = answer.content.decode()
    assert "it is no address, nor the beginning of one" in page and 'aria-invalid="true"' in page
    assert 'value="192.0.2.999"' in page


def test_nothing_found_says_what_to_do(cast: Cast, browser: Browser) -> None:
    client = browser(cast.chen)
    assert "Nothing matches." in client.get(LIST, {"reference": "0033972202020"}).content.decode()
    assert "Nothing more here." in client.get(LIST, {"apres": "0033972202020"}).content.decode()


@pytest.mark.parametrize("name", [*NAMES.values(), "apres", "avant"])
@pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "%", "'\"", "é" * 100, "\u202e", "🂡", "=1+1", "::"])
def test_no_input_breaks_the_list_or_the_file(cast: Cast, browser: Browser, name: str, value: str) -> None:
    client = browser(cast.chen)
    for address in (LIST, FILE):
        assert client.get(address, {name: value}).status_code in (200, 400)


def test_the_file_holds_what_the_filters_show(cast: Cast, browser: Browser) -> None:
    client = browser(cast.chen)
    answer = typed(StreamingHttpResponse, client.get(FILE, {"reference": "CTX-00217"}))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="services-2')
    assert answer.headers["Cache-Control"] == "no-store"
    heading, row, *rest = answer.getvalue().decode().split("\r\n")
    assert heading.startswith("\ufeffService ref.;Service name;Client;Client ref.;Client account;")
    assert row.startswith("CTX-00217;Centrex Atelier Lumen;Atelier Lumen;CLI-00042;")
    assert row.endswith("CTX-PRO-10;133615;;;Active") and rest == [""]


def test_the_file_speaks_the_persons_language(cast: Cast, browser: Browser) -> None:
    client = browser(cast.chen)
    session = client.session
    session["language"] = "fr"
    session.save()
    client.cookies["django_language"] = "fr"
    assert ";Actif\r\n" in _file(client, reference="CTX-00217")


def test_the_file_holds_all_pages_and_no_strangers_row(cast: Cast, browser: Browser) -> None:
    assert _file(browser(cast.chen), apres="FPC172932").count("\r\n") == 1 + 7
    assert _file(browser(cast.dina)).count("\r\n") == 1 + 11
    assert "0033972202020" not in _file(browser(cast.chen), reference="0033972202020")


def test_taking_a_file_is_written_down_with_what_was_asked(cast: Cast, browser: Browser) -> None:
    _file(browser(cast.chen), client="Lumen", etat="active")
    entry = AuditEntry.objects.get(action="services.export")
    assert (entry.actor_id, entry.path) == (cast.chen.pk, cast.reseller.path)
    assert entry.facts["filters"] == "client=Lumen; state=active"


def test_ada_has_no_file_and_a_stranger_signs_in(cast: Cast, browser: Browser) -> None:
    assert browser(cast.ada).get(FILE).status_code == 403
    assert Client().get(FILE).status_code == 303
    assert browser(cast.chen).post(FILE).status_code == 405
