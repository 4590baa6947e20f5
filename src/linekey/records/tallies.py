"""Attempts, counted before they are made, in rows no restart forgets (laws 7 and 10).

Every call does the same three statements, whatever the keys are and whether anybody hides behind them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction
from django.db.models import F

from linekey.domain.errors import TooManyAttempts
from linekey.domain.limits import Limit, counted
from linekey.domain.limits import Tally as Count
from linekey.records.models import Tally
from linekey.records.prepared import Change, Question, insert_missing, moment, replace, text


@dataclass(frozen=True)
class Taken:
    """What became of one attempt: moments at which a door opens again, by key."""

    shut: dict[str, datetime]
    """It came too late: these were shut before it."""
    filled: dict[str, datetime]
    """It is the one which shut these. Of many at once, one alone."""


def take(limits: Mapping[str, Limit], *, now: datetime) -> dict[str, datetime]:
    """Count one attempt under each key; those that are shut, with the moment they open again.

    In a transaction of its own, so that an attempt counts even if what follows fails.
    """
    return attempt(limits, now=now).shut


def require(limits: Mapping[str, Limit], *, now: datetime) -> None:
    """As `take`. Raises TooManyAttempts while any of the doors is shut."""
    shut = take(limits, now=now)
    if shut:
        raise TooManyAttempts(max(shut.values()))


def attempt(limits: Mapping[str, Limit], *, gates: Collection[str] = (), now: datetime) -> Taken:
    """As `take`. What a shut gate turns away is counted nowhere, and leaves no row.

    Otherwise whoever may try nothing any more could go on to shut others' doors, or to fill the table.
    """
    with transaction.atomic(durable=True):
        if shut := _barred(limits, gates, now):
            return Taken(shut, {})
        rows = _locked(limits, now)
        after = {row.key: counted(_count(row), limits[row.key], now) for row in rows}
        shut = {key: until for key, (_, until) in after.items() if until is not None}
        taken = rows if shut.keys().isdisjoint(gates) else [row for row in rows if row.key in shut]
        for row in taken:
            count, _ = after[row.key]
            row.count, row.since, row.until = count.count, count.since, count.until
        replace(rows)
    filled = {row.key: row.until for row in taken if row.until is not None and row.key not in shut}
    return Taken(shut, filled)


def _locked(keys: Iterable[str], now: datetime) -> list[Tally]:
    insert_missing([Tally(key=key, since=now) for key in sorted(keys)])
    return _in_order(keys)


def _in_order(keys: Iterable[str]) -> list[Tally]:
    """Locked in one order by everybody: two who share keys never wait for each other both ways."""
    named = {f"key{at}": key for at, key in enumerate(keys)}
    if not named:
        return []
    return _locking(len(named)).all(**named)


@cache
def _locking(count: int) -> Question[Tally]:
    keys = [text(f"key{at}") for at in range(count)]
    return Question(lambda: Tally.objects.select_for_update().filter(key__in=keys).order_by("key"))


def _barred(limits: Mapping[str, Limit], gates: Collection[str], now: datetime) -> dict[str, datetime]:
    if not gates:
        return {}
    barred = Tally.objects.filter(key__in=list(gates), until__gt=now).values_list("key", "until")
    return {key: min(until, now + limits[key].shut) for key, until in barred if until}


def _count(row: Tally) -> Count:
    return Count(row.count, row.since, row.until)


def full(key: str, *, now: datetime) -> bool:
    """Has the last counted attempt shut the door?"""
    return _SHUT.first(key=key, now=now) is not None


def until(key: str, *, now: datetime) -> datetime | None:
    """Until when a door is shut, without counting; None when it is open."""
    found = _SHUT.first(key=key, now=now)
    return found.until if found else None


_SHUT = Question(lambda: Tally.objects.filter(key=text("key"), until__gt=moment("now")))


def forgive(*keys: str) -> None:
    """The owner proved who they are: what was counted against them is forgotten."""
    settle(forgiven=keys)


def give_back(*keys: str) -> None:
    """The attempt was a good one: it alone is uncounted, and a door opens again which only it could shut."""
    settle(given_back=keys)


def settle(*, forgiven: Collection[str] = (), given_back: Collection[str] = ()) -> None:
    """Both at once. No row goes: a deleted one would let an attempt pass uncounted which waits for it."""
    if len(forgiven) == 1 and not given_back:
        _FORGIVE(key=next(iter(forgiven)))
        return
    with transaction.atomic(savepoint=False):
        _in_order([*forgiven, *given_back])
        Tally.objects.filter(key__in=forgiven).update(count=0, until=None)
        good = Tally.objects.filter(key__in=given_back, count__gt=0)
        good.update(count=F("count") - 1, until=None)


_FORGIVE = Change(lambda: Tally.objects.filter(key=text("key")), count=0, until=None)


def reopen(*keys: str, now: datetime) -> bool:
    """Whatever was counted is forgotten; was any of these doors shut? Of two who ask at once, one is told so.

    Within a transaction.
    """
    shut = any(row.until is not None and now < row.until for row in _in_order(keys))
    forgive(*keys)
    return shut
