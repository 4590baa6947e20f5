"""Law 1: what was committed is applied in commit order per service, at least once, and the newest stays.

Two people at once, workers that fall over, elements that are away: the element ends at the newest version.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from linekey.domain.secret import Secret
from linekey.records import find, outbox
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect, Service
from linekey.usecases import rotate_credential
from linekey.usecases.rotate_credential import Receipt
from tests.build import Cast, actor, build_cast
from tests.hands import LEASE, Hands, carry_out, claim_due, on_sqlite, work

Threads = Callable[[list[Callable[[], object]]], list[object]]


def password(number: int) -> Secret:
    return Secret(f"Tilleul-{number:04d}-bleu")


def change(cast: Cast, service: Service, number: int) -> Receipt:
    return rotate_credential.change(
        actor=actor(cast.bruno, timezone.now()),
        reference=service.reference,
        new=password(number),
        operation=f"change {number}",
        now=timezone.now(),
    )


def assert_in_commit_order(service: Service) -> None:
    """Numbers of versions and identifiers of effects rise together, and no plan is woven into another."""
    rows = list(
        OutboxEffect.objects.filter(service=service, kind__in=["push", "drop"])
        .order_by("id")
        .values_list("version__number", "kind")
    )
    versions = range(1, service.versions.count() + 1)
    assert rows == [(number, kind) for number in versions for kind in ("push", "drop")]


@pytest.mark.django_db(transaction=True)
def test_changes_made_at_once_are_numbered_in_commit_order(committed: Cast, in_threads: Threads) -> None:
    def five_changes(n: int) -> None:
        for number in range(10 * n, 10 * n + 5):
            change(committed, committed.line, number)

    in_threads([partial(five_changes, n) for n in range(6)])
    assert committed.line.versions.count() == 30
    assert_in_commit_order(committed.line)


@pytest.mark.django_db(transaction=True)
def test_a_second_change_waits_until_the_first_is_committed(committed: Cast, in_threads: Threads) -> None:
    """Without the row lock PostgreSQL would number the second one's effects before those of the first."""
    recorded, release = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            find.service(actor(committed.bruno), committed.line.reference, lock=True)
            recorded.set()
            release.wait(1)
            rotate_credential.reset_within(
                actor=actor(committed.bruno, timezone.now()),
                reference=committed.line.reference,
                operation="slow",
                now=timezone.now(),
            )

    def quick() -> None:
        recorded.wait(10)
        change(committed, committed.line, 1)

    in_threads([slow, quick])
    verbs = committed.line.versions.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["reset", "change"]
    assert_in_commit_order(committed.line)


@pytest.mark.django_db(transaction=True)
def test_two_services_do_not_wait_for_each_other(committed: Cast, in_threads: Threads) -> None:
    if on_sqlite():
        pytest.skip("SQLite has one writer at a time, whatever the rows")
    locked, done = threading.Event(), threading.Event()

    def hold() -> bool:
        with transaction.atomic():
            find.service(actor(committed.bruno), committed.line.reference, lock=True)
            locked.set()
            return done.wait(10)

    def other() -> None:
        locked.wait(10)
        change(committed, committed.licence, 1)
        done.set()

    assert in_threads([hold, other])[0], "a change of one line waited for another line"


@pytest.mark.django_db(transaction=True)
def test_whoever_commits_last_wins_on_the_element(committed: Cast, hands: Hands, in_threads: Threads) -> None:
    """Four people change one line while three workers carry out what is committed."""
    ended = threading.Event()
    plans: dict[str, int] = {}

    def person(n: int) -> None:
        for number in range(10 * n, 10 * n + 6):
            plans[change(committed, committed.line, number).plan] = number

    def worker() -> None:
        while not ended.is_set():
            carry_out(claim_due(limit=5), hands)

    def people() -> None:
        try:
            threads = [threading.Thread(target=closing, args=(person, n)) for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        finally:
            ended.set()

    def closing(part: Callable[[int], None], n: int) -> None:
        try:
            part(n)
        finally:
            connection.close()

    in_threads([people, worker, worker, worker])
    work(hands)
    newest = CredentialVersion.objects.filter(service=committed.line).order_by("-number")[0]
    accepted = [n for n in range(40) if hands.registers(committed.line, password(n).reveal())]
    assert newest.number == 24 and newest.state == "live" and accepted == [plans[newest.plan]]
    assert CredentialVersion.objects.filter(state="live").count() == 1
    assert not OutboxEffect.objects.filter(state__in=["waiting", "claimed"]).exclude(kind="watch").exists()


# --- any interleaving ------------------------------------------------------------------------------------

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "claim", "settle", "settle", "crash", "late", "away", "back"]),
        st.integers(0, 2),
    ),
    max_size=40,
)


class TestAnyInterleaving(TestCase):
    """Each example in a transaction of its own, which is rolled back."""

    @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(moves=MOVES, seed=st.integers(0, 99))
    def test_in_any_interleaving_the_element_ends_at_the_newest(
        self, moves: list[tuple[str, int]], seed: int
    ) -> None:
        """change, claim, settle, a worker that falls over or sleeps past its lease, an element away."""
        _play(moves, random.Random(seed))


def _play(moves: list[tuple[str, int]], chance: random.Random) -> None:
    now = timezone.now()
    cast, hands = build_cast(now), Hands()
    lines = [cast.line, cast.licence, cast.phone_line]
    cast.phone_line.sip.managed_phone = ""
    cast.phone_line.sip.save()
    held: list[Claimed] = []
    asleep: list[Claimed] = []
    last: dict[int, int] = {}
    for number, (move, which) in enumerate(moves):
        if move == "change":
            change(cast, lines[which], number)
            last[which] = number
        elif move == "claim":
            held += claim_due(now, limit=3)
        elif move == "settle" and held:
            carry_out([held.pop(chance.randrange(len(held)))], hands, now)
        elif move == "crash":
            held, now = [], now + LEASE
        elif move == "late" and held:
            # Its lease ends while it sleeps; it wakes up later and does not know.
            asleep, held, now = asleep + held, [], now + LEASE
        elif move == "away":
            hands.registrar.down = True
        elif move == "back":
            hands.registrar.down = False
        if asleep and chance.random() < 0.3:
            carry_out([asleep.pop()], hands, now)
    hands.registrar.down = False
    for late in asleep:
        carry_out([late], hands, now)
    _settle_all(hands, now)
    for which, number in last.items():
        assert hands.registers(lines[which], password(number).reveal())
        newest = find.newest_version(lines[which])
        assert newest is not None and newest.state == "live"


def _settle_all(hands: Hands, now: datetime) -> None:
    for _ in range(100):
        now += timedelta(minutes=1)
        OutboxEffect.objects.filter(state="waiting").update(not_before=now)
        batch = outbox.claim(now=now, lease=LEASE)
        carry_out(batch, hands, now)
        if not OutboxEffect.objects.filter(state__in=["waiting", "claimed"]).exclude(kind="watch").exists():
            return
    raise AssertionError("the outbox never came to rest")
