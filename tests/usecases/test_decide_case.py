"""What weighs takes two agents and proofs that are enough; nobody decides about themselves (TEAM-6)."""

from collections.abc import Callable
from datetime import datetime
from threading import Barrier

import pytest

from linekey.domain.access import Role
from linekey.domain.cases import CaseEffect, CaseKind, CaseState, CaseStepKind
from linekey.domain.errors import (
    AnotherAgentNeeded,
    CaseOver,
    Malformed,
    NotAllowed,
    NotFound,
    NotOnYourself,
    ProofsMissing,
    StepUpNeeded,
)
from linekey.records.models import AuditEntry, OutboxEffect, Person
from linekey.usecases import decide_case, work_case
from tests.build import Cast, actor, person, stale
from tests.cases import NEW_ADDRESS, a_case, call_back, case_of, confirm_mailbox, see_documents
from tests.hands import Hands, work
from tests.lab.second_factors import add_app

REPLACE, PROMOTE, FACTOR, QUESTION = (
    CaseEffect.REPLACE_EMAIL,
    CaseEffect.PROMOTE_BACKUP,
    CaseEffect.FACTOR_OFF,
    CaseEffect.CLEAR_QUESTION,
)


@pytest.fixture
def reference(cast: Cast, now: datetime, hands: Hands) -> str:
    """Ready to be decided: the mailbox answered, the papers are hers."""
    reference = a_case(now, hands)
    confirm_mailbox(hands, now)
    see_documents(cast, reference, now)
    return reference


def propose(who: Person, reference: str, now: datetime, *effects: CaseEffect) -> CaseState:
    wanted = effects or (REPLACE,)
    return decide_case.propose(actor=actor(who, now), reference=reference, effects=wanted, now=now)


def confirm(who: Person, reference: str, now: datetime) -> CaseState:
    return decide_case.confirm(actor=actor(who, now), reference=reference, now=now)


class TestTwoAgents:
    def test_one_proposes_another_confirms_and_then_it_waits(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        assert propose(cast.dina, reference, now) is CaseState.PROPOSED
        assert case_of(reference).effective_at is None
        with pytest.raises(AnotherAgentNeeded):
            confirm(cast.dina, reference, now)
        assert confirm(cast.olivia, reference, now) is CaseState.WAITING
        case = case_of(reference)
        assert (case.new_email, case.wanted) == (NEW_ADDRESS, [REPLACE])
        assert list(
            AuditEntry.objects.filter(action__in=("case.proposed", "case.decided")).values_list(
                "actor__first_name", flat=True
            )
        ) == ["Dina", "Olivia"]

    def test_nobody_is_told_before_the_second_agreed(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        propose(cast.dina, reference, now)
        assert not OutboxEffect.objects.filter(message="case_decided").exists()

    def test_the_second_disagrees_and_the_case_is_looked_at_again(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        with pytest.raises(CaseOver):
            decide_case.send_back(actor=actor(cast.olivia, now), reference=reference, words="", now=now)
        propose(cast.dina, reference, now)
        decide_case.send_back(actor=actor(cast.olivia, now), reference=reference, words="Trop flou", now=now)
        case = case_of(reference)
        assert (case.state, case.wanted, case.new_email, case.proposed_by) == (CaseState.REVIEW, [], "", None)
        with pytest.raises(CaseOver):
            confirm(cast.olivia, reference, now)

    def test_is_proposed_once(self, cast: Cast, now: datetime, reference: str) -> None:
        propose(cast.dina, reference, now)
        with pytest.raises(CaseOver):
            propose(cast.olivia, reference, now)

    def test_one_is_enough_for_a_lesser_change_of_a_subscriber(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(backup_email="b@example.org", backup_verified_at=now)
        reference = a_case(now, hands, kind=CaseKind.DEAD_MAILBOX_WITH_BACKUP)
        call_back(cast, hands, reference, now)
        assert propose(cast.dina, reference, now, PROMOTE) is CaseState.WAITING
        assert case_of(reference).new_email == "b@example.org"

    def test_but_not_of_an_administrator(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk=cast.bruno.pk).update(answer="x")
        reference = a_case(now, hands, kind=CaseKind.ANSWERS_LOST, identifier="bc23456-lk")
        see_documents(cast, reference, now)
        assert propose(cast.dina, reference, now, QUESTION) is CaseState.PROPOSED

    def test_a_backup_address_changed_between_the_two_is_another_decision(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        Person.objects.filter(pk=cast.bruno.pk).update(backup_email="b@example.org", backup_verified_at=now)
        reference = a_case(now, hands, kind=CaseKind.DEAD_MAILBOX_WITH_BACKUP, identifier="bc23456-lk")
        see_documents(cast, reference, now)
        propose(cast.dina, reference, now, PROMOTE)
        Person.objects.filter(pk=cast.bruno.pk).update(backup_email="c@example.org")
        with pytest.raises(ProofsMissing):
            confirm(cast.olivia, reference, now)


class TestProofs:
    def test_must_be_enough_and_nothing_moves_when_they_are_not(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands)
        confirm_mailbox(hands, now)
        with pytest.raises(ProofsMissing):
            propose(cast.dina, reference, now)
        call_back(cast, hands, reference, now)
        with pytest.raises(ProofsMissing):
            propose(cast.dina, reference, now)
        assert case_of(reference).state == CaseState.REVIEW
        assert not case_of(reference).steps.filter(kind=CaseStepKind.PROPOSED).exists()

    def test_a_stolen_phone_does_not_switch_the_second_factor_off(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        add_app(cast.ada, now)
        reference = a_case(now, hands, kind=CaseKind.FACTOR_LOST)
        call_back(cast, hands, reference, now)
        with pytest.raises(ProofsMissing):
            propose(cast.dina, reference, now, FACTOR)

    def test_of_one_kind_do_not_give_both_mailbox_and_factor(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        add_app(cast.ada, now)
        with pytest.raises(ProofsMissing):
            propose(cast.dina, reference, now, REPLACE, FACTOR)
        call_back(cast, hands, reference, now)
        assert propose(cast.dina, reference, now, FACTOR, REPLACE) is CaseState.PROPOSED
        assert case_of(reference).wanted == [REPLACE, FACTOR]

    def test_a_mailbox_that_never_answered_is_given_no_account(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands)
        see_documents(cast, reference, now)
        with pytest.raises(Malformed):
            propose(cast.dina, reference, now)

    @pytest.mark.parametrize("effect", [PROMOTE, FACTOR, QUESTION])
    def test_the_account_must_have_what_is_changed(
        self, cast: Cast, now: datetime, reference: str, effect: CaseEffect
    ) -> None:
        with pytest.raises(Malformed):
            propose(cast.dina, reference, now, effect)

    @pytest.mark.parametrize("effects", [[], [REPLACE, PROMOTE]])
    def test_what_is_no_decision_is_refused(
        self, cast: Cast, now: datetime, reference: str, effects: list[CaseEffect]
    ) -> None:
        with pytest.raises(Malformed):
            decide_case.propose(actor=actor(cast.dina, now), reference=reference, effects=effects, now=now)

    def test_what_this_kind_of_case_does_not_offer_is_refused(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands, kind=CaseKind.FACTOR_LOST)
        with pytest.raises(Malformed):
            propose(cast.dina, reference, now, REPLACE)


class TestWho:
    def test_only_staff_decides_after_a_recent_proof(self, cast: Cast, now: datetime, reference: str) -> None:
        for who in (cast.ada, cast.bruno, cast.chen, cast.eve):
            with pytest.raises(NotAllowed):
                propose(who, reference, now)
        with pytest.raises(StepUpNeeded):
            decide_case.propose(
                actor=stale(actor(cast.dina, now)), reference=reference, effects=[REPLACE], now=now
            )

    def test_nobody_decides_about_themselves_nor_an_agent_about_the_operators_administrator(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        own = a_case(now, hands, identifier="dh45678-lk")
        with pytest.raises(NotOnYourself):
            decide_case.refuse(actor=actor(cast.dina, now), reference=own, words="x", now=now)
        above = a_case(now, hands, identifier="op56789-lk", contact="o@example.org", address="192.0.2.9")
        with pytest.raises(NotAllowed):
            propose(cast.dina, above, now)

    def test_about_nobody_we_know_a_case_can_only_be_refused(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands, identifier="zz99999-lk")
        with pytest.raises(NotFound):
            propose(cast.dina, reference, now)
        decide_case.refuse(actor=actor(cast.dina, now), reference=reference, words="Introuvable", now=now)
        work(hands, now)
        mail = hands.mail.newest_to(NEW_ADDRESS)
        assert mail is not None and "Introuvable" in mail.written.text


class TestRefusing:
    def test_wants_a_reason_and_tells_the_applicant_alone(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        dina = actor(cast.dina, now)
        with pytest.raises(Malformed):
            decide_case.refuse(actor=dina, reference=reference, words=" ", now=now)
        decide_case.refuse(actor=dina, reference=reference, words="Photo illisible", now=now)
        work(hands, now)
        refused = [mail for mail in hands.mail.mails if "Photo illisible" in mail.written.text]
        assert [mail.address for mail in refused] == [NEW_ADDRESS]
        with pytest.raises(CaseOver):
            decide_case.refuse(actor=dina, reference=reference, words="x", now=now)


def test_two_agents_at_once_decide_once(
    committed: Cast,
    hands: Hands,
    in_threads: Callable[[list[Callable[[], object]]], list[object]],
    now: datetime,
) -> None:
    """Both confirm what a third proposed: the owner is warned once, and one of them learns it was done."""
    third = person(
        "th11111-lk", "Théo", "Haddad", Role.SUPPORT_AGENT, committed.operator, committed.operator, now
    )
    reference = a_case(now, hands)
    confirm_mailbox(hands, now)
    see_documents(committed, reference, now)
    propose(third, reference, now)
    ready = Barrier(2)

    def decide(who: Person) -> bool:
        ready.wait(10)
        try:
            confirm(who, reference, now)
        except CaseOver:
            return False
        return True

    both: list[Callable[[], object]] = [lambda: decide(committed.dina), lambda: decide(committed.olivia)]
    assert sorted(in_threads(both), key=bool) == [False, True]
    assert case_of(reference).steps.filter(kind=CaseStepKind.DECIDED).count() == 1
    warned = OutboxEffect.objects.filter(message="case_decided", facts__to=committed.ada.email)
    assert warned.count() == 1


def test_a_proof_taken_back_at_the_last_moment_stops_the_decision(
    cast: Cast, now: datetime, reference: str
) -> None:
    uids = list(case_of(reference).documents.values_list("uid", flat=True))
    work_case.judge_documents(
        actor=actor(cast.dina, now), reference=reference, match=False, documents=uids, note="", now=now
    )
    with pytest.raises(ProofsMissing):
        propose(cast.olivia, reference, now)
