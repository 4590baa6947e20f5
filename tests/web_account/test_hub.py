"""The account at a glance: what protects it, what is missing, the gesture beside each."""

from datetime import datetime

from django.test import Client

from linekey.records.models import Person
from tests.build import Cast
from tests.web_account.conftest import codes_of, factor_of


def test_a_bare_account_is_told_what_would_make_it_safer(ada: Client) -> None:
    page = ada.get("/compte").content.decode()
    assert "3 things make your account safer." in page
    assert "1 of 4 protections in place." in page
    assert 'href="/compte/double-authentification">Turn on<' in page
    assert "Turn two-step verification on first." in page
    assert 'href="/compte/coordonnees">Add<' in page


def test_few_codes_and_an_unverified_backup_do_not_count(ada: Client, cast: Cast, now: datetime) -> None:
    factor_of(cast.ada, now, "ada")
    codes_of(cast.ada, now, 2)
    Person.objects.filter(pk=cast.ada.pk).update(backup_email="ada@example.net")
    page = ada.get("/compte").content.decode()
    assert "2 things make your account safer." in page
    assert "2 codes left." in page and ">Generate<" in page


def test_no_code_at_all_is_said_in_so_many_words(ada: Client, cast: Cast, now: datetime) -> None:
    factor_of(cast.ada, now, "ada")
    assert "nothing else lets you in" in ada.get("/compte").content.decode()


def test_a_whole_account_is_left_in_peace(ada: Client, cast: Cast, now: datetime) -> None:
    factor_of(cast.ada, now, "ada")
    codes_of(cast.ada, now)
    Person.objects.filter(pk=cast.ada.pk).update(backup_email="ada@example.net", backup_verified_at=now)
    page = ada.get("/compte").content.decode()
    assert "Your account is well protected." in page
    assert "4 of 4 protections in place." in page


def test_acc_3_the_customer_id_is_found_again(ada: Client, cast: Cast) -> None:
    assert f'id="own-customer-id">{cast.ada.customer_id}<' in ada.get("/compte").content.decode()
