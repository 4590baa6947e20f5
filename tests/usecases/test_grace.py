"""NEW-1: nobody is cut by a change, and the old password ends with the first use of the new one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.effects import EffectKind
from linekey.domain.errors import GraceNotOffered
from linekey.domain.kinds import Mode
from linekey.domain.lifecycle import State
from linekey.domain.secret import Secret
from linekey.enact.table import make_true
from linekey.records import grace
from linekey.records.models import CredentialVersion, ElementHealth, OutboxEffect, Service
from linekey.usecases import rotate_credential
from linekey.worker import listen, schedule
from linekey.worker.settle import settle
from tests.build import Cast, actor
from tests.hands import Hands, claim_due, make_due, states, work

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Desk:
    """The line of a licence on an element which holds two passwords, its first password in the phone."""

    cast: Cast
    hands: Hands
    first: str

    def reset(self, operation: str, mode: Mode | None = None, service: Service | None = None) -> str:
        receipt = rotate_credential.reset(
            actor=actor(self.cast.chen, timezone.now()),
            reference=(service or self.cast.licence).reference,
            operation=operation,
            now=timezone.now(),
            mode=mode,
        )
        work(self.hands)
        assert receipt.shown_once is not None
        return receipt.shown_once.reveal()

    def opens(self, password: str) -> bool:
        return self.hands.registers(self.cast.licence, password)

    def listen(self) -> None:
        listen.turn(self.hands.outside)
        work(self.hands)

    @property
    def newest(self) -> CredentialVersion:
        return self.cast.licence.versions.order_by("-number")[0]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    hands = Hands()
    schedule.look_at_elements(hands.outside, timezone.now())
    desk = Desk(cast, hands, "")
    desk.first = desk.reset("first")
    assert desk.opens(desk.first)
    return desk


def test_both_passwords_work_until_the_new_one_is_used(desk: Desk) -> None:
    new = desk.reset("second")
    assert desk.opens(desk.first) and desk.opens(desk.first)
    assert desk.opens(new)
    assert not desk.opens(desk.first)


def test_nobody_is_cut(desk: Desk) -> None:
    desk.reset("second")
    plan = states(desk.newest.plan)
    assert "drop" not in plan and plan["push"] == "done"
    assert plan["watch"] == plan["release"] == "waiting"


def test_the_first_use_is_the_proof_and_names_the_device(desk: Desk) -> None:
    new = desk.reset("second")
    desk.opens(new)
    desk.listen()
    assert desk.newest.used_by == {"source": "127.0.0.1:5062", "agent": "linekey-fake"}
    assert desk.newest.used_at and desk.newest.released_at
    watched = OutboxEffect.objects.get(plan=desk.newest.plan, kind=EffectKind.WATCH)
    assert watched.state == "done" and watched.result["agent"] == "linekey-fake"
    released = OutboxEffect.objects.get(plan=desk.newest.plan, kind=EffectKind.RELEASE)
    assert released.result == {"used": True}


def test_using_the_old_password_proves_nothing(desk: Desk) -> None:
    desk.reset("second")
    desk.opens(desk.first)
    desk.listen()
    assert desk.newest.used_at is None and desk.newest.released_at is None


def test_the_deadline_ends_it_when_nobody_uses_the_new_one(desk: Desk) -> None:
    new = desk.reset("second")
    late = timezone.now() + timedelta(hours=73)
    make_due()
    work(desk.hands, late)
    plan = OutboxEffect.objects.filter(plan=desk.newest.plan)
    assert plan.get(kind=EffectKind.RELEASE).result == {"used": False}
    assert plan.get(kind=EffectKind.WATCH).result == {"back": False}
    assert not desk.opens(desk.first)
    assert desk.opens(new)


def test_until_the_deadline_it_is_only_looked_at_now_and_then(desk: Desk) -> None:
    desk.reset("second")
    make_due()
    work(desk.hands)
    waiting = OutboxEffect.objects.filter(plan=desk.newest.plan, state="waiting")
    assert {effect.kind for effect in waiting} == {"watch", "release"}
    assert all(effect.not_before > timezone.now() + timedelta(minutes=10) for effect in waiting)


def test_an_element_which_was_away_takes_both(desk: Desk) -> None:
    desk.hands.registrar.down = True
    new = desk.reset("second")
    make_due()
    work(desk.hands)  # The looks, too, wait for the element to have taken it.
    desk.hands.registrar.down = False
    make_due()
    work(desk.hands)
    assert desk.opens(desk.first) and desk.opens(new)


def test_a_second_rotation_keeps_what_the_phone_has(desk: Desk) -> None:
    unused = desk.reset("second")
    third = desk.reset("third")
    assert desk.opens(desk.first)
    assert not desk.opens(unused)
    assert desk.opens(third)


def test_after_a_used_one_the_next_rotation_keeps_that(desk: Desk) -> None:
    second = desk.reset("second")
    desk.opens(second)
    desk.listen()
    third = desk.reset("third")
    assert desk.opens(second) and desk.opens(third)
    assert not desk.opens(second)


def test_cut_now_ends_a_grace_which_runs(desk: Desk) -> None:
    second = desk.reset("second")
    third = desk.reset("third", Mode.IMMEDIATE)
    assert not desk.opens(desk.first) and not desk.opens(second)
    assert desk.opens(third)


def test_pushing_again_after_the_use_brings_nothing_back(desk: Desk) -> None:
    """Law 3: whatever is repeated later, the old password stays refused."""
    new = desk.reset("second")
    desk.opens(new)
    desk.listen()
    OutboxEffect.objects.filter(plan=desk.newest.plan, kind=EffectKind.PUSH).update(state="waiting")
    work(desk.hands)
    assert not desk.opens(desk.first)


def test_pushing_again_after_the_deadline_brings_nothing_back(desk: Desk) -> None:
    desk.reset("second")
    CredentialVersion.objects.filter(pk=desk.newest.pk).update(retire_at=timezone.now())
    OutboxEffect.objects.filter(plan=desk.newest.plan, kind=EffectKind.PUSH).update(state="waiting")
    work(desk.hands)
    assert not desk.opens(desk.first)


def test_the_release_of_an_older_rotation_leaves_the_newer_one_alone(desk: Desk) -> None:
    desk.reset("second")
    older = desk.newest.plan
    desk.reset("third")
    make_due()
    work(desk.hands)
    assert states(older)["release"] == "skipped"
    assert desk.opens(desk.first)


def test_an_access_rotates_without_its_session_being_cut(desk: Desk) -> None:
    access = desk.cast.access
    ada = actor(desk.cast.ada, timezone.now())

    def reset(operation: str) -> str:
        receipt = rotate_credential.reset(
            actor=ada, reference=access.reference, operation=operation, now=timezone.now()
        )
        work(desk.hands)
        assert receipt.shown_once is not None
        return receipt.shown_once.reveal()

    first = reset("first")
    session = desk.hands.access.open_session(access.ppp.login)
    second = reset("second")
    assert desk.hands.access.sessions(access.ppp.login) == [session]
    assert desk.hands.logs_in(access, first) and desk.hands.logs_in(access, second)
    desk.listen()
    assert not desk.hands.logs_in(access, first)
    assert access.versions.get(number=2).released_at


def test_an_element_with_one_password_per_line_cuts_and_says_so(desk: Desk) -> None:
    ElementHealth.objects.update(grace=False)
    assert grace.offer_for(desk.cast.licence).why_not is grace.WhyNot.ELEMENT
    with pytest.raises(GraceNotOffered):
        desk.reset("second", Mode.GRACE)
    new = desk.reset("third")
    assert states(desk.newest.plan)["drop"] == "done"
    assert not desk.opens(desk.first) and desk.opens(new)


def test_where_nothing_works_there_is_nothing_to_keep(desk: Desk) -> None:
    rotate_credential.retire(
        actor=actor(desk.cast.chen, timezone.now()),
        reference=desk.cast.licence.reference,
        operation="retire",
        now=timezone.now(),
    )
    work(desk.hands)
    assert grace.offer_for(desk.cast.licence).why_not is grace.WhyNot.NOTHING_OLD
    new = desk.reset("after")
    assert desk.opens(new) and not desk.opens(desk.first)


def test_the_policy_decides_for_whoever_does_not_choose(desk: Desk) -> None:
    organisation = desk.cast.licence.organisation
    organisation.policy = {"rotation": "immediate", "grace_hours": 5}
    organisation.save()
    desk.reset("second")
    assert desk.newest.grace == 0
    desk.reset("third", Mode.GRACE)
    assert desk.newest.grace == 5 * 3600


def test_a_leaked_password_is_cut_whatever_the_policy_says(desk: Desk) -> None:
    access = desk.cast.access
    access.organisation.policy = {"pppoe_delivery": "mail"}
    access.organisation.save()
    now = timezone.now()
    for operation in ("first", "second"):
        rotate_credential.send(
            actor=actor(desk.cast.ada, now),
            reference=access.reference,
            operation=operation,
            now=now,
            compromised=operation == "second",
        )
        work(desk.hands)
    assert [version.grace for version in access.versions.order_by("number")] == [0, 0]


def test_a_typed_password_rotates_in_grace_too(desk: Desk, now: datetime) -> None:
    line, ada = desk.cast.line, actor(desk.cast.ada, timezone.now())
    for operation, typed in (("a", "Orage-4422-pluie"), ("b", "Givre+9917+matin")):
        rotate_credential.change(
            actor=ada, reference=line.reference, new=Secret(typed), operation=operation, now=timezone.now()
        )
        work(desk.hands)
    assert desk.hands.registers(line, "Orage-4422-pluie")
    assert line.versions.get(number=2).state == State.LIVE


def test_the_word_of_the_element_is_not_lost_while_a_look_is_being_written_down(desk: Desk) -> None:
    new = desk.reset("second")
    make_due()
    (look,) = (claimed for claimed in claim_due() if claimed.kind == EffectKind.RELEASE)
    outcome = make_true([look], desk.hands.outside, timezone.now())[look.id]
    desk.opens(new)
    listen.turn(desk.hands.outside)
    settle(look, outcome)
    work(desk.hands)
    assert states(desk.newest.plan)["release"] == "done"
