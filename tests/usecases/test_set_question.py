"""The security question: only where the policy has one, never worth a password (TEAM-7)."""

from datetime import datetime

import pytest
from django.contrib.auth.hashers import check_password

from linekey.domain.errors import Malformed, NotAllowed, StepUpNeeded
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OutboxEffect, Person
from linekey.usecases import set_question
from tests.build import Cast, actor
from tests.hands import Hands, work

ANSWER = Secret("Moustache le Brave")


@pytest.fixture
def asked(cast: Cast) -> Cast:
    """The operator's policy has security questions."""
    cast.operator.policy |= {"security_question": True}
    cast.operator.save()
    return cast


def choose(cast: Cast, now: datetime, answer: Secret | None = ANSWER, question: str = "first_pet") -> None:
    set_question.set_question(actor=actor(cast.ada, now), question=question, answer=answer, now=now)


def test_it_is_off_unless_the_operator_wants_it(cast: Cast, now: datetime) -> None:
    assert not set_question.offered(actor=actor(cast.ada))
    with pytest.raises(NotAllowed):
        choose(cast, now)


def test_the_answer_is_kept_as_a_hash_of_its_reading_and_told(
    asked: Cast, now: datetime, hands: Hands
) -> None:
    assert set_question.offered(actor=actor(asked.ada))
    choose(asked, now)
    ada = Person.objects.get(pk=asked.ada.pk)
    assert ada.question == "first_pet" and check_password("moustachelebrave", ada.answer)
    work(hands)
    assert len(hands.mail.mails) == 1
    assert AuditEntry.objects.get().facts == {"what": "question"}


def test_what_the_account_says_is_no_answer(asked: Cast, now: datetime) -> None:
    with pytest.raises(Malformed):
        choose(asked, now, Secret("Lemoine"))


def test_it_can_be_removed_even_where_the_policy_changed(asked: Cast, now: datetime, hands: Hands) -> None:
    choose(asked, now)
    asked.operator.policy = {}
    asked.operator.save()
    choose(asked, now, None, "")
    ada = Person.objects.get(pk=asked.ada.pk)
    assert (ada.question, ada.answer) == ("", "")
    work(hands)
    assert AuditEntry.objects.latest("id").action == "factor.removed" and len(hands.mail.mails) == 2


def test_removing_none_says_nothing_and_wants_a_proof_all_the_same(cast: Cast, now: datetime) -> None:
    choose(cast, now, None, "")
    assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()
    with pytest.raises(StepUpNeeded):
        set_question.set_question(actor=actor(cast.ada), question="", answer=None, now=now)
