"""The PIN of an account: set, replaced, removed, and told (TEAM-1)."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.contrib.auth.hashers import check_password

from linekey.domain.access import Door
from linekey.domain.errors import NotAllowed, PinRefused, StepUpNeeded, WrongPin
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OutboxEffect, Person
from linekey.usecases import set_pin
from tests.build import Cast, actor
from tests.hands import Hands, work

PIN = Secret("482915")


def test_it_is_kept_as_a_hash_and_told(cast: Cast, now: datetime, hands: Hands) -> None:
    set_pin.set_pin(actor=actor(cast.ada, now), pin=PIN, now=now)
    kept = Person.objects.get(pk=cast.ada.pk).pin
    assert kept.startswith("argon2") and check_password(PIN.reveal(), kept)
    work(hands)
    assert len(hands.mail.mails) == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("factor.added", {"what": "pin"})


def test_another_takes_its_place_and_none_removes_it(cast: Cast, now: datetime, hands: Hands) -> None:
    ada = actor(cast.ada, now)
    for current, pin in ((None, PIN), (PIN, Secret("739164")), (Secret("739164"), None)):
        set_pin.set_pin(actor=ada, pin=pin, current=current, now=now)
    assert Person.objects.get(pk=cast.ada.pk).pin == ""
    work(hands)
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["factor.added", "factor.added", "factor.removed"] and len(hands.mail.mails) == 3


@pytest.mark.parametrize("current", [None, Secret(""), Secret("111111")])
@pytest.mark.parametrize("wanted", [None, Secret("739164")])
def test_whoever_does_not_know_it_neither_changes_nor_removes_it(
    cast: Cast, now: datetime, current: Secret | None, wanted: Secret | None
) -> None:
    """Else whoever knows the password would do without it."""
    ada = actor(cast.ada, now)
    set_pin.set_pin(actor=ada, pin=PIN, now=now)
    with pytest.raises(WrongPin):
        set_pin.set_pin(actor=ada, pin=wanted, current=current, now=now)
    assert check_password(PIN.reveal(), Person.objects.get(pk=cast.ada.pk).pin)


def test_removing_none_says_nothing(cast: Cast, now: datetime) -> None:
    set_pin.set_pin(actor=actor(cast.ada, now), pin=None, now=now)
    assert not AuditEntry.objects.exists() and not OutboxEffect.objects.exists()


def test_a_weak_one_a_key_and_an_old_proof_are_refused(cast: Cast, now: datetime) -> None:
    ada = actor(cast.ada, now)
    with pytest.raises(PinRefused):
        set_pin.set_pin(actor=ada, pin=Secret("123456"), now=now)
    with pytest.raises(StepUpNeeded):
        set_pin.set_pin(actor=actor(cast.ada), pin=PIN, now=now)
    with pytest.raises(NotAllowed):
        set_pin.set_pin(actor=replace(ada, door=Door.API), pin=PIN, now=now)
    assert Person.objects.get(pk=cast.ada.pk).pin == ""
