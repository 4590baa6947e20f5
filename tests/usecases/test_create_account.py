"""Ask for an account: one answer whoever has the address, nothing open before the mailbox answers."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linekey.domain.errors import AddressRefused, Malformed, TooManyAttempts
from linekey.domain.flows import FlowState
from linekey.domain.identifiers import is_customer_id
from linekey.records.models import AuditEntry, Flow, OutboxEffect, Person, Tally, Ticket
from linekey.usecases import create_account
from tests.build import Cast, visitor
from tests.hands import Hands, work

FIRST, LAST, EMAIL = "Nour", "Dupré", "nour@example.org"


def ask(
    now: datetime,
    *,
    first_name: str = FIRST,
    last_name: str = LAST,
    email: str = EMAIL,
    language: str = "fr",
    address: str = "198.51.100.7",
) -> None:
    create_account.ask(
        first_name=first_name,
        last_name=last_name,
        email=email,
        language=language,
        suffix="lk",
        visitor=visitor(address=address),
        now=now,
    )


def test_a_link_goes_to_the_mailbox_and_nobody_is_made(cast: Cast, now: datetime, hands: Hands) -> None:
    """ACC-10."""
    ask(now, email=" NOUR@example.org ")
    work(hands, now)
    (mail,) = hands.mail.mails
    facts = Flow.objects.get().facts
    assert mail.address == facts["email"] == EMAIL and facts["last_name"] == LAST
    assert is_customer_id(facts["customer_id"], "lk") and facts["customer_id"] in mail.written.subject
    assert "/activation/" in mail.written.text
    assert not Person.objects.filter(email=EMAIL).exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person, entry.facts) == ("account.asked", None, {"address": "198.51.100.7"})


def test_the_owner_of_an_address_is_told_that_they_have_an_account(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    ask(now, email=cast.eve.email)
    work(hands, now)
    (mail,) = hands.mail.mails
    assert mail.address == cast.eve.email and "ev67890-lk" in mail.written.text
    assert FIRST not in mail.written.text and "/activation/" not in mail.written.text
    assert Flow.objects.get().state == FlowState.ENDED and not Ticket.objects.exists()


def test_a_resellers_customer_may_be_one_of_ours_too(cast: Cast, now: datetime, hands: Hands) -> None:
    ask(now, email=cast.ada.email)
    work(hands, now)
    assert "/activation/" in hands.mail.mails[0].written.text


def test_the_answer_and_the_work_are_the_same_for_everybody(cast: Cast, now: datetime) -> None:
    """Law 7."""

    def work_for(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            ask(now, email=email)
        row = OutboxEffect.objects.latest("id")
        assert (row.kind, row.person, row.service, row.facts.keys()) == ("activate", None, None, {"flow"})
        return [query["sql"].split()[0] for query in captured.captured_queries]

    disabled = cast.dina
    disabled.is_active = False
    disabled.save()
    work_for("first@example.org")  # The tally of the network is made once.
    emails = (EMAIL, cast.eve.email, cast.ada.email, disabled.email)
    assert len({tuple(work_for(email)) for email in emails}) == 1


def test_the_row_tells_nothing_of_whether_the_address_had_an_account(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    for email in (EMAIL, cast.eve.email):
        ask(now, email=email)
        work(hands, now)
    rows = OutboxEffect.objects.values_list("state", "result", "last_trouble", "attempts").distinct()
    assert list(rows) == [("done", {}, "", 1)]


@pytest.mark.parametrize("email", [EMAIL, "eve.verne@example.org"])
def test_no_mailbox_is_filled_from_however_many_networks(
    cast: Cast, now: datetime, hands: Hands, email: str
) -> None:
    for number in range(8):
        ask(now, email=email, address=f"203.0.{number}.7")
    work(hands, now)
    assert len(hands.mail.mails) == 3
    ask(now + timedelta(hours=2), email=email)
    work(hands, now + timedelta(hours=2))
    assert len(hands.mail.mails) == 4


def test_one_network_asks_so_often_and_no_more(cast: Cast, now: datetime) -> None:
    for number in range(60):
        ask(now, email=f"nour{number}@example.org")
    with pytest.raises(TooManyAttempts):
        ask(now, email="nour60@example.org", address="198.51.100.250")
    ask(now, email="nour60@example.org", address="198.51.101.7")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"first_name": ""}, Malformed),
        ({"last_name": "<script>"}, Malformed),
        ({"first_name": "http://evil.example"}, Malformed),
        ({"language": "de"}, Malformed),
        ({"email": "nour"}, AddressRefused),
        ({"email": "nour@example.org\r\nBcc: eve@example.org"}, AddressRefused),
    ],
)
def test_what_cannot_be_read_writes_nothing(
    cast: Cast, now: datetime, wrong: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(now, **wrong)
    assert not Flow.objects.exists() and not Tally.objects.exists()
