"""What a page or a call costs in queries: what is listed, and the same however many rows there are."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.domain.access import Actor
from linekey.records.models import (
    AccessKey,
    OpenSession,
)
from tests.api.programs import key_of
from tests.laws.places import patterns
from tests.laws.plenty import more
from tests.laws.query_costs import CALLS, PAGES
from tests.laws.rights import needs
from tests.laws.test_api_matrix import OPERATIONS, Operation
from tests.laws.walk import addresses, things_of
from tests.laws.world import World, build_world
from tests.web.conftest import seated

WHO = ("subscriber", "primary", "reseller", "support", "operator")
IN_PARTS = {"journal-export": "a file of everything is read in parts, of a size that is the same"}
FEW, MANY = range(3), range(3, 15)


@pytest.fixture
def world(db: None) -> World:
    made = build_world()
    more(made, FEW)
    return made


@pytest.mark.parametrize("name", WHO)
def test_a_page_costs_what_is_listed_and_no_more_with_more_rows(world: World, name: str) -> None:
    before = _pages(world, name)
    more(world, MANY)
    after = _pages(world, name)
    grown = {page: (cost, after[page]) for page, cost in before.items() if after[page] > cost}
    assert {page: costs for page, costs in grown.items() if page not in IN_PARTS} == {}
    assert {page: cost for page, cost in after.items() if cost > PAGES.get(page, 0)} == {}


@pytest.mark.parametrize("name", ["primary", "operator"])
def test_a_call_costs_what_is_listed_and_no_more_with_more_rows(world: World, name: str) -> None:
    bearer = key_of(world.people[name]).secret.reveal()
    before = _calls(world, name, bearer)
    more(world, MANY)
    after = _calls(world, name, bearer)
    assert {call: (cost, after[call]) for call, cost in before.items() if after[call] > cost} == {}
    assert {call: cost for call, cost in after.items() if cost > CALLS.get(call, 0)} == {}


def test_every_page_and_call_is_listed() -> None:
    opened = {str(page.name) for page in patterns() if needs(page)}
    assert opened == set(PAGES)
    assert {f"{call.method} {call.template}" for call in OPERATIONS} == set(CALLS)


def _seen_today() -> None:
    """When a key or a session was last used is written down now and then: not while we count."""
    tomorrow = timezone.now() + timedelta(days=1)
    AccessKey.objects.update(last_used_at=tomorrow)
    OpenSession.objects.update(seen_at=tomorrow)


def _pages(world: World, name: str) -> dict[str, int]:
    """Queries of a GET, by the name of the page: of the first thing they see where it is about one."""
    who, browser, costs = world.actor(name), seated(world.people[name]), {}
    browser.get("/")
    _seen_today()
    for page, address in addresses(world, who):
        before = transaction.savepoint()
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(address)
            answer.getvalue()
        transaction.savepoint_rollback(before)
        costs[page] = len(asked)
    return costs


def _calls(world: World, name: str, bearer: str) -> dict[str, int]:
    """Queries of a call that could succeed, by its method and path; nothing of it stays."""
    who, costs = world.actor(name), {}
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": "counted-once"}
    browser = Client(headers=headers)
    browser.get("/api/v1/me")
    _seen_today()
    for call in OPERATIONS:
        path = _path(world, who, call)
        sent = b"" if call.body is None else json.dumps(call.body).encode()
        before = transaction.savepoint()
        with CaptureQueriesContext(connection) as asked:
            answer = browser.generic(call.method, path, sent, "application/json")
            answer.getvalue()
        transaction.savepoint_rollback(before)
        costs[f"{call.method} {call.template}"] = len(asked)
    return costs


def _path(world: World, who: Actor, call: Operation) -> str:
    things = things_of(who)
    named = {word: world.seen(who, call.kind)[0].address for word in call.words} if call.kind else {}
    known = {**things, "reference": things["case"], **named}
    return re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), call.template)
