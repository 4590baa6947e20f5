"""The language of pages and mails."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.access import Door
from linekey.domain.errors import Malformed, NotAllowed
from linekey.records.models import AuditEntry, Person
from linekey.usecases import change_language
from tests.build import Cast, actor


def test_ada_reads_english_from_now_on(cast: Cast, now: datetime) -> None:
    change_language.change(actor=actor(cast.ada), language="en", now=now)
    assert Person.objects.get(pk=cast.ada.pk).language == "en"
    assert AuditEntry.objects.get().facts == {"language": "en"}


def test_another_language_or_another_door_changes_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(Malformed):
        change_language.change(actor=actor(cast.ada), language="de", now=now)
    with pytest.raises(NotAllowed):
        change_language.change(actor=replace(actor(cast.ada), door=Door.API), language="en", now=now)
    assert Person.objects.get(pk=cast.ada.pk).language == "fr"
