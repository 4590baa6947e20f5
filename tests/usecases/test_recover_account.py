"""A lost password: the link, what else is asked for, what ends with the new one (ACC-5, TEAM-7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from django.utils import timezone

from linekey.domain.errors import (
    FlowOver,
    LinkNotValid,
    PasswordRefused,
    TooManyAttempts,
    WrongAnswer,
    WrongCode,
    WrongCredentials,
)
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import flows, tickets
from linekey.records.models import (
    AuditEntry,
    Device,
    Factor,
    Flow,
    OpenSession,
    OutboxEffect,
    Person,
    RecoveryCode,
    Ticket,
)
from linekey.usecases import recover_account, set_question, sign_in
from linekey.usecases.prove_factor import TypedCode
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast, actor, open_session, visitor
from tests.hands import Hands, work
from tests.usecases.reading import link_in

NEW = Secret("un canari jaune et bavard")
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = Secret("Félix")


def asked(now: datetime, hands: Hands, identifier: str = " AB12345-LK ") -> Secret:
    recover_account.ask(identifier=identifier, visitor=visitor(), now=now)
    work(hands, now)
    return link_in(hands.mail.mails[-1].written.text, "/mot-de-passe-perdu/")


@pytest.fixture
def token(cast: Cast, now: datetime, hands: Hands) -> Secret:
    return asked(now, hands)


@pytest.fixture
def with_question(cast: Cast, now: datetime) -> None:
    cast.operator.policy |= {"security_question": True}
    cast.operator.save()
    answer = Secret("Éric le Chat")
    set_question.set_question(actor=actor(cast.ada, now), question="first_pet", answer=answer, now=now)
    OutboxEffect.objects.all().delete()


@pytest.fixture
def with_factor(cast: Cast, now: datetime) -> None:
    """Ada has an application on her phone, and a sheet of recovery codes."""
    sealed = seal.seal(SEED.encode(), "factor:phone")
    Factor.objects.create(
        uid="phone", person=cast.ada, kind="totp", name="Phone", created_at=now, sealed=sealed
    )
    RecoveryCode.objects.create(
        person=cast.ada,
        sheet="s",
        label="K7PD",
        encoded=seal.encoded(Secret("K7PDW2QX9MHT4BRA")),
        made_at=now,
        proven_at=now,
    )


def totp(now: datetime) -> TypedCode:
    return TypedCode(Means.TOTP, Secret(pyotp.TOTP(SEED).at(now)))


def finish(token: Secret, now: datetime, new: Secret = NEW, who: Visitor | None = None) -> None:
    recover_account.finish(token=token, new=new, visitor=who or visitor(), now=now)


def answer(token: Secret, now: datetime, typed: Secret) -> None:
    recover_account.answer(token=token, typed=typed, visitor=visitor(), now=now)


def prove(token: Secret, now: datetime, proof: TypedCode) -> None:
    recover_account.prove(token=token, proof=proof, visitor=visitor(), now=now)


def asks(token: Secret, now: datetime) -> FlowState:
    return recover_account.look(token=token, now=now).asks


class TestTheLink:
    def test_says_whose_account_it_is_and_which_rules_hold(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        invitation = recover_account.look(token=token, now=now)
        assert (invitation.customer_id, invitation.language) == ("ab12345-lk", "fr")
        assert (invitation.asks, invitation.ways, invitation.question) == (FlowState.SECRET, (), "")
        verdicts = recover_account.verdicts(token=token, candidate=Secret("Lemoine"), now=now)
        assert [verdict.rule for verdict in verdicts] == list(invitation.conditions)
        assert {verdict.rule.code for verdict in verdicts if not verdict.good} == {"length", "personal"}

    @pytest.mark.parametrize("typed", ["ada.lemoine@example.org", "06 12 34 56 78", "Ab12345-LK"])
    def test_comes_by_each_identifier_to_the_main_address(
        self, cast: Cast, now: datetime, hands: Hands, typed: str
    ) -> None:
        Person.objects.exclude(pk=cast.ada.pk).update(phone="")
        assert asked(now, hands, typed) and hands.mail.mails[0].address == cast.ada.email

    def test_looking_uses_nothing_up_and_binds_no_browser(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        """A mail scanner follows links."""
        for _ in range(3):
            recover_account.look(token=token, now=now)
        flow = Flow.objects.get()
        assert (flow.state, flow.browser, flow.tries) == (FlowState.LINK, "", 0)
        finish(token, now)

    def test_belongs_to_the_browser_that_sent_the_first_form(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        with pytest.raises(PasswordRefused):
            finish(token, now, Secret("court"))
        with pytest.raises(FlowOver):
            finish(token, now, who=visitor("eve's browser"))
        finish(token, now)

    def test_lasts_one_hour(self, cast: Cast, now: datetime, token: Secret) -> None:
        end = now + timedelta(hours=1)
        recover_account.look(token=token, now=end - timedelta(seconds=1))
        with pytest.raises(LinkNotValid):
            finish(token, end)

    def test_made_up_or_without_a_flow_is_no_link(self, cast: Cast, now: datetime) -> None:
        loose = seal.new_token()
        tickets.issue(seal.digest(loose), Purpose.RECOVER, person=cast.ada, now=now)
        for token in (Secret("made up"), Secret(""), loose):
            with pytest.raises(LinkNotValid):
                recover_account.look(token=token, now=now)

    def test_a_stranger_who_asks_for_another_ends_none_that_the_owner_holds(
        self, cast: Cast, now: datetime, hands: Hands, token: Secret
    ) -> None:
        """Law 10; once one was used, the others are worth nothing."""
        later = now + timedelta(minutes=2)
        newer = asked(later, hands)
        finish(token, later)
        with pytest.raises(LinkNotValid):
            finish(newer, later)

    def test_is_dead_as_soon_as_the_account_is_disabled(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        Person.objects.update(is_active=False)
        with pytest.raises(LinkNotValid):
            finish(token, now)


class TestTheNewPassword:
    def test_counts_and_every_contact_is_told(
        self, cast: Cast, now: datetime, token: Secret, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(backup_email="lou@example.net", backup_verified_at=now)
        finish(token, now)
        work(hands, now)
        assert Person.objects.get(pk=cast.ada.pk).check_password(NEW.reveal())
        assert {mail.address for mail in hands.mail.mails[1:]} == {cast.ada.email, "lou@example.net"}
        assert AuditEntry.objects.get().action == "password.recovered"

    def test_ends_every_session_browser_and_link_and_signs_nobody_in(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        """A reset never logs in."""
        open_session(cast.ada, now)
        finish(token, now)
        assert not OpenSession.objects.filter(ended_at=None).exists()
        assert not Device.objects.filter(ended_at=None).exists()
        assert not Ticket.objects.filter(used_at=None).exists()
        assert Flow.objects.get().state == FlowState.DONE

    def test_that_breaks_a_rule_changes_nothing(self, cast: Cast, now: datetime, token: Secret) -> None:
        with pytest.raises(PasswordRefused):
            finish(token, now, Secret("motdepasse"))
        assert not AuditEntry.objects.exists()
        finish(token, now)

    def test_is_set_once(self, cast: Cast, now: datetime, token: Secret) -> None:
        finish(token, now)
        with pytest.raises(LinkNotValid):
            finish(token, now, Secret("un autre canari bavard"))

    def test_ends_the_lock_of_the_account(self, cast: Cast, now: datetime, token: Secret) -> None:
        """Law 10: a stranger who locks the owner out keeps them out no longer than one mail takes."""

        def enter(password: Secret) -> object:
            return sign_in.enter(
                identifier="ab12345-lk", password=password, visitor=visitor("new browser"), now=now
            )

        for _ in range(11):
            with pytest.raises((WrongCredentials, TooManyAttempts)):
                enter(Secret("non"))
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            enter(PORTAL_PASSWORD)
        finish(token, now)
        assert isinstance(enter(NEW), sign_in.SignedIn)

    @pytest.mark.django_db(transaction=True)
    def test_of_fifty_forms_at_once_one_sets_it(
        self,
        committed: Cast,
        hands: Hands,
        in_threads: Callable[[list[Callable[[], bool]]], list[bool]],
    ) -> None:
        now = timezone.now()
        token = asked(now, hands)

        def attempt() -> bool:
            try:
                finish(token, now)
            except (LinkNotValid, FlowOver):
                return False
            return True

        assert sum(in_threads([attempt] * 50)) == 1
        assert AuditEntry.objects.filter(action="password.recovered").count() == 1


@pytest.mark.usefixtures("with_factor")
class TestTheSecondFactor:
    """A lost password does not replace it (OWASP ASVS 5.0, 6.4.3)."""

    def test_is_asked_for_before_the_new_password(self, cast: Cast, now: datetime, token: Secret) -> None:
        invitation = recover_account.look(token=token, now=now)
        assert invitation.asks is FlowState.FACTOR
        assert invitation.ways == (Means.TOTP, Means.RECOVERY_CODE)
        with pytest.raises(FlowOver):
            finish(token, now)
        with pytest.raises(FlowOver):
            recover_account.verdicts(token=token, candidate=NEW, now=now)
        prove(token, now, totp(now))
        assert asks(token, now) is FlowState.SECRET
        assert recover_account.verdicts(token=token, candidate=NEW, now=now)
        finish(token, now)
        assert Factor.objects.filter(person=cast.ada).exists()  # A reset removes none.

    def test_may_be_a_recovery_code_whose_use_is_told(
        self, cast: Cast, now: datetime, token: Secret, hands: Hands
    ) -> None:
        """ACC-8: the phone is gone with the password."""
        prove(token, now, TypedCode(Means.RECOVERY_CODE, Secret("k7pd-w2qx-9mht-4bra")))
        assert RecoveryCode.objects.get().used_at == now
        finish(token, now)
        work(hands, now)
        told = OutboxEffect.objects.filter(kind="notify").values_list("message", flat=True)
        assert set(told) == {"recovery_code_used", "password_changed"}

    def test_five_wrong_codes_end_the_link(self, cast: Cast, now: datetime, token: Secret) -> None:
        for _ in range(5):
            with pytest.raises(WrongCode):
                prove(token, now, TypedCode(Means.TOTP, Secret("abc")))
        with pytest.raises(LinkNotValid):
            prove(token, now, totp(now))

    def test_is_proven_in_the_browser_that_goes_on(self, cast: Cast, now: datetime, token: Secret) -> None:
        prove(token, now, totp(now))
        with pytest.raises(FlowOver):
            finish(token, now, who=visitor("eve's browser"))

    def test_a_key_is_asked_only_while_a_factor_is(self, cast: Cast, now: datetime, token: Secret) -> None:
        Factor.objects.create(
            uid="key",
            person=cast.ada,
            kind="key",
            name="Key",
            created_at=now,
            credential_id="AAAA",
            credential_digest="x",
        )
        options = recover_account.ask_key(token=token, visitor=visitor(), now=now)
        assert options["challenge"]
        prove(token, now, totp(now))
        for attempt in (
            lambda: recover_account.ask_key(token=token, visitor=visitor(), now=now),
            lambda: prove(token, now, totp(now + timedelta(minutes=2))),
        ):
            with pytest.raises(FlowOver):
                attempt()


@pytest.mark.usefixtures("with_question")
class TestTheQuestion:
    """TEAM-7: beside the link, never in its place."""

    def test_is_asked_first_and_answered_without_capitals_accents_or_blanks(
        self, cast: Cast, now: datetime, token: Secret
    ) -> None:
        invitation = recover_account.look(token=token, now=now)
        assert (invitation.asks, invitation.question) == (FlowState.ANSWER, "first_pet")
        with pytest.raises(FlowOver):
            finish(token, now)
        answer(token, now, Secret(" ERIC le chat"))
        assert asks(token, now) is FlowState.SECRET
        finish(token, now)

    def test_five_wrong_answers_end_the_link(self, cast: Cast, now: datetime, token: Secret) -> None:
        left = []
        for _ in range(5):
            with pytest.raises(WrongAnswer) as refusal:
                answer(token, now, WRONG)
            left.append(refusal.value.values["left"])
        assert left == [4, 3, 2, 1, 0] and Flow.objects.get().state == FlowState.ENDED
        with pytest.raises(LinkNotValid):
            recover_account.look(token=token, now=now)
        refused = AuditEntry.objects.filter(action="password.answer_refused")
        assert refused.count() == 5 and WRONG.reveal() not in repr(list(refused.values()))

    def test_link_after_link_brings_no_answers_without_end(
        self, cast: Cast, now: datetime, hands: Hands, token: Secret
    ) -> None:
        for minutes in (0, 2):
            later = now + timedelta(minutes=minutes)
            link = asked(later, hands) if minutes else token
            for _ in range(5):
                with pytest.raises(WrongAnswer):
                    answer(link, later, WRONG)
        later = now + timedelta(minutes=4)
        link = asked(later, hands)
        with pytest.raises(TooManyAttempts):
            answer(link, later, Secret("Éric le Chat"))
        assert asks(link, later) is FlowState.ANSWER

    def test_an_answer_is_asked_for_once(self, cast: Cast, now: datetime, token: Secret) -> None:
        answer(token, now, Secret("éric le chat"))
        with pytest.raises(FlowOver):
            answer(token, now, Secret("éric le chat"))

    def test_does_not_replace_the_second_factor(
        self, cast: Cast, now: datetime, token: Secret, with_factor: None
    ) -> None:
        answer(token, now, Secret("éric le chat"))
        assert asks(token, now) is FlowState.FACTOR
        with pytest.raises(FlowOver):
            finish(token, now)
        prove(token, now, totp(now))
        finish(token, now)

    def test_wrong_answers_do_not_use_up_the_tries_of_the_factor(
        self, cast: Cast, now: datetime, token: Secret, with_factor: None
    ) -> None:
        for _ in range(4):
            with pytest.raises(WrongAnswer):
                answer(token, now, WRONG)
        answer(token, now, Secret("éric le chat"))
        for _ in range(4):
            with pytest.raises(WrongCode):
                prove(token, now, TypedCode(Means.TOTP, Secret("abc")))
        prove(token, now, totp(now))

    def test_is_not_asked_where_the_policy_has_none(self, cast: Cast, now: datetime, token: Secret) -> None:
        cast.operator.policy = {}
        cast.operator.save()
        assert asks(token, now) is FlowState.SECRET


class TestTheAsking:
    @pytest.mark.parametrize("typed", ["a\0b", "x" * 10_000, "", "😀", "' OR 1=1 --"])
    def test_whatever_is_typed_is_taken_and_trimmed(
        self, cast: Cast, now: datetime, hands: Hands, typed: str
    ) -> None:
        recover_account.ask(identifier=typed, extension=typed, visitor=visitor(), now=now)
        work(hands, now)
        row = OutboxEffect.objects.get()
        assert row.state == "done" and not hands.mail.mails
        assert all(len(fact) <= 254 and "\0" not in fact for fact in row.facts.values())

    def test_a_shared_number_needs_its_extension(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk__in=(cast.ada.pk, cast.bruno.pk)).update(phone="+33184780117")
        Person.objects.filter(pk=cast.ada.pk).update(extension="12")
        Person.objects.filter(pk=cast.bruno.pk).update(extension="14")
        for extension in ("", "13", "12"):
            recover_account.ask(identifier="01 84 78 01 17", extension=extension, visitor=visitor(), now=now)
        work(hands, now)
        assert [mail.address for mail in hands.mail.mails] == [cast.ada.email]

    def test_one_network_asks_so_often_and_no_more(self, cast: Cast, now: datetime) -> None:
        for _ in range(60):
            recover_account.ask(identifier="zz99999-lk", visitor=visitor(), now=now)
        with pytest.raises(TooManyAttempts):
            recover_account.ask(identifier="zz99999-lk", visitor=visitor(address="198.51.100.99"), now=now)
        recover_account.ask(identifier="zz99999-lk", visitor=visitor(address="198.51.101.7"), now=now)

    def test_a_flow_of_another_kind_is_none_of_ours(self, cast: Cast, now: datetime, token: Secret) -> None:
        """Its reference opens nothing without the link."""
        with pytest.raises(FlowOver):
            flows.current(
                FlowKind.RECOVERY,
                Flow.objects.get().reference,
                browser=seal.digest(visitor().browser),
                now=now,
            )
