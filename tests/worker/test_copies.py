"""By the clock: each element is asked how far its copies at other sites are, and monitoring is told."""

from datetime import datetime, timedelta

import pytest

from linekey.domain.attention import Attention
from linekey.domain.copies import TOLERATED
from linekey.records import metrics, pages
from linekey.records.models import ElementCopy
from linekey.worker import schedule
from tests.build import Cast, actor
from tests.hands import Hands

LOOK = timedelta(seconds=5)


@pytest.fixture
def copied(hands: Hands) -> Hands:
    for site in ("paris", "lyon"):
        hands.registrar.copy_to(site)
        hands.access.copy_to(site)
    return hands


def test_every_copy_of_every_element_is_looked_at(cast: Cast, copied: Hands, now: datetime) -> None:
    schedule.look_at_elements(copied.outside, now)
    rows = ElementCopy.objects.order_by("element", "site").values_list("element", "site", "connected")
    assert list(rows) == [
        ("freeradius-1", "lyon", True),
        ("freeradius-1", "paris", True),
        ("kamailio-1", "lyon", True),
        ("kamailio-1", "paris", True),
    ]


def test_a_site_that_was_given_up_leaves_the_board(cast: Cast, hands: Hands, now: datetime) -> None:
    hands.registrar.copy_to("paris")
    schedule.look_at_elements(hands.outside, now)
    schedule.look_at_elements(Hands().outside, now)
    assert not ElementCopy.objects.exists()


def test_while_an_element_does_not_answer_its_last_look_stays_and_grows_old(
    cast: Cast, copied: Hands, now: datetime
) -> None:
    schedule.look_at_elements(copied.outside, now)
    copied.registrar.down = True
    schedule.look_at_elements(copied.outside, now + LOOK)
    assert {row.seen_at for row in ElementCopy.objects.filter(element="kamailio-1")} == {now}


def test_a_site_that_stays_away_is_told_by_name_until_it_has_caught_up(
    cast: Cast, copied: Hands, now: datetime
) -> None:
    olivia = actor(cast.olivia, now)

    def told(at: datetime) -> list[str]:
        schedule.look_at_elements(copied.outside, at)
        rows = pages.attention(olivia, Attention.SITE_BEHIND, now=at).rows
        counted = [count.count for count in pages.health_of(olivia, now=at).counts]
        assert counted == ([len(rows)] if rows else [])
        return [row.name for row in rows]

    assert told(now) == []
    copied.registrar.away.add("lyon")
    copied.registrar.retire([])
    assert told(now + LOOK) == []
    assert told(now + LOOK + TOLERATED) == ["kamailio-1 · lyon"]
    assert pages.health_of(actor(cast.chen, now), now=now + LOOK + TOLERATED).counts == ()
    copied.registrar.away.clear()
    assert told(now + 2 * LOOK + TOLERATED) == []


def test_monitoring_learns_how_far_each_site_is_behind(cast: Cast, copied: Hands, now: datetime) -> None:
    schedule.look_at_elements(copied.outside, now)
    copied.access.away.add("paris")
    copied.access.retire(["somebody"])
    schedule.look_at_elements(copied.outside, now + LOOK)
    schedule.look_at_elements(copied.outside, now + 3 * LOOK)
    told = figures(now)
    assert (told["connected", "paris"], told["connected", "lyon"]) == (0, 1)
    assert (told["behind_seconds", "paris"], told["behind_seconds", "lyon"]) == (10, 0)
    assert (told["behind_bytes", "paris"], told["behind_bytes", "lyon"]) == (1, 0)
    assert ("heard", "paris") not in told
    ElementCopy.objects.filter(site="paris").update(heard=False)
    assert figures(now)["heard", "paris"] == 0


def figures(now: datetime) -> dict[tuple[str, str], float]:
    """Of the access server's copies: by the end of the name, and site."""
    return {
        (sample.metric.name.removeprefix("linekey_copy_"), sample.labels[1]): sample.value
        for sample in metrics.standing({}, now=now)
        if sample.labels[:1] == ("freeradius-1",)
    }
