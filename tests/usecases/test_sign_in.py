"""Sign in, prove it again, leave: who gets in, what they are told, what is written down."""

from datetime import datetime

import pytest

from linekey.domain.errors import WrongCredentials
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.models import AuditEntry, OutboxEffect, Person
from linekey.usecases import sign_in
from tests.build import PORTAL_PASSWORD, Cast, actor
from tests.hands import Hands, work


def enter(identifier: str, now: datetime, password: Secret = PORTAL_PASSWORD) -> sign_in.SignedIn:
    return sign_in.enter(
        identifier=identifier, password=password, now=now, device="Firefox sur Linux", address="192.0.2.7"
    )


def test_ada_signs_in_and_is_told_by_mail_from_where(cast: Cast, now: datetime, hands: Hands) -> None:
    """ACC-1, ACC-4."""
    entered = enter("ab12345-lk", now)
    work(hands)
    assert entered.person_id == cast.ada.pk and entered.language == "fr"
    (mail,) = hands.mail.mails
    assert "Firefox sur Linux" in mail.written.text and "192.0.2.7" in mail.written.text
    assert Person.objects.get(pk=cast.ada.pk).last_login == now
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id, entry.path) == ("session.open", cast.ada.pk, cast.lumen.path)


def test_the_stamp_of_a_session_is_that_of_the_person(cast: Cast, now: datetime) -> None:
    entered = enter("ab12345-lk", now)
    found = pages.actor_of_session(entered.person_id, entered.stamp, now)
    assert found is not None and found.person_id == cast.ada.pk and found.confirmed_at == now
    cast.ada.set_password("une autre phrase de portail")
    cast.ada.save()
    assert pages.actor_of_session(entered.person_id, entered.stamp, now) is None


def test_a_refused_attempt_is_written_down_and_changes_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(WrongCredentials):
        enter("ab12345-lk", now, Secret("non"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("session.refused", {"address": "192.0.2.7"})
    assert Person.objects.get(pk=cast.ada.pk).last_login is None and not OutboxEffect.objects.exists()


def test_a_proof_repeated_is_taken_and_a_wrong_one_is_not(cast: Cast, now: datetime) -> None:
    sign_in.confirm(actor=actor(cast.ada), password=PORTAL_PASSWORD, now=now)
    with pytest.raises(WrongCredentials):
        sign_in.confirm(actor=actor(cast.ada), password=Secret("non"), now=now)
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["session.confirm", "session.confirm_refused"]


def test_leaving_leaves_a_trace(cast: Cast, now: datetime) -> None:
    sign_in.leave(actor=actor(cast.ada), now=now)
    assert AuditEntry.objects.get().action == "session.close"
