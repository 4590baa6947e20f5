"""Law 2: an effect is held by one worker at a time, for a lease; who lost it cannot settle."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from linekey.domain.effects import Effect, EffectKind
from linekey.enact.outside import Again, Dead, Done, Outcome, Skipped
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.records.models import OutboxEffect
from linekey.worker.settle import settle
from tests.build import Cast
from tests.hands import LEASE, claim_due

Threads = Callable[[list[Callable[[], list[int]]]], list[list[int]]]
NOTICE = Effect(EffectKind.NOTIFY, ordered=False, message="password_changed")
TICK = timedelta(microseconds=1)


def put(cast: Cast, count: int = 1) -> None:
    with transaction.atomic():
        outbox.put([NOTICE] * count, plan="p", now=timezone.now(), person=cast.ada)


def test_two_workers_never_hold_the_same_effect(cast: Cast) -> None:
    put(cast)
    assert len(claim_due()) == 1
    assert claim_due() == []


def test_a_lease_that_ended_frees_the_effect_to_the_instant(cast: Cast) -> None:
    put(cast)
    now = timezone.now()
    (first,) = claim_due(now)
    assert claim_due(now + LEASE - TICK) == []
    (second,) = claim_due(now + LEASE)
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.lease_until == now + 2 * LEASE


OUTCOMES: list[Outcome] = [Done({"sent": "x"}), Skipped(), Again(timezone.now(), "busy"), Dead("refused")]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_a_worker_that_lost_its_lease_cannot_settle(cast: Cast, outcome: Outcome) -> None:
    put(cast)
    now = timezone.now()
    (lost,) = claim_due(now)
    (held,) = claim_due(now + LEASE)
    settle(lost, outcome)
    row = OutboxEffect.objects.get()
    assert (row.state, row.attempts, row.result, row.settled_at) == ("claimed", 2, {}, None)
    settle(held, Done({"sent": "y"}))
    settle(lost, outcome)
    row.refresh_from_db()
    assert (row.state, row.result) == ("done", {"sent": "y"})


def test_what_is_settled_or_not_due_is_claimed_by_nobody(cast: Cast) -> None:
    put(cast)
    now = timezone.now()
    (held,) = claim_due(now)
    settle(held, Again(now + timedelta(seconds=5), "busy"))
    assert claim_due(now + timedelta(seconds=5) - TICK) == []
    (again,) = claim_due(now + timedelta(seconds=5))
    settle(again, Done({}))
    assert claim_due(now + timedelta(days=1)) == []


def test_a_claim_takes_the_head_of_each_lane_and_no_more_than_asked(cast: Cast) -> None:
    put(cast, 5)
    with transaction.atomic():
        for plan in ("a", "b"):
            outbox.put(
                [Effect(EffectKind.PUSH), Effect(EffectKind.DROP)],
                plan=plan,
                now=timezone.now(),
                service=cast.line,
            )
    kinds = Counter(claimed.kind for claimed in claim_due(limit=4))
    assert kinds == {"notify": 4}
    kinds = Counter(claimed.kind for claimed in claim_due())
    assert kinds == {"notify": 1, "push": 1}, "the drop waits for its push, and plan b for plan a"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_four_hundred_effects_without_a_duplicate(
    committed: Cast, in_threads: Threads
) -> None:
    put(committed, 400)
    start = Barrier(8)

    def worker(number: int) -> list[int]:
        start.wait(30)
        mine: list[int] = []
        chance = random.Random(number)
        while OutboxEffect.objects.filter(state="waiting").exists():
            for claimed in claim_due(limit=chance.randint(1, 20)):
                mine.append(claimed.id)
                settle(claimed, Done({"worker": number}))
        return mine

    taken = [
        claimed for mine in in_threads([partial(worker, number) for number in range(8)]) for claimed in mine
    ]
    assert len(taken) == len(set(taken)) == 400
    assert not OutboxEffect.objects.exclude(state="done", attempts=1).exists()


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_claim_in_the_same_instant_one_wins(committed: Cast, in_threads: Threads) -> None:
    for _ in range(10):
        put(committed)
        start = Barrier(4)

        def worker(start: Barrier = start) -> list[int]:
            start.wait(30)
            return [claimed.id for claimed in claim_due()]

        won = [claimed for mine in in_threads([worker] * 4) for claimed in mine]
        assert len(won) == 1
        OutboxEffect.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_promised_nothing(committed: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        outbox.put([NOTICE], plan="p", now=timezone.now(), person=committed.ada)
        raise DatabaseError
    assert claim_due() == []


def test_a_claim_knows_what_the_row_said(cast: Cast) -> None:
    put(cast)
    (claimed,) = claim_due()
    row = OutboxEffect.objects.get()
    assert claimed == Claimed(
        id=row.pk,
        attempts=1,
        kind="notify",
        plan="p",
        service_id=None,
        version_id=None,
        person_id=cast.ada.pk,
        message="password_changed",
        facts={},
        created_at=row.created_at,
        lease_until=claimed.lease_until,
    )
    assert row.lease_until == claimed.lease_until
