"""A new address or number counts once it answered; every contact learns of it, nobody else of anything."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Actor, Door
from linekey.domain.contacts import Contact
from linekey.domain.errors import (
    AddressRefused,
    FlowOver,
    Malformed,
    NotAllowed,
    NotFound,
    StepUpNeeded,
    TooManyAttempts,
    WrongCode,
)
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import flows, tickets
from linekey.records.models import AuditEntry, Flow, OpenSession, OutboxEffect, Person, Ticket
from linekey.usecases import change_contact, prove_factor
from tests.build import Cast, actor, open_session, visitor
from tests.hands import Hands, work
from tests.usecases.reading import code_in

NEW = "ada@nouvelle.example"
NUMBER = "+33698765432"


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    return replace(actor(cast.ada, now), session_id=open_session(cast.ada, now).pk)


def begin(who: Actor, now: datetime, contact: Contact = Contact.EMAIL, value: str = NEW) -> str:
    return change_contact.begin(actor=who, contact=contact, value=value, visitor=visitor(), now=now)


def confirm(who: Actor, now: datetime, reference: str, code: Secret) -> Contact:
    return change_contact.confirm(actor=who, reference=reference, code=code, visitor=visitor(), now=now)


def sent(hands: Hands, now: datetime, address: str = NEW) -> Secret:
    """The code the worker sent there."""
    work(hands, now)
    if address.startswith("+"):
        text = hands.sms.newest_to(address)
        assert text is not None
        return code_in(text.text)
    mail = hands.mail.newest_to(address)
    assert mail is not None
    return code_in(mail.written.text)


def change(who: Actor, now: datetime, hands: Hands, contact: Contact, value: str) -> None:
    reference = begin(who, now, contact, value)
    assert confirm(who, now, reference, sent(hands, now, value)) is contact


def test_the_new_main_address_answers_and_counts(cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
    """ACC-10."""
    reference = begin(ada, now)
    shown = change_contact.look(actor=ada, reference=reference, visitor=visitor(), now=now)
    assert (shown.contact, shown.shown, shown.means, shown.tries_left) == (Contact.EMAIL, NEW, Means.MAIL, 5)
    assert Person.objects.get(pk=cast.ada.pk).email == "ada.lemoine@example.org"
    confirm(ada, now, reference, sent(hands, now))
    person = Person.objects.get(pk=cast.ada.pk)
    assert (person.email, person.email_verified_at) == (NEW, now)
    entry = AuditEntry.objects.get(action="contact.changed")
    assert entry.facts == {"contact": "email", "shown": "a••@nouvelle.example"}


def test_every_contact_is_told_the_former_address_too(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    cast.ada.backup_email, cast.ada.backup_verified_at = "lou@example.net", now
    cast.ada.save()
    change(ada, now, hands, Contact.EMAIL, NEW)
    before = len(hands.mail.mails)
    work(hands, now)
    told = hands.mail.mails[before:]
    assert {mail.address for mail in told} == {NEW, "ada.lemoine@example.org", "lou@example.net"}
    assert all(NEW not in mail.written.text for mail in told)


def test_with_a_new_main_address_every_link_and_other_session_ends(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    """Law 8."""
    other = open_session(cast.ada, now)
    tickets.issue("d", Purpose.RECOVER, person=cast.ada, now=now)
    change(ada, now, hands, Contact.EMAIL, NEW)
    other.refresh_from_db()
    assert other.ended_at == now
    assert OpenSession.objects.get(ended_at=None).pk == ada.session_id
    assert not Ticket.objects.filter(used_at=None).exists()


def test_a_backup_address_is_registered_replaced_and_removed(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    change(ada, now, hands, Contact.BACKUP, "lou@example.net")
    change(ada, now, hands, Contact.BACKUP, "zoe@example.net")
    work(hands, now)
    changed = [mail.address for mail in hands.mail.mails if mail.address != "zoe@example.net"]
    assert changed.count("lou@example.net") == 3  # A code, the registration, and the farewell.
    change_contact.remove(actor=ada, contact=Contact.BACKUP, now=now)
    person = Person.objects.get(pk=cast.ada.pk)
    assert (person.backup_email, person.backup_verified_at) == ("", None)
    work(hands, now)
    assert hands.mail.mails[-1].address == "zoe@example.net"
    assert OpenSession.objects.filter(ended_at=None).count() == 1


def test_an_unverified_backup_is_nobody_to_tell(cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
    cast.ada.backup_email = "imported@example.net"
    cast.ada.save()
    change_contact.remove(actor=ada, contact=Contact.BACKUP, now=now)
    work(hands, now)
    assert [mail.address for mail in hands.mail.mails] == [cast.ada.email]


def test_a_number_answers_by_sms_and_belongs_to_her_alone(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(phone="+33184780117", extension="12")
    change(ada, now, hands, Contact.PHONE, NUMBER)
    person = Person.objects.get(pk=cast.ada.pk)
    assert (person.phone, person.extension, person.phone_verified_at) == (NUMBER, "", now)
    change_contact.remove(actor=ada, contact=Contact.PHONE, now=now)
    person.refresh_from_db()
    assert (person.phone, person.phone_verified_at) == ("", None)


def test_codes_on_their_way_to_a_former_number_open_nothing(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    signing_in = flows.begin(FlowKind.SIGN_IN, FlowState.CODE, person=cast.ada, browser="x", now=now)
    change_contact.remove(actor=ada, contact=Contact.PHONE, now=now)
    signing_in.refresh_from_db()
    assert signing_in.state == FlowState.ENDED


def test_a_backup_address_demanded_by_support_is_demanded_until_one_is_verified(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    """ACC-6: support promoted the former one."""
    Person.objects.filter(pk=cast.ada.pk).update(needs_backup=True)
    change(ada, now, hands, Contact.PHONE, NUMBER)
    assert Person.objects.get(pk=cast.ada.pk).needs_backup
    change(ada, now, hands, Contact.BACKUP, "ada@backup.example")
    assert not Person.objects.get(pk=cast.ada.pk).needs_backup


def test_the_main_address_is_never_removed_and_nothing_is_removed_twice(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    for contact in (Contact.EMAIL, Contact.BACKUP):
        with pytest.raises(NotFound):
            change_contact.remove(actor=ada, contact=contact, now=now)
    assert not OutboxEffect.objects.exists()


@pytest.mark.parametrize(
    ("contact", "value", "refusal"),
    [
        (Contact.EMAIL, "ada", AddressRefused),
        (Contact.EMAIL, "ada@x.example\r\nBcc: eve@x.example", AddressRefused),
        (Contact.EMAIL, "Ada.Lemoine@example.org", Malformed),
        (Contact.BACKUP, "ADA.lemoine@example.org", Malformed),
        (Contact.PHONE, "12", AddressRefused),
        (Contact.PHONE, "+33184780117 poste 12", AddressRefused),
        (Contact.PHONE, "06 12 34 56 78", Malformed),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_sent(
    ada: Actor, now: datetime, contact: Contact, value: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        begin(ada, now, contact, value)
    assert not Flow.objects.exists() and not OutboxEffect.objects.exists()


def test_whether_an_address_is_taken_shows_nowhere(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    """Law 7: the page is the same, no code is ever sent, and the owner of the address is told."""
    taken = begin(ada, now, value=cast.bruno.email)
    work(hands, now)
    assert [mail.address for mail in hands.mail.mails] == [cast.bruno.email]
    assert "bc23456-lk" in hands.mail.mails[0].written.text
    assert "ab12345-lk" not in hands.mail.mails[0].written.text
    shown = change_contact.look(actor=ada, reference=taken, visitor=visitor(), now=now)
    assert (shown.shown, shown.tries_left) == (cast.bruno.email, 5)
    with pytest.raises(WrongCode):
        confirm(ada, now, taken, Secret("000000"))
    assert OutboxEffect.objects.get(kind="code").state == "done"


def test_an_address_of_another_resellers_customer_is_free(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    change(ada, now, hands, Contact.EMAIL, cast.eve.email)
    assert Person.objects.filter(email=cast.eve.email).count() == 2


def test_who_answers_second_for_the_same_address_gets_nothing(
    cast: Cast, ada: Actor, now: datetime, hands: Hands
) -> None:
    reference = begin(ada, now)
    code = sent(hands, now)
    Person.objects.filter(pk=cast.bruno.pk).update(email=NEW)
    for _ in range(2):
        with pytest.raises(FlowOver):
            confirm(ada, now, reference, code)
    assert Person.objects.get(pk=cast.ada.pk).email == "ada.lemoine@example.org"
    assert Flow.objects.get().state == FlowState.ENDED


def test_both_addresses_can_never_become_one(cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
    reference = begin(ada, now, Contact.BACKUP, "lou@example.net")
    code = sent(hands, now, "lou@example.net")
    Person.objects.filter(pk=cast.ada.pk).update(email="lou@example.net")
    with pytest.raises(FlowOver):
        confirm(ada, now, reference, code)
    assert Person.objects.get(pk=cast.ada.pk).backup_email == ""


class TestTheFlow:
    def test_it_is_hers_in_her_browser_alone(
        self, cast: Cast, ada: Actor, now: datetime, hands: Hands
    ) -> None:
        reference = begin(ada, now)
        code = sent(hands, now)
        with pytest.raises(FlowOver):  # Bruno sits down at the same browser.
            confirm(actor(cast.bruno, now), now, reference, code)
        with pytest.raises(FlowOver):
            change_contact.confirm(
                actor=ada, reference=reference, code=code, visitor=visitor("another"), now=now
            )
        with pytest.raises(FlowOver):
            change_contact.look(actor=actor(cast.bruno, now), reference=reference, visitor=visitor(), now=now)
        assert confirm(ada, now, reference, code) is Contact.EMAIL
        with pytest.raises(FlowOver):
            confirm(ada, now, reference, code)

    def test_five_wrong_codes_end_it(self, cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
        reference = begin(ada, now)
        code = sent(hands, now)
        wrong = Secret("000000" if code != Secret("000000") else "000001")
        for _ in range(5):
            with pytest.raises(WrongCode):
                confirm(ada, now, reference, wrong)
        with pytest.raises(FlowOver):
            confirm(ada, now, reference, code)

    def test_it_is_over_after_ten_minutes(self, cast: Cast, ada: Actor, now: datetime, hands: Hands) -> None:
        reference = begin(ada, now)
        code = sent(hands, now)
        later = now + timedelta(minutes=10)
        with pytest.raises(FlowOver):
            confirm(replace(ada, confirmed_at=later), later, reference, code)

    def test_a_code_sent_again_makes_the_first_one_worthless(
        self, cast: Cast, ada: Actor, now: datetime, hands: Hands
    ) -> None:
        reference = begin(ada, now)
        first = second = sent(hands, now)
        while second == first:  # Once in a million they are the same.
            prove_factor.send_code(
                kind=FlowKind.CONTACT, reference=reference, means=Means.MAIL, visitor=visitor(), now=now
            )
            second = sent(hands, now)
        with pytest.raises(WrongCode):
            confirm(ada, now, reference, first)
        assert confirm(ada, now, reference, second) is Contact.EMAIL

    def test_it_is_no_way_to_write_to_strangers_all_day(self, ada: Actor, now: datetime) -> None:
        for number in range(6):
            begin(ada, now, value=f"stranger{number}@example.com")
        with pytest.raises(TooManyAttempts):
            begin(ada, now, value="stranger6@example.com")

    def test_a_recent_proof_is_wanted_from_end_to_end(self, cast: Cast, ada: Actor, now: datetime) -> None:
        reference = begin(ada, now)
        for attempt in (
            lambda who: begin(who, now),
            lambda who: confirm(who, now, reference, Secret("000000")),
            lambda who: change_contact.remove(actor=who, contact=Contact.PHONE, now=now),
        ):
            with pytest.raises(StepUpNeeded):
                attempt(replace(ada, confirmed_at=None))
            with pytest.raises(NotAllowed):
                attempt(replace(ada, door=Door.API))
