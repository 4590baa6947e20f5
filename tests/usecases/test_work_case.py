"""Support checks who is asking, proof by proof, against what we know (ACC-6, ACC-7, ACC-8, TEAM-11)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from linekey.domain.cases import CaseState, CaseStepKind, Proof
from linekey.domain.errors import (
    CaseOver,
    Malformed,
    NoSms,
    NotAllowed,
    NotFound,
    NotOnYourself,
    TooManyAttempts,
    WrongCode,
)
from linekey.domain.secret import Secret
from linekey.records import cases
from linekey.records.models import AuditEntry, Case, Person, RecoveryCode
from linekey.usecases import decide_case, purge_case, read_document, work_case
from tests.build import Cast, actor
from tests.cases import IDENTITY_CARD, NEW_ADDRESS, a_case, call_back, case_of, png, see_documents
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes
from tests.usecases.reading import code_in

WRONG = Secret("000000")


@pytest.fixture
def reference(cast: Cast, now: datetime, hands: Hands) -> str:
    return a_case(now, hands)


def proofs(reference: str) -> set[Proof]:
    return set(cases.proofs(case_of(reference)))


class TestTheCallBack:
    def test_goes_to_the_number_on_the_account_never_to_the_claimed_one(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands, phone="+33699999999")
        call_back(cast, hands, reference, now)
        assert [text.number for text in hands.sms.texts] == [cast.ada.phone]
        assert proofs(reference) == {Proof.CALL_BACK}
        assert case_of(reference).state == CaseState.REVIEW

    def test_is_checked_five_times_and_no_more(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        dina = actor(cast.dina, now)
        work_case.send_code(actor=dina, reference=reference, now=now)
        work(hands, now)
        code = code_in(hands.sms.texts[-1].text)
        wrong = Secret("111111" if code.reveal() != "111111" else "222222")
        for left in (4, 3, 2, 1, 0, 0):
            with pytest.raises(WrongCode) as refused:
                work_case.check_code(actor=dina, reference=reference, code=wrong, now=now)
            assert refused.value.values["left"] == left
        with pytest.raises(WrongCode):
            work_case.check_code(actor=dina, reference=reference, code=code, now=now)
        assert proofs(reference) == set()
        assert AuditEntry.objects.filter(action="case.code_refused").count() == 5

    def test_works_once_and_for_ten_minutes(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        dina = actor(cast.dina, now)
        with pytest.raises(WrongCode):  # None was sent.
            work_case.check_code(actor=dina, reference=reference, code=Secret(""), now=now)
        work_case.send_code(actor=dina, reference=reference, now=now)
        work(hands, now)
        code = code_in(hands.sms.texts[-1].text)
        late = now + timedelta(minutes=10)
        with pytest.raises(WrongCode):
            work_case.check_code(actor=dina, reference=reference, code=code, now=late)
        work_case.check_code(actor=dina, reference=reference, code=code, now=late - timedelta(seconds=1))
        with pytest.raises(WrongCode):
            work_case.check_code(actor=dina, reference=reference, code=code, now=now)

    def test_dies_with_a_newer_one(self, cast: Cast, now: datetime, hands: Hands, reference: str) -> None:
        dina = actor(cast.dina, now)
        codes = []
        for _ in range(2):
            work_case.send_code(actor=dina, reference=reference, now=now)
            work(hands, now)
            codes.append(code_in(hands.sms.texts[-1].text))
        if codes[0] != codes[1]:
            with pytest.raises(WrongCode):
                work_case.check_code(actor=dina, reference=reference, code=codes[0], now=now)
        work_case.check_code(actor=dina, reference=reference, code=codes[1], now=now)

    @pytest.mark.parametrize(
        "changed", [{"phone": ""}, {"phone_verified_at": None}, {"extension": "12"}], ids=str
    )
    def test_wants_a_number_of_their_own_that_answered(
        self, cast: Cast, now: datetime, reference: str, changed: dict[str, object]
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(**changed)
        with pytest.raises(NoSms):
            work_case.send_code(actor=actor(cast.dina, now), reference=reference, now=now)

    def test_is_sent_six_times_an_hour(self, cast: Cast, now: datetime, reference: str) -> None:
        for _ in range(6):
            work_case.send_code(actor=actor(cast.dina, now), reference=reference, now=now)
        with pytest.raises(TooManyAttempts):
            work_case.send_code(actor=actor(cast.dina, now), reference=reference, now=now)


class TestARecoveryCode:
    def test_read_out_is_used_up_and_the_owner_is_told(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        add_app(cast.ada, now)
        sheet = add_codes(cast.ada, now)
        dina = actor(cast.dina, now)
        with pytest.raises(WrongCode):
            work_case.check_recovery_code(actor=dina, reference=reference, code=WRONG, now=now)
        work_case.check_recovery_code(actor=dina, reference=reference, code=sheet[1], now=now)
        with pytest.raises(WrongCode):
            work_case.check_recovery_code(actor=dina, reference=reference, code=sheet[1], now=now)
        assert proofs(reference) == {Proof.RECOVERY_CODE}
        assert RecoveryCode.objects.filter(person=cast.ada, used_at=now).count() == 1
        work(hands, now)
        mail = hands.mail.newest_to(cast.ada.email)
        assert mail is not None and "198.51.100.7" in mail.written.text

    def test_is_not_guessed(self, cast: Cast, now: datetime, reference: str) -> None:
        dina = actor(cast.dina, now)
        for _ in range(10):
            with pytest.raises(WrongCode):
                work_case.check_recovery_code(actor=dina, reference=reference, code=WRONG, now=now)
        with pytest.raises(TooManyAttempts):
            work_case.check_recovery_code(actor=dina, reference=reference, code=WRONG, now=now)


class TestTheExtension:
    @pytest.mark.parametrize(
        ("ours", "given", "same"),
        [("12", "12", True), ("12", "13", False), ("", "", False), ("12", "", False)],
    )
    def test_is_compared_with_the_accounts(
        self, cast: Cast, now: datetime, hands: Hands, ours: str, given: str, same: bool
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(extension=ours)
        reference = a_case(now, hands, extension=given)
        found = work_case.compare_extension(actor=actor(cast.dina, now), reference=reference, now=now)
        assert found is same and (Proof.EXTENSION in proofs(reference)) is same


class TestDocuments:
    def test_are_read_as_they_were_sent_and_every_reading_is_written_down(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        uid = case_of(reference).documents.get().uid
        read = read_document.read(actor=actor(cast.dina, now), reference=reference, uid=uid, now=now)
        assert (read.file_name, read.media_type, read.content) == (f"{reference}-1.png", "image/png", png())
        assert "PNG" not in repr(read)
        entry = AuditEntry.objects.get(action="case.document_read")
        assert (entry.actor, entry.person, entry.facts["document"]) == (cast.dina, cast.ada, "1")
        assert case_of(reference).steps.get(kind=CaseStepKind.READ).agent == cast.dina

    def test_are_judged_by_whoever_opened_them(self, cast: Cast, now: datetime, reference: str) -> None:
        uid = case_of(reference).documents.get().uid
        read_document.read(actor=actor(cast.olivia, now), reference=reference, uid=uid, now=now)
        for uids in ([], [uid], ["x"]):
            with pytest.raises(Malformed):
                work_case.judge_documents(
                    actor=actor(cast.dina, now),
                    reference=reference,
                    match=True,
                    documents=uids,
                    note="",
                    now=now,
                )
        see_documents(cast, reference, now)
        assert proofs(reference) == {Proof.DOCUMENTS}

    def test_found_wrong_by_the_next_look_prove_nothing(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        see_documents(cast, reference, now)
        see_documents(cast, reference, now, match=False)
        assert proofs(reference) == set()

    def test_are_read_by_support_alone_and_not_after_the_purge(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        uid = case_of(reference).documents.get().uid
        for who in (cast.ada, cast.bruno, cast.chen, cast.eve):
            with pytest.raises(NotAllowed):
                read_document.read(actor=actor(who, now), reference=reference, uid=uid, now=now)
        for wrong in ("", "x", "\0"):
            with pytest.raises(NotFound):
                read_document.read(actor=actor(cast.dina, now), reference=reference, uid=wrong, now=now)
        purge_case.purge(case_of(reference), now=now)
        with pytest.raises(NotFound):
            read_document.read(actor=actor(cast.dina, now), reference=reference, uid=uid, now=now)

    def test_of_nobodys_account_are_read_too(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands, identifier="zz99999-lk")
        uid = case_of(reference).documents.get().uid
        read = read_document.read(actor=actor(cast.dina, now), reference=reference, uid=uid, now=now)
        assert read.content == png()


class TestTheAccount:
    def test_is_named_when_the_identifier_was_mistyped(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands, identifier="ab12354-lk")
        work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id=" AB12345-LK", now=now)
        assert case_of(reference).person == cast.ada

    def test_named_anew_nothing_proven_before_counts(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        call_back(cast, hands, reference, now)
        work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id="ev67890-lk", now=now)
        assert proofs(reference) == set()
        # A colleague who still thinks of the other account is told.
        stale = case_of(reference)
        stale.person = cast.ada
        with pytest.raises(CaseOver):
            cases.touch(stale, {CaseState.REVIEW}, now=now)

    @pytest.mark.parametrize("typed", ["zz99999-lk", "", "\0", "x" * 30])
    def test_must_exist(self, cast: Cast, now: datetime, reference: str, typed: str) -> None:
        with pytest.raises(NotFound):
            work_case.attach(actor=actor(cast.dina, now), reference=reference, customer_id=typed, now=now)

    def test_is_not_the_agents_own_nor_somebodys_above(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        dina = actor(cast.dina, now)
        with pytest.raises(NotOnYourself):
            work_case.attach(actor=dina, reference=reference, customer_id="dh45678-lk", now=now)
        with pytest.raises(NotAllowed):
            work_case.attach(actor=dina, reference=reference, customer_id="op56789-lk", now=now)

    def test_must_be_known_before_anything_is_proven(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands, identifier="zz99999-lk")
        with pytest.raises(NotFound):
            work_case.compare_extension(actor=actor(cast.dina, now), reference=reference, now=now)


class TestWords:
    def test_to_the_applicant_are_mailed_with_the_link(
        self, cast: Cast, now: datetime, hands: Hands, reference: str
    ) -> None:
        for words in ("Le verso ?", "Le verso, en couleurs ?"):
            work_case.ask(actor=actor(cast.dina, now), reference=reference, words=words, now=now)
        assert case_of(reference).state == CaseState.ASKING
        work(hands, now)
        mail = hands.mail.newest_to(NEW_ADDRESS)
        assert mail is not None and "en couleurs" in mail.written.text and "/dossier/" in mail.written.text

    def test_among_agents_are_for_agents_and_possible_after_the_end(
        self, cast: Cast, now: datetime, reference: str
    ) -> None:
        dina = actor(cast.dina, now)
        decide_case.refuse(actor=dina, reference=reference, words="Illisible", now=now)
        work_case.note(actor=dina, reference=reference, words="Rappelé deux fois", now=now)
        assert case_of(reference).steps.get(kind=CaseStepKind.NOTED).facts["words"] == "Rappelé deux fois"
        with pytest.raises(Malformed):
            work_case.note(actor=dina, reference=reference, words=" ", now=now)
        with pytest.raises(CaseOver):
            work_case.ask(actor=dina, reference=reference, words="x", now=now)


class TestWho:
    def test_only_staff_works_on_cases(self, cast: Cast, now: datetime, reference: str) -> None:
        for who in (cast.ada, cast.bruno, cast.chen, cast.eve):
            with pytest.raises(NotAllowed):
                work_case.ask(actor=actor(who, now), reference=reference, words="x", now=now)

    def test_nobody_works_on_a_case_about_themselves(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands, identifier="dh45678-lk")
        uid = case_of(reference).documents.get().uid
        with pytest.raises(NotOnYourself):
            work_case.ask(actor=actor(cast.dina, now), reference=reference, words="x", now=now)
        with pytest.raises(NotOnYourself):
            read_document.read(actor=actor(cast.dina, now), reference=reference, uid=uid, now=now)

    @pytest.mark.parametrize("reference", ["", "DOS-0000-0000", "\0", "x" * 50])
    def test_unknown_cases_are_not_found(self, cast: Cast, now: datetime, reference: str) -> None:
        with pytest.raises(NotFound):
            work_case.ask(actor=actor(cast.dina, now), reference=reference, words="x", now=now)

    def test_a_move_there_is_not_is_refused(self, cast: Cast, now: datetime, reference: str) -> None:
        with pytest.raises(CaseOver):
            cases.move(case_of(reference), CaseState.DONE, now=now)
        Case.objects.update(state=CaseState.REVIEW)
        stale = case_of(reference)
        Case.objects.update(state=CaseState.PROPOSED)
        with pytest.raises(CaseOver):
            cases.move(stale, CaseState.ASKING, now=now)


def test_one_code_read_back_to_two_agents_at_once_proves_once(
    committed: Cast,
    hands: Hands,
    in_threads: Callable[[list[Callable[[], object]]], list[object]],
    now: datetime,
) -> None:
    reference = a_case(now, hands, files=[IDENTITY_CARD])
    work_case.send_code(actor=actor(committed.dina, now), reference=reference, now=now)
    work(hands, now)
    code = code_in(hands.sms.texts[-1].text)

    def check(who: Person) -> bool:
        try:
            work_case.check_code(actor=actor(who, now), reference=reference, code=code, now=now)
        except WrongCode:
            return False
        return True

    both: list[Callable[[], object]] = [lambda: check(committed.dina), lambda: check(committed.olivia)]
    assert sorted(in_threads(both), key=bool) == [False, True]
    assert case_of(reference).steps.filter(kind=CaseStepKind.PROOF).count() == 1
