"""Somebody who cannot sign in asks for help: taken from everybody alike, and followed by a link (ACC-7)."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.cases import CaseKind, CaseState, CaseStepKind
from linekey.domain.errors import AddressRefused, FileRefused, Malformed, TooManyAttempts
from linekey.domain.limits import CASES_ABOUT
from linekey.records.models import AuditEntry, Case, CaseAccess, CaseDocument
from linekey.usecases.open_case import Upload
from linekey.vault.documents import open_document
from linekey.vault.unseal import unseal
from tests.build import Cast
from tests.cases import IDENTITY_CARD, NEW_ADDRESS, a_case, case_of, follow_token, png
from tests.hands import Hands, work


class TestAStranger:
    def test_gets_a_reference_to_note_and_a_link_by_mail_alone(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands)
        [mail] = hands.mail.mails
        assert mail.address == NEW_ADDRESS
        assert reference in mail.written.subject and "ab12345" not in mail.written.text
        assert mail.written.text.count(reference) >= 2
        token = follow_token(hands).reveal()
        assert CaseAccess.objects.get().digest != token
        assert not any(token in str(row) for row in Case.objects.values())

    @pytest.mark.parametrize("identifier", ["ab12345-lk", "zz99999-lk", "nobody@example.org", "+33612345678"])
    def test_is_answered_alike_whoever_exists(
        self, cast: Cast, now: datetime, hands: Hands, identifier: str
    ) -> None:
        reference = a_case(now, hands, identifier=identifier)
        assert case_of(reference).state == CaseState.OPEN
        [mail] = hands.mail.mails
        known = "Votre demande nous est parvenue" in mail.written.subject
        assert known or "Your request reached us" in mail.written.subject

    def test_whose_account_it_is_is_found_by_the_worker(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now)
        assert case_of(reference).person is None
        work(hands, now)
        assert case_of(reference).person == cast.ada
        assert case_of(a_case(now, hands, identifier="zz99999-lk")).person is None

    def test_is_asked_for_what_can_be_read(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(AddressRefused):
            a_case(now, contact="no address")
        for wrong in (
            {"identifier": " "},
            {"identifier": "x" * 300},
            {"name": "http://evil.example"},
            {"phone": "0" * 31},
            {"extension": "12a"},
            {"story": "x" * 4001},
            {"language": "xx"},
        ):
            with pytest.raises(Malformed) as refused:
                a_case(now, **wrong)  # type: ignore[arg-type]
            assert refused.value.values["field"] in wrong
        assert not Case.objects.exists()

    def test_strange_marks_do_not_reach_the_database(self, cast: Cast, now: datetime) -> None:
        case = case_of(a_case(now, identifier="ab\0 12345-lk\ud800", story="a\0b\nc\u202ed", phone="\x0706"))
        assert (case.identifier, case.story, case.phone) == ("ab 12345-lk", "ab\ncd", "06")


class TestDocuments:
    def test_are_sealed_and_their_names_are_not_kept(self, cast: Cast, now: datetime) -> None:
        reference = a_case(now, files=[Upload("Ada Lemoine.png", png())])
        document = case_of(reference).documents.get()
        assert (document.media_type, document.size) == ("image/png", len(png()))
        assert b"PNG" not in bytes(document.sealed)
        assert unseal(document.sealed, document.seal_place) == png()
        assert not any("Lemoine.png" in str(row) for row in CaseDocument.objects.values())
        assert "Lemoine" not in repr(Upload("Ada Lemoine.png", png()))

    def test_are_five_at_most_and_what_they_say(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(Malformed):
            a_case(now, files=[IDENTITY_CARD] * 6)
        with pytest.raises(FileRefused):
            a_case(now, files=[IDENTITY_CARD, Upload("x.pdf", b"<html>")])
        assert not Case.objects.exists() and not CaseDocument.objects.exists()

    def test_are_the_only_seals_that_are_opened_for_people(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(ValueError, match="documents"):
            open_document(b"x", "factor:phone")


class TestHowOften:
    def test_one_network_opens_three_a_day(self, cast: Cast, now: datetime) -> None:
        for number in range(3):
            a_case(now, identifier=f"zz0000{number}-lk", contact=f"a{number}@example.org")
        with pytest.raises(TooManyAttempts) as refused:
            a_case(now, identifier="zz00009-lk", contact="a9@example.org", address="198.51.100.99")
        assert refused.value.until == now + timedelta(days=1)
        a_case(now, identifier="zz00009-lk", contact="a9@example.org", address="198.51.101.7")
        a_case(now + timedelta(days=1), identifier="zz00009-lk", contact="a9@example.org")

    def test_one_mailbox_is_written_to_three_times_a_day(self, cast: Cast, now: datetime) -> None:
        for number in range(3):
            a_case(now, identifier=f"zz0000{number}-lk", address=f"192.0.{number}.7")
        with pytest.raises(TooManyAttempts):
            a_case(now, identifier="zz00009-lk", contact=NEW_ADDRESS.upper(), address="192.0.9.7")

    def test_one_network_alone_does_not_keep_the_owner_from_the_form(self, cast: Cast, now: datetime) -> None:
        for number in range(3):
            a_case(now, contact=f"eve{number}@example.org")
        with pytest.raises(TooManyAttempts):
            a_case(now, contact="eve9@example.org")
        a_case(now, address="203.0.113.7")

    def test_so_many_are_opened_about_one_identifier_from_everywhere(self, cast: Cast, now: datetime) -> None:
        for number in range(CASES_ABOUT.most):
            a_case(now, contact=f"a{number}@example.org", address=f"192.0.{number}.7")
        with pytest.raises(TooManyAttempts):
            a_case(now, identifier=" AB12345-LK", contact="a99@example.org", address="203.0.113.7")


def test_opening_is_written_down(cast: Cast, now: datetime, hands: Hands) -> None:
    reference = a_case(now, hands, kind=CaseKind.FACTOR_LOST)
    assert AuditEntry.objects.get(action="case.opened").facts["case"] == reference
    step = case_of(reference).steps.get()
    assert (step.kind, step.agent, step.facts) == (CaseStepKind.OPENED, None, {"documents": "1"})
