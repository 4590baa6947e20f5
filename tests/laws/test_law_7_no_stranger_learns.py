"""Law 7: no stranger learns whether an account exists: same answer, same hash, same queries on every path."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from linekey.domain.access import Role
from linekey.domain.errors import WrongCredentials
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OutboxEffect, Ticket
from linekey.usecases import recover_account, sign_in
from tests.build import PORTAL_PASSWORD, Cast, person
from tests.hands import Hands, work
from tests.laws.counting_hasher import CountingHasher

WRONG = Secret("ce n'est pas la bonne phrase")
STRANGERS = {
    "unknown customer ID": ("zz99999-lk", PORTAL_PASSWORD),
    "unknown e-mail": ("nobody@example.org", PORTAL_PASSWORD),
    "disabled": ("ev67890-lk", PORTAL_PASSWORD),
    "e-mail of two accounts": ("twin@example.org", PORTAL_PASSWORD),
    "no password yet": ("bc23456-lk", PORTAL_PASSWORD),
    "wrong password": ("ab12345-lk", WRONG),
    "wrong password by e-mail": ("ada.lemoine@example.org", WRONG),
    "nothing typed": ("", Secret("")),
    "NUL": ("ab12345-lk\0", PORTAL_PASSWORD),
    "ten thousand letters": ("a" * 10_000, PORTAL_PASSWORD),
    "header injection": ("ada.lemoine@example.org\r\nBcc: eve@example.org", PORTAL_PASSWORD),
    "two at signs": ("ada@lemoine@example.org", PORTAL_PASSWORD),
    "another script": ("föö@münchen.de", PORTAL_PASSWORD),
    "full-width digits": ("ab１２３４５-lk", PORTAL_PASSWORD),
    "wildcards": ("%", PORTAL_PASSWORD),
}


@pytest.fixture
def strangers(cast: Cast, now: datetime) -> Cast:
    cast.eve.is_active = False
    cast.eve.save()
    cast.bruno.set_unusable_password()
    cast.bruno.save()
    for customer_id, tenant in (("tw11111-lk", cast.reseller), ("tw22222-lk", cast.operator)):
        twin = person(customer_id, "Twin", "Twin", Role.SUBSCRIBER, cast.lumen, tenant, now)
        twin.email = "twin@example.org"
        twin.save()
    return cast


@pytest.fixture
def hashes(settings: Settings, strangers: Cast) -> Iterator[list[str]]:
    settings.PASSWORD_HASHERS = ["tests.laws.counting_hasher.CountingHasher"]
    CountingHasher.calls.clear()
    yield CountingHasher.calls


def enter(identifier: str, password: Secret, now: datetime) -> sign_in.SignedIn:
    return sign_in.enter(identifier=identifier, password=password, now=now, device="Firefox", address="::1")


@pytest.mark.parametrize("why", STRANGERS)
def test_every_refused_sign_in_is_the_same_answer_after_the_same_work(
    why: str, hashes: list[str], now: datetime
) -> None:
    with pytest.raises(WrongCredentials) as refusal:
        enter(*STRANGERS[why], now)
    assert refusal.value.values == {} and str(refusal.value) == "wrong_credentials"
    assert len(hashes) == 1
    assert AuditEntry.objects.filter(action="session.refused").count() == 1
    assert not OutboxEffect.objects.exists()


def test_every_refused_sign_in_asks_the_database_as_often(hashes: list[str], now: datetime) -> None:
    def queries(identifier: str, password: Secret) -> int:
        with CaptureQueriesContext(connection) as captured, pytest.raises(WrongCredentials):
            enter(identifier, password, now)
        return len(captured)

    # An identifier no row can hold is not even looked up: that says nothing about any account.
    looked_up = {why: case for why, case in STRANGERS.items() if why not in ("NUL", "ten thousand letters")}
    counts = {why: queries(*case) for why, case in looked_up.items()}
    assert len(set(counts.values())) == 1, counts


def test_the_owner_gets_in_with_one_hash_too(hashes: list[str], strangers: Cast, now: datetime) -> None:
    for identifier in ("ab12345-lk", " AB12345-LK ", "ada.lemoine@example.org", "Ada.Lemoine@EXAMPLE.org"):
        hashes.clear()
        assert enter(identifier, PORTAL_PASSWORD, now).person_id == strangers.ada.pk
        assert len(hashes) == 1


def test_a_request_for_a_reset_link_is_the_same_work_for_everybody(strangers: Cast, now: datetime) -> None:
    def queries(identifier: str) -> list[str]:
        OutboxEffect.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            recover_account.ask(identifier=identifier, now=now)
        row = OutboxEffect.objects.get(kind="recover", service=None, person=None, version=None)
        assert row.facts.keys() == {"identifier"}
        return [query["sql"].split()[0] for query in captured.captured_queries]

    identifiers = [identifier for identifier, _ in STRANGERS.values()]
    assert len({tuple(queries(identifier)) for identifier in identifiers}) == 1


@pytest.mark.parametrize(
    ("identifier", "mails"),
    [
        ("ab12345-lk", 1),
        ("Ada.Lemoine@example.org", 1),
        ("ev67890-lk", 0),
        ("twin@example.org", 0),
        ("nobody@example.org", 0),
    ],
)
def test_the_row_of_a_request_says_the_same_whether_a_mail_went_out_or_not(
    strangers: Cast, now: datetime, hands: Hands, identifier: str, mails: int
) -> None:
    recover_account.ask(identifier=identifier, now=now)
    work(hands)
    row = OutboxEffect.objects.get()
    assert (row.state, row.result, row.last_trouble, row.attempts) == ("done", {}, "", 1)
    assert len(hands.mail.mails) == Ticket.objects.count() == mails


def test_a_stranger_cannot_fill_a_mailbox(strangers: Cast, now: datetime, hands: Hands) -> None:
    for _ in range(5):
        recover_account.ask(identifier="ab12345-lk", now=now)
        work(hands)
    assert len(hands.mail.mails) == 1


def test_the_link_of_a_request_is_for_whoever_owns_the_account_alone(
    strangers: Cast, now: datetime, hands: Hands
) -> None:
    recover_account.ask(identifier="ab12345-lk", now=now)
    work(hands)
    assert hands.mail.mails[0].address == strangers.ada.email
