"""Handsets of lines by program: given with an address told once, reset, opened again, taken away (SIP-6)."""

import pytest

from linekey.domain.access import Scope
from linekey.records.models import Phone
from tests.api.programs import LINE, Program, key_of
from tests.build import Cast
from tests.hands import PUBLIC_URL
from tests.handset import Handset

pytestmark = pytest.mark.django_db

AT = f"/services/{LINE}/phone"
BODY = {"vendor": "yealink", "model": "T46U", "mac": "00:15:65:aa:bb:cc"}


def test_a_handset_is_given_once_and_its_address_is_told_once(chen: Program) -> None:
    given = chen.post(AT, BODY)
    assert given.status == 202
    assert given.value["address"].startswith("http://localhost:8000/provision/")
    again = chen.post(AT, BODY)
    assert (again.status, again.code) == (409, "already_shown")
    assert chen.post(AT, BODY, once="another-request").code == "has_phone"
    told = chen.get(AT)
    assert told.value["managed_phone"] == "Yealink T46U"
    assert told.value["phone"]["mac"] == "00:15:65:aa:bb:cc"
    assert given.value["address"] not in str(told.value)


def test_a_managed_line_refuses_a_typed_password_and_offers_the_reset_of_its_handset(
    cast: Cast, chen: Program, ada: Program
) -> None:
    opened = chen.post(AT, BODY)
    refused = ada.post(f"/services/{LINE}/change", {"password": "Tilleul-4718-bleu"})
    assert (refused.status, refused.code) == (409, "managed_by_phone")
    assert ada.get(f"/services/{LINE}").value["actions"] == []
    Handset(cast.line, opened.value["address"].replace("http://localhost:8000", PUBLIC_URL)).fetch()
    reset = ada.post(f"{AT}/reset")
    assert (reset.status, reset.value["version"]) == (202, None)
    assert ada.post(f"{AT}/reset").value == reset.value, "sent twice it is one"
    change = ada.get(f"/services/{LINE}/progress").value["change"]
    assert (change["plan"], change["state"]) == (reset.value["plan"], "expected")
    phone = ada.get(AT).value["phone"]
    assert phone["asked_at"] and [fetch["outcome"] for fetch in phone["fetches"]] == ["drawn"]


def test_the_first_access_is_opened_again_and_shown_once(chen: Program, ada: Program) -> None:
    first = chen.post(AT, BODY).value["address"]
    opened = ada.post(f"{AT}/first-access")
    assert opened.status == 202 and opened.value["address"] != first
    assert ada.post(f"{AT}/first-access").code == "already_shown"


def test_a_handset_is_taken_away(chen: Program, ada: Program) -> None:
    chen.post(AT, BODY)
    assert ada.call("DELETE", AT).code == "not_allowed"
    gone = chen.call("DELETE", AT)
    assert gone.value == {"managed_phone": "", "phone": None}
    assert chen.call("DELETE", AT).code == "no_phone"
    assert ada.post(f"{AT}/reset").code == "no_phone"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (BODY | {"vendor": "nokia"}, "vendor"),
        (BODY | {"model": "T46U\nuser_pass = 1"}, "model"),
        (BODY | {"mac": "00:15:65"}, "mac"),
        (BODY | {"vendor": "linphone"}, "mac"),
        (BODY | {"password": "typed"}, "password"),
    ],
)
def test_what_cannot_be_read_is_named(chen: Program, body: object, field: str) -> None:
    refused = chen.post(AT, body)
    assert (refused.status, refused.value["field"]) == (400, field)
    assert not Phone.objects.exists()


def test_a_handset_of_another_company_is_not_told_apart_from_none(cast: Cast, chen: Program) -> None:
    olivia = Program.with_token(key_of(cast.olivia))
    hers = f"/services/{cast.eves_line.reference}/phone"
    assert olivia.post(hers, BODY).status == 202
    foreign, unknown = chen.get(hers), chen.get("/services/0033900000000/phone")
    assert (foreign.status, foreign.code) == (unknown.status, unknown.code) == (404, "not_found")
    assert chen.post(AT, BODY).code == "mac_taken"


def test_a_key_for_settings_alone_gives_no_handset(cast: Cast) -> None:
    """Its address is as good as the password of the line."""
    limited = Program.with_token(key_of(cast.chen, {Scope.SETTINGS, Scope.READ}))
    assert limited.post(AT, BODY).code == "scope_not_granted"
