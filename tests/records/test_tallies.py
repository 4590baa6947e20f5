"""Attempts in rows: counted before they are made, exactly, however many come at once."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.domain.limits import Limit
from linekey.records import tallies
from linekey.records.models import Tally
from linekey.records.tallies import Taken

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
THREE, MANY = Limit(3), Limit(1000)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(Tally.objects.values_list("key", "count"))


def test_each_attempt_counts_under_every_key_and_a_shut_one_says_until_when(now: datetime) -> None:
    for _ in range(3):
        assert tallies.take({"a": THREE, "b": MANY}, now=now) == {}
    assert tallies.full("a", now=now) and not tallies.full("b", now=now)
    assert tallies.take({"a": THREE, "b": MANY}, now=now) == {"a": now + HOUR}
    assert counts() == {"a": 3, "b": 4}
    assert tallies.until("a", now=now) == now + HOUR and tallies.until("b", now=now) is None
    assert tallies.until("a", now=now + HOUR) is None and not tallies.full("a", now=now + HOUR)
    assert tallies.take({"a": THREE}, now=now + HOUR) == {}


def test_the_attempt_which_shuts_a_door_knows_it_and_no_other_does(now: datetime) -> None:
    taken = [tallies.attempt({"a": THREE, "b": MANY}, now=now) for _ in range(5)]
    shut = {"a": now + HOUR}
    assert taken == [Taken({}, {})] * 2 + [Taken({}, shut)] + [Taken(shut, {})] * 2


def test_what_a_shut_gate_turns_away_is_counted_nowhere(now: datetime) -> None:
    """A network that tried too often must not go on locking accounts, nor shut the door for everybody."""
    limits = {"gate": THREE, "other gate": MANY, "person": MANY}
    for _ in range(3):
        assert tallies.attempt(limits, gates=("gate", "other gate"), now=now).shut == {}
    before = counts()
    for _ in range(5):
        taken = tallies.attempt(limits, gates=("gate", "other gate"), now=now)
        assert taken == Taken({"gate": now + HOUR}, {})
    assert counts() == before == {"gate": 3, "other gate": 3, "person": 3}


def test_a_shut_key_which_is_no_gate_leaves_the_others_counting(now: datetime) -> None:
    limits = {"gate": MANY, "person": THREE}
    for _ in range(5):
        tallies.attempt(limits, gates=("gate",), now=now)
    assert counts() == {"gate": 5, "person": 3}


def test_a_good_attempt_is_uncounted_and_others_wrong_ones_are_not(now: datetime) -> None:
    for _ in range(2):
        tallies.take({"a": THREE, "b": THREE}, now=now)
    tallies.give_back("a")
    assert counts() == {"a": 1, "b": 2}
    for _ in range(5):
        tallies.give_back("a", "nobody's")
    assert counts() == {"a": 0, "b": 2}


def test_a_door_that_only_a_good_attempt_could_shut_opens_again(now: datetime) -> None:
    for _ in range(3):
        tallies.take({"a": THREE}, now=now)
    tallies.give_back("a")
    assert tallies.take({"a": THREE}, now=now) == {}
    assert tallies.take({"a": THREE}, now=now) == {"a": now + HOUR}, "that one was wrong"


def test_whoever_proved_who_they_are_starts_afresh(now: datetime) -> None:
    for _ in range(5):
        tallies.take({"a": THREE, "b": THREE}, now=now)
    tallies.forgive("a", "nobody's")
    assert counts() == {"a": 0, "b": 3} and not tallies.full("a", now=now)
    assert tallies.take({"a": THREE}, now=now) == {}


def test_a_right_password_settles_everything_at_once(now: datetime) -> None:
    for _ in range(2):
        tallies.take({"a": THREE, "b": THREE}, now=now)
    tallies.settle(forgiven=["a"], given_back=["b"])
    assert counts() == {"a": 0, "b": 1}


def test_every_attempt_asks_the_database_the_same(now: datetime) -> None:
    def asked(limits: dict[str, Limit]) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            tallies.take(limits, now=now)
        return [query["sql"].split()[0] for query in captured.captured_queries]

    seen = [asked(limits) for limits in ({"a": THREE}, {"a": THREE}, {"b": THREE, "c": MANY, "d": MANY}) * 4]
    assert len({tuple(each) for each in seen}) == 1


@pytest.mark.django_db(transaction=True)
def test_an_attempt_counts_even_if_what_follows_fails(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        tallies.take({"a": THREE}, now=now)
    tallies.take({"a": THREE}, now=now)
    connection.close()
    assert counts() == {"a": 1}


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_no_more_are_made_than_allowed(in_threads: Threads) -> None:
    start, ten = Barrier(50), Limit(10)

    def attempt() -> Taken:
        start.wait(60)
        return tallies.attempt({"a": ten, "b": MANY}, now=timezone.now())

    taken = in_threads([attempt] * 50)
    assert sum(each.shut == {} for each in taken) == 10
    assert sum(bool(each.filled) for each in taken) == 1
    assert counts() == {"a": 10, "b": 50}


@pytest.mark.django_db(transaction=True)
def test_many_who_share_keys_never_wait_for_each_other_both_ways(in_threads: Threads) -> None:
    """Twenty at a time take, give back and forgive overlapping keys in any order: each comes through."""
    keys = ["everybody", "Éva", "a", "B", "a-b", "a b", "network:2001:db8::/64", "person:1", "person:10", "z"]
    start = Barrier(20)

    def work(seed: int) -> int:
        chance, taken = random.Random(seed), 0
        start.wait(60)
        for _ in range(10):
            some = chance.sample(keys, chance.randint(2, len(keys)))
            taken += "everybody" in some
            tallies.take(dict.fromkeys(some, MANY), now=timezone.now())
            others = [key for key in some if key != "everybody"]
            cut = chance.randint(0, len(others))
            tallies.settle(forgiven=others[:cut], given_back=others[cut:])
        return taken

    made = in_threads([partial(work, seed) for seed in range(20)])
    assert counts()["everybody"] == sum(made)
