"""What support decided takes effect once, whole, after its period, with everybody told (ACC-6 to ACC-8)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from linekey.domain.cases import CaseEffect, CaseKind, CaseState, CaseStepKind, Failure
from linekey.domain.errors import CaseOver, LinkNotValid
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, Case, Factor, OpenSession, Person, RecoveryCode
from linekey.usecases import (
    carry_out_case,
    decide_case,
    follow_case,
    recover_account,
    stop_case,
    work_case,
)
from linekey.vault import check
from tests.build import PORTAL_PASSWORD, Cast, actor, open_session, visitor
from tests.cases import (
    NEW_ADDRESS,
    PERIOD,
    a_case,
    call_back,
    case_of,
    confirm_mailbox,
    decided,
    follow_token,
    stop_token,
)
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes
from tests.usecases.reading import link_in

BACKUP = "ada.backup@example.org"


@pytest.fixture
def backup(cast: Cast, now: datetime) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(backup_email=BACKUP, backup_verified_at=now)


def carried_out(hands: Hands, now: datetime) -> None:
    carry_out_case.carry_out_due(now=now + PERIOD)
    work(hands, now + PERIOD)


def told(hands: Hands, words: str) -> set[str]:
    """Addresses of the mails whose subject says so."""
    return {mail.address for mail in hands.mail.mails if words in mail.written.subject}


class TestADeadMailbox:
    def test_the_applicants_address_becomes_the_main_one(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        open_session(cast.ada, now)
        reference = decided(cast, hands, now)
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email
        carried_out(hands, now)
        ada = Person.objects.get(pk=cast.ada.pk)
        assert (ada.email, ada.email_verified_at) == (NEW_ADDRESS, now)
        assert ada.backup_email == BACKUP and not ada.needs_backup
        assert case_of(reference).state == CaseState.DONE
        assert not OpenSession.objects.filter(person=ada, ended_at=None).exists()
        assert AuditEntry.objects.get(action="case.done").person == ada

    def test_nobody_is_told_a_password_and_the_owner_chooses_their_own_by_the_usual_link(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        decided(cast, hands, now)
        carried_out(hands, now)
        assert check.password_matches(PORTAL_PASSWORD, Person.objects.get(pk=cast.ada.pk).password)
        mail = hands.mail.newest_to(NEW_ADDRESS)
        assert mail is not None
        token = link_in(mail.written.text, "/mot-de-passe-perdu/")
        new, then = Secret("un canari jaune et bavard"), now + PERIOD
        recover_account.finish(token=token, new=new, visitor=visitor(), now=then)
        assert check.password_matches(new, Person.objects.get(pk=cast.ada.pk).password)

    def test_every_contact_old_and_new_is_told_before_and_after(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        decided(cast, hands, now)
        everybody = {cast.ada.email, BACKUP, NEW_ADDRESS}
        assert told(hands, "assistance va modifier") | told(hands, "about to be changed") == everybody
        assert "/arreter" in hands.sms.texts[-1].text and hands.sms.texts[-1].number == cast.ada.phone
        carried_out(hands, now)
        assert told(hands, "assistance a modifié") | told(hands, "Support changed") == everybody

    def test_nothing_happens_before_the_period_is_over(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = decided(cast, hands, now)
        carry_out_case.carry_out_due(now=now + PERIOD - timedelta(seconds=1))
        assert case_of(reference).state == CaseState.WAITING
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email

    def test_without_a_period_it_takes_effect_at_once(self, cast: Cast, now: datetime, hands: Hands) -> None:
        cast.reseller.policy = {"case_wait_hours": 0}
        cast.reseller.save()
        reference = decided(cast, hands, now)
        assert not told(hands, "assistance va modifier") | told(hands, "about to be changed")
        assert carry_out_case.carry_out_due(now=now) == 1
        assert case_of(reference).state == CaseState.DONE

    def test_a_backup_address_that_becomes_the_main_one_is_no_backup_any_more(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        decided(cast, hands, now, contact=BACKUP)
        carried_out(hands, now)
        ada = Person.objects.get(pk=cast.ada.pk)
        assert (ada.email, ada.backup_email, ada.needs_backup) == (BACKUP, "", True)

    def test_an_address_somebody_else_took_meanwhile_ends_the_case_and_changes_nothing(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        app = add_app(cast.ada, now)
        reference = decided(cast, hands, now, [CaseEffect.FACTOR_OFF, CaseEffect.REPLACE_EMAIL], called=True)
        Person.objects.filter(pk=cast.bruno.pk).update(email=NEW_ADDRESS)
        assert carry_out_case.carry_out_due(now=now + PERIOD) == 1
        work(hands, now + PERIOD)
        case, ada = case_of(reference), Person.objects.get(pk=cast.ada.pk)
        assert case.state == CaseState.REFUSED and ada.email == cast.ada.email
        assert Factor.objects.filter(uid=app.uid).exists()
        assert case.steps.get(kind=CaseStepKind.FAILED).facts["why"] == Failure.ADDRESS_TAKEN
        page = follow_case.look(token=follow_token(hands), now=now + PERIOD)
        assert page.failure is Failure.ADDRESS_TAKEN
        mail = hands.mail.newest_to(NEW_ADDRESS)
        assert mail is not None and "/mot-de-passe-perdu/" not in mail.written.text
        assert told(hands, "arrêtée") | told(hands, "was stopped") == {cast.ada.email}

    def test_the_same_address_under_another_reseller_is_no_hindrance(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.eve.pk).update(email=NEW_ADDRESS)
        reference = decided(cast, hands, now)
        carried_out(hands, now)
        assert case_of(reference).state == CaseState.DONE


class TestABackupAddress:
    kind = CaseKind.DEAD_MAILBOX_WITH_BACKUP

    def decide(self, cast: Cast, hands: Hands, now: datetime) -> str:
        """One agent is enough, once the caller read back the code."""
        reference = a_case(now, hands, kind=self.kind, contact=BACKUP, files=())
        call_back(cast, hands, reference, now)
        effects = [CaseEffect.PROMOTE_BACKUP]
        state = decide_case.propose(
            actor=actor(cast.dina, now), reference=reference, effects=effects, now=now
        )
        assert state is CaseState.WAITING
        work(hands, now)
        return reference

    def test_becomes_the_main_one_and_a_new_backup_is_demanded(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        self.decide(cast, hands, now)
        carried_out(hands, now)
        ada = Person.objects.get(pk=cast.ada.pk)
        assert (ada.email, ada.backup_email, ada.needs_backup) == (BACKUP, "", True)
        assert told(hands, "assistance a modifié") | told(hands, "Support changed") == {
            BACKUP,
            cast.ada.email,
        }

    def test_that_was_changed_meanwhile_ends_the_case(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        reference = self.decide(cast, hands, now)
        Person.objects.filter(pk=cast.ada.pk).update(backup_email="other@example.org")
        carried_out(hands, now)
        step = case_of(reference).steps.get(kind=CaseStepKind.FAILED)
        assert step.facts["why"] == Failure.BACKUP_CHANGED
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email

    def test_that_is_no_longer_verified_ends_the_case(
        self, cast: Cast, now: datetime, hands: Hands, backup: None
    ) -> None:
        reference = self.decide(cast, hands, now)
        Person.objects.filter(pk=cast.ada.pk).update(backup_verified_at=None)
        carried_out(hands, now)
        assert case_of(reference).state == CaseState.REFUSED


class TestALostFactor:
    def test_is_switched_off_with_its_recovery_codes_and_nobody_is_signed_in(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        add_app(cast.ada, now)
        add_codes(cast.ada, now)
        decided(cast, hands, now, [CaseEffect.FACTOR_OFF], kind=CaseKind.FACTOR_LOST)
        carried_out(hands, now)
        assert not Factor.objects.filter(person=cast.ada).exists()
        assert not RecoveryCode.objects.filter(person=cast.ada).exists()
        assert not OpenSession.objects.filter(person=cast.ada, ended_at=None).exists()
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email

    def test_of_the_primary_administrator_goes_by_the_same_way(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        add_app(cast.bruno, now)
        decided(
            cast,
            hands,
            now,
            [CaseEffect.FACTOR_OFF],
            kind=CaseKind.FACTOR_LOST,
            identifier="bc23456-lk",
            contact=cast.bruno.email,
        )
        carried_out(hands, now)
        assert not Factor.objects.filter(person=cast.bruno).exists()


class TestAWrongAddress:
    def test_is_replaced_once_the_extension_and_a_recovery_code_were_right(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.bruno.pk).update(extension="12", email="brun0@example.org")
        add_app(cast.bruno, now)
        code, dina = add_codes(cast.bruno, now)[1], actor(cast.dina, now)
        own = "bruno@example.org"
        asked: dict[str, Any] = {"identifier": "bc23456-lk", "contact": own, "extension": "12"}
        reference = a_case(now, hands, kind=CaseKind.WRONG_EMAIL, files=(), **asked)
        confirm_mailbox(hands, now, own)
        assert work_case.compare_extension(actor=dina, reference=reference, now=now)
        work_case.check_recovery_code(actor=dina, reference=reference, code=code, now=now)
        effects = [CaseEffect.REPLACE_EMAIL]
        decide_case.propose(actor=dina, reference=reference, effects=effects, now=now)
        decide_case.confirm(actor=actor(cast.olivia, now), reference=reference, now=now)
        carried_out(hands, now)
        assert Person.objects.get(pk=cast.bruno.pk).email == own
        assert Factor.objects.filter(person=cast.bruno).exists()


class TestAForgottenAnswer:
    def test_is_asked_for_no_more(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(question="first_pet", answer="argon2")
        decided(cast, hands, now, [CaseEffect.CLEAR_QUESTION], kind=CaseKind.ANSWERS_LOST)
        carried_out(hands, now)
        ada = Person.objects.get(pk=cast.ada.pk)
        assert (ada.question, ada.answer) == ("", "")


class TestItWasNotMe:
    @pytest.mark.parametrize("whose", ["main", "backup", "applicant"])
    def test_any_contact_stops_it_without_signing_in(
        self, cast: Cast, now: datetime, hands: Hands, backup: None, whose: str
    ) -> None:
        reference = decided(cast, hands, now)
        address = {"main": cast.ada.email, "backup": BACKUP, "applicant": NEW_ADDRESS}[whose]
        token = stop_token(hands, address)
        page = stop_case.look(token=token, now=now)
        assert page.may_stop and page.effects == (CaseEffect.REPLACE_EMAIL,)
        assert page.new_email == "a••@example.org"
        assert case_of(reference).state == CaseState.WAITING  # Looking stops nothing.
        stop_case.stop(token=token, visitor=visitor(), now=now)
        carried_out(hands, now)
        assert case_of(reference).state == CaseState.STOPPED
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email
        assert told(hands, "arrêtée") | told(hands, "was stopped") == {cast.ada.email, BACKUP, NEW_ADDRESS}
        assert not stop_case.look(token=token, now=now).may_stop
        with pytest.raises(CaseOver):
            stop_case.stop(token=token, visitor=visitor(), now=now)

    def test_comes_too_late_after_the_period(self, cast: Cast, now: datetime, hands: Hands) -> None:
        decided(cast, hands, now)
        token = stop_token(hands, cast.ada.email)
        carried_out(hands, now)
        with pytest.raises(CaseOver):
            stop_case.stop(token=token, visitor=visitor(), now=now + PERIOD)

    def test_a_link_to_follow_stops_nothing_and_one_to_stop_follows_nothing(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        decided(cast, hands, now)
        follow, stop = follow_token(hands), stop_token(hands, cast.ada.email)
        with pytest.raises(LinkNotValid):
            stop_case.stop(token=follow, visitor=visitor(), now=now)
        with pytest.raises(LinkNotValid):
            follow_case.look(token=stop, now=now)

    def test_a_case_whose_account_or_period_is_unknown_cannot_be_stopped(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = decided(cast, hands, now)
        token = stop_token(hands, cast.ada.email)
        Case.objects.filter(reference=reference).update(effective_at=None)
        with pytest.raises(LinkNotValid):
            stop_case.look(token=token, now=now)
        Case.objects.filter(reference=reference).update(person=None)
        with pytest.raises(LinkNotValid):
            stop_case.stop(token=token, visitor=visitor(), now=now)

    def test_an_agent_refuses_it_while_it_waits_and_the_owner_knows(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = decided(cast, hands, now)
        decide_case.refuse(actor=actor(cast.olivia, now), reference=reference, words="Faux papiers", now=now)
        carried_out(hands, now)
        assert case_of(reference).state == CaseState.REFUSED
        assert told(hands, "arrêtée") | told(hands, "was stopped") == {cast.ada.email}


class TestTheClock:
    def test_a_case_nobody_answers_lapses(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands)
        work_case.ask(actor=actor(cast.dina, now), reference=reference, words="Le verso ?", now=now)
        assert carry_out_case.carry_out_due(now=now + timedelta(days=29)) == 0
        assert carry_out_case.carry_out_due(now=now + timedelta(days=30)) == 1
        assert case_of(reference).state == CaseState.WITHDRAWN

    def test_what_another_worker_ended_is_not_ended_again(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = decided(cast, hands, now)
        stale, gone = case_of(reference), case_of(reference)
        gone.person = None
        carried_out(hands, now)
        assert not carry_out_case._carry_out(stale, now + PERIOD)
        assert not carry_out_case._fail(stale, Failure.ADDRESS_TAKEN, now)
        assert not carry_out_case._carry_out(gone, now + PERIOD)
        stale.state = CaseState.ASKING
        assert not carry_out_case._lapse(stale, now)


def test_the_clock_and_the_owner_at_once_end_it_once(
    committed: Cast,
    hands: Hands,
    in_threads: Callable[[list[Callable[[], object]]], list[object]],
    now: datetime,
) -> None:
    reference = decided(committed, hands, now)
    token = stop_token(hands, committed.ada.email)

    def stop() -> bool:
        try:
            stop_case.stop(token=token, visitor=visitor(), now=now)
        except CaseOver:
            return False
        return True

    clock = [lambda: bool(carry_out_case.carry_out_due(now=now + PERIOD))] * 2
    assert in_threads([*clock, stop]).count(True) == 1
    changed = Person.objects.get(pk=committed.ada.pk).email == NEW_ADDRESS
    assert case_of(reference).state == (CaseState.DONE if changed else CaseState.STOPPED)
