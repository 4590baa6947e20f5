"""The board draws each copy at another site, and says what a site which is behind means and needs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from linekey.domain.copies import Known
from linekey.records.models import ElementCopy, ElementHealth
from linekey.records.pages import CopyRow
from linekey.web.staff.copies import FIRST, LAST, WIDTH, brief, lasting, line_of
from tests.build import Cast
from tests.web_staff.conftest import Browser

BOARD = "/exploitation"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def row(now: datetime, missing: int = 0, lag: timedelta | None = None, **known: object) -> CopyRow:
    facts: dict[str, object] = {"seen_at": now, "connected": True, "since": now - 9 * MINUTE}
    facts |= {"lacks_since": None} | known
    return CopyRow("kamailio-1", "paris", Known(**facts), missing, lag)  # type: ignore[arg-type]


def test_a_copy_that_has_everything_says_how_fast_it_is(now: datetime) -> None:
    line = line_of(row(now, lag=timedelta(milliseconds=12)), now)
    assert (line.look, line.tone, line.state, line.ill) == ("current", "success", "Up to date", False)
    assert line.told == ("Has everything. A change is there after 12\u00a0ms.",)
    assert (line.reach, line.remedies) == (LAST, ())
    [told] = line_of(row(now), now).told
    assert "nobody tells" in told


def test_a_copy_that_is_behind_says_by_how_much_and_what_that_means(now: datetime) -> None:
    late = row(now, missing=3_400_000, lacks_since=now - timedelta(seconds=12))
    line = line_of(late, now)
    assert (line.look, line.tone, line.state, line.ill) == ("behind", "warning", "Behind", False)
    assert line.told == ("12 seconds behind: 3.2\u00a0MB are still to come.",)
    assert "replaced ones are accepted" in line.remedies[0]
    worse = line_of(row(now, missing=1, lacks_since=now - 20 * MINUTE), now)
    assert worse.tone == "danger" and worse.ill
    assert FIRST < worse.reach < line.reach < LAST


def test_a_copy_that_is_away_says_since_when_and_what_is_kept_for_it(now: datetime) -> None:
    line = line_of(row(now, missing=2048, connected=False), now)
    assert (line.look, line.tone, line.state) == ("away", "danger", "Not connected")
    assert line.told == ("Not connected for 9\u00a0minutes: 2.0\u00a0KB are kept for it.",)
    assert "catches up by itself" in line.remedies[0]
    just = line_of(row(now, connected=False, since=now - timedelta(seconds=4)), now)
    assert (just.tone, just.ill) == ("warning", False)


def test_a_copy_which_can_no_longer_catch_up_is_to_be_made_anew(now: datetime) -> None:
    line = line_of(row(now, connected=False, lost=True), now)
    assert (line.look, line.tone, line.state) == ("away", "danger", "To be copied anew")
    assert "copy the site anew" in line.remedies[0]


def test_a_site_nobody_hears_is_ill_though_it_has_everything(now: datetime) -> None:
    line = line_of(row(now, heard=False, heard_since=now - 3 * MINUTE), now)
    assert (line.look, line.tone, line.state) == ("current", "danger", "Not heard")
    assert "3\u00a0minutes" in line.told[1] and "deadline" in line.remedies[0]


def test_of_a_copy_nobody_looks_at_nothing_is_promised(now: datetime) -> None:
    line = line_of(row(now, seen_at=now - 20 * MINUTE), now)
    assert (line.look, line.tone, line.ill, line.reach) == ("unknown", "warning", True, FIRST)
    assert "worker" in line.told[0]


@pytest.mark.parametrize("days", [0, 1, 400])
def test_the_line_never_leaves_its_drawing(now: datetime, days: int) -> None:
    behind = row(now, lacks_since=now - timedelta(days=days, seconds=1))
    assert 0 < line_of(behind, now).reach < WIDTH


def test_times_are_told_in_the_unit_that_fits(now: datetime) -> None:
    assert lasting(timedelta(seconds=1), now) == "1 second"
    assert lasting(timedelta(seconds=90), now) == "1\u00a0minute"
    assert brief(timedelta(microseconds=4)) == "1\u00a0ms"
    assert brief(timedelta(seconds=2.4)) == "2\u00a0s"


def test_the_board_counts_an_element_whose_site_is_away(cast: Cast, browser: Browser, now: datetime) -> None:
    ElementHealth.objects.create(
        name="kamailio-1", role="registrar", seen_at=now, good=True, since=now - MINUTE, findings=[]
    )
    kept = {"element": "kamailio-1", "seen_at": now, "written": 9, "mark": 9, "mark_at": now, "reached": 9}
    ElementCopy.objects.create(site="lyon", connected=True, since=now, **kept)
    ElementCopy.objects.create(site="paris", connected=False, since=now - MINUTE, **kept)
    answer = browser(cast.dina).get(BOARD)
    assert answer.context["board"].ill == 1
    told = answer.content.decode()
    # Whoever needs somebody comes first.
    assert told.index("<strong>paris") < told.index("<strong>lyon") and "Not connected" in told
    assert browser(cast.dina).get("/sante/sites").status_code == 200
