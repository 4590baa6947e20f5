"""NEW-1: cut now, while the old password is still accepted beside the new one."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.errors import GraceOver, NotFound, StepUpNeeded
from linekey.domain.kinds import Mode
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect, Person, ServiceMail
from linekey.usecases import end_grace, rotate_credential
from linekey.usecases.rotate_credential import Receipt
from tests.build import Cast, actor, stale
from tests.hands import make_due, states, work
from tests.usecases.test_grace import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.django_db(transaction=True)


def cut(desk: Desk, operation: str = "cut") -> Receipt:
    now = timezone.now()
    receipt = end_grace.end(
        actor=actor(desk.cast.chen, now),
        reference=desk.cast.licence.reference,
        operation=operation,
        now=now,
    )
    work(desk.hands)
    return receipt


def test_the_old_password_is_refused_at_once_and_what_it_opened_is_gone(desk: Desk) -> None:
    new = desk.reset("second")
    assert desk.opens(desk.first)
    receipt = cut(desk)
    assert receipt.version == desk.newest.number == 2
    assert states(receipt.plan) == {"release": "done", "drop": "done", "notify": "done", "watch": "waiting"}
    assert not desk.opens(desk.first)
    assert desk.opens(new)


def test_the_device_is_watched_for_from_the_cut_on(desk: Desk) -> None:
    """It registered with the old password after the new one was on the element: that is no proof."""
    new = desk.reset("second")
    desk.opens(desk.first)
    plan = cut(desk).plan
    CredentialVersion.objects.filter(pk=desk.newest.pk).update(
        live_at=timezone.now() - timedelta(minutes=10), released_at=timezone.now() - timedelta(seconds=5)
    )
    make_due()
    work(desk.hands)
    assert states(plan)["watch"] == "waiting"
    desk.opens(new)
    make_due()
    work(desk.hands)
    assert OutboxEffect.objects.get(plan=plan, kind="watch").result["back"] is True


def test_a_session_is_asked_to_end_once_its_password_is_refused(cast: Cast, desk: Desk) -> None:
    ada, access = actor(cast.ada, timezone.now()), cast.access
    for operation in ("first", "second"):
        rotate_credential.reset(
            actor=ada, reference=access.reference, operation=operation, now=timezone.now()
        )
        work(desk.hands)
    # Opened after the new password was on the element, with the old one.
    desk.hands.access.open_session(access.ppp.login)
    end_grace.end(actor=ada, reference=access.reference, operation="cut", now=timezone.now())
    work(desk.hands)
    assert not desk.hands.access.sessions(access.ppp.login)


def test_nobody_is_cut_before_the_element_holds_the_new_password(desk: Desk) -> None:
    """Laws 1 and 4: the registrar is away, so the cut waits behind the change it belongs to."""
    desk.hands.registrar.down = True
    new = desk.reset("second")
    plan = cut(desk).plan
    assert states(plan)["release"] == states(plan)["drop"] == "waiting"
    desk.hands.registrar.down = False
    make_due()
    work(desk.hands)
    assert states(plan)["drop"] == "done"
    assert not desk.opens(desk.first) and desk.opens(new)
    assert desk.newest.released_at is not None


def test_a_change_the_element_refused_is_not_cut_in_its_place(desk: Desk) -> None:
    desk.hands.registrar.rejecting = True
    desk.reset("second")
    desk.hands.registrar.rejecting = False
    plan = cut(desk).plan
    make_due()
    work(desk.hands)
    assert states(plan)["drop"] == "waiting" and desk.opens(desk.first)
    third = desk.reset("third", Mode.IMMEDIATE)
    assert states(plan)["drop"] == states(plan)["release"] == "skipped"
    assert desk.opens(third) and not desk.opens(desk.first)


def test_repeating_the_push_brings_the_old_password_not_back(desk: Desk) -> None:
    """Law 3."""
    desk.reset("second")
    cut(desk)
    OutboxEffect.objects.filter(plan=desk.newest.plan, kind="push").update(state="waiting")
    work(desk.hands)
    assert not desk.opens(desk.first)


def test_the_next_rotation_keeps_the_new_one(desk: Desk) -> None:
    second = desk.reset("second")
    cut(desk)
    third = desk.reset("third")
    assert not desk.opens(desk.first)
    assert desk.opens(second) and desk.opens(third)


def test_a_double_click_cuts_once(desk: Desk) -> None:
    desk.reset("second")
    assert cut(desk) == cut(desk)
    assert OutboxEffect.objects.filter(kind="drop", version=desk.newest).count() == 1
    entry = AuditEntry.objects.get(action="credential.cut")
    assert (entry.actor_id, entry.facts["version"]) == (desk.cast.chen.pk, "2")


def test_there_is_nothing_to_cut_twice_nor_without_a_grace(desk: Desk) -> None:
    with pytest.raises(GraceOver):
        cut(desk)
    new = desk.reset("second")
    desk.opens(new)
    desk.listen()
    with pytest.raises(GraceOver):
        cut(desk)
    assert not AuditEntry.objects.filter(action="credential.cut").exists()


def test_a_line_which_never_had_a_password_has_nothing_to_cut(cast: Cast, now: datetime) -> None:
    with pytest.raises(GraceOver):
        end_grace.end(actor=actor(cast.ada, now), reference=cast.line.reference, operation="x", now=now)


def test_whoever_may_reset_may_cut_after_a_recent_proof(desk: Desk) -> None:
    desk.reset("second")
    now, reference = timezone.now(), desk.cast.licence.reference
    for who, refused in ((stale(actor(desk.cast.chen)), StepUpNeeded), (actor(desk.cast.eve, now), NotFound)):
        with pytest.raises(refused):
            end_grace.end(actor=who, reference=reference, operation="x", now=now)
    assert desk.opens(desk.first)


def renewed(desk: Desk) -> str:
    """Ada's line, whose old password is accepted beside a new one: the plan."""
    now, plan = timezone.now(), ""
    for operation in ("first", "second"):
        plan = rotate_credential.reset(
            actor=actor(desk.cast.ada, now), reference=desk.cast.line.reference, operation=operation, now=now
        ).plan
        work(desk.hands)
    return plan


def cut_by(desk: Desk, person: Person) -> None:
    now = timezone.now()
    end_grace.end(actor=actor(person, now), reference=desk.cast.line.reference, operation="cut", now=now)
    work(desk.hands)


def test_the_owner_reads_that_the_old_one_works_and_then_who_cut_it(desk: Desk) -> None:
    renewed(desk)
    assert "sip_line_renewed" in [mail.message for mail in ServiceMail.objects.order_by("id")]
    cut_by(desk, desk.cast.dina)
    assert "Linekey Télécom" in desk.hands.mail.mails[-1].written.text


def test_whoever_cuts_their_own_reads_their_name(desk: Desk) -> None:
    renewed(desk)
    cut_by(desk, desk.cast.ada)
    assert "Ada Lemoine" in desk.hands.mail.mails[-1].written.text


def test_a_notice_that_leaves_after_the_cut_does_not_say_that_the_old_one_works(desk: Desk) -> None:
    desk.hands.mail.down = True
    plan = renewed(desk)
    cut_by(desk, desk.cast.ada)
    desk.hands.mail.down = False
    make_due()
    work(desk.hands)
    assert states(plan)["notify"] == "skipped"
