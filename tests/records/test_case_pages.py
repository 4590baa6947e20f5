"""What agents see of a case: what is claimed beside what is known, and never a token or a code."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from linekey.domain.cases import CaseEffect, CaseKind, CaseState, Proof
from linekey.domain.errors import NotAllowed, NotFound
from linekey.records import pages
from linekey.records.models import Person, Tally
from linekey.usecases import decide_case, work_case
from tests.build import Cast, actor
from tests.cases import (
    NEW_ADDRESS,
    a_case,
    call_back,
    case_of,
    confirm_mailbox,
    decided,
    follow_token,
    see_documents,
    stop_token,
)
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes


def listed(cast: Cast, now: datetime, **asked: Any) -> list[str]:
    return [row.reference for row in pages.cases(actor(cast.dina), now=now, **asked)]


class TestTheList:
    def test_is_newest_first_and_without_what_is_over(self, cast: Cast, now: datetime, hands: Hands) -> None:
        first, second = a_case(now, hands), a_case(now, hands, identifier="zz99999-lk")
        assert listed(cast, now) == [second, first]
        decide_case.refuse(actor=actor(cast.dina, now), reference=first, words="x", now=now)
        assert listed(cast, now) == [second]
        assert listed(cast, now, open_only=False) == [second, first]
        assert listed(cast, now, state=CaseState.REFUSED) == [first]

    def test_goes_on_behind_the_last_one(self, cast: Cast, now: datetime) -> None:
        made = [a_case(now, contact=f"a{n}@example.org", address=f"192.0.{n}.7") for n in range(5)]
        assert listed(cast, now, limit=2) == [made[4], made[3]]
        assert listed(cast, now, limit=2, after=made[3]) == [made[2], made[1]]
        assert listed(cast, now, after="DOS-0000-0000") == []

    def test_asks_the_database_as_often_for_many_as_for_few(
        self, cast: Cast, now: datetime, hands: Hands, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(5):
            a_case(now, hands, contact=f"a{number}@example.org", address=f"192.0.{number}.7")
        with django_assert_max_num_queries(2):
            rows = pages.cases(actor(cast.dina), now=now)
        assert [row.documents for row in rows] == [1] * 5 and rows[0].customer_id == "ab12345-lk"

    def test_is_for_staff(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands)
        for who in (cast.ada, cast.bruno, cast.chen, cast.eve):
            with pytest.raises(NotAllowed):
                pages.cases(actor(who), now=now)
            with pytest.raises(NotAllowed):
                pages.case(actor(who), reference, now=now)


class TestOneCase:
    def test_tells_what_is_claimed_apart_from_what_is_known(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        add_app(cast.ada, now)
        add_codes(cast.ada, now)
        page = pages.case(actor(cast.dina), a_case(now, hands, phone="0699999999"), now=now)
        assert page.account is not None
        assert (page.contact, page.phone) == (NEW_ADDRESS, "0699999999")
        assert (page.account.email, page.account.phone) == (cast.ada.email, "+33 •••• 78")
        assert (page.account.factors, page.account.recovery_codes) == (1, 10)
        assert page.wait_hours == 48 and page.may_work and page.may_propose and not page.may_confirm

    def test_of_nobody_has_no_account_and_can_only_be_refused(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = a_case(now, hands, identifier="zz99999-lk").lower()
        page = pages.case(actor(cast.dina), reference, now=now)
        assert page.account is None and not page.may_propose and page.may_refuse
        assert not any(line.possible for line in page.checklist)
        assert not any(choice.possible for choice in page.choices)

    def test_has_a_checklist(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(backup_email="b@example.org", backup_verified_at=now)
        reference = a_case(now, hands)
        confirm_mailbox(hands, now)
        call_back(cast, hands, reference, now)
        see_documents(cast, reference, now, match=False)
        work_case.compare_extension(actor=actor(cast.dina, now), reference=reference, now=now)
        page = pages.case(actor(cast.dina), reference, now=now)
        lines = {line.proof: line for line in page.checklist}
        assert [lines[proof].holds for proof in Proof] == [True, None, False, False]
        assert [lines[proof].possible for proof in Proof] == [True, False, True, False]
        assert (lines[Proof.DOCUMENTS].by, lines[Proof.DOCUMENTS].note) == ("Dina Haddad", "Photo et nom")
        choices = {choice.effect: (choice.suffices, choice.possible) for choice in page.choices}
        assert choices == {
            CaseEffect.REPLACE_EMAIL: (False, True),
            CaseEffect.PROMOTE_BACKUP: (True, True),
            CaseEffect.FACTOR_OFF: (False, False),
            CaseEffect.CLEAR_QUESTION: (True, False),
        }
        assert page.documents[0].read_by_me and not page.code_sent

    def test_tells_the_second_agent_what_to_look_at(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = a_case(now, hands)
        confirm_mailbox(hands, now)
        see_documents(cast, reference, now)
        effects = [CaseEffect.REPLACE_EMAIL]
        decide_case.propose(actor=actor(cast.dina, now), reference=reference, effects=effects, now=now)
        first = pages.case(actor(cast.dina, now), reference, now=now)
        second = pages.case(actor(cast.olivia, now), reference, now=now)
        assert first.row.mine and not first.may_confirm and not second.row.mine and second.may_confirm
        assert (second.proposed_by, second.proposed) == ("Dina Haddad", tuple(effects))
        assert second.two_agents
        assert (second.new_email, second.documents[0].read_by_me) == (NEW_ADDRESS, False)

    def test_about_oneself_or_somebody_above_is_only_looked_at(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        for identifier in ("dh45678-lk", "op56789-lk"):
            reference = a_case(now, hands, identifier=identifier)
            page = pages.case(actor(cast.dina, now), reference, now=now)
            assert not (page.may_work or page.may_propose or page.may_confirm or page.may_refuse)

    def test_holds_no_token_and_no_code(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = decided(cast, hands, now, called=True)
        code = hands.sms.texts[0].text.split()[0]
        told = repr(pages.case(actor(cast.dina), reference, now=now))
        for secret in (follow_token(hands).reveal(), stop_token(hands, NEW_ADDRESS).reveal(), code):
            assert secret not in told
        assert case_of(reference).documents.get().seal_place not in told

    def test_is_not_found_when_there_is_none(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(NotFound):
            pages.case(actor(cast.dina), "DOS-0000-0000", now=now)


def test_kinds_are_all_shown(cast: Cast, now: datetime, hands: Hands) -> None:
    for number, kind in enumerate(CaseKind):
        Tally.objects.all().delete()
        reference = a_case(now, hands, kind=kind, contact=f"a{number}@example.org")
        work(hands, now)
        assert pages.case(actor(cast.dina), reference, now=now).row.kind is kind
