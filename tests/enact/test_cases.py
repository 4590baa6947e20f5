"""Mails and codes about support cases: true when they are sent, each with a link of its own (ACC-7)."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.delivery.fakes import FakeMailer
from linekey.delivery.letters import Written
from linekey.domain.cases import CaseEffect, CaseKind, CaseState
from linekey.domain.errors import LinkNotValid
from linekey.domain.trouble import Rejected
from linekey.records.models import Case, CaseAccess, OutboxEffect, Person, ServiceMail
from linekey.usecases import decide_case, follow_case, stop_case, work_case
from tests.build import Cast, actor, visitor
from tests.cases import NEW_ADDRESS, a_case, case_of, decided, follow_token, stop_token
from tests.hands import Hands, make_due, work
from tests.lab.second_factors import add_app
from tests.usecases.reading import link_in


def test_a_mail_that_is_tried_again_carries_another_link_and_the_first_is_dead(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    a_case(now)
    hands.mail.down = True
    work(hands, now)
    first = CaseAccess.objects.get().digest
    hands.mail.down = False
    make_due()
    work(hands, now)
    assert CaseAccess.objects.get().digest != first
    assert follow_case.look(token=follow_token(hands), now=now).may_answer


def test_everybody_has_a_link_of_their_own_and_the_journal_tells_whose_stopped_it(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    reference = decided(cast, hands, now)
    tokens = {stop_token(hands, address).reveal() for address in (cast.ada.email, NEW_ADDRESS)}
    sms = link_in(hands.sms.texts[-1].text, "/dossier/").reveal().removesuffix("/arreter")
    assert len(tokens | {sms}) == 3
    stop_case.stop(token=stop_token(hands, cast.ada.email), visitor=visitor(), now=now)
    assert case_of(reference).steps.latest("id").facts["sent_to"] == "a••@example.org"


def test_the_owners_archive_has_the_notice_without_its_link(cast: Cast, now: datetime, hands: Hands) -> None:
    decided(cast, hands, now)
    token = stop_token(hands, cast.ada.email).reveal()
    kept = ServiceMail.objects.get(person=cast.ada, message="case_decided")
    assert token not in kept.text + kept.html and "••••" in kept.text
    # What the applicant is told stands in nobody's archive.
    assert not ServiceMail.objects.filter(address=NEW_ADDRESS).exists()


def test_a_dead_mailbox_does_not_keep_the_others_from_being_told(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    class Dead(FakeMailer):
        def send(self, written: Written, address: str, message_id: str) -> None:
            if address == cast.ada.email:
                raise Rejected("550 no such mailbox")
            super().send(written, address, message_id)

    hands.mail = Dead()
    decided(cast, hands, now)
    warned = OutboxEffect.objects.filter(message="case_decided").values_list("facts__to", "state")
    assert dict(warned) == {cast.ada.email: "dead", NEW_ADDRESS: "done", "sms": "done"}


def test_an_owner_who_is_the_applicant_is_told_once_and_finds_it_in_the_archive(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    add_app(cast.ada, now)
    effects, own = [CaseEffect.FACTOR_OFF], cast.ada.email
    decided(cast, hands, now, effects, kind=CaseKind.FACTOR_LOST, contact=own)
    warned = [mail for mail in hands.mail.mails if "/arreter" in mail.written.text]
    assert [mail.address for mail in warned] == [own]
    assert ServiceMail.objects.filter(person=cast.ada, message="case_decided").count() == 1


def test_a_warning_that_comes_after_the_stop_is_not_sent(cast: Cast, now: datetime, hands: Hands) -> None:
    reference = decided(cast, hands, now)
    sent = len(hands.mail.mails)
    OutboxEffect.objects.filter(message="case_decided").update(state="waiting")
    stop_case.stop(token=stop_token(hands, NEW_ADDRESS), visitor=visitor(), now=now)
    work(hands, now)
    subjects = [mail.written.subject for mail in hands.mail.mails[sent:]]
    assert len(subjects) == 2 and not any("about to be" in s or "va modifier" in s for s in subjects)
    assert case_of(reference).state == CaseState.STOPPED


def test_mails_of_a_case_that_is_gone_are_skipped(cast: Cast, now: datetime, hands: Hands) -> None:
    a_case(now)
    Case.objects.all().delete()
    work(hands, now)
    assert OutboxEffect.objects.get().state == "skipped" and not hands.mail.mails


class TestTheCallBack:
    @pytest.fixture
    def reference(self, cast: Cast, now: datetime, hands: Hands) -> str:
        reference = a_case(now, hands)
        work_case.send_code(actor=actor(cast.dina, now), reference=reference, now=now)
        return reference

    def test_goes_nowhere_once_the_case_is_over(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        decide_case.refuse(actor=actor(cast.dina, now), reference=reference, words="x", now=now)
        work(hands, now)
        assert not hands.sms.texts

    def test_goes_nowhere_once_another_account_was_named(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id="ev67890-lk", now=now)
        work(hands, now)
        assert not hands.sms.texts and not case_of(reference).call_code

    def test_goes_to_no_number_that_was_changed_meanwhile(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(phone="+33611111111", phone_verified_at=None)
        work(hands, now)
        assert not hands.sms.texts

    def test_waits_for_a_person_without_an_sms_gateway(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        work(replace(hands.outside, sms=None), now)
        assert OutboxEffect.objects.get(kind="call_back").state == "dead"

    def test_is_kept_as_a_hash_alone(self, cast: Cast, now: datetime, hands: Hands, reference: str) -> None:
        work(hands, now)
        code = hands.sms.texts[-1].text.split()[0]
        assert case_of(reference).call_code.startswith("argon2")
        assert not any(code in str(row) for row in OutboxEffect.objects.values_list("facts", "result"))


def test_a_warning_by_sms_needs_the_number_that_was_verified(cast: Cast, now: datetime, hands: Hands) -> None:
    decided(cast, hands, now)
    assert len(hands.sms.texts) == 1
    Person.objects.filter(pk=cast.ada.pk).update(phone_verified_at=None)
    OutboxEffect.objects.filter(message="case_decided", facts__to="sms").update(state="waiting")
    work(hands, now)
    assert len(hands.sms.texts) == 1


def test_an_agent_who_named_the_account_first_is_not_overruled(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    reference = a_case(now)
    work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id="ev67890-lk", now=now)
    work(hands, now)
    assert case_of(reference).person == cast.eve


def test_a_forged_link_is_none(cast: Cast, now: datetime, hands: Hands) -> None:
    decided(cast, hands, now)
    stop = stop_token(hands, NEW_ADDRESS)
    with pytest.raises(LinkNotValid):
        follow_case.withdraw(token=stop, visitor=visitor(), now=now)
