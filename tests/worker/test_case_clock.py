"""The worker's clock carries out what support decided, and purges what nobody needs any more."""

import threading
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.cases import KEPT, CaseState
from linekey.records.models import Case, Person
from linekey.worker import schedule
from tests.build import Cast
from tests.cases import NEW_ADDRESS, PERIOD, case_of, decided
from tests.hands import Hands


class OneRound(threading.Event):
    """Stops the clock after it went round once."""

    def wait(self, timeout: float | None = None) -> bool:
        if self.is_set():
            return True
        self.set()
        return False


@pytest.fixture
def now() -> datetime:
    return timezone.now() - PERIOD


def test_a_decision_takes_effect_by_itself_and_once(cast: Cast, now: datetime, hands: Hands) -> None:
    reference = decided(cast, hands, now)
    for _ in range(2):
        schedule.run(hands.outside, OneRound())
    assert case_of(reference).state == CaseState.DONE
    assert Person.objects.get(pk=cast.ada.pk).email == NEW_ADDRESS
    assert case_of(reference).steps.filter(kind="done").count() == 1


def test_documents_go_a_week_after_the_end(cast: Cast, now: datetime, hands: Hands) -> None:
    reference = decided(cast, hands, now)
    schedule.run(hands.outside, OneRound())
    schedule.sweep(timezone.now())
    assert bytes(case_of(reference).documents.get().sealed)
    Case.objects.update(ended_at=timezone.now() - KEPT - timedelta(minutes=1))
    schedule.sweep(timezone.now())
    assert bytes(case_of(reference).documents.get().sealed) == b""
