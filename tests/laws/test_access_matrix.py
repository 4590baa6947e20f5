"""Law 11 as a matrix written by the code: every page × every role × own, beside, above, below, elsewhere.

The pages are those of the address book. What a role may is `domain.access`; what a page wants of it is in
`tests.laws.rights`, where a page nobody placed is missed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from linekey.domain.access import Actor
from tests.laws import rights
from tests.laws.places import module_of, patterns
from tests.laws.rights import NEEDS, needs, takes
from tests.laws.state import body_of, state_of_everything, unnamed
from tests.laws.world import LOOKERS, ROLES_OF, UNKNOWN, Thing, World, build_world
from tests.web.conftest import seated

_CHANGING = re.compile(r"""csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+""")


@dataclass(frozen=True)
class Address:
    """The page of one thing, or of nothing in particular."""

    path: str
    thing: Thing | None = None

    @property
    def named(self) -> str:
        return self.thing.address if self.thing else ""


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_every_page_says_which_rights_it_wants() -> None:
    unplaced = {str(page.name): module_of(page) for page in patterns() if needs(page) is None}
    assert unplaced == {}
    assert set(NEEDS) <= {page.name for page in patterns()}


def test_a_stranger_is_asked_to_sign_in_whatever_stands_in_the_address(world: World) -> None:
    stranger, faults = Client(), []
    for page in _closed():
        for address in [*_own(page, world.actor("primary"), world), _unknown(page)]:
            answer = stranger.get(address.path)
            told = (answer.status_code, answer.headers.get("Location", "")[:15])
            if told not in ((303, "/connexion?next"), (405, "")):
                faults.append(f"{page.name} {address.path}: {told}")
    assert faults == []


@pytest.mark.parametrize("name", LOOKERS)
def test_a_page_opens_for_the_roles_that_have_the_right_and_shows_nothing_foreign(
    world: World, name: str
) -> None:
    who, browser = world.actor(name), seated(world.people[name])
    hidden, faults = world.secret_words(who), []
    assert hidden or who.is_staff
    for page in _closed():
        allowed = ROLES_OF[name] in (needs(page) or ())
        for address in _own(page, who, world):
            answer = browser.get(address.path)
            if answer.status_code == 405:
                continue
            told = f"{page.name} {address.path}: {answer.status_code}"
            # 404: a line is no access, whatever the role. 409: nobody does it to themselves.
            if not allowed and answer.status_code not in (403, 404, 409):
                faults.append(f"{told}, the role has no right to it")
            if allowed and answer.status_code in (403, 500) and not _is_above(page, address, who):
                faults.append(f"{told}, though the role has the right")
            body = unescape(body_of(answer))
            faults += [f"{told} shows {word}" for word in hidden if word in body]
    assert faults == []


@pytest.mark.parametrize("name", LOOKERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_not_theirs_and_unknown_are_one_answer_on_every_page(world: World, name: str, method: str) -> None:
    who, browser = world.actor(name), seated(world.people[name])
    before, faults = state_of_everything(), []
    for page in _closed():
        if not takes(page):
            continue
        allowed = ROLES_OF[name] in (needs(page) or ())
        unknown = _asked(browser, method, _unknown(page))
        for address in _foreign(page, who, world):
            foreign = _asked(browser, method, address)
            told = f"{page.name} {address.path}: {foreign[0]}"
            if foreign != unknown:
                faults.append(f"{told} for {unknown[0]}")
            if foreign[0] not in (404, 405) and (allowed or foreign[0] != 403):
                faults.append(told)
    assert faults == []
    assert state_of_everything() == before, "something was done, or written down, about what they do not see"


def test_the_world_has_something_at_every_distance(world: World) -> None:
    """Else the matrix would be true of nothing."""
    for name in LOOKERS:
        who = world.actor(name, timezone.now())
        assert world.seen(who, "person"), name
        if not who.is_staff:
            assert all(world.foreign(who, kind) for kind in ("person", "service", "organisation")), name


def _is_above(page: URLPattern, address: Address, who: Actor) -> bool:
    """Is it about an account which the role does not look after, or a place where nothing is opened?"""
    if page.name == "organisation-open":
        return True
    thing = address.thing
    return page.name in rights.ACTS_ON and thing is not None and not thing.looked_after_by(who)


def _asked(browser: Client, method: str, address: Address) -> tuple[int, str]:
    """Status and body, without what changes between two answers and without the name that was asked."""
    answer = getattr(browser, method)(address.path)
    return answer.status_code, unnamed(_CHANGING.sub("", body_of(answer)), address.named)


def _own(page: URLPattern, who: Actor, world: World) -> Iterator[Address]:
    """The page of everything of its kind which they see; pages of nothing in particular once."""
    if not page.pattern.converters:
        yield Address(reverse(str(page.name)))
    for thing in world.seen(who, takes(page)):
        yield Address(reverse(str(page.name), args=[thing.address]), thing)


def _foreign(page: URLPattern, who: Actor, world: World) -> Iterator[Address]:
    for thing in world.foreign(who, takes(page)):
        yield Address(reverse(str(page.name), args=[thing.address]), thing)


def _unknown(page: URLPattern) -> Address:
    nobodys = Thing("", UNKNOWN.get(takes(page), UNKNOWN["organisation"]), (), "")
    named = [nobodys.address for _ in page.pattern.converters]
    return Address(reverse(str(page.name), args=named), nobodys if named else None)


def _closed() -> list[URLPattern]:
    """Pages for which somebody must be signed in."""
    return [page for page in patterns() if needs(page)]
