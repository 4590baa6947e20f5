"""Browsers of the cast, already signed in, at the present moment; and an account somebody locked."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain import tally_keys
from linekey.records.models import Person, Tally
from tests.build import Cast, build_cast

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return build_cast(now)


def lock(person: Person, now: datetime, *, device: int | None = None) -> None:
    key = tally_keys.person(person.pk, device)
    Tally.objects.create(key=key, count=10, since=now, until=now + HOUR)
