"""ACC-10: addresses and numbers count once they answered; the old one stays until then."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import Settings

from linekey.domain.effects import EffectKind
from linekey.records.models import Flow, OutboxEffect, Person
from tests.build import Cast
from tests.web_account.conftest import Browser, send_code

PAGE = "/compte/coordonnees"
NEW = "ada.secours@example.net"
CODE = "048213"


@pytest.fixture
def gateway(settings: Settings) -> None:
    settings.LINEKEY_SMS_URL = "http://127.0.0.1:13013/cgi-bin/sendsms"


def asked(browser: Client, place: str = "secours", value: str = NEW) -> str:
    """The page of the code."""
    address: str = browser.post(f"{PAGE}/{place}", {"value": value}).headers["Location"]
    assert address.startswith(f"{PAGE}/code/")
    return address


def arrived(now: datetime, code: str = CODE) -> None:
    send_code(Flow.objects.get(), code, now)


def test_what_stands_there_is_told_with_whether_it_answered(ada: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(backup_email=NEW, email_verified_at=None)
    page = ada.get(PAGE).content.decode()
    assert cast.ada.email in page and NEW in page
    assert page.count("Not verified") == 2


def test_a_backup_address_counts_once_its_code_was_typed(ada: Client, cast: Cast, now: datetime) -> None:
    address = asked(ada)
    page = ada.get(address).content.decode()
    assert NEW in page and "5 tries left." in page and "spam folder" in page
    assert not Person.objects.get(pk=cast.ada.pk).backup_email
    arrived(now)
    wrong = ada.post(address, {"code": "111111"})
    assert wrong.status_code == 422
    assert b"Tries left: 4." in wrong.content
    assert ada.post(address, {"code": "048 213"}).headers["Location"] == PAGE
    assert b"Your backup e-mail address is verified." in ada.get(PAGE).content
    assert Person.objects.get(pk=cast.ada.pk).backup_email == NEW
    assert ada.get(address).headers["Location"] == PAGE
    assert b"This step is over" in ada.get(PAGE).content


def test_a_new_main_address_signs_in_and_this_session_goes_on(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    here, there = browser(cast.ada), browser(cast.ada)
    address = asked(here, "email")
    arrived(now)
    assert here.post(address, {"code": CODE}).headers["Location"] == PAGE
    assert b"sign in with the new one" in here.get(PAGE).content
    assert there.get(PAGE).headers["Location"].startswith("/connexion")


def test_after_five_wrong_codes_it_begins_again(ada: Client, now: datetime) -> None:
    address = asked(ada)
    arrived(now)
    answers = [ada.post(address, {"code": "111111"}) for _ in range(5)]
    assert answers[-1].headers["Location"] == PAGE or answers[-1].status_code == 422
    assert ada.post(address, {"code": CODE}).headers["Location"] == PAGE
    assert b"Start again from the beginning." in ada.get(PAGE).content


def test_another_code_is_sent_on_demand(ada: Client) -> None:
    address = asked(ada)
    assert ada.post(f"{address}/renvoi").headers["Location"] == address
    assert b"A new code is on its way." in ada.get(address).content
    assert OutboxEffect.objects.filter(kind=EffectKind.CODE).count() == 2
    assert ada.get(f"{address}/renvoi").status_code == 405
    assert ada.post(f"{PAGE}/code/unknown/renvoi").headers["Location"] == PAGE


def test_sending_without_end_is_refused_with_a_time(ada: Client) -> None:
    address = asked(ada)
    answers = [ada.post(f"{address}/renvoi").status_code for _ in range(8)]
    assert answers[0] == 303 and answers[-1] == 429


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "a@b\r\nBcc: eve@example.org"),
        ("email", "ada.lemoine@example.org"),
        ("secours", "ada.lemoine@example.org"),
        ("secours", "x" * 300 + "@example.org"),
        ("telephone", "nonsense"),
        ("telephone", "+33184780117 poste 12"),
    ],
)
def test_what_nobody_can_write_to_is_refused_beside_its_field(
    ada: Client, gateway: None, place: str, value: str
) -> None:
    answer = ada.post(f"{PAGE}/{place}", {"value": value})
    assert answer.status_code == 422
    assert b'class="wrongs"' in answer.content
    assert not Flow.objects.exists()


class TestPhone:
    def test_without_a_gateway_it_is_supports_to_change(self, ada: Client, settings: Settings) -> None:
        settings.LINEKEY_SMS_URL = ""
        page = ada.get(PAGE).content
        assert b"no SMS is sent here" in page
        assert b'href="/compte/coordonnees/telephone"' not in page
        assert ada.get(f"{PAGE}/telephone").status_code == 409

    def test_with_one_a_code_goes_to_the_new_number(
        self, ada: Client, cast: Cast, gateway: None, now: datetime
    ) -> None:
        address = asked(ada, "telephone", "06 98 76 54 32")
        page = ada.get(address).content.decode()
        assert "No SMS after two minutes?" in page
        arrived(now)
        assert ada.post(address, {"code": CODE}).headers["Location"] == PAGE
        assert Person.objects.get(pk=cast.ada.pk).phone == "+33698765432"

    def test_a_number_with_an_extension_is_the_companys(self, ada: Client, cast: Cast, gateway: None) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(extension="12")
        page = ada.get(PAGE).content
        assert b"extension 12" in page
        assert b"/compte/coordonnees/telephone" not in page


@pytest.mark.parametrize(("place", "column"), [("secours", "backup_email"), ("telephone", "phone")])
def test_one_is_removed_after_its_name_and_the_consequence_were_told(
    ada: Client, cast: Cast, now: datetime, place: str, column: str
) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(backup_email=NEW, backup_verified_at=now)
    told = getattr(Person.objects.get(pk=cast.ada.pk), column)
    address = f"{PAGE}/{place}/retirer"
    assert told in ada.get(address).content.decode()
    assert getattr(Person.objects.get(pk=cast.ada.pk), column) == told
    assert ada.post(address).headers["Location"] == PAGE
    assert getattr(Person.objects.get(pk=cast.ada.pk), column) == ""
    assert ada.get(address).status_code == 404


def test_the_language_is_chosen_for_pages_and_mails(cast: Cast, browser: Browser) -> None:
    ada = browser(cast.ada, proved=False)
    assert ada.post(f"{PAGE}/langue", {"language": "fr"}).headers["Location"] == PAGE
    assert ada.get(PAGE).headers["Content-Language"] == "fr"
    assert ada.post(f"{PAGE}/langue", {"language": "en"}).status_code == 303
    assert Person.objects.get(pk=cast.ada.pk).language == "en"
    for nonsense in ("", "xx", "fr\0"):
        assert ada.post(f"{PAGE}/langue", {"language": nonsense}).status_code == 400
