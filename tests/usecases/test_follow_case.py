"""The applicant follows a case by the link in their mail, answers, and may take it back (ACC-7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from linekey.domain.cases import FOLLOWED, KEPT, CaseState, CaseStepKind
from linekey.domain.errors import CaseOver, FileRefused, LinkNotValid, Malformed, TooManyAttempts
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, Case
from linekey.usecases import decide_case, follow_case, purge_case, work_case
from linekey.usecases.open_case import Upload
from tests.build import Cast, actor, visitor
from tests.cases import IDENTITY_CARD, a_case, case_of, confirm_mailbox, decided, follow_token
from tests.hands import Hands, work


@pytest.fixture
def reference(cast: Cast, now: datetime, hands: Hands) -> str:
    return a_case(now, hands)


@pytest.fixture
def token(reference: str, hands: Hands) -> Secret:
    return follow_token(hands)


def answer(token: Secret, now: datetime, words: str = "", files: tuple[Upload, ...] = ()) -> None:
    follow_case.answer(token=token, words=words, files=files, visitor=visitor(), now=now)


class TestLooking:
    def test_changes_nothing_however_often(
        self, cast: Cast, now: datetime, reference: str, token: Secret
    ) -> None:
        before = Case.objects.values().get()
        pages = [follow_case.look(token=token, now=now) for _ in range(3)]
        assert pages[0] == pages[2] and Case.objects.values().get() == before
        assert (pages[0].reference, pages[0].state) == (reference, CaseState.OPEN)
        assert not pages[0].contact_confirmed and pages[0].may_add == 4 and pages[0].may_withdraw

    def test_tells_nobody_whether_the_account_exists(
        self, cast: Cast, now: datetime, hands: Hands, reference: str, token: Secret
    ) -> None:
        a_case(now, hands, identifier="zz99999-lk", contact="x@example.org")
        known = follow_case.look(token=token, now=now)
        unknown = follow_case.look(token=follow_token(hands, "x@example.org"), now=now)
        assert {**vars(known), "reference": ""} == {**vars(unknown), "reference": ""}
        # Nor does what an agent does about the account.
        work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id="ab12345-lk", now=now)
        work_case.send_code(actor=actor(cast.dina, now), reference=reference, now=now)
        page = follow_case.look(token=token, now=now)
        assert [step.kind for step in page.steps] == [CaseStepKind.OPENED]

    @pytest.mark.parametrize("wrong", ["", "x", "\0", "a" * 43])
    def test_wants_the_whole_link(self, cast: Cast, now: datetime, token: Secret, wrong: str) -> None:
        for each in (Secret(wrong), Secret(token.reveal()[:-1])):
            with pytest.raises(LinkNotValid):
                follow_case.look(token=each, now=now)

    def test_works_until_a_month_after_the_end(self, cast: Cast, now: datetime, token: Secret) -> None:
        follow_case.withdraw(token=token, visitor=visitor(), now=now)
        page = follow_case.look(token=token, now=now + FOLLOWED - timedelta(seconds=1))
        assert page.state is CaseState.WITHDRAWN and page.purged and page.purge_at == now + KEPT
        with pytest.raises(LinkNotValid):
            follow_case.look(token=token, now=now + FOLLOWED)


class TestAnswering:
    def test_a_button_confirms_the_mailbox_once(
        self, cast: Cast, now: datetime, hands: Hands, reference: str, token: Secret
    ) -> None:
        confirm_mailbox(hands, now)
        confirm_mailbox(hands, now + timedelta(hours=1))
        assert case_of(reference).contact_verified_at == now
        assert case_of(reference).steps.filter(kind=CaseStepKind.CONFIRMED).count() == 1

    def test_gives_agents_the_case_back(
        self, cast: Cast, now: datetime, hands: Hands, reference: str, token: Secret
    ) -> None:
        work_case.ask(actor=actor(cast.dina, now), reference=reference, words="Le verso ?", now=now)
        work(hands, now)
        newer = follow_token(hands)
        assert newer != token
        assert follow_case.look(token=token, now=now).wanted == "Le verso ?"  # The first link still opens.
        answer(newer, now, "Le voici", (IDENTITY_CARD,))
        case = case_of(reference)
        assert (case.state, case.reason, case.documents.count()) == (CaseState.REVIEW, "", 2)
        assert case.contact_verified_at == now

    def test_is_words_or_documents_or_both(
        self, cast: Cast, now: datetime, reference: str, token: Secret
    ) -> None:
        with pytest.raises(Malformed):
            answer(token, now)
        answer(token, now, "Bonjour")
        answer(token, now, files=(IDENTITY_CARD,))
        assert case_of(reference).state == CaseState.OPEN and case_of(reference).documents.count() == 2

    def test_takes_no_sixth_document_and_no_program(
        self, cast: Cast, now: datetime, reference: str, token: Secret
    ) -> None:
        with pytest.raises(Malformed):
            answer(token, now, files=(IDENTITY_CARD,) * 5)
        with pytest.raises(FileRefused):
            answer(token, now, files=(Upload("x.pdf", b"MZ"),))
        assert case_of(reference).documents.count() == 1

    def test_is_possible_ten_times_a_day(self, cast: Cast, now: datetime, token: Secret) -> None:
        for _ in range(10):
            answer(token, now, "x")
        with pytest.raises(TooManyAttempts):
            answer(token, now, "x")

    def test_is_over_with_the_decision(self, cast: Cast, now: datetime, hands: Hands) -> None:
        decided(cast, hands, now)
        token = follow_token(hands)
        with pytest.raises(CaseOver):
            answer(token, now, "x")
        with pytest.raises(CaseOver):
            confirm_mailbox(hands, now)
        page = follow_case.look(token=token, now=now)
        assert page.may_add == 0 and not page.may_answer and page.effective_at is not None


class TestTakingItBack:
    def test_ends_the_case_and_purges_the_documents_at_once(
        self, cast: Cast, now: datetime, reference: str, token: Secret
    ) -> None:
        follow_case.withdraw(token=token, visitor=visitor(), now=now)
        case = case_of(reference)
        assert (case.state, case.ended_at, case.purged_at) == (CaseState.WITHDRAWN, now, now)
        assert bytes(case.documents.get().sealed) == b""
        assert AuditEntry.objects.filter(action="case.purged").count() == 1
        with pytest.raises(CaseOver):
            follow_case.withdraw(token=token, visitor=visitor(), now=now)

    def test_is_possible_while_it_waits(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = decided(cast, hands, now)
        follow_case.withdraw(token=follow_token(hands), visitor=visitor(), now=now)
        assert case_of(reference).state == CaseState.WITHDRAWN


class TestThePurge:
    def test_comes_seven_days_after_the_end_and_is_written_down(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        decide_case.refuse(actor=actor(cast.dina, now), reference=reference, words="Illisible", now=now)
        assert purge_case.purge_due(now=now + KEPT - timedelta(seconds=1)) == 0
        assert bytes(case_of(reference).documents.get().sealed)
        assert purge_case.purge_due(now=now + KEPT) == 1
        assert purge_case.purge_due(now=now + KEPT) == 0
        case = case_of(reference)
        assert bytes(case.documents.get().sealed) == b"" and case.reason == "Illisible"
        assert AuditEntry.objects.get(action="case.purged").facts["documents"] == "1"

    def test_spares_what_is_not_over(self, cast: Cast, now: datetime, reference: str) -> None:
        assert purge_case.purge_due(now=now + timedelta(days=400)) == 0

    def test_is_made_once_by_one_worker(self, cast: Cast, now: datetime, reference: str) -> None:
        case = case_of(reference)
        assert purge_case.purge(case, now=now) and not purge_case.purge(case, now=now)


def test_two_who_send_documents_at_once_send_five_at_most(
    committed: Cast,
    hands: Hands,
    in_threads: Callable[[list[Callable[[], object]]], list[object]],
    now: datetime,
) -> None:
    reference = a_case(now, hands)
    token = follow_token(hands)

    def send() -> bool:
        try:
            answer(token, now, files=(IDENTITY_CARD,) * 3)
        except Malformed:
            return False
        return True

    assert sorted(in_threads([send, send]), key=bool) == [False, True]
    assert case_of(reference).documents.count() == 4
