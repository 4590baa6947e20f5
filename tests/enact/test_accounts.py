"""Links and codes into accounts: who holds which, who only learns something, what a second try changes."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Role
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.enact import accounts
from linekey.enact.outside import Dead, Done, Skipped
from linekey.records import flows, outbox, tickets
from linekey.records.claimed import Claimed
from linekey.records.models import Flow, OutboxEffect, Person, ServiceMail, Ticket
from linekey.usecases import activate_account, create_account, invite_member, prove_factor, recover_account
from linekey.vault import check, seal
from tests.build import Cast, actor, visitor
from tests.enact.test_hands import claimed_of
from tests.hands import Hands, carry_out, claim_due, make_due, work
from tests.usecases.reading import code_in, link_in

MINUTE = timedelta(minutes=1)


def ask(now: datetime, hands: Hands, identifier: str = "ab12345-lk") -> None:
    recover_account.ask(identifier=identifier, visitor=visitor(), now=now)
    work(hands, now)


def begin_code(person: Person, now: datetime, means: Means = Means.MAIL, **facts: str) -> Flow:
    """A flow that waits for a code, and the promise of one."""
    kind = FlowKind.CONTACT if facts else FlowKind.SIGN_IN
    flow = flows.begin(
        kind,
        FlowState.CODE,
        person=person,
        browser="b",
        now=now,
        facts={"device": "Firefox", "address": "192.0.2.7", **facts},
    )
    prove_factor.promise_code(flow, means, now=now)
    return flow


class TestRecover:
    def test_nobody_is_written_to_about_an_identifier_that_means_nobody(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        ask(now, hands, "zz99999-lk")
        assert not hands.mail.mails and not Flow.objects.exists() and not Ticket.objects.exists()

    @pytest.mark.parametrize(
        ("why", "told"),
        [
            ("", "1007"),
            ("administrator", "administrateur"),
            ("payment", "paiement"),
            ("email_conflict", "adresse"),
            ("validation", "validé"),
        ],
    )
    def test_a_disabled_account_gets_no_link_and_its_owner_learns_why(
        self, cast: Cast, now: datetime, hands: Hands, why: str, told: str
    ) -> None:
        """TEAM-8: in the mailbox, where they have proven who they are."""
        Person.objects.filter(pk=cast.ada.pk).update(is_active=False, disabled_for=why)
        ask(now, hands)
        (mail,) = hands.mail.mails
        assert told in mail.written.text and not Ticket.objects.exists()
        assert "/mot-de-passe-perdu/" not in mail.written.text and "/activation/" not in mail.written.text
        assert OutboxEffect.objects.get().result == {}

    def test_an_account_nobody_activated_gets_its_welcome_again(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(activated_at=None)
        ask(now, hands)
        token = link_in(hands.mail.mails[0].written.text, "/activation/")
        assert activate_account.look(token=token, now=now).customer_id == "ab12345-lk"

    def test_each_request_has_a_link_and_a_flow_of_its_own_and_each_try_of_it_the_same_one(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        ask(now, hands)
        accounts.recover(claimed_of("recover"), hands.outside, now)
        ask(now + 2 * MINUTE, hands)
        assert Flow.objects.count() == 3 and len(hands.mail.mails) == 3
        living = Ticket.objects.filter(used_at=None)
        assert living.count() == 2
        assert {ticket.flow for ticket in living} == set(Flow.objects.exclude(state=FlowState.ENDED))

    def test_a_second_request_within_a_minute_sends_nothing(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        ask(now, hands)
        ask(now + MINUTE - timedelta(seconds=1), hands, cast.ada.email)
        assert len(hands.mail.mails) == 1
        ask(now + MINUTE + timedelta(seconds=1), hands)
        assert len(hands.mail.mails) == 2

    def test_three_an_hour_whatever_is_typed_and_the_last_link_lives_on(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """Law 10: a stranger who asks all day leaves the owner a link that works."""
        Person.objects.exclude(pk=cast.ada.pk).update(phone="")
        for number in range(20):
            typed = ("ab12345-lk", cast.ada.email, "06 12 34 56 78")[number % 3]
            ask(now + number * 2 * MINUTE, hands, typed)
        assert len(hands.mail.mails) == 3
        token = link_in(hands.mail.mails[-1].written.text, "/mot-de-passe-perdu/")
        recover_account.look(token=token, now=now + 40 * MINUTE)
        ask(now + 65 * MINUTE, hands)
        assert len(hands.mail.mails) == 4

    def test_a_mail_server_that_is_away_costs_no_request(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        hands.mail.down = True
        recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=now)
        for _ in range(8):
            make_due()
            carry_out(claim_due(now), hands, now)
        hands.mail.down = False
        make_due()
        work(hands, now)
        assert len(hands.mail.mails) == 1
        token = link_in(hands.mail.mails[0].written.text, "/mot-de-passe-perdu/")
        recover_account.look(token=token, now=now)
        assert Ticket.objects.filter(used_at=None).count() == 1
        ask(now + 2 * MINUTE, hands)
        ask(now + 4 * MINUTE, hands)
        assert len(hands.mail.mails) == 3

    def test_a_request_that_waited_for_a_free_hand_counts_like_any_other(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """Put back unbegun, its first try is the second: a flood is no way around the limit."""
        for number in range(6):
            at = now + number * 2 * MINUTE
            recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=at)
            for claimed in claim_due(at):
                outbox.again(claimed, at=at, trouble="")
            work(hands, at)
        assert len(hands.mail.mails) == 3

    def test_the_archive_shows_no_link(self, cast: Cast, now: datetime, hands: Hands) -> None:
        ask(now, hands)
        sent, kept = hands.mail.mails[0].written.text, ServiceMail.objects.get()
        token = link_in(sent, "/mot-de-passe-perdu/").reveal()
        assert token not in kept.text and token not in kept.html
        assert token not in repr(list(Ticket.objects.values())) + repr(list(OutboxEffect.objects.values()))


class TestActivate:
    @pytest.fixture
    def nour(self, cast: Cast, now: datetime) -> Person:
        """Invited by Bruno, not written to yet."""
        customer_id = invite_member.invite(
            actor=actor(cast.bruno, now),
            first_name="Nour",
            last_name="Dupré",
            email="nour@example.org",
            role=Role.SUBSCRIBER,
            now=now,
        )
        return Person.objects.get(customer_id=customer_id)

    def test_the_welcome_says_who_invited_and_until_when_the_link_lives(
        self, cast: Cast, now: datetime, hands: Hands, nour: Person
    ) -> None:
        work(hands, now)
        (mail,) = hands.mail.mails
        assert (mail.address, "Atelier Lumen" in mail.written.text) == (nour.email, True)
        assert "5 mars 2026" in mail.written.text
        assert Ticket.objects.get().expires_at == Flow.objects.get().expires_at == now + timedelta(days=3)

    @pytest.mark.parametrize("changes", [{"is_active": False}, {"activated_at": "now"}])
    def test_whoever_needs_it_no_more_gets_none(
        self, cast: Cast, now: datetime, hands: Hands, nour: Person, changes: dict[str, object]
    ) -> None:
        changes = {name: now if value == "now" else value for name, value in changes.items()}
        Person.objects.filter(pk=nour.pk).update(**changes)
        assert accounts.activate(claimed_of("activate"), hands.outside, now) == Skipped()
        assert not hands.mail.mails

    def test_a_second_try_makes_the_first_link_worthless(
        self, cast: Cast, now: datetime, hands: Hands, nour: Person
    ) -> None:
        for _ in range(2):
            assert accounts.activate(claimed_of("activate"), hands.outside, now) == Done({})
        first, second = (link_in(mail.written.text, "/activation/") for mail in hands.mail.mails)
        assert Ticket.objects.get(used_at=None).digest == seal.digest(second) != seal.digest(first)
        assert hands.mail.mails[0].message_id == hands.mail.mails[1].message_id


class TestActivateAskedFor:
    @pytest.fixture
    def flow(self, cast: Cast, now: datetime) -> Flow:
        create_account.ask(
            first_name="Nour",
            last_name="Dupré",
            email="nour@example.org",
            language="en",
            suffix="lk",
            visitor=visitor(),
            now=now,
        )
        return Flow.objects.get()

    def test_a_second_try_makes_the_first_link_worthless_and_counts_once(
        self, cast: Cast, now: datetime, hands: Hands, flow: Flow
    ) -> None:
        for _ in range(6):
            assert accounts.activate(claimed_of("activate"), hands.outside, now) == Done({})
        assert len(hands.mail.mails) == 6
        newest = link_in(hands.mail.mails[-1].written.text, "/activation/")
        assert Ticket.objects.get(used_at=None).digest == seal.digest(newest)

    @pytest.mark.parametrize("over", ["state", "time"])
    def test_a_request_that_is_over_sends_nothing(
        self, cast: Cast, now: datetime, hands: Hands, flow: Flow, over: str
    ) -> None:
        changes: dict[str, object] = {"state": FlowState.ENDED} if over == "state" else {"expires_at": now}
        Flow.objects.update(**changes)
        assert accounts.activate(claimed_of("activate"), hands.outside, now) == Skipped()

    def test_it_tells_in_the_language_asked_for_and_keeps_no_copy(
        self, cast: Cast, now: datetime, hands: Hands, flow: Flow
    ) -> None:
        """There is no account whose archive it could lie in."""
        work(hands, now)
        assert "Confirm" in hands.mail.mails[0].written.subject
        assert flow.facts["customer_id"] in hands.mail.mails[0].written.subject
        assert not ServiceMail.objects.exists()

    def test_no_name_a_stranger_typed_is_more_than_a_name(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """HTML and links never reach a mail through a form."""
        flow = flows.begin(
            FlowKind.ACTIVATION,
            FlowState.LINK,
            person=None,
            browser="",
            now=now,
            facts={
                "first_name": "<b>Nour</b>",
                "last_name": "Dupré\r\nBcc: eve@example.org",
                "email": "nour@example.org",
                "language": "fr",
                "customer_id": "nd12345-lk",
            },
        )
        claimed = replace(self._claimed(now), facts={"flow": flow.reference})
        accounts.activate(claimed, hands.outside, now)
        (mail,) = hands.mail.mails
        assert "<b>Nour" not in mail.written.html and "Bcc" not in mail.message

    def _claimed(self, now: datetime) -> Claimed:
        create_account.ask(
            first_name="A",
            last_name="B",
            email="other@example.org",
            language="fr",
            suffix="lk",
            visitor=visitor(),
            now=now,
        )
        return claimed_of("activate")


class TestCodes:
    def test_a_code_is_drawn_when_it_is_sent_and_kept_as_a_hash(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        flow = begin_code(cast.ada, now)
        work(hands, now)
        code = code_in(hands.mail.mails[0].written.text)
        flow.refresh_from_db()
        assert check.password_matches(code, flow.code) and flow.code_expires_at == now + 10 * MINUTE
        rows = repr(list(OutboxEffect.objects.values())) + repr(list(ServiceMail.objects.values()))
        assert code.reveal() not in rows

    @pytest.mark.parametrize(("late", "minutes"), [(0, "10"), (1, "10"), (60, "9"), (570, "1")])
    def test_the_mail_says_how_long_it_really_works(
        self, cast: Cast, now: datetime, hands: Hands, late: int, minutes: str
    ) -> None:
        """A code never outlives its flow, however late it is sent."""
        flow = begin_code(cast.ada, now)
        at = now + timedelta(seconds=late)
        work(hands, at)
        told = re.findall(r"(\d+)\s+minute", hands.mail.mails[0].written.text)
        assert told == [minutes]
        flow.refresh_from_db()
        assert flow.code_expires_at == flow.expires_at == now + 10 * MINUTE

    @pytest.mark.parametrize("over", [{"state": FlowState.DONE}, {"expires_at": "now"}, {"person": None}])
    def test_a_flow_that_is_over_gets_none(
        self, cast: Cast, now: datetime, hands: Hands, over: dict[str, object]
    ) -> None:
        begin_code(cast.ada, now)
        Flow.objects.update(**{name: now if value == "now" else value for name, value in over.items()})
        assert accounts.code(claimed_of("code"), hands.outside, now) == Skipped()
        assert not hands.mail.mails

    def test_a_text_goes_to_her_number(self, cast: Cast, now: datetime, hands: Hands) -> None:
        """TEAM-9."""
        flow = begin_code(cast.ada, now, Means.SMS)
        work(hands, now)
        (text,) = hands.sms.texts
        flow.refresh_from_db()
        assert text.number == cast.ada.phone and check.password_matches(code_in(text.text), flow.code)
        assert OutboxEffect.objects.get().result == {"sent": "sms"} and not ServiceMail.objects.exists()

    def test_a_text_goes_to_the_number_that_is_to_answer(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        begin_code(cast.ada, now, Means.SMS, contact="phone", new="+33698765432")
        work(hands, now)
        assert [text.number for text in hands.sms.texts] == ["+33698765432"]

    def test_without_a_gateway_an_operator_must_look(self, cast: Cast, now: datetime, hands: Hands) -> None:
        begin_code(cast.ada, now, Means.SMS)
        outcome = accounts.code(claimed_of("code"), replace(hands.outside, sms=None), now)
        assert outcome == Dead("no SMS gateway is configured")

    def test_a_taken_main_address_gets_no_code_and_its_owner_is_told_thrice_at_most(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        flow = begin_code(cast.ada, now, contact="email", new=cast.bruno.email)
        for _ in range(5):
            prove_factor.promise_code(flow, Means.MAIL, now=now)
        work(hands, now)
        assert [mail.address for mail in hands.mail.mails] == [cast.bruno.email] * 3
        flow.refresh_from_db()
        assert flow.code == "" and "ab12345" not in hands.mail.mails[0].written.text

    @pytest.mark.parametrize("contact", ["email", "backup"])
    def test_an_address_of_ones_own_or_a_backup_is_nobody_elses_to_keep(
        self, cast: Cast, now: datetime, hands: Hands, contact: str
    ) -> None:
        """Two of a family may share a backup; only the main address signs in."""
        new = cast.ada.email if contact == "email" else cast.bruno.email
        begin_code(cast.ada, now, contact=contact, new=new)
        work(hands, now)
        assert hands.mail.mails[0].address == new and code_in(hands.mail.mails[0].written.text)


def test_a_ticket_of_somebody_else_never_holds_a_request_back(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    tickets.issue("e", Purpose.RECOVER, person=cast.eve, now=now)
    tickets.issue("r", Purpose.REVEAL, person=cast.ada, service=cast.line, now=now)
    ask(now, hands)
    assert len(hands.mail.mails) == 1


def test_nothing_a_stranger_typed_stands_in_a_mail(cast: Cast, now: datetime, hands: Hands) -> None:
    """The receiver is always read from the row; what was typed only finds it."""
    ask(now, hands, "ADA.Lemoine@Example.org")
    assert hands.mail.mails[0].address == cast.ada.email == "ada.lemoine@example.org"
    assert Secret("ADA.Lemoine").reveal() not in hands.mail.mails[0].written.text
