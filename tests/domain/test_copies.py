"""Copies at other sites: what is behind, what is only on its way, and when somebody is called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linekey.domain.copies import TOLERATED, CopyState, Known, Mark, SiteCopy, next_mark, trouble_since

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
SECOND = timedelta(seconds=1)
WELL = Known(seen_at=NOW, connected=True, since=LONG_AGO, lacks_since=None)


def copy(written: int, reached: int) -> SiteCopy:
    return SiteCopy("paris", True, written, reached, None)


def test_a_site_which_has_everything_is_up_to_date_and_troubles_nobody() -> None:
    assert WELL.state is CopyState.CURRENT and not WELL.behind
    assert trouble_since(WELL, NOW) is None


def test_what_is_on_its_way_at_one_look_is_not_behind() -> None:
    on_its_way = replace(WELL, lacks_since=NOW)
    assert on_its_way.state is CopyState.CURRENT
    # Nobody looked since: that says nothing of the site.
    assert trouble_since(on_its_way, NOW + timedelta(hours=1)) is None


def test_a_site_is_behind_when_it_lacks_at_one_look_what_was_there_at_another() -> None:
    behind = replace(WELL, lacks_since=NOW - 5 * SECOND)
    assert behind.state is CopyState.BEHIND and behind.behind == 5 * SECOND


@pytest.mark.parametrize(
    "wrong",
    [
        {"lacks_since": NOW - TOLERATED},
        {"connected": False, "since": NOW - TOLERATED},
        {"heard": False, "heard_since": NOW - TOLERATED},
    ],
)
def test_somebody_is_called_after_half_a_minute_and_not_before(wrong: dict[str, object]) -> None:
    known = replace(WELL, **wrong)  # type: ignore[arg-type]
    assert trouble_since(known, NOW) == NOW - TOLERATED
    assert trouble_since(replace(known, seen_at=NOW - SECOND), NOW - SECOND) is None


def test_trouble_begins_with_the_first_of_its_reasons() -> None:
    known = replace(WELL, connected=False, lacks_since=NOW - 3 * TOLERATED, since=NOW - 2 * TOLERATED)
    assert known.state is CopyState.AWAY
    assert trouble_since(known, NOW) == NOW - 3 * TOLERATED


def test_a_site_that_must_be_copied_anew_calls_at_once() -> None:
    lost = replace(WELL, connected=False, since=NOW, lost=True)
    assert lost.state is CopyState.LOST and trouble_since(lost, NOW) == NOW


def test_a_mark_stands_until_it_is_reached() -> None:
    first = next_mark(None, copy(100, 90), LONG_AGO)
    assert first == Mark(100, LONG_AGO)
    assert next_mark(first, copy(150, 99), NOW) == first
    assert next_mark(first, copy(150, 100), NOW) == Mark(150, NOW)


def test_a_mark_of_a_server_which_was_replaced_counts_no_more() -> None:
    assert next_mark(Mark(1000, LONG_AGO), copy(200, 200), NOW) == Mark(200, NOW)
