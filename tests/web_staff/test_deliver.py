"""Opening an internet access: who may, what is checked, and that twice is once (PPP-1)."""

import re

import pytest
from django.test import Client

from linekey.records.models import OutboxEffect, Service
from tests.build import Cast
from tests.web_staff.conftest import Browser

PAGE = "/exploitation/livraison"
GOOD = {
    "owner": "ab12345-lk",
    "reference": "xdsl-ab12345-2",
    "name": "Internet du dépôt",
    "login": "ab12345002@linekey.adsl",
    "technology": "ftth",
    "element": "freeradius-1",
}


def _form(client: Client, **changed: str) -> dict[str, str]:
    found = re.search(r'name="operation" value="([^"]+)"', client.get(PAGE).content.decode())
    assert found
    return GOOD | {"operation": found[1]} | changed


def test_only_resellers_and_operator_administrators_open_accesses(
    cast: Cast, browser: Browser, access_server: str
) -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/connexion?next=")
    for person in (cast.ada, cast.bruno, cast.dina):
        assert browser(person).get(PAGE).status_code == 403
        assert browser(person).post(PAGE, GOOD | {"operation": "0" * 32}).status_code == 403
    for person in (cast.chen, cast.olivia):
        assert browser(person).get(PAGE).status_code == 200
    assert browser(cast.chen, proved=False).get(PAGE).headers["Location"].startswith("/confirmer?next=")


def test_an_access_is_opened_once_and_its_credentials_are_on_their_way(
    cast: Cast, browser: Browser, access_server: str
) -> None:
    chen = browser(cast.chen)
    form = _form(chen, owner=" AB12345-lk ", login="AB12345002@linekey.adsl")
    for _ in range(2):
        assert chen.post(PAGE, form).headers["Location"] == "/revendeur/services/xdsl-ab12345-2"
    access = Service.objects.get(reference="xdsl-ab12345-2")
    assert (access.owner, access.organisation, access.ppp.login) == (
        cast.ada,
        cast.lumen,
        "ab12345002@linekey.adsl",
    )
    assert list(OutboxEffect.objects.order_by("step").values_list("kind", flat=True)) == [
        "deliver",
        "push",
        "disconnect",
        "watch",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"owner": "ev67890-lk"}, "owner"),
        ({"owner": "nobody-lk"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"reference": "xdsl-ab12345-1"}, "reference"),
        ({"reference": "0033972101010"}, "reference"),
        ({"reference": "xdsl-ev67890-1"}, "reference"),
        ({"reference": "../etc"}, "reference"),
        ({"login": "ab12345001@linekey.adsl"}, "login"),
        ({"login": "short@linekey.adsl"}, "login"),
        ({"login": "ab12345002"}, "login"),
        ({"login": "ab12345002@linekey.adsl\nX"}, "login"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "\x1b[31mred"}, "name"),
        ({"technology": "carrier pigeon"}, "technology"),
        ({"element": "freeradius-9"}, "element"),
    ],
)
def test_each_wrong_value_is_named_and_nothing_is_opened(
    cast: Cast, browser: Browser, access_server: str, wrong: dict[str, str], field: str
) -> None:
    chen = browser(cast.chen)
    before = Service.objects.count()
    answer = chen.post(PAGE, _form(chen, **wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Service.objects.count() == before and not OutboxEffect.objects.exists()


@pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "\x07", "\ud7ff", "'; --", "[]"])
@pytest.mark.parametrize("field", [*GOOD, "operation"])
def test_no_value_breaks_the_page(
    cast: Cast, browser: Browser, access_server: str, field: str, value: str
) -> None:
    chen = browser(cast.chen)
    form = _form(chen, reference="xdsl-fuzz-1", login="fuzz000001@linekey.adsl")
    assert chen.post(PAGE, form | {field: value}).status_code in (303, 400, 422)


def test_without_a_known_server_the_page_says_so(cast: Cast, browser: Browser) -> None:
    told = browser(cast.chen).get(PAGE)
    assert told.status_code == 200 and "No RADIUS server is known yet." in told.content.decode()
