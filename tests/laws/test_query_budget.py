"""What a page costs in queries: bounded, and the same however many rows there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linekey.domain.access import Role
from linekey.records import audit
from tests.build import person, sip_line
from tests.laws.places import patterns
from tests.laws.rights import needs, takes
from tests.laws.world import World, build_world
from tests.web.conftest import seated

MOST = 30
"""The session and the person cost a handful."""
PER_ROW = {"home": "it tells the story of each of the first dozen services"}
"""Pages which may cost more with more rows, and why."""


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.mark.parametrize("name", ["subscriber", "primary", "reseller", "operator"])
def test_no_page_costs_more_queries_than_its_budget(world: World, name: str) -> None:
    found = _costs(world, name)
    assert {page: cost for page, cost in found.items() if cost > MOST} == {}


@pytest.mark.parametrize("name", ["primary", "reseller", "operator"])
def test_a_longer_list_costs_no_more_queries(world: World, name: str) -> None:
    _more(world, range(2))
    before = _costs(world, name)
    _more(world, range(2, 25))
    after = _costs(world, name)
    grown = {page: (cost, after[page]) for page, cost in before.items() if after[page] > cost}
    assert {page: costs for page, costs in grown.items() if page not in PER_ROW} == {}


def _costs(world: World, name: str) -> dict[str, int]:
    """Queries of a GET, by the name of the page: of the first thing they see where it is about one."""
    who, browser, costs = world.actor(name), seated(world.people[name]), {}
    for page in patterns():
        if not needs(page) or (page.pattern.converters and not takes(page)):
            continue
        seen = world.seen(who, takes(page)) if takes(page) else []
        named = [seen[0].address] if seen else []
        if takes(page) and not seen:
            continue
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(reverse(str(page.name), args=named))
        costs[str(page.name)] = len(asked)
    return costs


def _more(world: World, numbers: range) -> None:
    now, home = timezone.now(), world.people["subscriber"].organisation
    for number in numbers:
        made = person(f"wy{number:05d}-lk", f"Q{number}", "Autre", Role.SUBSCRIBER, home, home, now)
        sip_line(f"00339799{number:05d}", home, now, owner=made)
        audit.write(action="session.open", now=now, actor=None, person=made)
