"""Law 3: a late retry, or a worker that slept through its lease, never brings an old password back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.enact.table import make_true
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.ports import AccessEntry, SipAddress, SipEntry, Unreachable
from linekey.records.models import OutboxEffect
from linekey.usecases import mend_outbox, rotate_credential
from linekey.usecases.rotate_credential import Receipt
from linekey.worker.settle import settle
from tests.build import ACCESS_SERVER, REGISTRAR, Cast, actor
from tests.hands import LEASE, Hands, claim_due, states, work

OLD, NEW = Secret("Tilleul-4718-bleu"), Secret("Marronnier-62-vert")


def nothing() -> None:
    """The world stands still."""


class SlowRegistrar(FakeRegistrar):
    """`meanwhile` happens after the worker has decided to write and before it does."""

    meanwhile: Callable[[], None] = staticmethod(nothing)
    broken_answer = False

    def _sleep(self) -> None:
        happening, self.meanwhile = self.meanwhile, nothing
        happening()

    def push(self, entries: Sequence[SipEntry]) -> None:
        self._sleep()
        super().push(entries)
        if self.broken_answer:
            self.broken_answer = False
            raise Unreachable("written, and the answer was lost")

    def retire(self, lines: Sequence[SipAddress]) -> None:
        self._sleep()
        super().retire(lines)


class SlowAccessServer(FakeAccessServer):
    meanwhile: Callable[[], None] = staticmethod(nothing)

    def push(self, entries: Sequence[AccessEntry]) -> None:
        happening, self.meanwhile = self.meanwhile, nothing
        happening()
        super().push(entries)


@dataclass
class SlowHands(Hands):
    registrar: SlowRegistrar = field(default_factory=lambda: SlowRegistrar(REGISTRAR))
    access: SlowAccessServer = field(default_factory=lambda: SlowAccessServer(ACCESS_SERVER))


@pytest.fixture
def slow() -> SlowHands:
    return SlowHands()


def change(cast: Cast, new: Secret, now: datetime) -> Receipt:
    return rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=new, operation=new.reveal(), now=now
    )


def sleep_past_the_lease() -> None:
    """Every lease that runs now ends at once."""
    OutboxEffect.objects.filter(state="claimed").update(lease_until=timezone.now())


def accepts(cast: Cast, hands: Hands) -> tuple[bool, bool]:
    """Are the old password and the new one accepted?"""
    return hands.registers(cast.line, OLD.reveal()), hands.registers(cast.line, NEW.reveal())


def test_a_retry_of_an_old_change_is_skipped(cast: Cast, now: datetime, hands: Hands) -> None:
    hands.registrar.rejecting = True
    old = change(cast, OLD, now)
    work(hands)
    assert states(old.plan)["push"] == "dead"
    hands.registrar.rejecting = False
    change(cast, NEW, now)
    work(hands)
    dead = OutboxEffect.objects.get(plan=old.plan, kind="push")
    mend_outbox.retry(actor=actor(cast.dina), effect_id=dead.pk, now=now)
    work(hands)
    assert (states(old.plan)["push"], states(old.plan)["drop"]) == ("skipped", "skipped")
    assert accepts(cast, hands) == (False, True)


def test_an_element_that_was_away_gets_the_newest_password_only(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    hands.registrar.down = True
    plans = [change(cast, OLD, now).plan, change(cast, NEW, now).plan]
    work(hands)
    hands.registrar.down = False
    OutboxEffect.objects.update(not_before=now)
    work(hands)
    assert [states(plan)["push"] for plan in plans] == ["skipped", "done"]
    assert accepts(cast, hands) == (False, True)


@pytest.mark.parametrize("broken_answer", [False, True])
def test_a_worker_which_writes_after_its_lease_is_corrected(
    cast: Cast, now: datetime, slow: SlowHands, broken_answer: bool
) -> None:
    """It slept between its look and its write; another worker pushed the newer password meanwhile.

    The write may have happened even when the answer to it was lost.
    """
    change(cast, OLD, now)

    def meanwhile() -> None:
        sleep_past_the_lease()
        change(cast, NEW, now)
        work(slow)
        assert accepts(cast, slow) == (False, True)
        slow.registrar.broken_answer = broken_answer

    slow.registrar.meanwhile = meanwhile
    late = claim_due(limit=1)
    outcomes = make_true(late, slow.outside, timezone.now())
    assert accepts(cast, slow) == (True, False), "the danger is real: the old password is back"
    settle(late[0], outcomes[late[0].id])
    work(slow)
    assert accepts(cast, slow) == (False, True)


def test_a_retirement_written_after_its_lease_does_not_silence_the_new_password(
    cast: Cast, now: datetime, slow: SlowHands
) -> None:
    bruno = actor(cast.bruno, now)
    rotate_credential.retire(actor=bruno, reference=cast.line.reference, operation="r", now=now)

    def meanwhile() -> None:
        sleep_past_the_lease()
        change(cast, NEW, now)
        work(slow)

    slow.registrar.meanwhile = meanwhile
    late = claim_due(limit=1)
    outcomes = make_true(late, slow.outside, timezone.now())
    assert accepts(cast, slow) == (False, False)
    settle(late[0], outcomes[late[0].id])
    work(slow)
    assert accepts(cast, slow) == (False, True)


def test_a_password_written_after_a_retirement_is_taken_out_again(
    cast: Cast, now: datetime, slow: SlowHands
) -> None:
    change(cast, OLD, now)

    def meanwhile() -> None:
        sleep_past_the_lease()
        rotate_credential.retire(
            actor=actor(cast.bruno, now), reference=cast.line.reference, operation="r", now=now
        )
        work(slow)

    slow.registrar.meanwhile = meanwhile
    late = claim_due(limit=1)
    outcomes = make_true(late, slow.outside, timezone.now())
    settle(late[0], outcomes[late[0].id])
    work(slow)
    assert accepts(cast, slow) == (False, False)


def test_a_correction_never_brings_a_password_nobody_holds_yet(
    cast: Cast, now: datetime, slow: SlowHands
) -> None:
    """Law 4 inside law 3: the newest version waits behind a mail that was refused."""
    ada = actor(cast.ada, now)
    first = rotate_credential.reset(actor=ada, reference=cast.access.reference, operation="a", now=now)
    assert first.shown_once is not None

    def meanwhile() -> None:
        sleep_past_the_lease()
        work(slow)
        slow.mail.rejecting = True
        rotate_credential.send(actor=ada, reference=cast.access.reference, operation="b", now=now)
        work(slow)

    slow.access.meanwhile = meanwhile
    late = claim_due(limit=1)
    outcomes = make_true(late, slow.outside, timezone.now())
    settle(late[0], outcomes[late[0].id])
    work(slow)
    assert slow.logs_in(cast.access, first.shown_once.reveal())


def test_a_late_look_or_notice_corrects_nothing(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, OLD, now)
    work(hands)
    count = OutboxEffect.objects.count()
    OutboxEffect.objects.filter(kind="watch").update(not_before=now)
    claimed = claim_due(limit=1)
    outcomes = make_true(claimed, hands.outside, timezone.now())
    claim_due(timezone.now() + LEASE)
    settle(claimed[0], outcomes[claimed[0].id])
    assert OutboxEffect.objects.count() == count


def test_a_service_whose_only_version_was_given_up_is_left_alone(
    cast: Cast, now: datetime, slow: SlowHands
) -> None:
    receipt = change(cast, OLD, now)

    def meanwhile() -> None:
        sleep_past_the_lease()
        slow.registrar.rejecting = True
        work(slow)
        slow.registrar.rejecting = False
        dead = OutboxEffect.objects.get(plan=receipt.plan, kind="push")
        mend_outbox.abandon(actor=actor(cast.dina), effect_id=dead.pk, now=now)

    slow.registrar.meanwhile = meanwhile
    late = claim_due(limit=1)
    outcomes = make_true(late, slow.outside, timezone.now())
    count = OutboxEffect.objects.count()
    settle(late[0], outcomes[late[0].id])
    assert OutboxEffect.objects.count() == count


def test_every_hand_that_names_a_version_skips_one_that_was_overtaken(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    ada, bruno = actor(cast.ada, now), actor(cast.bruno, now)
    plans = [
        rotate_credential.send(actor=ada, reference=cast.access.reference, operation="a", now=now).plan,
        rotate_credential.retire(actor=bruno, reference=cast.access.reference, operation="b", now=now).plan,
    ]
    rotate_credential.reset(actor=ada, reference=cast.access.reference, operation="c", now=now)
    work(hands)
    assert set(states(plans[0]).values()) == {"skipped"}
    assert states(plans[1])["retire"] == states(plans[1])["disconnect"] == "skipped"
