"""How often somebody may be wrong: to the attempt, and to the instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linekey.domain import limits
from linekey.domain.limits import GLOBAL, NETWORK, PERSON, Limit, Tally, counted

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
FIVE = Limit(5)
FRESH = Tally(0, NOW, None)


def attempts(
    *at: datetime, limit: Limit = FIVE, before: Tally = FRESH
) -> tuple[Tally, list[datetime | None]]:
    refused = []
    for moment in at:
        before, until = counted(before, limit, moment)
        refused.append(until)
    return before, refused


def test_as_many_attempts_as_allowed_may_be_made_and_the_last_one_shuts_the_door() -> None:
    tally, refused = attempts(*[NOW] * 6)
    assert refused == [None] * 5 + [NOW + HOUR]
    assert tally == Tally(5, NOW, NOW + HOUR)


def test_a_shut_door_opens_after_one_hour_exactly() -> None:
    shut, _ = attempts(*[NOW] * 5)
    assert counted(shut, FIVE, NOW + HOUR - TICK)[1] == NOW + HOUR
    assert counted(shut, FIVE, NOW + HOUR) == (Tally(1, NOW + HOUR, None), None)


def test_trying_at_a_shut_door_neither_counts_nor_prolongs() -> None:
    shut, _ = attempts(*[NOW] * 5)
    after, refused = attempts(*[NOW + timedelta(minutes=minute) for minute in range(59)], before=shut)
    assert after == shut and refused == [NOW + HOUR] * 59


def test_wrong_attempts_of_another_hour_no_longer_count() -> None:
    four, _ = attempts(*[NOW] * 4)
    assert counted(four, FIVE, NOW + HOUR - TICK)[0].until is not None
    assert counted(four, FIVE, NOW + HOUR)[0] == Tally(1, NOW + HOUR, None)


def test_of_two_at_once_the_one_counted_later_may_have_come_earlier_and_forgets_nothing() -> None:
    """Two processes never agree on the instant, and a lock is not taken in the order of arrival."""
    moments = [NOW, NOW - TICK, NOW + TICK, NOW - 2 * TICK, NOW]
    tally, _ = attempts(*moments)
    assert (tally.count, tally.since) == (5, NOW - 2 * TICK) and tally.until is not None


class TestTheClockJumps:
    @pytest.mark.parametrize("back", [TICK, HOUR, timedelta(days=400)])
    def test_back_and_a_shut_door_stays_shut_for_one_hour_from_then_and_no_longer(
        self, back: timedelta
    ) -> None:
        shut, _ = attempts(*[NOW] * 5)
        then = NOW - back
        tally, until = counted(shut, FIVE, then)
        assert until == tally.until == then + HOUR
        assert counted(tally, FIVE, then + HOUR - TICK)[1] == then + HOUR
        assert counted(tally, FIVE, then + HOUR)[1] is None

    def test_back_and_what_was_counted_stays_counted(self) -> None:
        four, _ = attempts(*[NOW] * 4)
        tally, until = counted(four, FIVE, NOW - timedelta(days=1))
        assert until is None and tally.until == NOW - timedelta(days=1) + HOUR

    def test_forward_and_the_door_opens_as_after_an_hour(self) -> None:
        shut, _ = attempts(*[NOW] * 5)
        assert counted(shut, FIVE, NOW + timedelta(days=400))[1] is None


@given(
    st.lists(st.timedeltas(-2 * HOUR, 2 * HOUR), max_size=60),
    st.integers(1, 7),
)
def test_nobody_tries_more_often_than_allowed_while_the_door_is_shut(
    jumps: list[timedelta], most: int
) -> None:
    """Whatever the clock does: between two attempts which shut the door there are never more than allowed."""
    tally, now, made, limit = FRESH, NOW, 0, Limit(most)
    for jump in jumps:
        now += jump
        was = tally
        tally, until = counted(tally, limit, now)
        if until is None:
            stale = was.until is not None or now >= was.since + HOUR
            made = 1 if stale else made + 1
            assert made <= most and tally.count == made
            assert (tally.until is not None) is (made == most)
        else:
            assert now < until <= now + HOUR and tally.count == was.count


def test_fifty_networks_against_fifty_accounts_are_too_many_together() -> None:
    """No network and no account is tried often, and yet not all 2500 attempts are made."""
    tally, allowed = Tally(0, NOW, None), 0
    for attempt in range(50 * 50):
        tally, until = counted(tally, GLOBAL, NOW + timedelta(milliseconds=200) * attempt)
        allowed += until is None
    assert allowed == GLOBAL.most < 2500


def test_a_network_tries_more_than_one_person_may_and_everybody_more_than_a_network() -> None:
    assert PERSON.most < NETWORK.most < GLOBAL.most
    every = {name: each for name, each in vars(limits).items() if isinstance(each, Limit)}
    assert all(each.most > 0 and each.shut > timedelta() for each in every.values())
    # Nobody is kept from signing in for longer than an hour; from writing to support, for a day.
    longest = {name: timedelta(days=1) if name.startswith("CASE") else HOUR for name in every}
    assert {name for name, each in every.items() if each.shut > longest[name]} == set()
